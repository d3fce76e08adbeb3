"""`pdplanner run`: the web process and the work process of one machine, kept alive together.

Imports no Django: it starts programs, watches them and stops them. docs/decisions/embedded.md
says why there is no broker in this mode.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from pdplanner.place import UnusablePlace, check_place, only_one

QUICK_DEATH_SECONDS = 5.0
QUICK_DEATHS_ALLOWED = 5
STOP_SECONDS = 10.0
READY_SECONDS = 60.0


class PortTaken(Exception):
    """Something else listens on the port."""


@dataclass
class Child:
    """One program to keep running."""

    name: str
    command: list[str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    quick_deaths: int = 0
    not_before: float = 0.0
    environment: dict[str, str] = field(default_factory=dict)

    def start(self, *, now: float) -> None:
        """Start it in a session of its own, with its standard input as lifeline."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 (our own modules)
                self.command,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env={**os.environ, **self.environment},
            )
        self.started = now

    def is_running(self) -> bool:
        """Whether it was started and has not ended."""
        return self.process is not None and self.process.poll() is None

    def note_death(self, *, now: float) -> bool:
        """Plan the next start, later after each quick death; False when that is no use."""
        if now - self.started < QUICK_DEATH_SECONDS:
            self.quick_deaths += 1
        else:
            self.quick_deaths = 0
        self.process = None
        self.not_before = now + min(0.25 * 2**self.quick_deaths, 8.0)
        return self.quick_deaths < QUICK_DEATHS_ALLOWED


def check_port(port: int) -> None:
    """Raise PortTaken when something already listens there."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise PortTaken(
                f"Port {port} is taken by another program: stop it, or choose another with "
                f"PORT={port + 1}."
            ) from None


def stop_all(children: list[Child]) -> None:
    """Ask every child to stop, and end whoever does not within ten seconds."""
    for child in children:
        if child.process is not None and child.is_running():
            child.process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for child in children:
        if child.process is None:
            continue
        try:
            child.process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.process.kill()
            child.process.wait()


def answers(port: int) -> bool:
    """Return whether the web process takes connections."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def watch(children: list[Child], *, stopping: list[bool], port: int, greeting: str) -> int:
    """Keep the children alive until told to stop; returns the exit code."""
    greeted = False
    begun = time.monotonic()
    while not stopping:
        now = time.monotonic()
        for child in children:
            if child.is_running():
                continue
            if child.process is not None and not child.note_death(now=now):
                print(
                    f"The {child.name} process ends as soon as it starts; {child.log} says why.",
                    file=sys.stderr,
                )
                return 1
            if child.process is None and now >= child.not_before:
                child.start(now=now)
        if not greeted and answers(port):
            greeted = True
            print(greeting, flush=True)
        if not greeted and now - begun > READY_SECONDS:
            print(f"The web process does not answer; {children[0].log} says why.", file=sys.stderr)
            return 1
        time.sleep(0.2)
    return 0


def prepare() -> str | None:
    """Bring the database up to date and fill an empty one; returns the greeting, None on failure.

    A program of its own, so that this one stays small.
    """
    done = subprocess.run(
        [sys.executable, "-m", "pdplanner", "prepare"], stdout=subprocess.PIPE, check=False
    )
    return done.stdout.decode() if done.returncode == 0 else None


def run_command(arguments: list[str]) -> int:
    """Serve the site until Ctrl-C; returns the exit code."""
    parser = argparse.ArgumentParser(prog="pdplanner run", description=run_command.__doc__)
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000))
    port = parser.parse_args(arguments).port
    os.environ["PORT"] = str(port)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pdplanner.settings.embedded")

    stopping: list[bool] = []
    # Set by hand: a shell's background job inherits SIGINT as ignored.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.append(True))
    try:
        folder = check_place()
        check_port(port)
    except (UnusablePlace, PortTaken) as error:
        print(error, file=sys.stderr)
        return 1
    with only_one(folder, "running", wait=False) as alone:
        if not alone:
            print(
                f"The site already runs on the data in {folder}: stop it first, or give "
                "PDPLANNER_DATA another folder.",
                file=sys.stderr,
            )
            return 1
        greeting = prepare()
        if greeting is None:
            return 0 if stopping else 1
        logs = folder / "logs"
        logs.mkdir(exist_ok=True)
        children = [
            Child("web", [sys.executable, "-m", "pdplanner.web"], logs / "web.log"),
            Child("work", [sys.executable, "-m", "pdplanner", "work"], logs / "work.log"),
        ]
        try:
            return watch(children, stopping=stopping, port=port, greeting=greeting)
        finally:
            stop_all(children)
            print("Stopped.", file=sys.stderr)

"""A sync that is killed again and again: `python -m benchmarks.sync [--kills N] [--kind KIND]`.

A process reads a help desk of our own that asks it to wait, drops the line and changes tickets
meanwhile. It is killed with SIGKILL at some moment after it has written another page, and another
goes on, until as many were killed as asked; then one may come to its end. Every ticket must be
held once, as the help desk says it.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.rebuild import prepare
from benchmarks.tables import print_table, write_json
from tests.profiles.tickets.servers import SHAPES, Faults, Server, serve
from tests.profiles.tickets.servers.shapes import ACCOUNT, TOKEN

PAGE = 5
ACCOUNTS = {"zendesk": ACCOUNT, "servicenow": ACCOUNT, "jira": ACCOUNT}
PEOPLE = ("nora@example.org", "max@example.org")


def main() -> None:
    """Kill a sync as often as asked and print what was lost or doubled."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sync", description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--kind", choices=sorted(SHAPES), default="rt")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", help="write the figures into this file as well")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = drill(folder, kind=options.kind, kills=options.kills, seed=options.seed)
    print_table("A sync, killed again and again", list(figures), [figures])
    if options.json:
        write_json(options.json, figures)
    if figures["lost"] or figures["doubled"] or figures["wrong"]:
        sys.exit("A ticket was lost, doubled or is not as the help desk says it.")


def drill(folder: str, *, kind: str, kills: int, seed: int) -> dict[str, Any]:
    """Return what is lost, doubled or wrong after so many kills."""
    return Drill(folder, kind=kind, kills=kills, seed=seed).run()


class HelpDesk:
    """A help desk in a process of its own, told what to do line by line."""

    def __init__(self, *, kind: str, seed: int, tickets: int):
        program = f"from benchmarks.sync import obey; obey({kind!r}, {seed}, {tickets})"
        self._process = subprocess.Popen(
            [sys.executable, "-c", program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.address = self.tell("")

    def tell(self, order: str) -> Any:
        """Give an order and return the answer."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(order + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def stop(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait(20)


def obey(kind: str, seed: int, tickets: int) -> None:
    """Serve a help desk on a bad line, and do as standard input says."""
    faults = Faults(seed=seed, waits=0.01, drops=0.04, errors=0.02, touches=0.3)
    server = Server(SHAPES[kind](), faults=faults, largest_page=PAGE)
    for number in range(tickets):
        server.add(PEOPLE[number % 2])
    with serve(server):
        for line in sys.stdin:
            order, said = line.strip(), {}
            if order == "add":
                with server.lock:
                    server.add(PEOPLE[len(server.tickets) % 2])
            elif order == "calm":
                faults.touches = 0.0
            elif order == "tell":
                said = {
                    "tickets": {t.number: t.requester for t in server.tickets.values()},
                    "wrongs": server.wrongs,
                }
            print(json.dumps(server.address if not order else said), flush=True)


class Drill:
    """One help desk, one database, and processes that keep being killed."""

    def __init__(self, folder: str, *, kind: str, kills: int, seed: int):
        self.kind, self.kills = kind, kills
        self.random = random.Random(seed)
        self.database = Path(folder) / "pdplanner.sqlite3"
        # More tickets than the kills can get through: each of them meets a sync at work.
        self.desk = HelpDesk(kind=kind, seed=seed, tickets=kills * PAGE + 50)
        prepare(folder)
        from django.db import connections

        from profiles.choices import Role
        from profiles.models import District
        from profiles.operations import add_person
        from profiles.tickets.feeds.setting_up import typed_feed

        District.objects.create(name="Drilled")
        for email in PEOPLE:
            add_person(email=email, role=Role.TEACHER)
        account = ACCOUNTS.get(kind, "")
        typed_feed(name=kind, kind=kind, address=self.desk.address, account=account, queue="")
        connections.close_all()  # a child gets none of ours

    def run(self) -> dict[str, Any]:
        """Return what came of it."""
        began, killed, attempts = time.perf_counter(), 0, 0
        try:
            while killed < self.kills:
                killed += self.killed_once()
                attempts += 1
                self.desk.tell("add")  # so that there is something to be read next time
            self.desk.tell("calm")
            while os.waitstatus_to_exitcode(os.waitpid(self.sync(), 0)[1]) != 0:
                attempts += 1
            return self.figures() | {
                "kills": killed,
                "syncs": attempts,
                "seconds": time.perf_counter() - began,
            }
        finally:
            self.desk.stop()

    def sync(self) -> int:
        """Start a process that reads the help desk and return its number."""
        child = os.fork()
        if child:
            return child
        code = 1
        try:
            from profiles.models import TicketFeed
            from profiles.seals import Secret
            from profiles.tickets.feeds.line import FeedProblem
            from profiles.tickets.feeds.syncing import Sync

            sync = Sync(
                TicketFeed.objects.get(),
                clock=lambda: datetime.now(UTC),
                token=Secret(TOKEN),
                is_typed=True,
            )
            try:
                code = 0 if sync.run(by_hand=True).finished_at else 1
            except FeedProblem:
                code = 3
        finally:
            os._exit(code)

    def killed_once(self) -> bool:
        """Start a sync and kill it some time after it has written; return whether it was killed."""
        before = self.held()
        child = self.sync()
        while True:
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                return False
            if self.held() != before:
                time.sleep(self.random.random() * 0.03)
                os.kill(child, signal.SIGKILL)
                status = os.waitpid(child, 0)[1]
                return os.waitstatus_to_exitcode(status) == -signal.SIGKILL
            time.sleep(0.003)

    def held(self) -> list[tuple]:
        """Return what the database holds of the pass: the place, and how many tickets."""
        return self.ask(
            "SELECT place, (SELECT count(*) FROM profiles_ticket) FROM profiles_ticketfeed"
        )

    def ask(self, question: str) -> list[tuple]:
        """Return the rows of a question to the database."""
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as place:
            place.execute("PRAGMA busy_timeout = 20000")
            return place.execute(question).fetchall()

    def figures(self) -> dict[str, Any]:
        """Return how many tickets are lost, doubled or otherwise than the help desk says."""
        rows = self.ask(
            "SELECT external_id, email FROM profiles_ticket"
            " JOIN profiles_teacher ON profiles_teacher.id = teacher_id"
        )
        numbers = [number_of(external_id) for external_id, _ in rows]
        held = {number_of(external_id): email for external_id, email in rows}
        told = self.desk.tell("tell")
        there = {int(number): email for number, email in told["tickets"].items()}
        return {
            "kind": self.kind,
            "tickets": len(there),
            "lost": len(set(there) - set(held)),
            "doubled": len(numbers) - len(set(numbers)),
            "wrong": sum(there.get(number) != email for number, email in held.items()),
            **{f"line: {name}": count for name, count in sorted(told["wrongs"].items())},
        }


def number_of(external_id: str) -> int:
    """Return the help desk's own number of a ticket from the id that its kind gives it."""
    if len(external_id) == 32:
        return int(external_id, 16)
    return int(external_id.removeprefix("HELP-"))


if __name__ == "__main__":
    main()

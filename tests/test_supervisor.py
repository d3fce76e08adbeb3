"""`pdplanner run` as a person meets it: real processes, killed in every way."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = [pytest.mark.sqlite, pytest.mark.slow]
PROGRAM = [sys.executable, "-W", "ignore", "-m", "pdplanner"]


def environment_of(folder: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PDPLANNER")}
    return kept | {
        "PDPLANNER_DATA": str(folder),
        "SAMPLE": "0",
        "DJANGO_SETTINGS_MODULE": "pdplanner.settings.embedded",
        **more,
    }


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(claim, seconds: float = 60.0):
    """Wait for a claim to hold and return what it said."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if said := claim():
            return said
        time.sleep(0.1)
    raise AssertionError(f"never became true: {claim}")


def children_of(pid: int) -> dict[str, int]:
    """Return the pids of the supervisor's children by what they run."""
    found = subprocess.run(
        ["ps", "-o", "pid=,args=", "--ppid", str(pid)], capture_output=True, text=True, check=False
    )
    kinds = {}
    for line in found.stdout.splitlines():
        child, arguments = line.strip().split(None, 1)
        kinds["web" if "pdplanner.web" in arguments else arguments.split()[-1]] = int(child)
    return kinds


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


def page(port: int) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/accounts/login/", timeout=20) as got:
            return got.status
    except OSError:
        return 0


@pytest.fixture(scope="module")
def empty_place(tmp_path_factory) -> Path:
    """A data folder with a migrated, empty database, made once."""
    folder = tmp_path_factory.mktemp("place")
    subprocess.run(
        [*PROGRAM, "shell", "-c", "pass"], env=environment_of(folder), check=True, timeout=240
    )
    return folder


@pytest.fixture
def running(empty_place, tmp_path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    folder = tmp_path / "data"
    shutil.copytree(empty_place, folder)
    port = free_port()
    with subprocess.Popen(
        [*PROGRAM, "run", "--port", str(port)],
        env=environment_of(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        until(lambda: page(port) == 200)
        until(lambda: {"web", "work"} <= set(children_of(process.pid)))
        yield process, port
        if process.poll() is None:
            process.terminate()
            process.wait(20)


def test_run_says_where_it_is_and_ctrl_c_stops_everything(running):
    process, port = running
    children = children_of(process.pid)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    assert f"http://localhost:{port}" in out
    assert "pdplanner add-person" in out
    assert [pid for pid in children.values() if is_alive(pid)] == []


def test_run_brings_back_a_killed_web_and_a_killed_work_process(running):
    process, port = running
    before = children_of(process.pid)
    for pid in before.values():
        os.kill(pid, signal.SIGKILL)
    after = until(
        lambda: (
            (now := children_of(process.pid))
            and set(now) == set(before)
            and not set(now.values()) & set(before.values())
            and now
        )
    )
    until(lambda: page(port) == 200)
    assert set(after) == {"web", "work"}


def test_run_killed_outright_leaves_no_process_behind(running):
    process, _ = running
    children = children_of(process.pid)
    process.kill()
    process.wait(20)
    until(lambda: not any(is_alive(pid) for pid in children.values()), 20)


def test_run_refuses_a_second_site_on_the_same_data(running, tmp_path):
    second = subprocess.run(
        [*PROGRAM, "run", "--port", str(free_port())],
        env=environment_of(tmp_path / "data"),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert second.returncode == 1
    assert second.stderr.count("\n") == 1
    assert "already runs" in second.stderr


def test_run_on_a_busy_port_says_so_in_one_sentence(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = subprocess.run(
            [*PROGRAM, "run", "--port", str(port)],
            env=environment_of(tmp_path),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"Port {port} is taken by another program: stop it, or choose another with "
        f"PORT={port + 1}.\n"
    )


@pytest.mark.parametrize("command", [["run"], ["import-roster", "roster.zip"]])
def test_unwritable_data_folder_gets_one_sentence(tmp_path, command):
    file = tmp_path / "a-file"
    file.write_text("")
    done = subprocess.run(
        [*PROGRAM, *command],
        env=environment_of(file / "data"),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    assert "can't be written to" in done.stderr

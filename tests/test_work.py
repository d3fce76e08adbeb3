from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from io import StringIO

import pytest
from django.core.management import call_command

from pdplanner.management.commands import work as module
from pdplanner.management.commands.work import Turn, work_until
from pdplanner.schedule import Work


class Clock(threading.Event):
    """A stop that waits no time at all, and a clock that goes on by what was waited."""

    now = 0.0

    def __call__(self) -> float:
        return self.now

    def wait(self, timeout: float | None = None) -> bool:
        self.now += timeout or 0.0
        return self.is_set()


def turn(name: str, run, seconds: float = 2.0) -> Turn:
    return Turn(Work(name, "", 60, seconds), run)


def test_failing_work_stops_no_other_and_waits_longer_each_time(caplog, monkeypatch):
    monkeypatch.setattr(module, "close_old_connections", lambda: None)
    clock, failed, done = Clock(), [], []

    def fail():
        failed.append(clock.now)
        raise ValueError("no good")

    def go_on():
        done.append(clock.now)
        if clock.now >= 80:
            clock.set()

    work_until(clock, [turn("broken", fail), turn("sound", go_on)], clock=clock)
    assert failed == [0, 5, 15, 35, 75]
    assert done == [2.0 * number for number in range(41)]
    assert "“broken” failed, 1 times in a row; again in 5 s" in caplog.text
    assert "ValueError: no good" in caplog.text


def test_work_that_recovers_is_taken_as_often_as_before(monkeypatch):
    monkeypatch.setattr(module, "close_old_connections", lambda: None)
    outcomes = iter([ValueError("no good"), None])

    def run():
        if error := next(outcomes):
            raise error

    one = turn("work", run)
    one.take(clock=lambda: 0.0)
    assert (one.due, one.failures) == (5.0, 1)
    one.take(clock=lambda: 0.0)
    assert (one.due, one.failures) == (2.0, 0)


@pytest.mark.django_db
def test_work_once_does_every_piece_and_ends(monkeypatch, capsys):
    call_command("work", "--once")


@pytest.mark.django_db
def test_work_once_that_fails_says_so(monkeypatch):
    def fail(path):
        raise_it = {"pdplanner.plans.tasks.send_owed_notices": ValueError("no good")}

        def run():
            if path in raise_it:
                raise raise_it[path]

        return run

    monkeypatch.setattr(module, "import_string", fail)
    err = StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("work", "--once", stderr=err)
    assert (end.value.code, err.getvalue()) == (1, "Failed: send owed notices.\n")


def start() -> subprocess.Popen[str]:
    """Start the work process on a database without tables: everything fails, and it goes on."""
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "django", "work"],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "pdplanner.settings.test"},
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    for line in process.stderr:
        if "failed, 1 times in a row" in line:
            return process
    raise AssertionError("it never came to work")


@pytest.mark.slow
@pytest.mark.parametrize("how", ["SIGTERM", "SIGINT", "end of standard input"])
def test_work_stops_cleanly(how):
    process = start()
    if how == "end of standard input":
        process.stdin.close()
    else:
        process.send_signal(getattr(signal, how))
    process.stderr.read()
    assert process.wait(timeout=60) == 0
    process.stderr.close()
    process.stdin.close()

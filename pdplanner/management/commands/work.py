"""`pdplanner work`: the periodic work of an installation without a broker, in one process."""

from __future__ import annotations

import logging
import os
import signal
import stat
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.core.management.base import BaseCommand
from django.db import close_old_connections
from django.utils.module_loading import import_string

from pdplanner.collector import collect_rarely
from pdplanner.schedule import WORK, Work

logger = logging.getLogger("pdplanner.work")

#: Work that fails waits this long, twice as long after each failure in a row, up to the longest.
FIRST_WAIT, LONGEST_WAIT = 5.0, 300.0


@dataclass(slots=True)
class Turn:
    """One piece of work and when it is due again."""

    work: Work
    run: Callable[[], object]
    due: float = 0.0
    failures: int = 0

    def take(self, *, clock: Callable[[], float]) -> None:
        """Do the work; a failure is logged and waited out, and harms no other work."""
        try:
            self.run()
        except Exception:
            wait = min(FIRST_WAIT * 2**self.failures, LONGEST_WAIT)
            self.failures += 1
            logger.exception(
                "“%s” failed, %d times in a row; again in %d s", self.work.name, self.failures, wait
            )
            # What failed may have been the connection: the next try gets a fresh one.
            close_old_connections()
        else:
            wait = self.work.embedded_seconds
            self.failures = 0
        self.due = clock() + wait


class Command(BaseCommand):
    help = "Do the periodic work until told to stop (or once): owed paths, owed mail, the night."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--once", action="store_true", help="every piece once, then end")

    def handle(self, *args, once: bool, **options) -> None:
        turns = [Turn(work, import_string(work.task)) for work in WORK]
        if once:
            for turn in turns:
                turn.take(clock=time.monotonic)
            if failed := [turn.work.name for turn in turns if turn.failures]:
                self.stderr.write(f"Failed: {', '.join(failed)}.")
                raise SystemExit(1)
            return
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        stop_with_parent(stop)
        collect_rarely()
        self.stderr.write(f"At work: {', '.join(turn.work.name for turn in turns)}.")
        work_until(stop, turns)


def work_until(
    stop: threading.Event, turns: list[Turn], *, clock: Callable[[], float] = time.monotonic
) -> None:
    """Take every turn when it is due, until `stop` is set; what has begun is finished first."""
    while not stop.is_set():
        for turn in turns:
            if turn.due <= clock() and not stop.is_set():
                turn.take(clock=clock)
        close_old_connections()
        stop.wait(max(0.0, min(turn.due for turn in turns) - clock()))


def stop_with_parent(stop: threading.Event) -> None:
    """Stop when a supervisor's end of the pipe on standard input is closed.

    A terminal or /dev/null on standard input means that nobody holds the other end.
    """
    try:
        is_pipe = stat.S_ISFIFO(os.fstat(sys.stdin.fileno()).st_mode)
    except (AttributeError, OSError, ValueError):  # no standard input at all
        return

    def watch() -> None:
        while os.read(0, 1024):
            pass
        stop.set()

    if is_pipe:
        threading.Thread(target=watch, daemon=True).start()

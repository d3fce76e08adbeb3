"""A real Celery worker on a real Redis does what the database says is owed."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from .servers import Installation, production, redis_server

pytestmark = [pytest.mark.postgres, pytest.mark.redis, pytest.mark.slow]
NUDGE = "from pdplanner.plans.tasks import rebuild_owed_plans; rebuild_owed_plans.delay()"
OWED = "SELECT count(*) FROM plans_plan WHERE wanted > built"
BUILT = "SELECT count(*) FROM plans_planversion"


def start_worker(installation: Installation) -> subprocess.Popen[bytes]:
    program = [sys.executable, "-W", "ignore", "-m", "celery", "-A", "pdplanner.celery"]
    return subprocess.Popen(
        [*program, "worker", "--pool", "solo", "--loglevel", "WARNING"],
        env=installation.environment,
    )


def until_nothing_is_owed(installation: Installation) -> None:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        if installation.ask(OWED) == [(0,)] and installation.ask(BUILT) != [(0,)]:
            return
        time.sleep(0.3)
    raise AssertionError(f"still owed: {installation.ask(OWED)}")


def test_worker_rebuilds_what_is_owed_and_a_killed_one_loses_nothing(tmp_path):
    with (
        redis_server(tmp_path) as port,
        production(tmp_path / "data", redis_port=port) as installation,
    ):
        installation.pdplanner("migrate", "-v", "0")
        installation.pdplanner("add-person", "tess@example.org", "--role", "teacher")
        installation.pdplanner("shell", "-v", "0", "-c", NUDGE)

        # Killed outright before it can have done anything: the message may be lost with it.
        first = start_worker(installation)
        first.kill()
        first.wait(20)

        second = start_worker(installation)
        try:
            installation.pdplanner("shell", "-v", "0", "-c", NUDGE)
            until_nothing_is_owed(installation)
            assert installation.ask(BUILT) == [(1,)]
            # Once more: nothing is owed, so nothing is stored twice.
            installation.pdplanner("shell", "-v", "0", "-c", NUDGE)
            time.sleep(2)
            assert installation.ask(BUILT) == [(1,)]
        finally:
            second.terminate()
            second.wait(30)

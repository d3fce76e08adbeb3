"""Rebuilds in processes of their own, killed with -9 on the way, on SQLite and on PostgreSQL."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection

from .rebuilding_program import TEACHERS

PROGRAM = [sys.executable, "-W", "ignore", "-m", "tests.plans.rebuilding_program"]
#: After how many stored plans each process is killed; the last one may finish.
KILLED_AFTER = (0, 1, 6, 15)


@pytest.fixture
def environment(transactional_db, tmp_path) -> dict[str, str]:
    """What the processes are told: a file for SQLite, else the database of this test."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PDPLANNER")}
    if url := os.environ.get("PDPLANNER_TEST_DATABASE_URL"):
        here = urlsplit(url)._replace(path=f"/{connection.settings_dict['NAME']}")
        return kept | {
            "DJANGO_SETTINGS_MODULE": "pdplanner.settings.test",
            "PDPLANNER_TEST_DATABASE_URL": urlunsplit(here),
        }
    return kept | {
        "DJANGO_SETTINGS_MODULE": "pdplanner.settings.embedded",
        "PDPLANNER_DATA": str(tmp_path),
    }


def run(verb: str, environment: dict[str, str]) -> str:
    done = subprocess.run(
        [*PROGRAM, verb], env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def kill_after(plans: int, environment: dict[str, str], chance: random.Random, verb: str) -> int:
    """Start a rebuild and kill it after it has stored this many plans; return how many it told."""
    process = subprocess.Popen(
        [*PROGRAM, verb],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    told = 0
    while told < plans and process.stdout.readline():
        told += 1
    # Anywhere within the next transaction; before the first, while it reads or asks.
    time.sleep(chance.uniform(0, 0.005))
    process.send_signal(signal.SIGKILL)
    told += len(process.stdout.readlines())
    assert process.wait() == -signal.SIGKILL
    process.stdout.close()
    return told


@pytest.mark.slow
@pytest.mark.parametrize("verb", ["rebuild", "stream"])
def test_killed_rebuilds_lose_nothing_and_store_nothing_twice(environment, verb):
    run("fill", environment)
    chance = random.Random(7)
    told = [kill_after(plans, environment, chance, verb) for plans in KILLED_AFTER]
    between = json.loads(run("tell", environment))
    assert sum(told) <= len(between["versions"]) < TEACHERS  # what was told is there; not all is
    run(verb, environment)
    after = json.loads(run("tell", environment))
    teachers = [teacher for teacher, _, _ in after["versions"]]
    assert len(set(teachers)) == TEACHERS
    assert after == {
        "owed": 0,
        "left_over": [],
        "versions": [[teacher, 1, {"tickets": 3}] for teacher in teachers],
        "torn": [],
    }

"""Awarding and signing in processes of their own, killed with -9 on the way, on both databases."""

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

from .awarding_program import FINISHED, SIGNED

PROGRAM = [sys.executable, "-W", "ignore", "-m", "tests.courses.awarding_program"]
#: After how many steps each process is killed: while awarding, near the last, while signing.
KILLED_AFTER = (1, 8, 4)


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
        "DJANGO_SETTINGS_MODULE": "tests.courses.race_settings",
        "PDPLANNER_DATA": str(tmp_path),
    }


def run(verb: str, environment: dict[str, str]) -> str:
    done = subprocess.run(
        [*PROGRAM, verb], env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def kill_after(steps: int, environment: dict[str, str], chance: random.Random) -> None:
    """Start the awarding and kill it this many steps on, somewhere within the next one."""
    process = subprocess.Popen(
        [*PROGRAM, "award"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    for _ in range(steps + 1):
        assert process.stdout.readline() in {"awarding\n", "signing\n"}
    time.sleep(chance.uniform(0, 0.01))
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()


@pytest.mark.slow
def test_killed_awarding_and_signing_leave_one_of_each(environment):
    run("fill", environment)
    chance = random.Random(11)
    for steps in KILLED_AFTER:
        kill_after(steps, environment, chance)
    between = json.loads(run("tell", environment))
    assert 0 < between["awards"] == between["certificates"] <= FINISHED
    assert (between["half_signed"], between["active_keys"] <= 2) == (0, True)
    run("award", environment)
    run("award", environment)
    assert json.loads(run("tell", environment)) == {
        "awards": FINISHED,
        "certificates": FINISHED,
        "owed": 0,
        "signed": SIGNED,
        "valid": [True],
        "half_signed": 0,
        "active_keys": 2,
        "achievements": 1,
    }

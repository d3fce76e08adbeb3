"""A real import, killed for real, again and again."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

pytestmark = [pytest.mark.sqlite, pytest.mark.slow]

ROWS = 6000
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def place(tmp_path):
    """A data folder of its own with one teacher in it, and a file to import."""
    data = tmp_path / "data"
    environment = os.environ | {
        "PDPLANNER_DATA": str(data),
        "DJANGO_SETTINGS_MODULE": "pdplanner.settings.embedded",
        "PYTHONWARNINGS": "ignore",
    }

    def start(*arguments: str) -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, "-m", "pdplanner", *arguments],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    add = start("add-person", "nora@example.org", "--role", "teacher")
    assert (add.wait(), add.communicate()[1])[0] == 0
    path = tmp_path / "tickets.csv"
    with path.open("w") as out:
        out.write("number,email,opened\n")
        out.writelines(f"T{n},nora@example.org,2026-09-01T08:{n % 60:02d}\n" for n in range(ROWS))
    return start, path, data / "pdplanner.sqlite3"


def value(database: Path, question: str):
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=20)) as connection:
        return connection.execute(question).fetchone()


def test_killed_import_leaves_no_gap_and_no_double(place):
    start, path, database = place
    kills = 0
    reached = 0
    while kills < 4:
        work = start("import-tickets", str(path))
        while work.poll() is None:
            row = value(database, "SELECT cursor FROM profiles_importrun")
            if row is not None and row[0] > reached:
                work.send_signal(signal.SIGKILL)
                break
            time.sleep(0.01)
        work.communicate()
        assert work.returncode == -signal.SIGKILL, "it came to its end before it could be killed"
        kills += 1
        reached, in_table = (
            value(database, "SELECT cursor FROM profiles_importrun")[0],
            value(database, "SELECT count(*) FROM profiles_ticket")[0],
        )
        assert (reached % 500, in_table) == (0, reached)
    last = start("import-tickets", str(path))
    out, err = last.communicate()
    assert (last.returncode, out.splitlines()[-1]) == (
        0,
        f"{ROWS:,} tickets new, 0 changed, 0 there already.",
    )
    assert f"Going on after row {reached:,}" in err
    assert value(
        database,
        "SELECT count(*), count(DISTINCT external_id) FROM profiles_ticket",
    ) == (ROWS, ROWS)
    assert value(database, "SELECT count(*), state FROM profiles_importrun") == (1, "applied")

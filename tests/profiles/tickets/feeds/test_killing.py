"""A sync killed for real on a bad line; `python -m benchmarks.sync` kills it 200 times."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

pytestmark = [pytest.mark.sqlite, pytest.mark.slow]


def test_killed_sync_loses_and_doubles_nothing(tmp_path):
    report = tmp_path / "report.json"
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.sync"]
    done = subprocess.run(
        [*command, "--kills", "6", "--json", str(report)],
        env={name: value for name, value in os.environ.items() if name != "PDPLANNER_DATA"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(report.read_text())
    assert {name: said[name] for name in ("kills", "lost", "doubled", "wrong")} == {
        "kills": 6,
        "lost": 0,
        "doubled": 0,
        "wrong": 0,
    }
    assert said["tickets"] >= 6 * 5

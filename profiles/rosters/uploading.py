"""A roster by upload."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from ..imports import Report
from ..models import ImportRun
from ..uploads import Kind, Upload
from .importing import import_roster, in_words, read_roster
from .operations import mass_departure


def check(upload: Upload, now: datetime) -> Report:
    """Return what the roster would change; nothing is written."""
    roster, problems, content_hash = read_roster(upload.path, now=now)
    claim = mass_departure(roster=roster)
    counts = import_roster(
        roster=roster,
        problems=problems,
        content_hash=content_hash,
        now=now,
        confirm_departures=True,
        is_dry=True,
    )
    return Report(problems, roster.rows_read, content_hash, counts, must_confirm=claim)


def apply(upload: Upload, now: datetime, may_go_on: Callable[[], bool]) -> None:
    """Apply the roster, in one piece."""
    roster, problems, content_hash = read_roster(upload.path, now=now)
    import_roster(
        roster=roster,
        problems=problems,
        content_hash=content_hash,
        now=now,
        confirm_departures=bool(upload.options.get("is_confirmed")),
        run=upload.run,
    )


def words(run: ImportRun, is_dry: bool) -> list[str]:
    """Return the run's counts as sentences."""
    return in_words(run.counts, is_dry=is_dry)


KIND = Kind(
    name=ImportRun.Kind.ROSTER,
    title="Roster",
    words=(
        "A zip with a full OneRoster 1.1 or 1.2 CSV export: schools, terms and teachers. "
        "Students and passwords in it are not stored."
    ),
    accept=".zip",
    order=1,
    check=check,
    apply=apply,
    in_words=words,
)

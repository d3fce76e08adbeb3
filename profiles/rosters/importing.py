"""From a path to a roster: opens it, reads all of it, and refuses what is not right."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from ..imports import ImportRefused, Problems, Progress, TakenOver, silent
from ..models import ImportRun
from ..queries import the_district, today_in_district
from .feed import Feed
from .files import RosterFiles
from .oneroster import OneRoster
from .operations import apply_roster
from .shape import Roster

#: What changed, among the counts of an import.
CHANGES = ("new", "changed", "back", "left", "schools changed", "terms changed")
NO_COUNTS = dict.fromkeys((*CHANGES, "teachers", "schools", "terms"), 0)


def read_roster(
    path: Path, *, now: datetime, progress: Progress = silent
) -> tuple[Roster, Problems, str]:
    """Return the roster, its warnings and the hash of the files. Raises ImportRefused."""
    problems = Problems()
    files = RosterFiles(path)
    try:
        roster = OneRoster(
            feed=Feed(files, problems, progress),
            as_of=today_in_district(now),
            email_domain=the_district().email_domain,
        ).read()
        if problems.forbid:
            raise ImportRefused(problems)
        return roster, problems, files.content_hash()
    finally:
        files.close()


@transaction.atomic
def import_roster(
    *,
    roster: Roster,
    problems: Problems,
    content_hash: str,
    now: datetime,
    confirm_departures: bool = False,
    is_dry: bool = False,
    run: ImportRun | None = None,
) -> dict[str, int]:
    """Apply a roster that was read, and write down that it happened; dry: take it all back.

    Raises ImportRefused when too many teachers would leave, TakenOver when another process has
    applied this run.
    """
    if run is None:
        run = ImportRun(kind=ImportRun.Kind.ROSTER, started_at=now)
    elif not ImportRun.objects.select_for_update().filter(pk=run.pk, state=ImportRun.State.RUNNING):
        raise TakenOver
    counts = apply_roster(
        roster=roster, now=now, problems=problems, confirm_departures=confirm_departures
    )
    if is_dry:
        transaction.set_rollback(True)
        return counts
    run.state = ImportRun.State.APPLIED
    run.finished_at = timezone.now()
    run.content_hash = content_hash
    run.source = roster.source
    run.cursor = run.total = roster.rows_read
    run.counts = counts
    run.problems = problems.as_json()
    run.save()
    return counts


def in_words(counts: dict[str, int], *, is_dry: bool = False) -> list[str]:
    """Return what an import came to, as sentences."""
    counts = NO_COUNTS | counts  # a run of an earlier version may have counted less
    would = "would be " if is_dry else ""
    lines = [
        f"{counts['teachers']:,} teachers: {counts['new']:,} {would}new, "
        f"{counts['changed']:,} {would}changed, {counts['back']:,} {would}back, "
        f"{counts['left']:,} {would}gone.",
        f"{counts['schools']:,} schools, {counts['terms']:,} school years and terms.",
    ]
    if not any(counts[name] for name in CHANGES):
        changes = "would change" if is_dry else "changed"
        lines.append(f"Nothing {changes}: everything is there already.")
    return lines

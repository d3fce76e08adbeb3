"""From a path to a roster: opens it, reads all of it, and refuses what is not right."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from ..imports import ImportRefused, Problems, Progress, TakenOver, silent
from ..models import ImportRun, RosterProfile
from ..queries import the_district, today_in_district
from . import bases, formats, legacy_sds, oneroster, sds
from .feed import Feed
from .files import RosterFiles
from .formats import Wanted
from .operations import apply_roster
from .reading import RosterReading
from .shape import Roster
from .teacher_table import TeacherTable

#: What changed, among the counts of an import.
CHANGES = ("new", "changed", "back", "left", "schools changed", "terms changed")
NO_COUNTS = dict.fromkeys((*CHANGES, "teachers", "schools", "terms"), 0)
ANY = Wanted()


def read_roster(
    path: Path, *, now: datetime, progress: Progress = silent, wanted: Wanted = ANY
) -> tuple[Roster, Problems, str]:
    """Return the roster, its warnings and the hash of the files. Raises ImportRefused."""
    problems = Problems()
    files = RosterFiles(path)
    try:
        roster = _roster_of(files, wanted, problems, progress, today_in_district(now))
        if problems.forbid:
            raise ImportRefused(problems)
        return roster, problems, files.content_hash()
    finally:
        files.close()


def _roster_of(
    files: RosterFiles, wanted: Wanted, problems: Problems, progress: Progress, as_of: date
) -> Roster:
    domain = the_district().email_domain
    feed: Feed
    match formats.chosen(files, wanted):
        case formats.TABLE:
            return TeacherTable(
                files, problems, wanted.columns, wanted.name, domain, progress
            ).read()
        case formats.SDS:
            feed = sds.SchoolDataSync(files, problems, progress)
        case formats.LEGACY_SDS:
            feed = legacy_sds.LegacySchoolDataSync(files, problems, progress)
        case _:
            base = bases.base_of(oneroster.SOURCE)
            feed = oneroster.OneRoster(files, problems, progress, base=base)
    return RosterReading(feed=feed, as_of=as_of, email_domain=domain).read()


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
    progress: Progress = silent,
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
        roster=roster,
        now=now,
        problems=problems,
        confirm_departures=confirm_departures,
        progress=progress,
    )
    bases.keep_base(source=roster.source, kept=dict(roster.kept))
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


def save_profile(*, name: str, columns: dict[str, str]) -> None:
    """Remember which column of a table is what, for the next time."""
    RosterProfile.objects.update_or_create(name=name, defaults={"columns": columns})


def in_words(counts: dict[str, int], *, is_dry: bool = False) -> list[str]:
    """Return what an import came to, as sentences."""
    counts = NO_COUNTS | counts  # a run of an earlier version may have counted less
    would = "would be " if is_dry else ""
    lines = [
        f"{counts['teachers']:,} teacher{'' if counts['teachers'] == 1 else 's'}: "
        f"{counts['new']:,} {would}new, "
        f"{counts['changed']:,} {would}changed, {counts['back']:,} {would}back, "
        f"{counts['left']:,} {would}gone.",
        f"{counts['schools']:,} schools, {counts['terms']:,} school years and terms.",
    ]
    if not any(counts[name] for name in CHANGES):
        changes = "would change" if is_dry else "changed"
        lines.append(f"Nothing {changes}: everything is there already.")
    return lines

"""A roster by upload."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from .. import uploads
from ..imports import Progress, Report
from ..models import ImportRun
from ..uploads import Kind, Upload
from . import formats
from .departures import departing, mass_departure
from .files import RosterFiles
from .formats import Wanted
from .importing import import_roster, in_words, read_roster, save_profile
from .teacher_table import header_of, refuse_no_table


def needs_columns(upload: Upload) -> bool:
    """Whether somebody must say which column is what first. Raises ImportRefused."""
    if upload.options.get("columns"):
        return False
    files = RosterFiles(upload.path)
    try:
        if formats.recognise(files) != formats.TABLE:
            return False
        refuse_no_table(header_of(files))
        return True
    finally:
        files.close()


def wanted_of(upload: Upload) -> Wanted:
    """Return how an upload is to be read, as far as it was said."""
    columns = upload.options.get("columns")
    return Wanted(columns=columns, name=upload.options.get("name", "")) if columns else Wanted()


def told(upload: Upload) -> Progress:
    """Return a progress that the page of the upload shows."""

    def tell(message: str, part: int = 0, whole: int = 0) -> None:
        uploads.note(upload.run, message, part, whole or upload.run.total)

    return tell


def check(upload: Upload, now: datetime) -> Report:
    """Return what the roster would change; nothing is written."""
    progress = told(upload)
    roster, problems, content_hash = read_roster(
        upload.path, now=now, progress=progress, wanted=wanted_of(upload)
    )
    claim = mass_departure(roster=roster)
    leaving = departing(roster=roster).gone
    counts = import_roster(
        roster=roster,
        problems=problems,
        content_hash=content_hash,
        now=now,
        confirm_departures=True,
        is_dry=True,
        progress=progress,
    )
    return Report(
        problems,
        roster.rows_read,
        content_hash,
        counts,
        must_confirm=claim,
        leaving=tuple(leaving),
    )


def apply(upload: Upload, now: datetime, may_go_on: Callable[[], bool]) -> None:
    """Apply the roster, in one piece."""
    progress, wanted = told(upload), wanted_of(upload)
    roster, problems, content_hash = read_roster(
        upload.path, now=now, progress=progress, wanted=wanted
    )
    import_roster(
        roster=roster,
        problems=problems,
        content_hash=content_hash,
        now=now,
        confirm_departures=bool(upload.options.get("is_confirmed")),
        run=upload.run,
        progress=progress,
    )
    if wanted.columns:
        save_profile(name=wanted.name, columns=wanted.columns)


def words(run: ImportRun, is_dry: bool) -> list[str]:
    """Return the run's counts as sentences."""
    return in_words(run.counts, is_dry=is_dry)


KIND = Kind(
    name=ImportRun.Kind.ROSTER,
    title="Roster",
    words=(
        "OneRoster 1.1 or 1.2 (full or changes) or Microsoft School Data Sync as a zip, or any "
        "list of teachers as CSV. Students and passwords in it are not stored."
    ),
    accept=".zip,.csv,.txt",
    order=1,
    check=check,
    apply=apply,
    in_words=words,
)

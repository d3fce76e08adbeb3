"""A help desk's export by upload."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from ..imports import Report, TakenOver
from ..models import ImportRun
from ..uploads import Kind, Upload
from .importing import TicketImport, begin_run, check_tickets, continue_run, in_words, source_named


def work_of(upload: Upload) -> TicketImport:
    """Return the import that an upload and its options mean."""
    columns = upload.options["columns"]
    source = source_named(upload.options["source"], columns)
    source.address_template = upload.options.get("address", source.address_template)
    order = upload.options.get("date_order", source.date_order)
    return TicketImport(path=upload.path, source=source, columns=columns, date_order=order)


def check(upload: Upload, now: datetime) -> Report:
    """Return what the export holds; nothing is written."""
    return check_tickets(work_of(upload), now=now)


def apply(upload: Upload, now: datetime, may_go_on: Callable[[], bool]) -> None:
    """Apply the export from where it was left."""
    work = work_of(upload)
    run = ImportRun.objects.get(pk=upload.run.pk)
    if run.state != ImportRun.State.RUNNING:
        raise TakenOver
    if not run.cursor:  # in case the teachers here changed since the first check
        report = check_tickets(work, now=now, reads_words=False)
        run = begin_run(work, report=report, now=now, run=run)
    continue_run(work, run=run, now=now, may_go_on=may_go_on)


def words(run: ImportRun, is_dry: bool) -> list[str]:
    """Return the run's counts as sentences."""
    return in_words(run.counts, run.total, is_dry=is_dry)


KIND = Kind(
    name=ImportRun.Kind.TICKETS,
    title="Help-desk tickets",
    words=(
        "A CSV export of your help desk. Subject and text are read to find the skill, "
        "then dropped: they are not stored."
    ),
    accept=".csv,.txt",
    order=3,
    check=check,
    apply=apply,
    in_words=words,
    fields=("source",),
)

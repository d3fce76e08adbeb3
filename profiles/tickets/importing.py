"""From a path to stored tickets: the whole file is checked first, then written chunk by chunk."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone

from ..imports import (
    ImportRefused,
    Problems,
    Progress,
    Report,
    hash_of,
    largest_file,
    refuse_too_large,
    silent,
)
from ..models import ImportRun, TicketSource
from ..queries import the_district
from .categories import CategoryRow
from .category_names import CategoryColumn
from .columns import FILE, Columns
from .csv import TicketCsv
from .deriving import Matched, Requesters, TicketReader, count_readings
from .operations import map_category, record_chunk
from .repeating import mark_repeated, teachers_of

#: Rows of the file to one transaction: other writers wait some 20 ms at most.
CHUNK = 500
ROWS_BETWEEN_PROGRESS = 20_000
NO_COUNTS = dict.fromkeys(
    (
        "matched",
        "unmatched",
        "by category",
        "by words",
        "percents by words",
        "unsorted",
        "for others",
        "new",
        "changed",
        "unchanged",
        "gone",
    ),
    0,
)
#: The source of a file that no profile names.
PLAIN_SOURCE = "csv"


@dataclass(frozen=True)
class TicketImport:
    """One file and how it is to be read: the same values always mean the same import."""

    path: Path
    source: TicketSource
    columns: Columns | None  # None: known by their usual headings
    categories: tuple[CategoryRow, ...] = ()
    date_order: str = ""

    def content_hash(self) -> str:
        """Return the hash of the file and of how it is read: a killed import is known by it."""
        how = [self.source.name, self.columns, self.categories, self.date_order]
        return hash_of(self.path, json.dumps(how, sort_keys=True).encode())

    def export(self, now: datetime, problems: Problems) -> TicketCsv:
        """Return the file, ready to be read; raises ImportRefused."""
        return TicketCsv(
            self.path,
            columns=self.columns,
            zone=the_district().zone,
            now=now,
            problems=problems,
            date_order=self.date_order,
        )


def source_named(name: str | None, columns: Columns | None) -> TicketSource:
    """Return the source of a profile, unsaved when new. Raises ImportRefused."""
    source = TicketSource.objects.filter(name=name or PLAIN_SOURCE).first()
    if name and source is None and columns is None:
        saved = ", ".join(TicketSource.objects.values_list("name", flat=True)) or "none yet"
        raise ImportRefused.because(
            "--profile",
            f"no profile “{name[:50]}” is saved",
            f"Saved are: {saved}. Give --map with --profile once to save one.",
        )
    if name and len(name) > 50:
        raise ImportRefused.because("--profile", "the name is too long", "Use 50 characters.")
    return source or TicketSource(name=name or PLAIN_SOURCE)


def check_tickets(
    work: TicketImport, *, now: datetime, reads_words: bool = True, progress: Progress = silent
) -> Report:
    """Read the whole file, write nothing, and report. Raises ImportRefused on any error.

    Whoever applies at once need not read the words twice.
    """
    if not work.path.is_file():
        raise ImportRefused.because(FILE, "there is no such file", "Check the path.")
    refuse_too_large(work.path, FILE, largest_file())
    problems = Problems()
    requesters = Requesters()
    reader = TicketReader(source=work.source, categories=list(work.categories))
    counts: Counter[str] = Counter(NO_COUNTS)
    read: list[Matched] = []
    total = 0
    export = work.export(now, problems)
    names = reader.category_names(work.source)
    category, subcategory = CategoryColumn(names), CategoryColumn(names)
    for row in export.rows():
        total += 1
        if total % ROWS_BETWEEN_PROGRESS == 0:
            progress(f"{total:,} rows checked")
        if row is None or row.is_gone:
            continue
        if (teacher := requesters.find(row.requester)) is None:
            requesters.note_stranger(row.requester)
            continue
        counts["matched"] += 1
        category.see(row.category, row.line)
        subcategory.see(row.subcategory, row.line)
        if reads_words:
            read.append((row, teacher, reader.read(row)))
            if len(read) == CHUNK:
                count_readings(counts, reader.settle(read))
                read.clear()
    count_readings(counts, reader.settle(read))
    category.report(problems, FILE, export.columns.get("category", ""))
    subcategory.report(problems, FILE, export.columns.get("subcategory", ""))
    if not total and not problems.forbid:
        problems.error(FILE, "the file has only a header", "Export it with its rows.")
    if problems.forbid:
        raise ImportRefused(problems)
    requesters.report(problems)
    counts["unmatched"] = requesters.unmatched
    return Report(
        problems=problems, total=total, content_hash=work.content_hash(), counts=dict(counts)
    )


def in_words(counts: dict[str, int], total: int, *, is_dry: bool = False) -> list[str]:
    """Return what a file holds and, once applied, what came of it, as sentences."""
    counts = NO_COUNTS | counts  # a run of an earlier version may have counted less
    by_words = counts["by words"]
    sure = f" ({counts['percents by words'] // by_words} % sure on average)" if by_words else ""
    lines = [
        f"{total:,} rows: {counts['matched']:,} of teachers here, "
        f"{counts['unmatched']:,} left out.",
        f"Skill by category {counts['by category']:,}, by words {by_words:,}{sure}, "
        f"unsorted {counts['unsorted']:,}.",
    ]
    if counts["for others"]:
        lines.append(
            f"{counts['for others']:,} about shared things or others: kept, and nobody's need."
        )
    if is_dry:
        return lines
    lines.append(
        f"{counts['new']:,} tickets new, {counts['changed']:,} changed, "
        f"{counts['unchanged']:,} there already."
    )
    if counts["gone"]:
        lines.append(f"{counts['gone']:,} forgotten: deleted or merged in the help desk.")
    if not counts["new"] + counts["changed"] + counts["gone"]:
        lines.append("Nothing changed: everything is there already.")
    return lines


def begin_run(
    work: TicketImport, *, report: Report, now: datetime, run: ImportRun | None = None
) -> ImportRun:
    """Return the run to go on with: one of the same file that was cut off, or a new one.

    Saves the source with its columns, and what the categories file says.
    """
    with transaction.atomic():
        cut_off = ImportRun.objects.select_for_update().filter(
            kind=ImportRun.Kind.TICKETS, state=ImportRun.State.RUNNING, source=work.source.name
        )
        if run is None:
            run = cut_off.filter(content_hash=report.content_hash).first()
            if run is not None:
                return run
            run = ImportRun(kind=ImportRun.Kind.TICKETS)
        # What another file left half done is not gone on with: this one is newer.
        cut_off.exclude(pk=run.pk).update(state=ImportRun.State.STOPPED, finished_at=now)
        work.source.columns = work.columns or work.source.columns
        work.source.date_order = work.date_order or work.source.date_order
        work.source.save()
        for row in work.categories:
            map_category(
                source=work.source,
                category=row.category,
                subcategory=row.subcategory,
                skill_id=row.skill,
                kind=row.kind,
            )
        run.state = ImportRun.State.RUNNING
        run.started_at = now
        run.content_hash = report.content_hash
        run.source = work.source.name
        run.total = report.total
        run.cursor = 0
        run.counts = NO_COUNTS | {name: report.counts[name] for name in ("matched", "unmatched")}
        run.problems = report.problems.as_json()
        run.save()
    return run


def continue_run(
    work: TicketImport,
    *,
    run: ImportRun,
    now: datetime,
    may_go_on: Callable[[], bool] = lambda: True,
    progress: Progress = silent,
) -> bool:
    """Write the rows from the run's cursor on; return whether the end was reached.

    Stops between two chunks once `may_go_on` says no. Raises TakenOver when another process
    goes on with the same run.
    """
    start = run.cursor
    touched: set[int] = set()  # teachers
    for rows, gone, end in chunks(work, now=now, start=start):
        record_chunk(run=run, source=work.source, rows=rows, gone=gone, end=end, now=now)
        touched.update(teacher for _, teacher, _ in rows)
        if (end - start) % ROWS_BETWEEN_PROGRESS == 0:
            progress(f"{end:,} of {run.total:,} rows written")
        if not may_go_on():
            return False
    if start:  # whose tickets came before the kill is not known any more
        touched.update(teachers_of(work.source))
    mark_repeated(teachers=touched)
    ImportRun.objects.filter(pk=run.pk, state=ImportRun.State.RUNNING).update(
        state=ImportRun.State.APPLIED, finished_at=timezone.now()
    )
    run.refresh_from_db()
    empty_journal()
    return True


Chunk = tuple[list[Matched], list[str], int]  # tickets, numbers of those gone, the row after them


def chunks(work: TicketImport, *, now: datetime, start: int) -> Iterator[Chunk]:
    """Yield the tickets of every `CHUNK` rows from `start` on: each as its last row there says."""
    problems = Problems()
    requesters = Requesters()
    reader = TicketReader(source=work.source)
    held: dict[str, Matched | None] = {}  # None: gone
    place = 0
    for row in work.export(now, problems).rows():
        place += 1
        if place <= start:
            continue
        if row is not None and row.is_gone:
            held[row.external_id] = None
        elif row is not None and (teacher := requesters.find(row.requester)) is not None:
            held[row.external_id] = (row, teacher, reader.read(row))
        if (place - start) % CHUNK == 0:
            yield *settled(reader, held), place
            held = {}
    if problems.forbid:  # the file changed under our hands
        raise ImportRefused(problems)
    if place > start and (place - start) % CHUNK:
        yield *settled(reader, held), place


def settled(
    reader: TicketReader, held: dict[str, Matched | None]
) -> tuple[list[Matched], list[str]]:
    """Return the tickets as they are kept, and the numbers of those gone."""
    matched = reader.settle([one for one in held.values() if one is not None])
    return matched, [number for number, one in held.items() if one is None]


def empty_journal() -> None:
    """Give back the room that a long import took in SQLite's journal."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")

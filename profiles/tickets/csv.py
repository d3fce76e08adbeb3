"""Reads a help desk's CSV export row by row. Subject and body leave with the row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from operator import itemgetter
from pathlib import Path
from zoneinfo import ZoneInfo

from ..choices import DateOrder
from ..csv_tables import CsvTable
from ..imports import ImportRefused, Problems, Unreadable
from .category_names import LONGEST_STORED, is_nothing
from .columns import FILE, NAMES, TEXT_NAMES, Columns, places_of, recognise
from .dates import SHAPE, read_date
from .rows import TicketRow

FIRST_YEAR = 1990
#: No export holds a time further ahead than this.
FURTHEST_AHEAD = timedelta(days=367)
#: More minutes than a school year has are a slip of the keyboard.
MOST_MINUTES = 100_000
LONGEST_ID = 100
LONGEST_CATEGORY = LONGEST_STORED

#: Cells that are longer, or have more words, are taken for a text and shown to nobody.
LONGEST_SHOWN, MOST_WORDS_SHOWN = 60, 3

ISO_SHAPE = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?)?\s*\S*")
WHERE_ORDERS_ARE_NAMED = "beside the columns, or with --dates mdy, dmy or ymd"
YES = {"true", "yes", "y", "1"}
#: A help desk's words for what it has no more; osTicket exports such rows with the rest.
GONE = {"deleted", "merged"}
NO = {"", "false", "no", "n", "0"}
#: What stands where nobody is named but who wrote it.
SELF = {"self", "myself", "me", "same", "same as requester"}
#: Words for no time yet, and dates that programs write for it.
NEVER = {"never", "not yet", "not resolved", "unresolved", "open", "pending", "unknown"}
NO_DATE = "0000-00-00"
NEVER_DATES = {
    date(year, month, day)
    for year, month, day in ((1, 1, 1), (1899, 12, 30), (1900, 1, 1), (1969, 12, 31), (1970, 1, 1))
}

Sample = list[tuple[str, list[str]]]  # each heading with cells that may be shown


def header_of(path: Path) -> list[str]:
    """Return the headings of an export; raises ImportRefused."""
    try:
        with path.open("rb") as stream:
            table = CsvTable(stream, file=FILE, problems=Problems(), delimiters=",;")
            return table.header
    except Unreadable as broken:
        raise refusal(broken) from None


def sample_of(path: Path, rows: int = 3) -> Sample:
    """Return each heading with the cells of the first rows; texts are left out.

    What may hold words of a person is not shown: long cells, cells of many words, and columns
    with the name of a text. Raises ImportRefused.
    """
    with path.open("rb") as stream:
        try:
            table = CsvTable(stream, file=FILE, problems=Problems(), delimiters=",;")
        except Unreadable as broken:
            raise refusal(broken) from None
        try:
            first = [cells for _, cells in islice(table.rows(), rows)]
        except Unreadable:
            first = []
        texts = {recognise(table.header).get(name) for name in TEXT_NAMES}
        return [
            (heading, [] if heading in texts else shown([cells[place] for cells in first]))
            for place, heading in enumerate(table.header)
        ]


def shown(cells: list[str]) -> list[str]:
    """Return the cells of a column, none of them when one looks like a text."""
    if any(len(cell) > LONGEST_SHOWN or len(cell.split()) > MOST_WORDS_SHOWN for cell in cells):
        return []
    return cells


def unguarded(cell: str) -> str:
    """Return a cell without the quote that osTicket and others put before =, +, - and @, so that a
    spreadsheet takes it for a text."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in ("=", "+", "-", "@") else cell


def is_somebody_else(helped: str, requester: str) -> bool:
    """Return whether a cell names another person than the one who asked."""
    word = helped.casefold()
    return not (is_nothing(word) or word in SELF or word == requester.casefold())


def is_never(text: str) -> bool:
    """Return whether a cell says in words that there is no time: "Not set", "-"."""
    return is_nothing(text) or text.casefold() in NEVER or text.startswith(NO_DATE)


def refusal(broken: Unreadable) -> ImportRefused:
    """Return the refusal of a file that stops being readable."""
    problems = Problems()
    problems.error(FILE, broken.rule, broken.remedy, line=broken.line)
    return ImportRefused(problems)


class TicketCsv:
    """An export, its columns known. Rows with an error go to `problems` and are left out."""

    def __init__(
        self,
        path: Path,
        *,
        columns: Columns | None,
        zone: ZoneInfo,
        now: datetime,
        problems: Problems,
        date_order: str = "",
    ):
        self.path = path
        self.zone = zone
        self.date_order = date_order
        self.latest_at = now + FURTHEST_AHEAD
        self.problems = problems
        header = header_of(path)
        self.columns = columns or recognise(header)
        places = places_of(self.columns, header)
        self._cells_of = itemgetter(*(places.get(name, -1) for name in NAMES))

    def rows(self) -> Iterator[TicketRow | None]:
        """Yield a row for each line; None for a line with an error."""
        try:
            with self.path.open("rb") as stream:
                table = CsvTable(stream, file=FILE, problems=self.problems, delimiters=",;")
                for line, cells in table.rows():
                    yield self._row(line, cells)
        except Unreadable as broken:
            self.problems.error(FILE, broken.rule, broken.remedy, line=broken.line)

    def _row(self, line: int, cells: list[str]) -> TicketRow | None:
        self._line, self._is_good = line, True
        cells.append("")  # what a column that is not there says
        (
            number,
            requester,
            helped,
            asset,
            opened,
            answered,
            resolved,
            category,
            subcategory,
            subject,
            body,
            kind,
            minutes,
            need_by,
            reopened,
            status,
        ) = [
            cell if cell[:1] != "'" else unguarded(cell)
            for cell in map(str.strip, self._cells_of(cells))
        ]
        opened_at = self._time("opened", opened)
        resolved_at = self._later("resolved", resolved, opened_at) if resolved else None
        answered_at = self._later("first_answered", answered, opened_at) if answered else None
        if opened_at is None and self._is_good:
            self._wrong("opened", "a required cell is empty", "Every ticket was opened some time.")
        if not number:
            self._wrong("external_id", "a required cell is empty", "Export this column whole.")
        elif len(number) > LONGEST_ID:
            self._wrong(
                "external_id", f"the id is longer than {LONGEST_ID} characters", "Is this the id?"
            )
        lost = self._minutes(minutes) if minutes else None
        need_by_at = self._time("need_by", need_by) if need_by else None
        is_named = bool(helped) and is_somebody_else(helped, requester)
        is_reopened = self._is_reopened(reopened) if reopened else False
        if not self._is_good or opened_at is None:
            return None
        return TicketRow(
            line=line,
            external_id=number,
            requester=helped if is_named else requester,
            opened_at=opened_at,
            first_answered_at=answered_at,
            resolved_at=resolved_at,
            category=category,
            subcategory=subcategory,
            kind=kind,
            minutes_lost=lost,
            need_by_date=self._day(need_by_at) if need_by_at else None,
            is_reopened=is_reopened,
            subject=subject,
            body=body,
            is_gone=status.casefold() in GONE,
            is_named=is_named,
            asset=asset,
        )

    def _wrong(self, name: str, rule: str, remedy: str) -> None:
        self._is_good = False
        column = self.columns.get(name, name)[:60]
        self.problems.error(FILE, rule, remedy, line=self._line, column=column)

    def _time(self, name: str, text: str) -> datetime | None:
        """The moment a cell names; a time without a zone is the district's."""
        if not text:
            return None
        try:
            at = datetime.fromisoformat(text)
        except ValueError:
            if is_never(text):
                return None
            local = read_date(text, self.date_order, self.zone) if self.date_order else None
            if local is None:
                self._wrong(name, *self._why_no_time(text))
                return None
            at = local
        try:
            if at.tzinfo is None:
                at = at.replace(tzinfo=self.zone)
            if at.year >= FIRST_YEAR and at <= self.latest_at:
                return at
        except OverflowError:
            pass
        if at.date() in NEVER_DATES and name != "opened":
            return None
        self._wrong(
            name,
            f"the date is before {FIRST_YEAR} or more than a year ahead",
            "Correct it, or leave the cell empty when nothing happened yet.",
        )
        return None

    def _later(self, name: str, text: str, opened_at: datetime | None) -> datetime | None:
        """The moment of what came after the opening; a day alone is never before it."""
        at = self._time(name, text)
        if at is None or opened_at is None or at >= opened_at:
            return at
        if ":" not in text and at.astimezone(self.zone).date() == self._day(opened_at):
            return opened_at
        self._wrong(name, "the time is before the ticket was opened", "Correct it.")
        return None

    def _day(self, moment_at: datetime) -> date:
        return moment_at.astimezone(self.zone).date()

    def _why_no_time(self, text: str) -> tuple[str, str]:
        """The rule that a cell breaks which holds no time, and what to do."""
        if ISO_SHAPE.fullmatch(text):
            return "the date or time does not exist", "Correct it."
        if SHAPE.fullmatch(text) and self.date_order:
            order = DateOrder(self.date_order).label.casefold()
            return (
                f"the date is none when read {order}",
                f"Name the order that this help desk writes: {WHERE_ORDERS_ARE_NAMED}.",
            )
        if SHAPE.fullmatch(text):
            return (
                "the order of day and month is not known",
                f"Name it: {WHERE_ORDERS_ARE_NAMED}. Or export dates such as 2026-08-24T09:30.",
            )
        return "the time is not ISO 8601", "Write it such as 2026-08-24T09:30."

    def _minutes(self, text: str) -> int | None:
        if is_nothing(text):
            return None
        if text.isascii() and text.isdecimal() and len(text) <= 6 and int(text) <= MOST_MINUTES:
            return int(text)
        self._wrong("minutes_lost", "the cell holds no number of minutes", "Write such as 25.")
        return None

    def _is_reopened(self, text: str) -> bool:
        word = text.casefold()
        if word in NO or word in YES or is_nothing(word):
            return word in YES
        if word.isascii() and word.isdecimal():
            return int(word[:9]) > 0
        self._wrong("reopened", "the cell is neither yes, no nor a count", "Write 0 or 1.")
        return False

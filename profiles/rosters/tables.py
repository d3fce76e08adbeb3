"""One roster file as checked rows: required cells filled, dates parsed, every id once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from ..csv_tables import CsvTable
from ..imports import Problems, Unreadable
from .columns import ALIASES, MISSED_WHEN_EMPTY, SHOWN, Columns, is_formula
from .files import RosterFiles

DATES = {"startDate", "endDate", "beginDate"}
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
#: Dates outside are slips of the keyboard.
FIRST_YEAR, LAST_YEAR = 1990, 2100
LONGEST_ID = 255
ISO_REMEDY = "Write it as year-month-day, such as 2026-08-24."


class Row(dict[str, Any]):
    """The cells of a row by our name of the column: text, or a date (None when empty) in the date
    columns. `line` is 0 for a row that was kept from an earlier set."""

    __slots__ = ("file", "headings", "line")

    def __init__(self, cells: dict[str, Any], line: int = 0, file: str = "", headings=None):
        super().__init__(cells)
        self.line = line
        self.file = file
        self.headings: dict[str, str] = headings or {}

    @property
    def is_gone(self) -> bool:
        """Whether the feed says that this row is to be deleted."""
        return self.get("status", "").casefold() == "tobedeleted"

    @property
    def changed_at(self) -> datetime | None:
        """When the row was last changed, as far as it says."""
        stamp = self.get("dateLastModified")
        return instant_of(stamp) if stamp else None

    def heading(self, column: str) -> str:
        """Return how the file heads one of our columns."""
        return self.headings.get(column, column)


def instant_of(stamp: str) -> datetime:
    """Return an ISO 8601 time; without a zone it is UTC. Raises ValueError."""
    instant = datetime.fromisoformat(stamp)
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def iso_date(text: str) -> date:
    """Return the date; raise ValueError with the rule that it breaks."""
    if not ISO_DATE.fullmatch(text):
        raise ValueError("the date is not ISO (year-month-day)")
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError("the date does not exist") from None
    return within_years(day)


def within_years(day: date) -> date:
    """Return the day; raise ValueError when it is absurd."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"the date is not between {FIRST_YEAR} and {LAST_YEAR}")
    return day


@dataclass
class Table:
    """One file of a set, and how it is read."""

    file: str
    columns: Columns
    date_of: Callable[[str], date] = iso_date
    date_remedy: str = ISO_REMEDY
    may_be_empty: bool = False
    #: Whether its ids must be unique; files without ids of their own have none to repeat.
    has_ids: bool = True
    #: Whether rows say what changed: then status and time must be filled.
    is_delta: bool = False
    _seen: set[str] = field(default_factory=set)

    def rows(self, files: RosterFiles, problems: Problems) -> Iterator[Row]:
        """Yield the rows that hold what they must; what is wrong goes to `problems`."""
        self._seen.clear()
        rows = 0
        try:
            with files.open(self.file) as stream:
                table = CsvTable(stream, file=self.file, problems=problems)
                places = self._places(table, problems)
                if places is None:
                    return
                optional = [name for name in self.columns.optional if name not in places]
                self._dates = [name for name in places if name in DATES]
                self._missed = [
                    (name, MISSED_WHEN_EMPTY[self.file, name])
                    for name in self.columns.optional
                    if name in places and (self.file, name) in MISSED_WHEN_EMPTY
                ]
                self._shown = [name for name in places if name in SHOWN]
                for line, cells in table.rows():
                    rows += 1
                    found = {column: cells[at].strip() for column, at in places.items()}
                    row = Row(found, line, self.file, self.columns.headings)
                    if self._holds(row, problems):
                        for column in optional:
                            row[column] = None if column in DATES else ""
                        yield row
        except Unreadable as broken:
            problems.error(self.file, broken.rule, broken.remedy, line=broken.line)
            return
        if not rows and not (self.may_be_empty or self.is_delta):
            problems.error(self.file, "the file has only a header", "Export it with its rows.")

    def _places(self, table: CsvTable, problems: Problems) -> dict[str, int] | None:
        """Return column -> place, or None (and say why) when a required column is not there."""
        known = {self.columns.headings[name].casefold(): name for name in self.columns.names}
        places: dict[str, int] = {}
        for place, heading in enumerate(table.header):
            word = heading.casefold()
            column = known.get(word) or known.get(ALIASES.get(word, "").casefold())
            if column is None:
                continue
            if column in places:
                problems.error(
                    self.file,
                    "the column stands twice in the header",
                    "Leave one of the two out of the export: nobody can tell which one counts.",
                    line=1,
                    column=self.columns.headings[column],
                )
                return None
            places[column] = place
        needed = self.columns.required
        if self.is_delta:
            needed = (*needed, "status", "dateLastModified")
        missing = [column for column in needed if column not in places]
        for column in missing:
            problems.error(
                self.file,
                "a required column is missing",
                "Add it to the export." if len(table.header) > 1 else "Is this comma-separated?",
                line=1,
                column=self.columns.headings.get(column, column),
            )
        return None if missing else places

    def _holds(self, row: Row, problems: Problems) -> bool:
        """Whether the row may be used. Dates are parsed on the way."""
        good = True

        def wrong(column: str, rule: str, remedy: str) -> None:
            nonlocal good
            good = False
            problems.error(self.file, rule, remedy, line=row.line, column=row.heading(column))

        # Of a row that goes, its id is all that is needed.
        for column in ("sourcedId",) if row.is_gone else self.columns.required:
            if column in row and not row[column]:
                wrong(
                    column, "a required cell is empty", "Fill it in the source, and export again."
                )
        for column, remedy in self._missed:
            if not row.get(column) and not row.is_gone:
                problems.warning(
                    self.file,
                    "the cell is empty",
                    remedy,
                    line=row.line,
                    column=row.heading(column),
                )
        for column in self._dates:
            try:
                row[column] = self.date_of(row[column]) if row[column] else None
            except ValueError as error:
                wrong(column, str(error), self.date_remedy)
        for column in self._shown:
            if is_formula(row[column]):
                wrong(column, "the cell begins like a formula", "Write the plain text instead.")
        self._check_change(row, wrong)
        if self.has_ids and (identifier := row.get("sourcedId")):
            if identifier in self._seen:
                heading = row.heading("sourcedId")
                wrong("sourcedId", f"the {heading} stands twice in this file", "Leave one row out.")
            self._seen.add(identifier)
        if len(row.get("sourcedId", "")) > LONGEST_ID:
            heading = row.heading("sourcedId")
            wrong("sourcedId", f"the {heading} is longer than 255 characters", "Shorten it.")
        return good

    def _check_change(self, row: Row, wrong: Callable[[str, str, str], None]) -> None:
        """See that a row says whether and when it changed, where it must."""
        status, stamp = row.get("status", ""), row.get("dateLastModified", "")
        if status and status.casefold() not in ("active", "tobedeleted", "inactive"):
            wrong("status", "the status is unknown", "Write active or tobedeleted.")
        elif self.is_delta and not status:
            wrong("status", "a row of changes has no status", "Write active or tobedeleted.")
        try:
            if stamp:
                instant_of(stamp)
            elif self.is_delta:
                wrong(
                    "dateLastModified",
                    "a row of changes does not say when",
                    "Write the time as ISO 8601, such as 2026-08-24T06:00:00Z.",
                )
        except (ValueError, OverflowError):
            wrong("dateLastModified", "the time is not ISO 8601", "Leave it empty in a full set.")

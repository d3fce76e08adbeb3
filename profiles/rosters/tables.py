"""One roster file as checked rows: required cells filled, dates parsed, every id once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from ..csv_tables import CsvTable
from ..imports import Problems, Unreadable
from .columns import ALIASES, BOOLEANS, MISSED_WHEN_EMPTY, Columns
from .files import RosterFiles

DATES = {"startDate", "endDate", "beginDate"}
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
#: Dates outside are slips of the keyboard.
FIRST_YEAR, LAST_YEAR = 1990, 2100


class Row(dict[str, Any]):
    """The cells of a row by column: text, or a date (None when empty) in the date columns."""

    __slots__ = ("line",)

    def __init__(self, line: int, cells: dict[str, Any]):
        super().__init__(cells)
        self.line = line

    @property
    def is_gone(self) -> bool:
        """Whether the feed says that this row is to be deleted."""
        return self.get("status", "").casefold() == "tobedeleted"


def header_places(
    table: CsvTable, columns: Columns, name: str, problems: Problems
) -> dict[str, int] | None:
    """Return column -> place, or None (and say why) when a required column is not there."""
    known = {column.casefold(): column for column in (*columns.required, *columns.optional)}
    places: dict[str, int] = {}
    for place, heading in enumerate(table.header):
        column = known.get(ALIASES.get(heading.casefold(), heading).casefold())
        if column is None:
            continue
        if column in places:
            problems.error(
                name,
                "the column stands twice in the header",
                "Leave one of the two out of the export: nobody can tell which one counts.",
                line=1,
                column=column,
            )
            return None
        places[column] = place
    missing = [column for column in columns.required if column not in places]
    for column in missing:
        problems.error(
            name,
            "a required column is missing",
            "Add it to the export." if len(table.header) > 1 else "Is this comma-separated?",
            line=1,
            column=column,
        )
    return None if missing else places


def rows_of(
    files: RosterFiles,
    name: str,
    columns: Columns,
    problems: Problems,
    *,
    may_be_empty: bool = False,
) -> Iterator[Row]:
    """Yield the rows of a file that hold what they must; what is wrong goes to `problems`."""
    seen: set[str] = set()
    rows = 0
    try:
        with files.open(name) as stream:
            table = CsvTable(stream, file=name, problems=problems)
            places = header_places(table, columns, name, problems)
            if places is None:
                return
            for line, cells in table.rows():
                rows += 1
                row = Row(line, {column: cells[at].strip() for column, at in places.items()})
                if _holds(row, name, columns, seen, problems):
                    for column in columns.optional:
                        row.setdefault(column, "")
                    yield row
    except Unreadable as broken:
        problems.error(name, broken.rule, broken.remedy, line=broken.line)
        return
    except (OSError, RuntimeError, NotImplementedError, ValueError):
        problems.error(name, "the file can't be opened", "Export or zip it again.")
        return
    if not rows and not may_be_empty:
        problems.error(name, "the file has only a header", "Export it with its rows.")


def _holds(row: Row, name: str, columns: Columns, seen: set[str], problems: Problems) -> bool:
    """Whether the row may be used. Dates are parsed on the way."""
    good = True

    def wrong(column: str, rule: str, remedy: str) -> None:
        nonlocal good
        good = False
        problems.error(name, rule, remedy, line=row.line, column=column)

    for column in columns.required:
        if not row[column]:
            wrong(column, "a required cell is empty", "Fill it in the source, and export again.")
    for column in columns.optional:
        if not row.get(column) and (remedy := MISSED_WHEN_EMPTY.get((name, column))):
            problems.warning(name, "the cell is empty", remedy, line=row.line, column=column)
    for column in DATES & row.keys():
        try:
            row[column] = iso_date(row[column]) if row[column] else None
        except ValueError as error:
            wrong(column, str(error), "Write it as year-month-day, such as 2026-08-24.")
    if stamp := row.get("dateLastModified"):
        try:
            datetime.fromisoformat(stamp)
        except ValueError:
            wrong("dateLastModified", "the time is not ISO 8601", "Leave it empty in a full set.")
    if identifier := row.get("sourcedId"):
        if identifier in seen:
            wrong("sourcedId", "the sourcedId stands twice in this file", "Leave one row out.")
        seen.add(identifier)
        if len(identifier) > 255:
            wrong("sourcedId", "the sourcedId is longer than 255 characters", "Shorten it.")
    return good


def iso_date(text: str) -> date:
    """Return the date; raise ValueError with the rule that it breaks."""
    if not ISO_DATE.fullmatch(text):
        raise ValueError("the date is not ISO (year-month-day)")
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError("the date does not exist") from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"the date is not between {FIRST_YEAR} and {LAST_YEAR}")
    return day


def boolean_of(text: str) -> bool | None:
    """Return what a true/false cell says, None when it says neither."""
    return BOOLEANS.get(text.casefold())

"""A paper sheet typed into a table: who was there, by email, roster id or name."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import BinaryIO

from profiles.csv_tables import CsvTable
from profiles.imports import Problems, Unreadable
from profiles.models import TeacherIdentifier

from ..models import Enrolment, Offering, OfferingPart

#: A sheet has as many lines as people fit into a hall.
MOST_LINES = 1000
LARGEST = 1024 * 1024
#: What each column may be called, in small letters.
COLUMNS = {
    "email": ("email", "e-mail", "mail"),
    "id": ("id", "roster id", "roster_id", "sourcedid", "staff id"),
    "name": ("name", "teacher", "full name"),
    "minutes": ("minutes", "min", "minutes there"),
}


@dataclass
class Sheet:
    """What a sheet says: minutes by enrolment id (None: all of the part), and what is wrong."""

    minutes: dict[int, int | None] = field(default_factory=dict)
    people: list[tuple[Enrolment, int | None]] = field(default_factory=list)
    problems: Problems = field(default_factory=Problems)


class _People:
    """Everybody in the run, found by what a sheet calls them."""

    def __init__(self, offering: Offering):
        enrolments = list(
            Enrolment.objects.filter(offering=offering)
            .exclude(state__in=Enrolment.ENDED_EARLY)
            .select_related("teacher")
        )
        self.by_email = {
            item.teacher.email.casefold(): item for item in enrolments if item.teacher.email
        }
        self.by_name: dict[str, list[Enrolment]] = defaultdict(list)
        for item in enrolments:
            for name in _names(item.teacher.given_name, item.teacher.family_name):
                self.by_name[name].append(item)
        of_teacher = {item.teacher_id: item for item in enrolments}
        ids = TeacherIdentifier.objects.filter(teacher__in=of_teacher)
        self.by_id = {row.external_id: of_teacher[row.teacher_id] for row in ids}

    def found(self, cells: dict[str, str]) -> list[Enrolment]:
        """Return whom a row means: the first of email, id and name that is filled in counts."""
        if email := cells.get("email"):
            found = self.by_email.get(email.casefold())
            return [found] if found else []
        if number := cells.get("id"):
            found = self.by_id.get(number)
            return [found] if found else []
        return self.by_name.get(_plain(cells.get("name", "")), [])


def read_sheet(stream: BinaryIO, *, offering: Offering, part: OfferingPart, file: str) -> Sheet:
    """Read a whole sheet and write nothing. A problem names its line and never quotes a cell."""
    sheet = Sheet()
    try:
        table = CsvTable(stream, file=file, problems=sheet.problems, delimiters=",;")
        columns = _columns(table.header, sheet.problems, file)
        if columns:
            _read_rows(table, columns, _People(offering), part, sheet)
    except Unreadable as error:
        sheet.problems.error(file, error.rule, error.remedy, line=error.line)
    return sheet


def _columns(header: list[str], problems: Problems, file: str) -> dict[str, int]:
    lower = [name.casefold() for name in header]
    columns = {
        what: lower.index(name)
        for what, names in COLUMNS.items()
        for name in names
        if name in lower
    }
    if not columns.keys() & {"email", "id", "name"}:
        problems.error(
            file,
            "no column says who was there",
            "The first line names the columns: email, id or name, and minutes if you have them.",
            line=1,
        )
        return {}
    return columns


def _read_rows(
    table: CsvTable, columns: dict[str, int], people: _People, part: OfferingPart, sheet: Sheet
) -> None:
    problems, file = sheet.problems, table.file
    for number, (line, row) in enumerate(table.rows()):
        if number >= MOST_LINES:
            problems.error(
                file, f"more than {MOST_LINES:,} lines", "Send fewer at once.", line=line
            )
            return
        cells = {what: row[place].strip() for what, place in columns.items()}
        found = people.found(cells)
        minutes = _minutes(cells.get("minutes", ""), part, problems, file, line)
        if not found:
            problems.error(
                file,
                "nobody in this run is called so",
                "Somebody who came without a seat is let in at the door first.",
                line=line,
            )
        elif len(found) > 1:
            problems.error(
                file, "two people in this run have this name", "Give the email.", line=line
            )
        elif found[0].pk in sheet.minutes:
            problems.error(
                file, "this person stands on the sheet twice", "Leave one line out.", line=line
            )
        else:
            sheet.minutes[found[0].pk] = minutes
            sheet.people.append((found[0], minutes))


def _minutes(cell: str, part: OfferingPart, problems: Problems, file: str, line: int) -> int | None:
    if not cell:
        return None
    if not (cell.isascii() and cell.isdecimal()) or int(cell) > part.minutes:
        problems.error(
            file,
            "the minutes are no number that this part has",
            f"Give a whole number from 0 to {part.minutes}, or leave it empty.",
            line=line,
            column="minutes",
        )
        return None
    return int(cell)


def _names(given: str, family: str) -> set[str]:
    return {_plain(f"{given} {family}"), _plain(f"{family}, {given}"), _plain(f"{family} {given}")}


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())

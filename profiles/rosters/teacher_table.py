"""Any table of teachers as CSV: a row for each, or for each of their schools.

Which column is what is recognised by its heading, said, or saved from the last time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from typing import ClassVar

from ..csv_tables import CsvTable
from ..imports import ImportRefused, Problems, Progress, Unreadable, silent
from ..mappings import Columns, Vocabulary, spoken
from . import rooms
from .columns import grade_of, is_formula
from .files import RosterFiles
from .persons import ADDRESS_MARK, LONGEST_ADDRESS, PersonRow, address_of, people_of
from .reading import as_written
from .shape import Roster, RosterSchool, RosterTeacher
from .tables import LONGEST_ID

FILE = "the table"
TEACHERS = Vocabulary(
    file=FILE,
    headings={
        "id": (
            "id teacher_id staff_id employee_id sourcedid sis_id person_id employee_number"
            " teacher_number"
        ),
        "email": (
            "email e_mail email_address work_email teacher_email staff_email school_email mail"
        ),
        "given_name": "given_name first_name firstname givenname first forename",
        "family_name": "family_name last_name lastname familyname last surname",
        "full_name": "full_name name teacher_name teacher staff_name display_name",
        "school": "school school_name campus building site location schools",
        "school_id": "school_id school_number building_id campus_id site_code school_code",
        "grades": "grades grade grade_levels grade_level grade_s",
        "subjects": "subjects subject department content_area subject_area courses",
        "role": "role position job_title title staff_type job",
        "status": "status active employment_status enabled is_active",
    },
    required=(("email", "id"), ("family_name", "full_name")),
    labels={
        "id": "Number of the teacher",
        "email": "Email address",
        "given_name": "First name",
        "family_name": "Last name",
        "full_name": "Whole name in one column",
        "school": "School",
        "school_id": "Number of the school",
        "grades": "Grades",
        "subjects": "Subjects",
        "role": "Role: only rows of teachers are taken",
        "status": "Still here: yes or no, active or inactive",
    },
)
TEACHER_ROLE = re.compile(r"teach|professor|faculty|instructor|educator|lehr", re.I)
NOT_A_TEACHER = re.compile(r"assistant|aide|student|substitute", re.I)
HERE = {"", "active", "a", "true", "yes", "y", "1", "current", "enabled", "employed"}
GONE = {
    "inactive", "i", "false", "no", "n", "0", "left", "terminated", "retired", "resigned",
    "disabled", "former",
}  # fmt: skip
LIST = re.compile(r"\s*[,;|/]\s*|\s+and\s+")
SPAN = re.compile(
    r"(?:grades?\s*)?(pk|tk|k|kg|\d{1,2})\s*(?:-|–|to|through)\s*(tk|k|kg|\d{1,2})", re.I
)

#: "Grade 6" and "6th grade" are 6.
AROUND_GRADE = re.compile(r"^grade\s*|(?<=\d)(?:st|nd|rd|th)(?:\s*grade)?$", re.I)


@dataclass
class TableRow:
    """What a row says beside the person."""

    person: PersonRow
    grades: list[str]
    subjects: list[str]


@dataclass
class TeacherTable:
    """A table whose columns are known, or raises ImportRefused."""

    title: ClassVar[str] = "A table of teachers (CSV)"

    files: RosterFiles
    problems: Problems
    columns: Columns | None = None
    name: str = "Teachers"
    email_domain: str = ""
    progress: Progress = silent
    rows_read: int = 0
    schools: dict[str, RosterSchool] = field(default_factory=dict)
    rows: list[TableRow] = field(default_factory=list)
    left_out: int = 0

    def read(self) -> Roster:
        """Return the roster; errors are in `problems`, and then it must not be used."""
        self.progress("Reading the table")
        try:
            with self.files.open(self.files.only_table) as stream:
                table = CsvTable(stream, file=FILE, problems=self.problems, delimiters=",;")
                columns = self.columns or TEACHERS.recognise(table.header)
                refuse_no_table(table.header)
                places = TEACHERS.places(columns, table.header)
                for line, cells in table.rows():
                    self.rows_read += 1
                    self._read_row(line, {name: cells[at].strip() for name, at in places.items()})
        except Unreadable as broken:
            self.problems.error(FILE, broken.rule, broken.remedy, line=broken.line)
        if self.left_out:
            self.problems.warning(
                FILE,
                f"{self.left_out:,} rows are not of teachers",
                "They are left out.",
                column="role",
            )
        if not self.rows and not self.problems.forbid:
            self.problems.error(FILE, "the table names no teacher", "Export the staff.")
        return Roster(
            source=source_named(self.name),
            schools=tuple(self.schools.values()),
            years=(),
            terms=(),
            teachers=tuple(self._teachers()),
            rows_read=self.rows_read,
            people_file=FILE,
        )

    def _read_row(self, line: int, cells: dict[str, str]) -> None:
        problems = self.problems
        for name in ("given_name", "family_name", "full_name", "school", "id"):
            if is_formula(cells.get(name, "")):
                problems.error(
                    FILE,
                    "the cell begins like a formula",
                    "Write the plain text instead.",
                    line=line,
                    column=name,
                )
                return
        role = cells.get("role", "")
        if role and (NOT_A_TEACHER.search(role) or not TEACHER_ROLE.search(role)):
            self.left_out += 1
            return
        status = cells.get("status", "").casefold()
        if status in GONE:
            return
        if status not in HERE:
            problems.error(
                FILE,
                "the cell does not say whether the teacher is still here",
                "Write active or inactive.",
                line=line,
                column="status",
            )
            return
        if person := self._person(line, cells):
            self.rows.append(
                TableRow(
                    person,
                    self._grades(line, cells.get("grades", "")),
                    rooms.subjects_named(LIST.split(cells.get("subjects", ""))),
                )
            )

    def _person(self, line: int, cells: dict[str, str]) -> PersonRow | None:
        given, family = self._name(cells)
        identifier = cells.get("id", "")
        email = self._address(line, cells.get("email", "").casefold(), identifier)
        if not (given or family) or not (identifier or email):
            what = "no name" if identifier or email else "neither a number nor an address"
            self.problems.error(
                FILE, f"a row has {what}", "Fill it in, or leave the row out.", line=line
            )
            return None
        if len(identifier) > LONGEST_ID:
            self.problems.error(
                FILE,
                "the number is longer than 255 characters",
                "Shorten it.",
                line=line,
                column="id",
            )
            return None
        schools = self._schools(cells)
        return PersonRow(
            external_id=identifier or f"{ADDRESS_MARK}{email}",
            line=line,
            email=email,
            given_name=as_written(given)[:100],
            family_name=as_written(family)[:100],
            main_schools=schools,
            schools=schools,
        )

    @staticmethod
    def _name(cells: dict[str, str]) -> tuple[str, str]:
        given, family = cells.get("given_name", ""), cells.get("family_name", "")
        whole = cells.get("full_name", "")
        if whole and not family:
            if "," in whole:
                family, _, given = (part.strip() for part in whole.partition(","))
            else:
                given, _, family = whole.rpartition(" ")
        return given, family

    def _address(self, line: int, email: str, identifier: str) -> str:
        if email and "@" not in email and self.email_domain:
            email = f"{email}@{self.email_domain.lstrip('@')}"
        # Without a number the address is the id, with a mark before it.
        longest = LONGEST_ADDRESS if identifier else LONGEST_ID - len(ADDRESS_MARK)
        return address_of(
            email, self.problems, file=FILE, line=line, column="email", longest=longest
        )

    def _schools(self, cells: dict[str, str]) -> list[str]:
        """The ids of the schools a cell names; each school is made when it is first named."""
        names = parts_of(cells.get("school", ""), r"[;|]")
        numbers = parts_of(cells.get("school_id", ""), r"[;|,]")
        if not names:
            names = [f"School {number}" for number in numbers]
        has_numbers = len(numbers) == len(names)
        found = []
        for place, name in enumerate(names):
            number = numbers[place] if has_numbers else ""
            key = (number or spoken(name))[:LONGEST_ID]
            if key:
                self.schools.setdefault(key, RosterSchool(key, name[:200], number[:100]))
                found.append(key)
        return found

    def _grades(self, line: int, cell: str) -> list[str]:
        """The grades of a cell such as "6-8", "K-2" or "9, 10"."""
        found: list[str] = []
        for part in LIST.split(cell):
            if match := SPAN.fullmatch(part):
                first, last = grade_of(match[1].removesuffix("g")), grade_of(match[2])
                order = rooms.ORDER_OF_GRADES
                if first and last:
                    found += [g for g in order if order[first] <= order[g] <= order[last]]
                    continue
            if grade := grade_of(AROUND_GRADE.sub("", part)):
                found.append(grade)
            elif part:
                self.problems.warning(
                    FILE,
                    "the grade is unknown",
                    "It is left out; the teacher is asked on the first visit.",
                    line=line,
                    column="grades",
                )
        return found

    def _teachers(self) -> Iterator[RosterTeacher]:
        told = {id(row.person): row for row in self.rows}
        for people in people_of(row.person for row in self.rows):
            rows = [told[id(person)] for person in people]
            schools = tuple(dict.fromkeys(school for person in people for school in person.schools))
            yield RosterTeacher(
                external_ids=tuple(dict.fromkeys(person.external_id for person in people)),
                email=next((person.email for person in people if person.email), ""),
                given_name=people[0].given_name,
                family_name=people[0].family_name,
                main_school=next(iter(schools), ""),
                schools=schools,
                grades=rooms.in_school_order(grade for row in rows for grade in row.grades),
                subjects=tuple(dict.fromkeys(subject for row in rows for subject in row.subjects)),
            )


def parts_of(cell: str, between: str) -> list[str]:
    """Return the parts of a cell, trimmed, without empty ones."""
    return [part for piece in re.split(between, cell) if (part := piece.strip())]


def source_named(name: str) -> str:
    """Return under which source the teachers of a table of this name are known."""
    return f"table:{name}"[:50]


def header_of(files: RosterFiles) -> list[str]:
    """Return the headings of the table; raises ImportRefused."""
    problems = Problems()
    try:
        with files.open(files.only_table) as stream:
            return CsvTable(stream, file=FILE, problems=problems, delimiters=",;").header
    except Unreadable as broken:
        problems.error(FILE, broken.rule, broken.remedy, line=broken.line)
        raise ImportRefused(problems) from None


def sample_of(files: RosterFiles, rows: int = 3) -> list[tuple[str, list[str]]]:
    """Return each heading with the cells of the first rows, cut short; raises ImportRefused. A
    table of teachers holds nothing that its coordinator may not see."""
    header = header_of(files)
    first: list[list[str]] = []
    # As far as they can be read: the check says what is wrong with the others.
    with suppress(Unreadable), files.open(files.only_table) as stream:
        table = CsvTable(stream, file=FILE, problems=Problems(), delimiters=",;")
        first += (cells for _, cells in islice(table.rows(), rows))
    return [
        (heading, [cells[place][:60] or "–" for cells in first])
        for place, heading in enumerate(header)
    ]


def refuse_no_table(header: list[str]) -> None:
    """Raise ImportRefused for a file that is no table at all."""
    if len([heading for heading in header if heading]) < 2:
        raise ImportRefused.because(
            FILE,
            "the file is neither a zip nor a table with a header of several columns",
            "Upload a roster as zip, or a list of teachers as CSV.",
        )

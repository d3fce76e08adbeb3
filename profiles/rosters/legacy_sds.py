"""Microsoft School Data Sync's first format: School, Section, Teacher, Student and two link files.

Terms and courses have no files of their own; each section names them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from ..imports import Problems
from .columns import columns_of, grade_of
from .feed import Feed
from .rooms import ORDER_OF_GRADES
from .tables import LONGEST_ID, Row, Table, iso_date, within_years

SOURCE = "sds-1"
SCHOOL = columns_of(
    "SIS ID*=sourcedId, Name*=name, School Number=identifier, Grade Low=lowest, Grade High=highest"
)
SECTION = columns_of(
    "SIS ID*=sourcedId, School SIS ID*=schoolSourcedId, Section Name*=title,"
    " Term SIS ID=termSourcedIds, Term Name=termTitle, Term StartDate=startDate,"
    " Term EndDate=endDate, Course SIS ID=courseSourcedId, Course Name=courseTitle,"
    " Course Number=courseCode, Course Subject=subjects, Status=state"
)
TEACHER = columns_of(
    "SIS ID*=sourcedId, School SIS ID*=orgSourcedIds, First Name=givenName, Last Name=familyName,"
    " Username*=username, Secondary Email=email, Status=state"
)
STUDENT = columns_of("SIS ID*=sourcedId, School SIS ID*=orgSourcedIds, Grade=grades, Status=state")
LINK = columns_of("Section SIS ID*=classSourcedId, SIS ID*=userSourcedId")

#: Students have ids of their own, which may be a teacher's too.
STUDENT_MARK = "student:"
MONTH_FIRST = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
#: Statuses of a row that is over.
ENDED = {"inactive", "disabled", "deleted", "withdrawn", "terminated", "expired"}


def month_first(text: str) -> date:
    """Return an ISO date, or one as this format writes it: month/day/year. Raises ValueError."""
    if match := MONTH_FIRST.fullmatch(text):
        month, day, year = (int(part) for part in match.groups())
        try:
            return within_years(date(year, month, day))
        except ValueError as error:
            if "between" in str(error):
                raise
            raise ValueError("the date is not month/day/year") from None
    return iso_date(text)


@dataclass
class LegacySchoolDataSync(Feed):
    """A full set."""

    source = SOURCE
    title = "Microsoft School Data Sync, first format"
    has_roles = False
    needed = frozenset({"orgs", "users", "classes"})

    def __post_init__(self) -> None:
        self._sections: list[Row] | None = None
        self._links = Table("TeacherRoster.csv", LINK, has_ids=False)
        self._student_links = Table("StudentEnrollment.csv", LINK, has_ids=False)
        self._students = Table("Student.csv", STUDENT, has_ids=False)
        section = Table(
            "Section.csv", SECTION, date_of=month_first, date_remedy="Write month/day/year."
        )
        self.tables = {
            "orgs": Table("School.csv", SCHOOL),
            "academicSessions": section,
            "courses": section,
            "classes": section,
            "enrollments": self._links,
            # The same person may have a row for each school, under one id.
            "users": Table("Teacher.csv", TEACHER, has_ids=False),
        }

    def read(self, name: str, table: Table, problems: Problems) -> Iterator[Row]:
        match name:
            case "orgs":
                for row in super().read(name, table, problems):
                    row |= {"type": "school", "parentSourcedId": ""}
                    row["grades"] = grades_between(row["lowest"], row["highest"])
                    yield row
            case "academicSessions":
                yield from self._terms(problems)
            case "courses":
                yield from self._courses(problems)
            case "classes":
                for row in self.sections(problems):
                    row |= {"grades": "", "subjectCodes": ""}
                    yield row
            case "enrollments":
                yield from self._enrolments(problems)
            case _:
                yield from self._people(table, problems)

    def sections(self, problems: Problems) -> list[Row]:
        """Return the sections that are not over; the file is read once for all that it tells."""
        if self._sections is None:
            table = self.tables["classes"]
            self._sections = [row for row in table.rows(self.files, problems) if not is_over(row)]
        return self._sections

    def _terms(self, problems: Problems) -> Iterator[Row]:
        seen: set[str] = set()
        for row in self.sections(problems):
            term = row["termSourcedIds"]
            if term and term not in seen and row["startDate"] and row["endDate"]:
                seen.add(term)
                if len(term) > LONGEST_ID:
                    problems.error(
                        row.file,
                        f"the {row.heading('termSourcedIds')} is longer than 255 characters",
                        "Shorten it.",
                        line=row.line,
                        column=row.heading("termSourcedIds"),
                    )
                cells = {
                    "sourcedId": term,
                    "title": row["termTitle"] or term,
                    "type": "term",
                    "startDate": row["startDate"],
                    "endDate": row["endDate"],
                    "parentSourcedId": "",
                }
                yield Row(cells, row.line, row.file, row.headings)

    def _courses(self, problems: Problems) -> Iterator[Row]:
        seen: set[str] = set()
        for row in self.sections(problems):
            course = row["courseSourcedId"]
            if course and course not in seen:
                seen.add(course)
                cells = {
                    "sourcedId": course,
                    "title": row["courseTitle"],
                    "courseCode": row["courseCode"],
                    "grades": "",
                    "subjects": row["subjects"],
                    "subjectCodes": "",
                }
                yield Row(cells, row.line, row.file, row.headings)

    def _enrolments(self, problems: Problems) -> Iterator[Row]:
        for table, role, mark in (
            (self._links, "teacher", ""),
            (self._student_links, "student", STUDENT_MARK),
        ):
            if table.file in self.files:
                for row in table.rows(self.files, problems):
                    person = f"{mark}{row['userSourcedId']}"
                    row |= {"userSourcedId": person, "role": role, "endDate": None}
                    yield row

    def _people(self, table: Table, problems: Problems) -> Iterator[Row]:
        for row in table.rows(self.files, problems):
            address = row["username"] if "@" in row["username"] else row["email"]
            enabled = "false" if is_over(row) else "true"
            row |= {"role": "teacher", "enabledUser": enabled, "email": address}
            row |= {"userIds": "", "grades": ""}
            yield row
        if self._students.file in self.files:
            for row in self._students.rows(self.files, problems):
                row["sourcedId"] = f"{STUDENT_MARK}{row['sourcedId']}"
                row |= {"role": "student", "enabledUser": "true", "username": "", "email": ""}
                yield row


def grades_between(lowest: str, highest: str) -> list[str]:
    """Return the grades of a school by its first and last; none when either is not known."""
    first, last = grade_of(lowest), grade_of(highest)
    if first is None or last is None:
        return []
    order = ORDER_OF_GRADES
    return [grade for grade in order if order[first] <= order[grade] <= order[last]]


def is_over(row: Row) -> bool:
    """Whether a row's status says that it counts no more."""
    return row.get("state", "").casefold() in ENDED

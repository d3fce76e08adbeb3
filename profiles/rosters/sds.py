"""Microsoft School Data Sync v2.1 CSV: OneRoster's shape with fewer columns and no manifest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from ..imports import Problems
from .columns import columns_of
from .feed import Feed
from .tables import Row, Table

SOURCE = "sds"
ORGS = columns_of("sourcedId* name* type* identifier parentSourcedId")
SESSIONS = columns_of("sourcedId* title* type* startDate* endDate* parentSourcedId")
COURSES = columns_of("sourcedId* orgSourcedId title* code=courseCode grade=grades subject=subjects")
CLASSES = columns_of(
    "sourcedId* title* orgSourcedId*=schoolSourcedId sessionSourcedIds=termSourcedIds"
    " courseSourcedId grade=grades subject=subjects"
)
ENROLMENTS = columns_of("classSourcedId* userSourcedId* role*")
ROLES = columns_of("userSourcedId* orgSourcedId* role* grade=grades isPrimary=roleType")
USERS = columns_of("sourcedId* username* givenName familyName email activeDirectoryMatchId")

#: Words that School Data Sync has for a teacher.
TEACHER_WORDS = ("professor", "faculty", "lecturer", "instructor", "adjunct", "chair")
#: Words that it has for others of the staff.
STAFF_WORDS = (
    "administrator",
    "advisor",
    "alumni",
    "assistantprincipal",
    "coach",
    "districtadministrator",
    "nurse",
    "officestaff",
    "other",
    "paraprofessional",
    "principal",
    "staff",
    "superintendent",
    "teacherassistant",
    "teachingassistant",
    "tutor",
    "user",
)
#: Organisations that teach, though OneRoster would not call them a school.
SCHOOL_WORDS = {"college", "university", "campus", "elementaryschool", "middleschool", "highschool"}


@dataclass
class SchoolDataSync(Feed):
    """A full set: School Data Sync has no other."""

    source = SOURCE
    title = "Microsoft School Data Sync v2.1"
    needed = frozenset({"orgs", "users", "roles"})
    role_words: ClassVar[dict[str, str]] = {
        **dict.fromkeys(TEACHER_WORDS, "teacher"),
        **dict.fromkeys(STAFF_WORDS, "ext:staff"),
    }

    def __post_init__(self) -> None:
        self._grades: dict[str, str] = {}
        self.tables = {
            "orgs": Table("orgs.csv", ORGS),
            "academicSessions": Table("academicSessions.csv", SESSIONS),
            "courses": Table("courses.csv", COURSES, may_be_empty=True),
            "classes": Table("classes.csv", CLASSES),
            "enrollments": Table("enrollments.csv", ENROLMENTS, has_ids=False),
            "roles": Table("roles.csv", ROLES, has_ids=False),
            "users": Table("users.csv", USERS),
        }

    def read(self, name: str, table: Table, problems: Problems) -> Iterator[Row]:
        for row in super().read(name, table, problems):
            if name == "orgs" and row["type"].casefold() in SCHOOL_WORDS:
                row["type"] = "school"
            elif name == "roles":
                row["roleType"] = "primary" if row["roleType"].casefold() == "true" else ""
                # The grade of a student stands here, not with the user.
                self._grades.setdefault(row["userSourcedId"], row["grades"])
            elif name == "users":
                row["enabledUser"] = "true"  # there is no such column: who is in the file is here
                # A username here is the address that the account signs in with.
                row["email"] = row["email"] or (row["username"] if "@" in row["username"] else "")
                row["grades"] = self._grades.get(row["sourcedId"], "")
            yield row

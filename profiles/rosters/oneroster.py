"""Reads a full (bulk) OneRoster 1.1 or 1.2 CSV set into the one shape, without the database.

Students are read in memory, for the grades of classes, and left there.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from ..imports import ImportRefused, Problems, Progress, silent
from . import columns, rooms
from .columns import FILES, MANIFEST, USERS, Columns, grade_of, listed
from .files import RosterFiles
from .persons import PersonRow, people_of, user_ids_of
from .rooms import RosterClass, RosterCourse
from .shape import Roster, RosterSchool, RosterSession, RosterTeacher
from .tables import Row, boolean_of, rows_of

SOURCE = "oneroster"
#: Without these there is no roster; the others may be declared absent by the manifest.
ALWAYS_REQUIRED = {"orgs.csv", "users.csv", "roles.csv"}


@dataclass(slots=True)
class Teaching:
    """A teacher's enrolment in a class; the end is exclusive."""

    class_id: str
    ends_on: date | None


@dataclass
class OneRoster:
    """What has been read so far of one set of files."""

    files: RosterFiles
    as_of: date
    problems: Problems
    email_domain: str = ""
    progress: Progress = silent
    version: str = ""
    rows_read: int = 0
    without_class: int = 0
    with_past_classes: int = 0
    kinds: dict[str, str] = field(default_factory=dict)  # file -> bulk, delta or absent
    orgs: dict[str, tuple[str, str]] = field(default_factory=dict)  # id -> type, parent
    schools: list[RosterSchool] = field(default_factory=list)
    years: list[RosterSession] = field(default_factory=list)
    terms: list[RosterSession] = field(default_factory=list)
    session_ends: dict[str, date] = field(default_factory=dict)
    classes: dict[str, RosterClass] = field(default_factory=dict)
    teachings: dict[str, list[Teaching]] = field(default_factory=lambda: defaultdict(list))
    role_orgs: dict[str, list[tuple[bool, str]]] = field(default_factory=lambda: defaultdict(list))
    teacher_rows: list[PersonRow] = field(default_factory=list)
    grade_of_student: dict[str, str] = field(default_factory=dict)
    users: set[str] = field(default_factory=set)
    school_grades: dict[str, Counter] = field(default_factory=lambda: defaultdict(Counter))

    def read(self) -> Roster:
        """Return the roster; errors are in `problems`, and then the roster must not be used."""
        self._read_manifest()
        for read in (
            self._read_orgs,
            self._read_sessions,
            self._read_classes,
            self._read_teachings,
            self._read_roles,
            self._read_users,
            self._count_students,
        ):
            read()
        teachers = tuple(self._teachers())
        self._say_who_lacks_classes(len(teachers))
        if not teachers and not self.problems.forbid:
            self.problems.error(
                "users.csv", "the roster names no teacher", "Export the staff with the students."
            )
        return Roster(
            source=SOURCE,
            schools=tuple(self.schools),
            years=tuple(self.years),
            terms=tuple(self.terms),
            teachers=teachers,
            rows_read=self.rows_read,
        )

    # ---- the files ------------------------------------------------------------------------------

    def _read_manifest(self) -> None:
        if "manifest.csv" not in self.files:
            raise ImportRefused.because(
                "manifest.csv",
                "the file is missing",
                "It says which version this is and whether the set is full. Export OneRoster 1.1 "
                "or 1.2 CSV; Microsoft School Data Sync files are not read yet.",
            )
        said = {
            row["propertyName"].casefold(): row["value"].casefold()
            for row in rows_of(self.files, "manifest.csv", MANIFEST, self.problems)
        }
        if self.problems.forbid:
            raise ImportRefused(self.problems)
        self.version = ".".join(said.get("oneroster.version", "").lstrip("v").split(".")[:2])
        if self.version not in USERS:
            raise ImportRefused.because(
                "manifest.csv",
                "oneroster.version is neither 1.1 nor 1.2",
                "Export OneRoster 1.1 or 1.2 CSV.",
            )
        self.kinds = {
            f"{key.removeprefix('file.')}.csv": kind
            for key, kind in said.items()
            if key.startswith("file.")
        }
        for name in (*FILES, "users.csv"):
            if self.kinds.get(name.casefold()) == "delta":
                raise ImportRefused.because(
                    "manifest.csv",
                    f"{name} holds only changes (delta)",
                    "Export the full set (bulk).",
                )

    def _rows(self, name: str, wanted: Columns) -> Iterator[Row]:
        """The rows of a file that are to be kept; a missing file is said, once."""
        if name not in self.files:
            declared_absent = self.kinds.get(name.casefold()) == "absent"
            if name == "courses.csv" or (declared_absent and name not in ALWAYS_REQUIRED):
                self.problems.warning(name, "the file is not there", "What it tells stays unknown.")
            else:
                self.problems.error(name, "a required file is missing", "Add it to the export.")
            return
        self.progress(f"Reading {name}")
        optional = name == "courses.csv"
        for row in rows_of(self.files, name, wanted, self.problems, may_be_empty=optional):
            self.rows_read += 1
            if not row.is_gone:
                yield row

    def _dangling(self, name: str, row: Row, column: str, what: str) -> None:
        self.problems.warning(
            name,
            f"no {what} with this id is in the set",
            "The row is used as far as it goes.",
            line=row.line,
            column=column,
        )

    def _known(self, name: str, row: Row, column: str, values: set[str]) -> bool:
        """Whether an enum column holds one of its values; a warning is given otherwise."""
        if row[column].casefold() in values:
            return True
        self.problems.warning(
            name, f"the {column} is unknown", "The row is left out.", line=row.line, column=column
        )
        return False

    def _role(self, name: str, row: Row, allowed: set[str]) -> str:
        """The role of a row, in lower case; "" (an error) when there is no such role."""
        role = row["role"].casefold()
        if role in allowed or (allowed is columns.ROLES_OF_1_2 and role.startswith("ext:")):
            return role
        self.problems.error(
            name,
            "the role is unknown",
            f"Use one of {', '.join(sorted(allowed))}.",
            line=row.line,
            column="role",
        )
        return ""

    # ---- places and times -----------------------------------------------------------------------

    def _read_orgs(self) -> None:
        name = "orgs.csv"
        parents: list[Row] = []
        for row in self._rows(name, FILES[name]):
            if not self._known(name, row, "type", columns.ORG_TYPES):
                continue
            kind = row["type"].casefold()
            self.orgs[row["sourcedId"]] = (kind, row["parentSourcedId"])
            if row["parentSourcedId"]:
                parents.append(row)
            if kind == "school":
                self.schools.append(
                    RosterSchool(row["sourcedId"], row["name"][:200], row["identifier"][:100])
                )
        for row in parents:
            if row["parentSourcedId"] not in self.orgs:
                self._dangling(name, row, "parentSourcedId", "organisation")

    def _school(self, org: str) -> str:
        """The school that an organisation is or lies in, "" when there is none."""
        for _ in range(len(self.orgs)):  # a circle of parents ends here
            kind, parent = self.orgs.get(org, ("", ""))
            if kind in ("school", ""):
                return org if kind else ""
            org = parent
        return ""

    def _read_sessions(self) -> None:
        name = "academicSessions.csv"
        read: dict[str, tuple[RosterSession, bool]] = {}  # session, is it a year
        parents: dict[str, str] = {}
        for row in self._rows(name, FILES[name]):
            if not self._known(name, row, "type", columns.SESSION_TYPES):
                continue
            if row["endDate"] <= row["startDate"]:
                self.problems.error(
                    name,
                    "the session ends before it has begun",
                    "Correct one of the two dates.",
                    line=row.line,
                    column="endDate",
                )
                continue
            session = RosterSession(
                row["sourcedId"], row["title"][:100], row["startDate"], row["endDate"]
            )
            read[session.external_id] = session, row["type"].casefold() == "schoolyear"
            parents[session.external_id] = row["parentSourcedId"]
            self.session_ends[session.external_id] = session.end_date
        self.years = [session for session, is_year in read.values() if is_year]
        for identifier, (session, is_year) in read.items():
            if not is_year:
                year = self._year_of(identifier, session, parents)
                if year is not None and session.end_date > year.end_date:
                    self.problems.warning(
                        name,
                        "a term ends after its school year",
                        "Check its end date; it is taken as it stands.",
                        column="endDate",
                    )
                self.terms.append(
                    RosterSession(
                        identifier,
                        session.title,
                        session.start_date,
                        session.end_date,
                        year.external_id if year else "",
                    )
                )

    def _year_of(
        self, identifier: str, session: RosterSession, parents: dict[str, str]
    ) -> RosterSession | None:
        """The school year that a term names as an ancestor, else the one it begins in."""
        years = {year.external_id: year for year in self.years}
        for _ in range(len(parents)):
            identifier = parents.get(identifier, "")
            if identifier in years:
                return years[identifier]
        return next(
            (year for year in self.years if year.start_date <= session.start_date < year.end_date),
            None,
        )

    # ---- classes --------------------------------------------------------------------------------

    def _read_classes(self) -> None:
        courses = {
            row["sourcedId"]: RosterCourse(
                title=row["title"],
                code=row["courseCode"],
                grades=listed(row["grades"]),
                subjects=listed(row["subjects"]),
                subject_codes=listed(row["subjectCodes"]),
            )
            for row in self._rows("courses.csv", FILES["courses.csv"])
        }
        name = "classes.csv"
        for row in self._rows(name, FILES[name]):
            terms = listed(row["termSourcedIds"])
            ends = [self.session_ends[term] for term in terms if term in self.session_ends]
            if len(ends) < len(terms):
                self._dangling(name, row, "termSourcedIds", "session")
            course = courses.get(row["courseSourcedId"])
            if course is None:
                self._dangling(name, row, "courseSourcedId", "course")
            school = self._school(row["schoolSourcedId"])
            if not school:
                self._dangling(name, row, "schoolSourcedId", "school")
            self.classes[row["sourcedId"]] = RosterClass(
                title=row["title"],
                school=school,
                course=course,
                ends_on=max(ends, default=None),
                grades=listed(row["grades"]),
                subjects=listed(row["subjects"]),
                subject_codes=listed(row["subjectCodes"]),
            )

    def _read_teachings(self) -> None:
        name = "enrollments.csv"
        for row in self._rows(name, FILES[name]):
            if self._role(name, row, columns.ENROLMENT_ROLES) == "teacher":
                self.teachings[row["userSourcedId"]].append(
                    Teaching(row["classSourcedId"], row["endDate"])
                )

    def _count_students(self) -> None:
        """Second pass over the enrolments, now that the students' grades are known."""
        name = "enrollments.csv"
        if name not in self.files:
            return
        for row in rows_of(self.files, name, FILES[name], Problems()):
            if row.is_gone:
                continue
            room = self.classes.get(row["classSourcedId"])
            if room is None:
                self._dangling(name, row, "classSourcedId", "class")
            if row["userSourcedId"] not in self.users:
                self._dangling(name, row, "userSourcedId", "user")
            grade = self.grade_of_student.get(row["userSourcedId"])
            if room is not None and grade and row["role"].casefold() == "student":
                room.students[grade] += 1
                self.school_grades[room.school][grade] += 1

    # ---- people ---------------------------------------------------------------------------------

    def _read_roles(self) -> None:
        if self.version != "1.2":
            return
        name = "roles.csv"
        for row in self._rows(name, FILES[name]):
            if self._role(name, row, columns.ROLES_OF_1_2) == "teacher":
                is_primary = row["roleType"].casefold() == "primary"
                self.role_orgs[row["userSourcedId"]].append((is_primary, row["orgSourcedId"]))

    def _read_users(self) -> None:
        name = "users.csv"
        for row in self._rows(name, USERS[self.version]):
            identifier = row["sourcedId"]
            self.users.add(identifier)
            role = self._role(name, row, columns.USER_ROLES) if self.version == "1.1" else ""
            enabled = boolean_of(row["enabledUser"])
            if enabled is None:
                self.problems.error(
                    name,
                    "the cell is neither true nor false",
                    "Write true or false.",
                    line=row.line,
                    column="enabledUser",
                )
            teaches = identifier in self.teachings or identifier in self.role_orgs
            if role == "teacher" or teaches:
                if enabled:
                    self.teacher_rows.append(self._person(row))
            elif grade := next((g for cell in listed(row["grades"]) if (g := grade_of(cell))), ""):
                self.grade_of_student[identifier] = grade
        for _ in self.role_orgs.keys() - self.users:
            self.problems.warning(
                "roles.csv",
                "no user with this id is in the set",
                "The role is left out.",
                column="userSourcedId",
            )

    def _person(self, row: Row) -> PersonRow:
        roles = sorted(self.role_orgs.get(row["sourcedId"], []), key=lambda role: not role[0])
        orgs = [*listed(row.get("orgSourcedIds", "")), *(org for _, org in roles)]
        main = [row.get("primaryOrgSourcedId", ""), *orgs]
        given = row.get("preferredGivenName") or row["givenName"]
        family = row.get("preferredFamilyName") or row["familyName"]
        return PersonRow(
            external_id=row["sourcedId"],
            line=row.line,
            email=self._address(row),
            given_name=as_written(given)[:100],
            family_name=as_written(family)[:100],
            master_id=row.get("userMasterIdentifier", ""),
            user_ids=user_ids_of(row["userIds"]),
            main_schools=[school for org in main if (school := self._school(org))],
            schools=[school for org in orgs if (school := self._school(org))],
        )

    def _address(self, row: Row) -> str:
        """The teacher's address in lower case, "" (a warning) when there is no good one."""
        email = row["email"].casefold()
        if not email and self.email_domain and row["username"]:
            email = f"{row['username'].casefold().split('@')[0]}@{self.email_domain.lstrip('@')}"
        try:
            validate_email(email)
        except ValidationError:
            self.problems.warning(
                "users.csv",
                "a teacher has no email address" if not email else "the address is no address",
                "The teacher is kept, and can't sign in until the roster has an address.",
                line=row.line,
                column="email",
            )
            return ""
        return email

    def _teachers(self) -> Iterator[RosterTeacher]:
        addresses: set[str] = set()
        for rows in people_of(self.teacher_rows):
            email = next((row.email for row in rows if row.email), "")
            if email and email in addresses:
                self.problems.warning(
                    "users.csv",
                    "two people have the same address",
                    "The first keeps it; the other can't sign in until the roster is corrected.",
                    line=rows[0].line,
                    column="email",
                )
                email = ""
            addresses.add(email)
            taught = self._classes_of(rows)
            main = [school for row in rows for school in row.main_schools]
            schools = dict.fromkeys(
                [
                    *main[:1],
                    *(school for row in rows for school in row.schools),
                    *(room.school for room in taught if room.school),
                ]
            )
            yield RosterTeacher(
                external_ids=tuple(row.external_id for row in rows),
                email=email,
                given_name=rows[0].given_name,
                family_name=rows[0].family_name,
                main_school=next(iter(schools), ""),
                schools=tuple(schools),
                grades=rooms.in_school_order(
                    grade
                    for room in taught
                    for grade in rooms.grades_of_class(room, self._span(room.school))
                ),
                subjects=tuple(
                    dict.fromkeys(
                        subject for room in taught for subject in rooms.subjects_of_class(room)
                    )
                ),
            )

    def _say_who_lacks_classes(self, teachers: int) -> None:
        for number, rule, remedy in (
            (
                self.without_class,
                "have no class",
                "They are asked for grades and subjects on the first visit.",
            ),
            (
                self.with_past_classes,
                "have no class that is still running",
                "The classes of their last year are taken.",
            ),
        ):
            if number:
                rule = f"{number:,} of {teachers:,} teachers {rule}"
                self.problems.warning("enrollments.csv", rule, remedy)

    def _span(self, school: str) -> list[str]:
        return rooms.grades_held(self.school_grades[school], rooms.SMALLEST_SHARE_OF_SCHOOL)

    def _classes_of(self, rows: list[PersonRow]) -> list[RosterClass]:
        """The classes a person teaches now; those of the last year when nothing is current."""
        found: dict[str, tuple[RosterClass, date | None]] = {}
        for row in rows:
            for teaching in self.teachings.get(row.external_id, []):
                room = self.classes.get(teaching.class_id)
                if room is not None:
                    # An enrolment's end is exclusive, a term's is its last day.
                    last = teaching.ends_on - timedelta(days=1) if teaching.ends_on else None
                    ends = [day for day in (room.ends_on, last) if day]
                    found[teaching.class_id] = room, min(ends, default=None)
        if not found:
            self.without_class += 1
            return []
        current = [room for room, ends in found.values() if ends is None or ends >= self.as_of]
        if current:
            return current
        latest = max(ends for _, ends in found.values() if ends)
        self.with_past_classes += 1
        return [
            room for room, ends in found.values() if ends and ends > latest - timedelta(days=200)
        ]


def as_written(name: str) -> str:
    """Return a name that the feed writes in capitals in the usual way."""
    return name.title() if len(name) > 2 and name.isupper() else name

"""Reads a set of roster files into the one shape, without the database.

Students are read in memory, for the grades of classes, and left there.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from . import columns, rooms
from .columns import boolean_of, grade_of, listed
from .feed import Feed
from .persons import PersonRow, address_of, people_of, user_ids_of
from .places import Places, Sessions
from .rooms import RosterClass, RosterCourse
from .shape import Roster, RosterTeacher
from .tables import Row


@dataclass(slots=True)
class Teaching:
    """A teacher's enrolment in a class; the end is exclusive."""

    class_id: str
    ends_on: date | None


@dataclass
class RosterReading:
    """Who teaches what, read file by file."""

    feed: Feed
    as_of: date
    email_domain: str = ""
    without_class: int = 0
    with_past_classes: int = 0
    classes: dict[str, RosterClass] = field(default_factory=dict)
    class_rows: list[Row] = field(default_factory=list)
    teachings: dict[str, list[Teaching]] = field(default_factory=lambda: defaultdict(list))
    role_orgs: dict[str, list[tuple[bool, str]]] = field(default_factory=lambda: defaultdict(list))
    teacher_rows: list[PersonRow] = field(default_factory=list)
    grade_of_student: dict[str, str] = field(default_factory=dict)
    users: set[str] = field(default_factory=set)
    school_grades: dict[str, Counter] = field(default_factory=lambda: defaultdict(Counter))

    def read(self) -> Roster:
        """Return the roster; errors are the feed's problems, and then it must not be used."""
        self.places = Places(self.feed)
        self.sessions = Sessions(self.feed)
        self._read_classes()
        self._read_teachings()
        self._read_roles()
        self._read_users()
        self._count_students()
        teachers = tuple(self._teachers())
        self._say_who_lacks_classes(len(teachers))
        if not teachers and not self.feed.problems.forbid:
            self.feed.problems.error(
                self.feed.tables["users"].file,
                "the roster names no teacher",
                "Export the staff with the students.",
            )
        return Roster(
            source=self.feed.source,
            schools=tuple(self.places.schools),
            years=tuple(self.sessions.years),
            terms=tuple(self.sessions.terms),
            teachers=teachers,
            rows_read=self.feed.rows_read,
            kept=self.feed.kept,
            people_file=self.feed.tables["users"].file,
        )

    # ---- classes --------------------------------------------------------------------------------

    def _read_classes(self) -> None:
        courses: dict[str, RosterCourse] = {}
        for row in self.feed.rows("courses"):
            self.feed.keep("courses", row)
            courses[row["sourcedId"]] = RosterCourse(
                title=row["title"],
                code=row["courseCode"],
                grades=listed(row["grades"]),
                subjects=listed(row["subjects"]),
                subject_codes=listed(row.get("subjectCodes", "")),
            )
        for row in self.feed.rows("classes"):
            terms = listed(row["termSourcedIds"])
            ends = [self.sessions.ends[term] for term in terms if term in self.sessions.ends]
            if len(ends) < len(terms):
                self.feed.dangling(row, "termSourcedIds", "session")
            course = courses.get(row["courseSourcedId"])
            if course is None and row["courseSourcedId"]:
                self.feed.dangling(row, "courseSourcedId", "course")
            school = self.places.school(row["schoolSourcedId"])
            if not school:
                self.feed.dangling(row, "schoolSourcedId", "school")
            self.class_rows.append(row)
            self.classes[row["sourcedId"]] = RosterClass(
                title=row["title"],
                school=school,
                course=course,
                ends_on=max(ends, default=None),
                grades=listed(row["grades"]),
                subjects=listed(row["subjects"]),
                subject_codes=listed(row.get("subjectCodes", "")),
            )

    def _read_teachings(self) -> None:
        for row in self.feed.rows("enrollments"):
            if self.feed.role(row, columns.ENROLMENT_ROLES) == "teacher":
                self.feed.keep("enrollments", row)
                self.teachings[row["userSourcedId"]].append(
                    Teaching(row["classSourcedId"], row.get("endDate"))
                )

    def _count_students(self) -> None:
        """Second pass over the enrolments, now that the students' grades are known.

        Of an earlier set only the numbers are there: they stand until a full set counts anew, and
        changes count in classes that had none.
        """
        counted_before: set[str] = set()
        if not self.feed.counts_students:
            for row in self.class_rows:
                if row.get("students"):
                    counted_before.add(row["sourcedId"])
                    self._count(self.classes[row["sourcedId"]], Counter(row["students"]))
        knows_all = self.feed.counts_students and self.feed.has("users")
        for row in self.feed.rows("enrollments", again=True):
            room = self.classes.get(row["classSourcedId"])
            if room is None:
                self.feed.dangling(row, "classSourcedId", "class")
            if row["userSourcedId"] not in self.users and knows_all:
                self.feed.dangling(row, "userSourcedId", "user")
            grade = self.grade_of_student.get(row["userSourcedId"])
            is_new = row["classSourcedId"] not in counted_before
            if room is not None and grade and is_new and row["role"].casefold() == "student":
                self._count(room, Counter({grade: 1}))
        for row in self.class_rows:
            row["students"] = dict(self.classes[row["sourcedId"]].students)
            self.feed.keep("classes", row)

    def _count(self, room: RosterClass, students: Counter) -> None:
        room.students.update(students)
        self.school_grades[room.school].update(students)

    # ---- people ---------------------------------------------------------------------------------

    def _read_roles(self) -> None:
        if not self.feed.has_roles:
            return
        for row in self.feed.rows("roles"):
            if self.feed.role(row, columns.ROLES_OF_1_2) == "teacher":
                self.feed.keep("roles", row)
                is_primary = row["roleType"].casefold() == "primary"
                self.role_orgs[row["userSourcedId"]].append((is_primary, row["orgSourcedId"]))

    def _read_users(self) -> None:
        for row in self.feed.rows("users"):
            identifier = row["sourcedId"]
            self.users.add(identifier)
            role = "" if self.feed.has_roles else self.feed.role(row, columns.USER_ROLES)
            enabled = boolean_of(row["enabledUser"])
            if enabled is None:
                self.feed.problems.error(
                    row.file,
                    "the cell is neither true nor false",
                    "Write true or false.",
                    line=row.line,
                    column="enabledUser",
                )
            if role == "teacher" or identifier in self.teachings or identifier in self.role_orgs:
                self.feed.keep("users", row)
                if enabled:
                    self.teacher_rows.append(self._person(row))
            elif grade := next((g for cell in listed(row["grades"]) if (g := grade_of(cell))), ""):
                self.grade_of_student[identifier] = grade
        if self.feed.has("users") and self.feed.counts_students:
            for _ in self.role_orgs.keys() - self.users:
                self.feed.problems.warning(
                    self.feed.tables["roles"].file,
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
            user_ids=user_ids_of(row.get("userIds", "")),
            main_schools=[school for org in main if (school := self.places.school(org))],
            schools=[school for org in orgs if (school := self.places.school(org))],
        )

    def _address(self, row: Row) -> str:
        """The teacher's address in lower case, "" when there is no good one."""
        email = row["email"].casefold()
        if not email and self.email_domain and row["username"]:
            email = f"{row['username'].casefold().split('@')[0]}@{self.email_domain.lstrip('@')}"
        return address_of(
            email,
            self.feed.problems,
            file=row.file,
            line=row.line,
            column=row.heading("email"),
        )

    def _teachers(self) -> Iterator[RosterTeacher]:
        addresses: set[str] = set()
        for rows in people_of(self.teacher_rows):
            email = next((row.email for row in rows if row.email), "")
            if email and email in addresses:
                self.feed.problems.warning(
                    self.feed.tables["users"].file,
                    "two people have the same address",
                    "The first keeps it; the other can't sign in until the roster is corrected.",
                    line=rows[0].line or None,
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
                external_ids=tuple(dict.fromkeys(row.external_id for row in rows)),
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
                file = self.feed.tables["enrollments"].file
                self.feed.problems.warning(file, rule, remedy)

    def _span(self, school: str) -> list[str]:
        return rooms.grades_held(
            self.school_grades[school], rooms.SMALLEST_SHARE_OF_SCHOOL
        ) or self.places.grades.get(school, [])

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

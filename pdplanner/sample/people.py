"""The people of the sample: 300 teachers and the staff who work with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import numpy as np

from profiles.choices import Format, Role, Slot, Subject, SupportStyle
from profiles.models import School, StaffRole, Teacher, TeacherIdentifier, Tool, User
from profiles.operations import put_into_groups

from . import content
from .calendar import start_of
from .ground import SCHOOLS, SOURCE, Ground
from .names import FAMILY_NAMES, GIVEN_NAMES
from .rollouts import tools_at
from .sign_ins import CAST, password_for

ROSA = CAST[0][0]
#: Two more coaches; a leader for every school but the one whose leader is in the cast.
MORE_COACHES = (
    ("theo.marchetti@example.org", "Theo Marchetti"),
    ("lani.kealoha@example.org", "Lani Kealoha"),
)
LED_BY_CAST = "East Middle"

ELEMENTARY_GRADES = ("KG", "01", "02", "03", "04", "05")
MIDDLE_GRADES = ("06", "07", "08")
HIGH_GRADES = ("09", "10", "11", "12")

#: Subjects a school staffs, in the order posts are filled: the first ones come round most often.
SPECIALISTS = ("special", "arts", "pe", "english-learners", "library")
MIDDLE_SUBJECTS = (
    *("ela", "math", "science", "social", "special", "ela", "math", "science", "languages"),
    *("social", "arts", "pe", "ela", "math", "english-learners", "computing", "library"),
)
HIGH_SUBJECTS = (
    *("ela", "math", "science", "social", "languages", "ela", "math", "special", "science"),
    *("social", "arts", "pe", "business", "ela", "math", "computing", "engineering", "science"),
    *("english-learners", "library", "social"),
)


@dataclass(slots=True)
class Person:
    """A teacher's row with what the other builders need to know of them."""

    row: Teacher
    school: str
    kind: str  # of the school
    tools: frozenset[str]
    coming: frozenset[str]  # tools on their way to the school
    schools: tuple[str, ...]
    keenness: float  # how readily they take a session, around 1
    asks: float  # how readily they write to the help desk, around 1
    completed: dict[str, datetime] = field(default_factory=dict)  # session key -> when

    @property
    def started_date(self) -> date:
        """The day the teacher came to the district."""
        if self.row.started_date is None:
            raise ValueError(f"{self.row.email} never started")
        return self.row.started_date

    @property
    def is_rosa(self) -> bool:
        """Whether this is the teacher whose sign-in is printed: her story is written by hand."""
        return self.row.email == ROSA


def make_staff(ground: Ground, schools: Mapping[str, School]) -> dict[str, User]:
    """Return coaches, coordinator and leaders by address, with their roles and groups."""
    wanted = [
        (email, name, role, schools[LED_BY_CAST] if role == Role.LEADER else None)
        for email, name, role in CAST
        if role != Role.TEACHER
    ]
    wanted += [(email, name, Role.COACH, None) for email, name in MORE_COACHES]
    cast = {email for email, _, _ in CAST}
    names = _name_pairs(ground.rng("leaders"), taken=cast)
    for school in schools.values():
        if school.name != LED_BY_CAST:
            given, family = next(names)
            wanted.append((_address(given, family), f"{given} {family}", Role.LEADER, school))
    users = User.objects.bulk_create(
        _user(email, name, ground, has_password=email in cast) for email, name, _, _ in wanted
    )
    StaffRole.objects.bulk_create(
        StaffRole(user=user, role=role, school=school, granted_at=_first_day(ground))
        for user, (_, _, role, school) in zip(users, wanted, strict=True)
    )
    for user, (_, _, role, _) in zip(users, wanted, strict=True):
        if role != Role.LEADER:
            put_into_groups(user=user)
    return {user.email: user for user in users}


def make_teachers(
    ground: Ground,
    schools: Mapping[str, School],
    tools: Mapping[str, Tool],
    staff: Mapping[str, User],
) -> list[Person]:
    """Return the 300 teachers, stored with their users, schools and tools."""
    people = list(_draw_people(ground, schools, taken={user.email for user in staff.values()}))
    users = User.objects.bulk_create(
        _user(person.row.email, str(person.row), ground, has_password=person.is_rosa)
        for person in people
    )
    for person, user in zip(people, users, strict=True):
        person.row.user = user
    Teacher.objects.bulk_create(person.row for person in people)
    TeacherIdentifier.objects.bulk_create(
        TeacherIdentifier(teacher=person.row, source=SOURCE, external_id=f"teacher-{number:03d}")
        for number, person in enumerate(people, start=1)
    )
    at = Teacher.schools.through
    at.objects.bulk_create(
        at(teacher=person.row, school=schools[name]) for person in people for name in person.schools
    )
    uses = Teacher.tools.through
    uses.objects.bulk_create(
        uses(teacher=person.row, tool=tools[name])
        for person in people
        for name in sorted(person.tools)
    )
    return people


def _draw_people(
    ground: Ground, schools: Mapping[str, School], taken: set[str]
) -> Iterator[Person]:
    rng = ground.rng("people")
    names = _name_pairs(ground.rng("names"), taken=taken | {ROSA})
    for school, kind, size in SCHOOLS:
        # What a school makes of its PD: the spread one sees between the schools of a district.
        culture = float(rng.uniform(0.6, 1.5))
        here, coming = tools_at(ground, school)
        for number, (grades, subjects) in enumerate(_posts(kind, size, rng)):
            rosa = school == LED_BY_CAST and number == 0
            given, family = ("Rosa", "Alvarez") if rosa else next(names)
            row = Teacher(
                email=_address(given, family),
                given_name=given,
                family_name=family,
                main_school=schools[school],
                grades=["07"] if rosa else list(grades),
                subjects=["science"] if rosa else list(subjects),
                started_date=_started_date(rng, ground),
            )
            person = Person(
                row=row,
                school=school,
                kind=kind,
                tools=frozenset(),
                coming=coming,
                schools=(school,),
                keenness=culture * float(rng.gamma(2.0, 0.5)),
                # A long tail: a few ask often, many ask once a year or never.
                asks=float(rng.gamma(0.9, 1 / 0.9)),
            )
            person.tools = _draw_tools(person, here, rng)
            if _travels(person) and rng.random() < 0.4:
                others = [name for name, k, _ in SCHOOLS if k == kind and name != school]
                person.schools = (school, others[int(rng.integers(len(others)))])
            _draw_fitting(person, rng, ground)
            if rosa:
                _be_rosa(person, ground)
            yield person


def _posts(
    kind: str, size: int, rng: np.random.Generator
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Grades and subjects of a school's posts."""
    if kind == "elementary":
        yield from _class_posts(size)
    elif kind == "k8":
        yield from _class_posts(size // 2)
        yield from _subject_posts(size - size // 2, MIDDLE_SUBJECTS, MIDDLE_GRADES, rng)
    elif kind == "middle":
        yield (("07",), ("science",))
        yield from _subject_posts(size - 1, MIDDLE_SUBJECTS, MIDDLE_GRADES, rng)
    else:
        yield from _subject_posts(size, HIGH_SUBJECTS, HIGH_GRADES, rng)


def _class_posts(size: int) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    classes = size - min(len(SPECIALISTS), size // 3)
    for number in range(size):
        if number < classes:
            yield ((ELEMENTARY_GRADES[number % 6],), (Subject.GENERAL.value,))
        else:
            yield (ELEMENTARY_GRADES, (SPECIALISTS[number - classes],))


def _subject_posts(
    size: int, subjects: tuple[str, ...], grades: tuple[str, ...], rng: np.random.Generator
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    for number in range(size):
        first = int(rng.integers(len(grades)))
        last = min(len(grades), first + 1 + int(rng.integers(2)))
        subject = subjects[number % len(subjects)]
        whole_school = subject in ("special", "library", "english-learners", "pe", "arts")
        yield (grades if whole_school else grades[first:last], (subject,))


def _draw_tools(person: Person, here: frozenset[str], rng: np.random.Generator) -> frozenset[str]:
    has = rng.random(len(content.tools()))
    return frozenset(
        tool.name
        for tool, chance in zip(content.tools(), has, strict=True)
        if (person.kind in tool.rooms or tool.name in here) and chance < tool.share
    )


def _draw_fitting(person: Person, rng: np.random.Generator, ground: Ground) -> None:
    """What the teacher told us; three in ten never took the fitting."""
    row = person.row
    wants = rng.random(12)
    if wants[0] < 0.3:
        return
    row.support_style = str(
        rng.choice([style.value for style in SupportStyle], p=[0.28, 0.38, 0.24, 0.10])
    )
    row.formats = [form.value for form, want in zip(Format, wants[1:5], strict=True) if want < 0.5]
    row.minutes_a_term = int(rng.choice([240, 300, 360, 480, 600]))
    row.minutes_a_week = [None, None, None, 60, 90, 120][int(rng.integers(6))]
    slots = [slot.value for slot in Slot]
    chosen = rng.choice(len(slots), size=int(rng.integers(3, 8)), replace=False)
    row.free_slots = [slots[number] for number in sorted(chosen)]
    row.has_stated_slots = True
    # Taken in the first weeks of this year or the last one, whoever is new: this year.
    year = ground.present if wants[5] < 0.6 else ground.last
    since = max(year.start_date, person.started_date)
    span = max((min(ground.today, since + timedelta(days=60)) - since).days, 1)
    day = since + timedelta(days=int(rng.integers(span)))
    row.fitted_at = ground.at(min(day, ground.today - timedelta(days=1)), 15, 40)
    row.uses_tickets = bool(wants[6] > 0.025)


def _be_rosa(person: Person, ground: Ground) -> None:
    """The printed teacher: everything is known about her but the fitting, which waits for her."""
    row = person.row
    row.started_date = start_of(ground.present.start_date.year - 6)
    row.support_style = SupportStyle.WITH_ME
    row.formats = [Format.LIVE, Format.SELF_PACED, Format.COACHED]
    row.minutes_a_term = 360
    row.minutes_a_week = None
    row.free_slots = [Slot.MON_AFTER, Slot.TUE_BEFORE, Slot.TUE_PREP, Slot.THU_PREP, Slot.THU_AFTER]
    row.has_stated_slots = True
    row.uses_tickets = True
    row.fitted_at = None
    person.schools = (person.school,)
    person.tools = frozenset(
        {
            *("Gradebook", "Google Classroom", "Docs and Drive", "Slides", "Forms", "Chromebook"),
            *("Mail and calendar", "Document camera", "Parent messaging", "Single sign-on"),
        }
    )


def _travels(person: Person) -> bool:
    return bool({"arts", "languages", "english-learners"} & set(person.row.subjects))


def _started_date(rng: np.random.Generator, ground: Ground) -> date:
    years = int(
        rng.choice([0, 1, 2, 4, 7, 11, 16, 22], p=[0.09, 0.1, 0.12, 0.2, 0.2, 0.14, 0.1, 0.05])
    )
    return start_of(ground.present.start_date.year - years)


def _name_pairs(rng: np.random.Generator, taken: set[str]) -> Iterator[tuple[str, str]]:
    """Pairs of names whose address nobody has yet."""
    used = set(taken)
    while True:
        given = GIVEN_NAMES[int(rng.integers(len(GIVEN_NAMES)))]
        family = FAMILY_NAMES[int(rng.integers(len(FAMILY_NAMES)))]
        if (email := _address(given, family)) not in used:
            used.add(email)
            yield given, family


def _address(given: str, family: str) -> str:
    return f"{given}.{family}@example.org".lower()


def _user(email: str, name: str, ground: Ground, *, has_password: bool) -> User:
    first, _, last = name.partition(" ")
    user = User(email=email, first_name=first, last_name=last, date_joined=_first_day(ground))
    if has_password:
        user.set_password(password_for(email))
    else:
        user.password = "!"  # noqa: S105 (none: comes in with a code sent by mail)
    return user


def _first_day(ground: Ground) -> datetime:
    return ground.at(ground.last.start_date, 8, 0)

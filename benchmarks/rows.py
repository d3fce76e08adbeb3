"""A made-up district as rows of the database, from a seed: for what reads and writes them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from courses.models import Completion, CoursePage, CourseSkill, Offering, Requirement
from courses.operations import look_book
from profiles.choices import Format, GradeBand, Level, Slot, Subject
from profiles.models import (
    District,
    Goal,
    School,
    Skill,
    SpecialDay,
    Teacher,
    Term,
    Ticket,
    TicketSource,
    Tool,
)

TODAY = date(2026, 10, 12)
ZONE = ZoneInfo("America/New_York")
SCHOOLS, TOOLS, SKILLS, TICKETS_EACH = 13, 12, 60, 12
GRADES = ("01", "04", "07", "10")


def at(day: date, hour: int = 10) -> datetime:
    """A moment of a day in the district's zone."""
    return datetime.combine(day, time(hour), ZONE)


def fill(*, teachers: int, sessions: int, seed: int) -> None:
    """Fill an empty database with a district of this size."""
    rng = np.random.default_rng(seed)
    District.objects.create(name="Measured")
    Term.objects.create(title="Fall", start_date=date(2026, 8, 24), end_date=date(2027, 1, 22))
    SpecialDay.objects.create(
        kind="report-cards", start_date=date(2026, 12, 11), end_date=date(2026, 12, 11)
    )
    schools = School.objects.bulk_create([School(name=f"School {n}") for n in range(SCHOOLS)])
    tools = [Tool.objects.create(name=f"Tool {n}") for n in range(TOOLS)]
    skills = [
        Skill.objects.create(name=f"Skill {n}", tool=tools[n % TOOLS] if n % 3 else None)
        for n in range(SKILLS)
    ]
    people = _people(rng, teachers, schools, tools)
    _tickets(rng, people, skills)
    courses = _sessions(rng, sessions, skills)
    _goals_and_record(rng, people, skills, courses)
    Requirement.objects.create(course=courses[0], due_date=date(2026, 12, 1), set_at=at(TODAY, 1))


def _people(rng, count: int, schools: list[School], tools: list[Tool]) -> list[Teacher]:
    slots = [slot.value for slot in Slot]
    subjects = [subject.value for subject in Subject]
    people = Teacher.objects.bulk_create(
        [
            Teacher(
                email=f"teacher{n}@example.org",
                given_name="Teacher",
                family_name=str(n),
                main_school=schools[n % SCHOOLS],
                grades=[GRADES[n % len(GRADES)]],
                subjects=[subjects[int(rng.integers(len(subjects)))]],
                support_style=("with-me", "steps", "point", "for-me")[n % 4],
                free_slots=sorted(rng.choice(slots, size=5, replace=False).tolist()),
                has_stated_slots=bool(n % 2),
                started_date=date(2020, 8, 24),
            )
            for n in range(count)
        ]
    )
    member, owns = Teacher.schools.through, Teacher.tools.through
    member.objects.bulk_create(
        [member(teacher_id=one.pk, school_id=one.main_school_id) for one in people]
    )
    owns.objects.bulk_create(
        [
            owns(teacher_id=one.pk, tool_id=tools[int(number)].pk)
            for one in people
            for number in rng.choice(TOOLS, size=3, replace=False)
        ]
    )
    return people


def _tickets(rng, people: list[Teacher], skills: list[Skill]) -> None:
    source = TicketSource.objects.create(name="Help desk")
    share = 1 / np.arange(1, SKILLS + 1)
    share /= share.sum()
    tickets: list[Ticket] = []
    for person in people:
        for _ in range(int(rng.poisson(TICKETS_EACH))):
            opened_at = at(TODAY - timedelta(days=int(rng.integers(1, 700))))
            tickets.append(
                Ticket(
                    source=source,
                    external_id=str(len(tickets)),
                    teacher=person,
                    skill=skills[int(rng.choice(SKILLS, p=share))],
                    kind=("how-to", "pedagogy", "break")[int(rng.integers(3))],
                    opened_at=opened_at,
                    first_answered_at=opened_at + timedelta(hours=3),
                    resolved_at=opened_at + timedelta(hours=int(rng.integers(3, 60))),
                    minutes_lost=int(rng.integers(5, 40)),
                )
            )
    Ticket.objects.bulk_create(tickets, batch_size=500)


def _sessions(rng, count: int, skills: list[Skill]) -> list[CoursePage]:
    book = look_book()
    formats, bands = [f.value for f in Format], [band.value for band in GradeBand]
    courses = []
    for number in range(count):
        taught = rng.choice(SKILLS, size=int(rng.integers(1, 4)), replace=False)
        course = CoursePage(
            title=f"Session {number}",
            summary="What it gives.",
            minutes=int(rng.choice([10, 20, 30, 45, 60, 90])),
            format=formats[number % len(formats)],
            level=[level.value for level in Level][number % 4],
            grade_bands=[bands[number % 4]] if number % 3 == 0 else [],
        )
        course.taught_skills.set(
            [
                CourseSkill(skill=skills[int(n)], strength=("touches", "teaches", "masters")[place])
                for place, n in enumerate(taught)
            ]
        )
        courses.append(book.add_child(instance=course))
    runs = []
    for course in courses:
        if course.is_dated:
            for day in rng.integers(1, 90, size=4):
                begins = at(TODAY + timedelta(days=int(day)), (7, 10, 15)[int(day) % 3])
                runs.append(
                    Offering(course=course, starts_at=begins, ends_at=begins + timedelta(hours=1))
                )
    Offering.objects.bulk_create(runs)
    return courses


def _goals_and_record(rng, people, skills, courses) -> None:
    goals = Goal.objects.bulk_create(
        [Goal(teacher=one, words="Less paper", set_at=at(date(2026, 9, 1))) for one in people[::2]]
    )
    wants = Goal.skills.through
    wants.objects.bulk_create(
        [wants(goal_id=goal.pk, skill_id=skills[int(rng.integers(SKILLS))].pk) for goal in goals]
    )
    Completion.objects.bulk_create(
        [
            Completion(
                teacher=person,
                course=courses[int(number)],
                title="Done",
                minutes=30,
                ground="check",
                completed_at=at(date(2026, 9, 15)),
            )
            for person in people
            for number in rng.choice(len(courses), size=2, replace=False)
        ]
    )

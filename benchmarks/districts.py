"""Made-up districts of any size, from a seed: for the benches, and for tests of rules that must
hold in every district."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from pdplanner.recommender import (
    DAY_PARTS,
    SLOTS,
    CalendarFacts,
    CourseFacts,
    Dismissal,
    Facts,
    GoalFacts,
    OfferingFacts,
    RequirementFacts,
    Rollout,
    SpecialDay,
    TeacherFacts,
    TicketFacts,
    Variant,
)
from pdplanner.recommender.facts import Format, GradeBand, Level, SupportStyle

AS_OF = date(2026, 10, 14)
CALENDAR = CalendarFacts(
    start_date=date(2026, 8, 24),
    end_date=date(2027, 1, 22),
    term_title="Fall semester",
    special_days=(
        SpecialDay("report-cards", date(2026, 12, 11), date(2026, 12, 11), "Report cards close"),
        SpecialDay("holiday", date(2026, 11, 25), date(2026, 11, 27), "Thanksgiving"),
        SpecialDay("holiday", date(2026, 12, 21), date(2027, 1, 1), "Winter break"),
        SpecialDay("pd", date(2026, 11, 3), date(2026, 11, 3), "PD day"),
        SpecialDay("pd", date(2027, 1, 4), date(2027, 1, 4), "PD day", frozenset({"school-0"})),
        SpecialDay("testing", date(2027, 1, 11), date(2027, 1, 15), "Winter testing"),
    ),
)
#: Teachers of a school, where a state is made.
SCHOOL = 25
#: Days of tickets before the day of planning.
HISTORY_DAYS = 600
_DAYS = ("mon", "tue", "wed", "thu", "fri")
_BANDS: tuple[GradeBand, ...] = ("pk-2", "3-5", "6-8", "9-12")
_SUBJECTS = ("art", "english", "math", "music", "science", "social studies")
_STYLES: tuple[SupportStyle | None, ...] = ("with-me", "steps", "point", "for-me", None)
_FORMATS: tuple[Format, ...] = ("live", "self-paced", "coached", "quick-card")
_LEVELS: tuple[Level, ...] = ("A1", "A2", "B1", "B2", "C1", "C2")


@dataclass(frozen=True, slots=True)
class Size:
    """How large a district is; `seats` is the most a run has left."""

    teachers: int = 300
    courses: int = 160
    skills: int = 60
    tickets_a_teacher: int = 25
    seats: int = 15


def make_district(seed: int, size: Size | None = None) -> Facts:
    """Facts of a district with tickets that follow people, schools and the calendar."""
    size = size or Size()
    draw = random.Random(seed)
    schools = [f"school-{n}" for n in range(max(1, size.teachers // SCHOOL))]
    skills = [f"skill-{n:03d}" for n in range(size.skills)]
    tools = [f"tool-{n:02d}" for n in range(12)]
    teachers = tuple(_teacher(draw, n, schools, tools, skills) for n in range(size.teachers))
    courses = _courses(draw, size, schools, tools, skills)
    some = frozenset(teacher.id for teacher in teachers if draw.random() < 0.3)
    return Facts(
        as_of=AS_OF,
        calendar=CALENDAR,
        teachers=tuple(_with_past(draw, teacher, courses) for teacher in teachers),
        courses=courses,
        tickets=tuple(_tickets(draw, size, teachers, skills)),
        requirements=(
            RequirementFacts(courses[-1].id, date(2026, 12, 4), frozenset(t.id for t in teachers)),
            RequirementFacts(courses[len(courses) // 2].id, date(2026, 10, 30), some),
        ),
        rollouts=(Rollout(tools[0], (skills[0], skills[1]), schools[0], date(2026, 11, 9)),),
        skills=frozenset(skills),
    )


def make_part(seed: int, size: Size, first: int, count: int) -> Facts:
    """Facts of a part of a state of that size: the teachers from number `first`, at schools of
    their own, and the catalogue that all parts share."""
    draw = random.Random(f"{seed}:{first}")
    tools, skills, courses = _catalogue(seed, size)
    schools = [f"school-{n // SCHOOL}" for n in range(first, first + count, SCHOOL)]
    teachers = tuple(_teacher(draw, n, schools, tools, skills) for n in range(first, first + count))
    some = frozenset(teacher.id for teacher in teachers if draw.random() < 0.3)
    return Facts(
        as_of=AS_OF,
        calendar=CALENDAR,
        teachers=tuple(_with_past(draw, teacher, courses) for teacher in teachers),
        courses=courses,
        tickets=tuple(_tickets(draw, size, teachers, skills)),
        requirements=(RequirementFacts(courses[len(courses) // 2].id, date(2026, 10, 30), some),),
        rollouts=(Rollout(tools[0], (skills[0], skills[1]), "school-0", date(2026, 11, 9)),),
        skills=frozenset(skills),
    )


@cache
def _catalogue(seed: int, size: Size) -> tuple[list[str], list[str], tuple[CourseFacts, ...]]:
    """The tools, the skills and the sessions of a state."""
    tools = [f"tool-{n:02d}" for n in range(12)]
    skills = [f"skill-{n:03d}" for n in range(size.skills)]
    schools = [f"school-{n}" for n in range(max(1, size.teachers // SCHOOL))]
    draw = random.Random(f"{seed}:catalogue")
    return tools, skills, _courses(draw, size, schools, tools, skills)


def _teacher(
    draw: random.Random, number: int, schools: list[str], tools: list[str], skills: list[str]
) -> TeacherFacts:
    school = draw.choice(schools)
    goal = GoalFacts("Less time lost on this", (draw.choice(skills),), date(2026, 9, 2))
    return TeacherFacts(
        id=f"teacher-{number:06d}",
        school=school,
        schools=(school,),
        grades=tuple(draw.sample(_BANDS, draw.choice((0, 1, 1, 2)))),
        subjects=tuple(draw.sample(_SUBJECTS, draw.choice((0, 1, 1, 2)))),
        tools=frozenset(draw.sample(tools, draw.choice((0, 6, 8)))),
        support_style=draw.choice(_STYLES),
        formats=tuple(draw.sample(_FORMATS, draw.choice((0, 0, 1, 2)))),
        minutes_budget=draw.choice((0, 90, 180, 240, 360, 360, 720)),
        weekly_minutes=draw.choice((None, None, 45, 60, 90)),
        free_slots=draw.choice((None, frozenset(draw.sample(SLOTS, 5)))),
        goals=(goal,) if draw.random() < 0.3 else (),
        levels={s: draw.choice(_LEVELS[:3]) for s in draw.sample(skills, min(3, len(skills)))},
        uses_tickets=draw.random() < 0.95,
        left_date=date(2026, 9, 30) if draw.random() < 0.02 else None,
        busy_dates=frozenset({AS_OF + timedelta(days=draw.randint(1, 60))}),
    )


def _with_past(
    draw: random.Random, teacher: TeacherFacts, courses: tuple[CourseFacts, ...]
) -> TeacherFacts:
    """The teacher with sessions done, dismissed, said yes to and enrolled in."""
    own = draw.sample(courses, min(4, len(courses)))
    if len(own) < 4 or draw.random() < 0.5:
        return teacher
    done, dismissed, accepted, enrolled = own
    # A seat is taken in a run that is not over; a self-paced session is just started.
    runs = [run for run in enrolled.runs or () if run.start_date > AS_OF]
    seat = {enrolled.id: runs[0].id if runs else None}
    return TeacherFacts(
        **{name: getattr(teacher, name) for name in TeacherFacts.__dataclass_fields__}
        | {
            "done": {done.id: date(2026, 5, 6)},
            "dismissed": (Dismissal(dismissed.id, "not now", date(2026, 9, 20)),),
            "accepted": frozenset({accepted.id}),
            "enrolled": seat if runs or enrolled.runs is None else {},
        }
    )


def _courses(
    draw: random.Random, size: Size, schools: list[str], tools: list[str], skills: list[str]
) -> tuple[CourseFacts, ...]:
    courses: list[CourseFacts] = []
    for number in range(size.courses):
        name = f"course-{number:05d}"
        format_ = draw.choice(_FORMATS)
        whole_day = draw.random() < 0.05
        minutes = 360 if whole_day else draw.choice((10, 20, 30, 45, 60, 90))
        dated = whole_day or format_ in ("live", "coached")
        earlier = draw.choice(courses).id if courses else None
        taught = draw.sample(skills, min(len(skills), draw.choice((0, 1, 1, 2, 3))))
        runs = tuple(
            _run(draw, f"{name}-run-{n}", name, minutes, whole_day, schools, size.seats)
            for n in range(draw.randint(0, 4))
        )
        courses.append(
            CourseFacts(
                id=name,
                title=f"Session {number}",
                minutes=minutes,
                format="live" if whole_day else format_,
                level=draw.choice((None, *_LEVELS[:4])),
                effects={skill: draw.choice((0.15, 0.4, 0.6)) for skill in taught},
                grades=frozenset(draw.sample(_BANDS, 2)) if draw.random() < 0.25 else frozenset(),
                subjects=frozenset(draw.sample(_SUBJECTS, 3))
                if draw.random() < 0.15
                else frozenset(),
                schools=frozenset({draw.choice(schools)}) if draw.random() < 0.05 else frozenset(),
                tools=frozenset({draw.choice(tools)}) if draw.random() < 0.4 else frozenset(),
                variants=tuple(
                    Variant(frozenset({draw.choice(_BANDS)}), frozenset({draw.choice(_SUBJECTS)}))
                    for _ in range(draw.choice((0, 0, 2, 4)))
                ),
                requires=frozenset({earlier}) if earlier and draw.random() < 0.12 else frozenset(),
                equivalents=frozenset({earlier})
                if earlier and draw.random() < 0.04
                else frozenset(),
                runs=runs if dated else None,
            )
        )
    return tuple(courses)


def _run(
    draw: random.Random,
    name: str,
    course: str,
    minutes: int,
    whole_day: bool,
    schools: list[str],
    seats: int,
) -> OfferingFacts:
    day = AS_OF + timedelta(days=draw.randint(-14, 110))
    day -= timedelta(days=max(0, day.weekday() - 4))
    place = draw.choice((*schools, None))
    return OfferingFacts(
        id=name,
        course=course,
        start_date=day,
        end_date=day,
        minutes=minutes,
        slot=None if whole_day else f"{_DAYS[day.weekday()]}-{draw.choice(DAY_PARTS)}",
        seats_left=draw.randint(0, seats),
        school=place,
        online=place is None,
        release_time=whole_day,
    )


def _tickets(
    draw: random.Random, size: Size, teachers: tuple[TeacherFacts, ...], skills: list[str]
) -> list[TicketFacts]:
    """Tickets: some people ask far more than others, and each about a few skills mostly."""
    weights = [draw.gammavariate(0.6, 1.0) + 0.05 for _ in teachers]
    habits = [draw.sample(skills, min(4, len(skills))) for _ in teachers]
    askers = draw.choices(range(len(teachers)), weights, k=size.tickets_a_teacher * len(teachers))
    tickets = []
    for number, asker in enumerate(askers):
        skill = draw.choice(habits[asker] if draw.random() < 0.6 else skills)
        if draw.random() < 0.05:
            day = date(2025, 12, 12) - timedelta(days=draw.randint(0, 10))  # report cards last year
        else:
            day = AS_OF - timedelta(days=draw.randint(0, HISTORY_DAYS))
        tickets.append(
            TicketFacts(
                id=number,
                teacher=teachers[asker].id,
                skill=skill if draw.random() < 0.95 else None,
                kind=draw.choice(("how-to", "how-to", "pedagogy", "access", "break")),
                opened_date=day,
                minutes_lost=draw.choice((None, 5.0, 10.0, 15.0, 25.0)),
                reopened=draw.random() < 0.1,
                answered_at_first=draw.choice((True, False, None)),
            )
        )
    return tickets

"""Which courses and dates are open to which teacher, and why the others are not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from pdplanner.recommender.facts import Facts, Id, TeacherFacts, WhyNot
from pdplanner.recommender.tables import (
    Catalogue,
    Flags,
    Floats,
    days_of,
    incidence,
    is_pd_day,
    places_by_day,
    school_days,
    schools_of,
    tools_of,
    words_of,
    works_on,
)

#: The rules in the order they are asked; the first that shuts a course out is the answer.
RULES = (
    "open",
    "done",
    "equivalent-done",
    "enrolled",
    "dismissed",
    "not-your-school",
    "not-your-grades",
    "not-your-subjects",
    "missing-tool",
    "too-long",
    "no-run",
    "no-school",
    "no-seat",
    "no-free-slot",
    "missing-prerequisite",
)
_CODE = {rule: code for code, rule in enumerate(RULES)}


@dataclass(frozen=True, slots=True)
class Openness:
    """What is open to T teachers: J courses, R runs, P places."""

    rule: NDArray[np.int8]  # [T, J], a number of RULES; 0: open
    done: Flags  # [T, J], done, or an equivalent of it
    required: Flags  # [T, J]
    runs: Flags  # [T, R]: a seat, ahead, and the teacher is free; or the teacher is enrolled
    places: Flags  # [T, P]: the teacher is here, and free then
    weeks: Flags  # [T, W]: a school day of the teacher is left in it

    @property
    def courses(self) -> Flags:
        """[T, J], True where nothing shuts the course out."""
        return np.asarray(self.rule == 0)


def open_to(facts: Facts, catalogue: Catalogue, teachers: Sequence[TeacherFacts]) -> Openness:
    """What is open to these teachers, in their order."""
    shape = (len(teachers), len(catalogue.courses))
    rule = np.zeros(shape, dtype=np.int8)

    def shut(where: Flags, name: str) -> None:
        rule[where & (rule == 0)] = _CODE[name]

    done, equivalent = _done(catalogue, teachers)
    required, held = _required(facts, catalogue, teachers), _held(catalogue, teachers)
    shut(done, "done")
    shut(equivalent, "equivalent-done")
    shut(_seated_elsewhere(catalogue, teachers), "enrolled")
    shut(_dismissed(catalogue, teachers), "dismissed")
    # Whoever is named by a requirement, or has said yes already, is in the audience.
    invited = required | held
    for name, outside in _audience(catalogue, teachers):
        shut(outside & ~invited, name)
    shut(_lacks_tool(facts, catalogue, teachers) & ~held, "missing-tool")
    enrolled = _enrolled(catalogue, teachers)
    seated = _any_run(catalogue, enrolled)
    longest = _longest(teachers)[:, None]
    shut((_shortest(catalogue) > longest) & ~seated, "too-long")

    weeks = _school_weeks(facts, catalogue, teachers)
    here = _is_here(catalogue, teachers)
    places = _free_places(facts, catalogue, teachers) & here
    runs = catalogue.run_ahead & (catalogue.run_minutes <= longest)
    dated = catalogue.dated
    for name, holds in (
        ("no-run", True),
        ("no-school", weeks[:, catalogue.run_week] & here[:, catalogue.run_place]),
        ("no-seat", np.array([run.seats_left > 0 for run in catalogue.runs], dtype=np.bool_)),
        ("no-free-slot", places[:, catalogue.run_place]),
    ):
        runs = runs & holds
        shut(dated & ~_any_run(catalogue, runs | enrolled), name)
    runs |= enrolled

    satisfied = done | equivalent
    for course, needed in _prerequisites_first(catalogue):
        for other in needed:
            if other in catalogue.number:
                number = catalogue.number[other]
                has = satisfied[:, number] | (rule[:, number] == 0)
            else:  # not offered (any more): only those who have it can go on
                has = np.array([other in teacher.done for teacher in teachers], dtype=np.bool_)
            column = rule[:, course]
            column[~has & (column == 0)] = _CODE["missing-prerequisite"]
    return Openness(rule, satisfied, required, runs, places, weeks)


def why_shut(
    facts: Facts,
    catalogue: Catalogue,
    teacher: TeacherFacts,
    openness: Openness,
    row: int,
    course: int,
) -> WhyNot | None:
    """The rule that shuts a course out for the teacher in this row; None when it is open."""
    rule = RULES[openness.rule[row, course]]
    if rule == "open":
        return None
    asked = catalogue.courses[course]
    cites: dict[str, object] = {}
    if rule == "done":
        cites["date"] = teacher.done[asked.id]
    elif rule == "equivalent-done":
        twin = min(catalogue.twins[asked.id] & set(teacher.done), key=str)
        cites |= {"course": twin, "date": teacher.done[twin]}
    elif rule == "enrolled":
        mine = teacher.enrolled.get(asked.id)
        dates = [run.start_date for run in asked.runs or () if run.id == mine]
        cites |= {"date": dates[0]} if dates else {}
    elif rule == "dismissed":
        last = max((d for d in teacher.dismissed if d.course == asked.id), key=lambda d: d.on_date)
        cites |= {"reason": last.reason, "date": last.on_date}
    elif rule == "not-your-school":
        cites["schools"] = tuple(sorted(asked.schools, key=str))
    elif rule == "not-your-grades":
        cites["grades"] = tuple(sorted(asked.grades))
    elif rule == "not-your-subjects":
        cites["subjects"] = tuple(sorted(asked.subjects))
    elif rule == "missing-tool":
        here, coming = tools_of(teacher, facts)
        cites["tool"] = min(asked.tools - here - coming, key=str)
    elif rule == "too-long":
        minutes = int(_shortest(catalogue)[course])
        cites |= {"minutes": minutes, "limit": int(_longest([teacher])[0])}
    elif rule == "missing-prerequisite":
        cites["course"] = _missing_prerequisite(catalogue, teacher, openness, row, course)
    elif rule in ("no-school", "no-seat", "no-free-slot"):
        cites["date"] = _first_date(catalogue, course)
    return WhyNot(asked.id, rule, cites)


def enrolled_run(catalogue: Catalogue, teacher: TeacherFacts, course: Id) -> int | None:
    """The number of the run the teacher is enrolled in; None when there is none ahead."""
    offering = teacher.enrolled.get(course)
    return None if offering is None else catalogue.run_number.get(offering)


def _done(catalogue: Catalogue, teachers: Sequence[TeacherFacts]) -> tuple[Flags, Flags]:
    done = incidence([teacher.done for teacher in teachers], catalogue.number) > 0
    none: frozenset[Id] = frozenset()
    rows = [
        none.union(*(catalogue.twins.get(course, none) for course in teacher.done))
        for teacher in teachers
    ]
    return done, incidence(rows, catalogue.number) > 0


def _required(facts: Facts, catalogue: Catalogue, teachers: Sequence[TeacherFacts]) -> Flags:
    required = np.zeros((len(teachers), len(catalogue.courses)), dtype=np.bool_)
    for requirement in facts.requirements:
        if requirement.course in catalogue.number:
            named = [teacher.id in requirement.teachers for teacher in teachers]
            required[:, catalogue.number[requirement.course]] |= np.array(named, dtype=np.bool_)
    return required


def _held(catalogue: Catalogue, teachers: Sequence[TeacherFacts]) -> Flags:
    rows = [teacher.accepted | set(teacher.enrolled) for teacher in teachers]
    return incidence(rows, catalogue.number) > 0


def _seated_elsewhere(catalogue: Catalogue, teachers: Sequence[TeacherFacts]) -> Flags:
    """[T, J]: a seat in a run that is over and not marked yet, or lies beyond the horizon; or such
    a seat in an equivalent."""
    rows = []
    for teacher in teachers:
        seats = {
            course
            for course, offering in teacher.enrolled.items()
            if offering is not None and offering not in catalogue.run_number
        }
        twins = [catalogue.twins.get(course, frozenset()) for course in seats]
        rows.append(seats.union(*twins) - (teacher.enrolled.keys() - seats))
    return incidence(rows, catalogue.number) > 0


def _dismissed(catalogue: Catalogue, teachers: Sequence[TeacherFacts]) -> Flags:
    rows = [[dismissal.course for dismissal in teacher.dismissed] for teacher in teachers]
    return incidence(rows, catalogue.number) > 0


def _audience(
    catalogue: Catalogue, teachers: Sequence[TeacherFacts]
) -> list[tuple[str, NDArray[np.bool_]]]:
    """[T, J] by rule: the course is for others. Where either side states nothing, nobody is."""
    courses = catalogue.courses
    return [
        (
            "not-your-school",
            _apart([schools_of(t) for t in teachers], [c.schools for c in courses]),
        ),
        ("not-your-grades", _apart([t.grades for t in teachers], [c.grades for c in courses])),
        (
            "not-your-subjects",
            _apart([t.subjects for t in teachers], [c.subjects for c in courses]),
        ),
    ]


def _apart(have: Sequence[Sequence[Id] | frozenset[Id]], want: Sequence[frozenset[Id]]) -> Flags:
    number = words_of(want)
    shared: Floats = incidence(have, number) @ incidence(want, number).T
    states = np.array([bool(row) for row in have], dtype=np.bool_)
    asks = np.array([bool(row) for row in want], dtype=np.bool_)
    return np.asarray((shared == 0) & states[:, None] & asks)


def _lacks_tool(facts: Facts, catalogue: Catalogue, teachers: Sequence[TeacherFacts]) -> Flags:
    number = words_of(course.tools for course in catalogue.courses)
    owned = [tools_of(teacher, facts) for teacher in teachers]
    has = incidence([here | coming for here, coming in owned], number)
    asks = incidence([course.tools for course in catalogue.courses], number)
    states = np.array([bool(teacher.tools) for teacher in teachers], dtype=np.bool_)
    return np.asarray((has @ asks.T < asks.sum(axis=1)) & states[:, None])


def _longest(teachers: Sequence[TeacherFacts]) -> NDArray[np.int64]:
    """The longest course or run each teacher has room for, in minutes."""
    return np.array(
        [
            teacher.minutes_budget
            if teacher.weekly_minutes is None
            else min(teacher.minutes_budget, teacher.weekly_minutes)
            for teacher in teachers
        ],
        dtype=np.int64,
    )


def _shortest(catalogue: Catalogue) -> NDArray[np.int64]:
    """The minutes [J] each course takes at least: of its shortest run ahead, if there is any."""
    shortest = catalogue.minutes.copy()
    for course in np.flatnonzero(catalogue.dated).tolist():
        runs = catalogue.runs_of(course)
        ahead = [catalogue.run_minutes[run] for run in runs if catalogue.run_ahead[run]]
        shortest[course] = min(ahead, default=shortest[course])
    return shortest


def _school_weeks(facts: Facts, catalogue: Catalogue, teachers: Sequence[TeacherFacts]) -> Flags:
    """[T, W]: weeks with a school day ahead on which the teacher works here."""
    days = {
        schools: school_days(facts, catalogue.weeks, schools)
        for schools in {schools_of(teacher) for teacher in teachers}
    }
    whole = {schools: [bool(week) for week in weeks] for schools, weeks in days.items()}
    rows = []
    for teacher in teachers:
        schools = schools_of(teacher)
        if works_on(teacher, facts.as_of) and works_on(teacher, facts.calendar.end_date):
            rows.append(whole[schools])
        else:
            rows.append([any(works_on(teacher, day) for day in week) for week in days[schools]])
    return np.array(rows, dtype=np.bool_).reshape(len(teachers), len(catalogue.weeks))


def _is_here(catalogue: Catalogue, teachers: Sequence[TeacherFacts]) -> Flags:
    """[T, P]: the teacher works here on all its days."""
    places = catalogue.places
    here = np.ones((len(teachers), len(places)), dtype=np.bool_)
    first = min((place.day for place in places), default=date.min)
    last = max((place.last_day for place in places), default=date.min)
    for row, teacher in enumerate(teachers):
        if not (works_on(teacher, first) and works_on(teacher, last)):
            here[row] = [all(works_on(teacher, day) for day in place.days) for place in places]
    return here


def _free_places(facts: Facts, catalogue: Catalogue, teachers: Sequence[TeacherFacts]) -> Flags:
    """[T, P]: free by the weekly slots, or on a PD day, or with a substitute; and not busy."""
    places = catalogue.places
    slots = words_of([[place.slot for place in places]])
    named = incidence([teacher.free_slots or () for teacher in teachers], slots) > 0
    free: Flags = named[:, np.array([slots[place.slot] for place in places], dtype=np.int64)]
    free[:, [place.substitute for place in places]] = True
    free[[teacher.free_slots is None for teacher in teachers]] = True
    schools = [schools_of(teacher) for teacher in teachers]
    days = sorted({place.day for place in places})
    column = np.array([days.index(place.day) for place in places], dtype=np.int64)
    on_day = places_by_day(places)
    pd_day = {
        group: np.array([is_pd_day(facts, day, group) for day in days], dtype=np.bool_)
        for group in set(schools)
    }
    for row, teacher in enumerate(teachers):
        free[row] |= pd_day[schools[row]][column]
        taken = {
            day
            for course in teacher.enrolled
            if (run := enrolled_run(catalogue, teacher, course)) is not None
            for day in days_of(catalogue.runs[run])
        }
        for day in (teacher.busy_dates | taken) & on_day.keys():
            free[row, on_day[day]] = False
    return free


def _enrolled(catalogue: Catalogue, teachers: Sequence[TeacherFacts]) -> Flags:
    enrolled = np.zeros((len(teachers), len(catalogue.runs)), dtype=np.bool_)
    for row, teacher in enumerate(teachers):
        for course in teacher.enrolled:
            run = enrolled_run(catalogue, teacher, course)
            if run is not None:
                enrolled[row, run] = True
    return enrolled


def _any_run(catalogue: Catalogue, runs: Flags) -> Flags:
    """[T, J]: at least one of the course's runs is in `runs` ([T, R] or [R])."""
    counts = np.concatenate(
        [np.zeros((*runs.shape[:-1], 1), dtype=np.int64), np.cumsum(runs, axis=-1)], axis=-1
    )
    found: Flags = counts[..., catalogue.run_start[1:]] > counts[..., catalogue.run_start[:-1]]
    return found


def _prerequisites_first(catalogue: Catalogue) -> list[tuple[int, list[Id]]]:
    """Courses that require others, each after those it requires."""
    order: list[tuple[int, list[Id]]] = []
    seen: set[Id] = set()

    def visit(course: Id) -> None:
        if course in seen or course not in catalogue.number:
            return
        seen.add(course)
        number = catalogue.number[course]
        needed = sorted(catalogue.courses[number].requires, key=str)
        for other in needed:
            visit(other)
        if needed:
            order.append((number, needed))

    for course in catalogue.courses:
        visit(course.id)
    return order


def _missing_prerequisite(
    catalogue: Catalogue, teacher: TeacherFacts, openness: Openness, row: int, course: int
) -> Id:
    def has(other: Id) -> bool:
        if other not in catalogue.number:
            return other in teacher.done
        number = catalogue.number[other]
        return bool(openness.done[row, number] or openness.rule[row, number] == 0)

    return min((o for o in catalogue.courses[course].requires if not has(o)), key=str)


def _first_date(catalogue: Catalogue, course: int) -> date:
    return min(catalogue.runs[r].start_date for r in catalogue.runs_of(course))

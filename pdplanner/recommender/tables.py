"""Facts as arrays: courses, runs and what teachers have and courses ask for, by number.

Shapes: T teachers (any choice of them), J courses sorted by id, R runs that can still be taken,
P places in the calendar (a date and a slot).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import permutations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pdplanner.recommender.facts import CourseFacts, Facts, Id, OfferingFacts, TeacherFacts

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]

#: A run that lasts longer than this is a series: it takes its first day, not every day between.
LONGEST_BLOCK_DAYS = 7


class Place(NamedTuple):
    """A place in the calendar that a run takes."""

    day: date
    slot: str  # "" for the whole day
    substitute: bool
    days: tuple[date, ...]  # all it takes, in order

    @property
    def last_day(self) -> date:
        """The day it ends on."""
        return self.days[-1]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The published courses and their runs that are still ahead, or under way, on the day."""

    courses: tuple[CourseFacts, ...]
    number: Mapping[Id, int]  # course id -> its number
    weeks: tuple[date, ...]  # Mondays of the horizon
    first_week: int  # the first week that still has a school day after the day of planning
    runs: tuple[OfferingFacts, ...]  # grouped by course, then by date
    run_number: Mapping[Id, int]  # offering id -> its number
    run_start: Ints  # [J + 1]
    run_course: Ints  # [R]
    run_week: Ints  # [R]
    run_ahead: Flags  # [R], False: under way, only for those who are enrolled
    run_place: Ints  # [R]
    run_minutes: Ints  # [R], which need not be the course's
    places: tuple[Place, ...]  # [P]
    clashes: Ints  # [C, 2], places of which nobody can be in both; said of both
    minutes: Ints  # [J]
    dated: Flags  # [J], True: held in runs only
    twins: Mapping[Id, frozenset[Id]]  # course id -> what stands for the same, said on either side

    def runs_of(self, course: int) -> range:
        """The numbers of a course's runs."""
        return range(int(self.run_start[course]), int(self.run_start[course + 1]))


def catalogue_of(facts: Facts, weeks: Sequence[date]) -> Catalogue:
    """The catalogue of the facts; `weeks` are the Mondays of the horizon."""
    courses = tuple(sorted(facts.courses, key=lambda course: course.id))
    runs: list[OfferingFacts] = []
    starts = [0]
    for course in courses:
        ahead = [run for run in course.runs or () if _is_open_on(run, facts)]
        runs += sorted(ahead, key=lambda run: (run.start_date, run.slot or "", run.id))
        starts.append(len(runs))
    places = sorted({_place_of(run) for run in runs})
    place_number = {place: number for number, place in enumerate(places)}
    lengths = np.diff(starts)
    first_week = _first_week(facts, weeks)
    return Catalogue(
        courses=courses,
        number={course.id: number for number, course in enumerate(courses)},
        weeks=tuple(weeks),
        first_week=first_week,
        runs=tuple(runs),
        run_number={run.id: number for number, run in enumerate(runs)},
        run_start=np.array(starts, dtype=np.int64),
        run_course=np.repeat(np.arange(len(courses)), lengths),
        run_week=np.array(
            [max((run.start_date - weeks[0]).days // 7, 0) for run in runs], dtype=np.int64
        ),
        run_ahead=np.array([run.start_date > facts.as_of for run in runs], dtype=np.bool_),
        run_place=np.array([place_number[_place_of(run)] for run in runs], dtype=np.int64),
        run_minutes=np.array([run.minutes for run in runs], dtype=np.int64),
        places=tuple(places),
        clashes=_clashes(places),
        minutes=np.array([course.minutes for course in courses], dtype=np.int64),
        dated=np.array([course.runs is not None for course in courses], dtype=np.bool_),
        twins=_twins(courses),
    )


def families(catalogue: Catalogue) -> list[list[int]]:
    """Groups (numbers) of two or more courses that are equivalent, directly or through another."""
    seen: set[Id] = set()
    families = []
    for course in catalogue.courses:
        if course.id in seen:
            continue
        family, ahead = {course.id}, [course.id]
        while ahead:
            for other in catalogue.twins[ahead.pop()] & catalogue.number.keys():
                if other not in family:
                    family.add(other)
                    ahead.append(other)
        seen |= family
        if len(family) > 1:
            families.append(sorted(catalogue.number[member] for member in family))
    return families


def days_of(run: OfferingFacts) -> tuple[date, ...]:
    """The days that a run takes, in order: those of its parts, or from start to end."""
    if run.dates:
        return run.dates
    length = (run.end_date - run.start_date).days
    if length > LONGEST_BLOCK_DAYS:
        return (run.start_date,)
    return tuple(run.start_date + timedelta(days=day) for day in range(length + 1))


def schools_of(teacher: TeacherFacts) -> frozenset[Id]:
    """Every school the teacher works at."""
    main = () if teacher.school is None else (teacher.school,)
    return frozenset((*main, *teacher.schools))


def tools_of(teacher: TeacherFacts, facts: Facts) -> tuple[frozenset[Id], frozenset[Id]]:
    """The tools the teacher has, and those that a roll-out brings within the horizon. A tool that
    went is gone only where none of the teacher's schools still has it."""
    schools = schools_of(teacher)
    running, coming, ended = set(), set(), set()
    for rollout in facts.rollouts:
        if rollout.school is not None and rollout.school not in schools:
            continue
        if rollout.until_date is not None and rollout.until_date <= facts.as_of:
            ended.add(rollout.tool)
        elif rollout.from_date <= facts.as_of:
            running.add(rollout.tool)
        elif rollout.from_date <= facts.calendar.end_date:
            coming.add(rollout.tool)
    return frozenset(running | (teacher.tools - ended)), frozenset(coming)


def school_days(facts: Facts, weeks: Sequence[date], schools: frozenset[Id]) -> list[list[date]]:
    """The days of each week on which one of the schools is open, after the day of planning."""
    closed = [
        special
        for special in facts.calendar.special_days
        if special.kind == "holiday"
        and (not special.schools or not special.schools.isdisjoint(schools))
    ]
    return [
        [
            day
            for day in (monday + timedelta(days=number) for number in range(5))
            if facts.as_of < day <= facts.calendar.end_date
            and not any(special.start_date <= day <= special.end_date for special in closed)
        ]
        for monday in weeks
    ]


def works_on(teacher: TeacherFacts, day: date) -> bool:
    """Whether the teacher works here on the day."""
    return (teacher.started_date or date.min) <= day < (teacher.left_date or date.max)


def is_pd_day(facts: Facts, day: date, schools: frozenset[Id]) -> bool:
    """Whether the day is set aside for professional development at one of the schools."""
    return any(
        special.kind == "pd"
        and special.start_date <= day <= special.end_date
        and (not special.schools or not special.schools.isdisjoint(schools))
        for special in facts.calendar.special_days
    )


def incidence(rows: Sequence[Iterable[Id]], number: Mapping[Id, int]) -> Floats:
    """A 0/1 matrix [rows, words] of which row names which word; unknown words are left out.

    Products of these are counts, exact in floating point whatever the order of adding.
    """
    table = np.zeros((len(rows), len(number)))
    for place, row in enumerate(rows):
        for word in row:
            if word in number:
                table[place, number[word]] = 1.0
    return table


def words_of(rows: Iterable[Iterable[Id]]) -> dict[Id, int]:
    """Number every word that occurs, in sorted order."""
    words = {word for row in rows for word in row}
    return {word: number for number, word in enumerate(sorted(words, key=str))}


def _twins(courses: Sequence[CourseFacts]) -> dict[Id, frozenset[Id]]:
    """For every course named anywhere, offered or not: what stands for the same."""
    twins: dict[Id, set[Id]] = {course.id: set() for course in courses}
    for course in courses:
        for other in course.equivalents - {course.id}:
            twins[course.id].add(other)
            twins.setdefault(other, set()).add(course.id)
    return {course: frozenset(others) for course, others in twins.items()}


def _place_of(run: OfferingFacts) -> Place:
    return Place(run.start_date, run.slot or "", run.release_time, days_of(run))


def places_by_day(places: Sequence[Place]) -> dict[date, list[int]]:
    """The numbers of the places that take something of each day."""
    on_day: dict[date, list[int]] = {}
    for number, place in enumerate(places):
        for day in place.days:
            on_day.setdefault(day, []).append(number)
    return on_day


def _clashes(places: Sequence[Place]) -> Ints:
    """The pairs of places that share a slot of a day; whole days and blocks take all of them."""
    slots = ["" if place.last_day > place.day else place.slot for place in places]
    pairs = {
        (first, second)
        for numbers in places_by_day(places).values()
        for first, second in permutations(numbers, 2)
        if slots[first] == slots[second] or not slots[first] or not slots[second]
    }
    return np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)


def _is_open_on(run: OfferingFacts, facts: Facts) -> bool:
    return run.end_date >= facts.as_of and run.start_date <= facts.calendar.end_date


def _first_week(facts: Facts, weeks: Sequence[date]) -> int:
    """The first week with a school day left after `as_of`; the number of weeks when none has."""
    for number, monday in enumerate(weeks):
        if monday + timedelta(days=4) > facts.as_of:
            return number
    return len(weeks)

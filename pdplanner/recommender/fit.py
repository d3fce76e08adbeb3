"""How well each course suits each teacher, kept in named parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from pdplanner.recommender.facts import Facts, Format, Id, OfferingFacts, TeacherFacts
from pdplanner.recommender.rules import FitRules
from pdplanner.recommender.tables import (
    Catalogue,
    Flags,
    Floats,
    incidence,
    is_pd_day,
    schools_of,
    tools_of,
    words_of,
)

#: The named parts, in the order they are told.
PARTS = ("room", "tools", "format", "level", "time", "place")
LEVELS = ("A1", "A2", "B1", "B2", "C1", "C2")


@dataclass(frozen=True, slots=True)
class Fits:
    """The fit of J courses to T teachers: shares of each course's effect, in (0, 1]."""

    parts: Mapping[str, Floats]  # [T, J] each
    whole: Floats  # [T, J], their product
    version: NDArray[np.int64]  # [T, J], which variant is for this room; -1: none

    def parts_of(self, teacher: int, course: int) -> dict[str, float]:
        """The named parts of one fit."""
        return {name: float(self.parts[name][teacher, course]) for name in PARTS}


def fit_courses(
    facts: Facts,
    catalogue: Catalogue,
    teachers: Sequence[TeacherFacts],
    runs: Flags,
    rules: FitRules,
) -> Fits:
    """The fit of every course to these teachers; `runs` [T, R] are those open to each.

    A course with several open runs gets the time and place of the run that suits best.
    """
    version = _versions(catalogue, teachers)
    time, place = _best_run(facts, catalogue, teachers, runs, rules)
    parts = {
        "room": _room(catalogue, teachers, version, rules),
        "tools": _tools(facts, catalogue, teachers, rules),
        "format": _format(catalogue, teachers, rules),
        "level": _level(catalogue, teachers, rules),
        "time": time,
        "place": place,
    }
    return Fits(parts, prod(parts.values(), start=np.ones(version.shape)), version)


def fit_of_run(
    facts: Facts, teacher: TeacherFacts, run: OfferingFacts, rules: FitRules
) -> dict[str, float]:
    """The time and place parts of one run for one teacher."""
    schools = schools_of(teacher)
    pd_day = is_pd_day(facts, run.start_date, schools)
    return {
        "time": _time_of(run, pd_day, teacher.free_slots is None, rules),
        "place": _place_of(run, schools, rules),
    }


def _time_of(run: OfferingFacts, pd_day: bool, slots_unstated: bool, rules: FitRules) -> float:
    if pd_day:
        return rules.time_free
    if run.release_time:
        return rules.time_release
    return rules.time_unstated if slots_unstated else rules.time_free


def _place_of(run: OfferingFacts, schools: frozenset[Id], rules: FitRules) -> float:
    if run.online:
        return rules.place_online
    return rules.place_own if run.school in schools else rules.place_away


def _shares_of_runs(
    facts: Facts,
    catalogue: Catalogue,
    schools: frozenset[Id],
    slots_unstated: bool,
    rules: FitRules,
) -> tuple[list[float], list[float]]:
    """The time and place parts [R] of every run, for teachers of these schools."""
    days = {run.start_date for run in catalogue.runs}
    pd_day = {day: is_pd_day(facts, day, schools) for day in days}
    runs = catalogue.runs
    return (
        [_time_of(run, pd_day[run.start_date], slots_unstated, rules) for run in runs],
        [_place_of(run, schools, rules) for run in runs],
    )


def style_share(teacher: TeacherFacts, name: Format, rules: FitRules) -> float:
    """What the teacher's support style takes from a format."""
    style = teacher.support_style
    return rules.style_unstated if style is None else rules.style_formats[style][name]


def _versions(catalogue: Catalogue, teachers: Sequence[TeacherFacts]) -> NDArray[np.int64]:
    """[T, J]: the variant that names most of this room and nothing foreign to it; -1: none."""
    best = np.full((len(teachers), len(catalogue.courses)), -1, dtype=np.int64)
    with_variants = [j for j, course in enumerate(catalogue.courses) if course.variants]
    if not with_variants:
        return best
    variants = [(j, v) for j in with_variants for v in catalogue.courses[j].variants]
    score = np.zeros((len(teachers), len(variants)))
    fits = np.ones(score.shape, dtype=np.bool_)
    for have, want, all_of in (
        ([t.grades for t in teachers], [v.grades for _, v in variants], False),
        ([t.subjects for t in teachers], [v.subjects for _, v in variants], False),
        ([t.tools for t in teachers], [v.tools for _, v in variants], True),
    ):
        number = words_of(want)
        shared = incidence(have, number) @ incidence(want, number).T
        asked = np.array([len(words) for words in want])
        fits &= (shared >= asked) if all_of else ((shared > 0) | (asked == 0))
        score += asked > 0
    score[~fits] = 0.0
    at = 0
    for j in with_variants:
        count = len(catalogue.courses[j].variants)
        block = score[:, at : at + count]
        best[:, j] = np.where(block.max(axis=1) > 0, block.argmax(axis=1), -1)
        at += count
    return best


def _room(
    catalogue: Catalogue,
    teachers: Sequence[TeacherFacts],
    version: NDArray[np.int64],
    rules: FitRules,
) -> Floats:
    courses = catalogue.courses
    room = np.full(version.shape, rules.room_open)
    stated = np.array([bool(t.grades or t.subjects) for t in teachers], dtype=np.bool_)[:, None]
    versions = np.array([bool(course.variants) for course in courses], dtype=np.bool_)
    room[stated & versions & (version < 0)] = rules.room_unseen
    made_for = np.zeros(version.shape, dtype=np.bool_)
    for have, want in (
        ([t.grades for t in teachers], [c.grades for c in courses]),
        ([t.subjects for t in teachers], [c.subjects for c in courses]),
    ):
        number = words_of(want)
        shared = incidence(have, number) @ incidence(want, number).T > 0
        states = np.array([bool(row) for row in have], dtype=np.bool_)[:, None]
        asks = np.array([bool(row) for row in want], dtype=np.bool_)
        made_for |= shared
        room[asks & states & ~shared] = rules.room_others
    room[made_for & (room == rules.room_open)] = rules.room_audience
    room[(version >= 0) & (room != rules.room_others)] = rules.room_version
    return room


def _tools(
    facts: Facts, catalogue: Catalogue, teachers: Sequence[TeacherFacts], rules: FitRules
) -> Floats:
    courses = catalogue.courses
    number = words_of(course.tools for course in courses)
    owned = [tools_of(teacher, facts) for teacher in teachers]
    asks = incidence([course.tools for course in courses], number)
    here = incidence([here for here, _ in owned], number) @ asks.T >= asks.sum(axis=1)
    with_coming = incidence([here | coming for here, coming in owned], number) @ asks.T
    tools = np.full(here.shape, rules.tools_unstated)
    tools[with_coming >= asks.sum(axis=1)] = rules.tools_coming
    tools[here] = rules.tools_here
    return tools


def _format(catalogue: Catalogue, teachers: Sequence[TeacherFacts], rules: FitRules) -> Floats:
    formats = sorted({course.format for course in catalogue.courses})
    table = np.empty((len(teachers), len(formats)))
    for row, teacher in enumerate(teachers):
        for column, name in enumerate(formats):
            share = style_share(teacher, name, rules)
            preferred = not teacher.formats or name in teacher.formats
            table[row, column] = share * (1.0 if preferred else rules.format_not_preferred)
    columns = [formats.index(course.format) for course in catalogue.courses]
    return np.asarray(table[:, np.array(columns, dtype=np.int64)])


def _level(catalogue: Catalogue, teachers: Sequence[TeacherFacts], rules: FitRules) -> Floats:
    """Where the course lies above the teacher, averaged over its skills by what it teaches."""
    level = np.full((len(teachers), len(catalogue.courses)), rules.level_unstated)
    stated = [row for row, teacher in enumerate(teachers) if teacher.levels]
    graded = [j for j, course in enumerate(catalogue.courses) if course.level and course.effects]
    if not stated or not graded:
        return level
    number = words_of(catalogue.courses[j].effects for j in graded)
    # Whole thousandths: sums of whole numbers come out the same however many teachers are asked
    # about at once.
    weight = np.zeros((len(number), len(graded)))
    for column, j in enumerate(graded):
        for skill, strength in catalogue.courses[j].effects.items():
            weight[number[skill], column] = round(strength * 1000)
    stands = np.zeros((len(stated), len(number)))
    for place, row in enumerate(stated):
        for skill, name in teachers[row].levels.items():
            if skill in number:
                stands[place, number[skill]] = LEVELS.index(name) + 1
    total = (stands > 0).astype(np.float64) @ weight
    known = total > 0
    mean = np.divide(stands @ weight, total, out=np.zeros_like(total), where=known)
    taught = np.array([LEVELS.index(catalogue.courses[j].level or "A1") + 1 for j in graded])
    steps = np.arange(len(rules.level_steps)) - 3
    above = np.interp(taught - mean, steps, rules.level_steps)
    level[np.ix_(stated, graded)] = np.where(known, above, rules.level_unstated)
    return level


def _best_run(
    facts: Facts,
    catalogue: Catalogue,
    teachers: Sequence[TeacherFacts],
    runs: Flags,
    rules: FitRules,
) -> tuple[Floats, Floats]:
    """[T, J] time and place of the open run that suits best; 1 where no run is needed."""
    shape = (len(teachers), len(catalogue.courses))
    time, place = np.ones(shape), np.ones(shape)
    if not catalogue.runs:
        return time, place
    # Time and place depend on the schools and on whether slots are named, nothing else.
    keys = [(schools_of(teacher), teacher.free_slots is None) for teacher in teachers]
    kinds = {key: number for number, key in enumerate(dict.fromkeys(keys))}
    kind = np.array([kinds[key] for key in keys], dtype=np.int64)
    tables = [_shares_of_runs(facts, catalogue, *key, rules) for key in kinds]
    run_time = np.array([time for time, _ in tables])[kind]
    run_place = np.array([place for _, place in tables])[kind]
    score = np.where(runs, run_time * run_place, -1.0)
    for j in np.flatnonzero(np.diff(catalogue.run_start)):
        block = slice(catalogue.run_start[j], catalogue.run_start[j + 1])
        best = score[:, block].argmax(axis=1) + catalogue.run_start[j]
        rows = np.arange(len(teachers))
        found = runs[rows, best]
        time[found, j] = run_time[rows, best][found]
        place[found, j] = run_place[rows, best][found]
    return time, place

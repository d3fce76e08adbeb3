"""What the solver is given and what it answers, as arrays.

Lists of unequal length lie one behind the other: the entries of item `i` in `x_y` are
`x_y[x_start[i]:x_start[i + 1]]`. Courses, skills, runs and teachers are numbered from 0; the ids
that the caller uses stand in `course_ids`, `skill_ids` and `teacher_ids`. Minutes are whole.
Weeks are 0 to W-1; W is everything after the last week and can hold no session.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

ANY = -1  # a step without a run; a step kept without a certain run


class InstanceError(ValueError):
    """An instance that contradicts itself; the message names the fact."""


@dataclass(frozen=True, slots=True)
class Instance:
    """Courses and teachers of one planning run: J courses, K skills, T teachers, W weeks, R runs.

    A course is a candidate of a teacher when it has a fit; others are never planned, not even
    when required. Of `rivals` (courses that stand for the same) one is planned at most, but for
    those that are kept. A step is in for saving its `worth` at least. `kept` courses (accepted,
    enrolled) are planned before all others, in the run given (seat and slot are then the teacher's
    already) or, with `ANY`, wherever it fits.
    `previous` is the path as it stands: what is not kept leaves it for a gain only.
    """

    weeks: int
    skill_ids: tuple[Hashable, ...]
    season: Floats  # [K, W + 1], share of a skill's need by week; each row sums to 1

    course_ids: tuple[Hashable, ...]
    minutes: Ints  # [J], of a course without runs
    any_week: Flags  # [J], True: no runs, any week will do, and no slot is taken
    effect_start: Ints  # [J + 1]
    effect_skill: Ints
    effect_strength: Floats  # r, in [0, 1)
    requires_start: Ints  # [J + 1]
    requires_course: Ints
    rival_start: Ints  # [J + 1]
    rival_course: Ints  # said of both
    run_start: Ints  # [J + 1]
    run_week: Ints  # [R]
    run_slot: Ints  # [R], numbers 0 and up
    run_minutes: Ints  # [R]
    run_seats: Ints  # [R], seats left
    clashes: Ints  # [C, 2], slots, each of one certain day, that cannot both be taken; said of both

    teacher_ids: tuple[Hashable, ...]
    budget: Ints  # [T], minutes
    weekly: Ints  # [T, W], minutes
    slot_start: Ints  # [T + 1], slots that are free every week
    slot_number: Ints
    need_start: Ints  # [T + 1]
    need_skill: Ints
    need_minutes: Floats
    candidate_start: Ints  # [T + 1]
    candidate_course: Ints
    candidate_fit: Floats  # f, in (0, 1]
    candidate_worth: Floats  # minutes it has to save, beside the others, to be worth its time
    done_start: Ints  # [T + 1]
    done_course: Ints
    required_start: Ints  # [T + 1]
    required_course: Ints
    required_by_week: Ints  # last week that is in time
    required_by_run: Ints  # the same for its runs: the number of the last, in order of date
    kept_start: Ints  # [T + 1]
    kept_course: Ints
    kept_run: Ints  # a run's number, or ANY
    previous_start: Ints  # [T + 1]
    previous_course: Ints
    previous_week: Ints
    previous_run: Ints  # a run's number, or ANY

    def minutes_of(self, step: Step) -> int:
        """Return what a step takes: the minutes of its run, or of its course."""
        return int(self.minutes[step.course] if step.run == ANY else self.run_minutes[step.run])


class Step(NamedTuple):
    """One step of a plan, by number: `run` counts through all courses' runs; ANY for no run."""

    course: int
    week: int
    run: int = ANY


@dataclass(frozen=True, slots=True)
class Plans:
    """What the solver answers; steps of a teacher stand in order of week, then course.

    `missed` are courses that were required or to be kept, and for which no room was found.
    """

    value: Floats  # [T], minutes saved, as `value_of` says
    step_start: Ints  # [T + 1]
    step_course: Ints
    step_week: Ints
    step_run: Ints  # a run's number, or ANY
    missed_start: Ints  # [T + 1]
    missed_course: Ints
    seconds: float  # spent solving, compiling left out
    prices: Floats  # [R], minutes that a seat is worth to those who did not get it

    def steps(self, teacher: int) -> list[Step]:
        """Return the steps of one teacher."""
        rows = slice(self.step_start[teacher], self.step_start[teacher + 1])
        return [
            Step(int(course), int(week), int(run))
            for course, week, run in zip(
                self.step_course[rows], self.step_week[rows], self.step_run[rows], strict=True
            )
        ]

    def missed(self, teacher: int) -> list[int]:
        """Return the courses that should be on the teacher's plan and found no room."""
        rows = slice(self.missed_start[teacher], self.missed_start[teacher + 1])
        return [int(course) for course in self.missed_course[rows]]


def value_of(instance: Instance, teacher: int, steps: Sequence[Step]) -> float:
    """Return the minutes that the steps save this teacher: V(S), straight from its definition.

    V(S) = sum over skills k and weeks w of need_k * season_kw * (1 - product over the steps j
    of an earlier week of (1 - r_jk) ** fit_j). Done courses add nothing.
    """
    candidates = slice(instance.candidate_start[teacher], instance.candidate_start[teacher + 1])
    fit = dict(
        zip(
            instance.candidate_course[candidates].tolist(),
            instance.candidate_fit[candidates].tolist(),
            strict=True,
        )
    )
    done = set(_entries(instance.done_start, instance.done_course, teacher))
    needs = slice(instance.need_start[teacher], instance.need_start[teacher + 1])
    skills = instance.need_skill[needs].tolist()
    row_of = {skill: row for row, skill in enumerate(skills)}
    remaining = np.ones((len(skills), instance.weeks + 1))
    for step in steps:
        if step.course in done:
            continue
        for effect in range(
            instance.effect_start[step.course], instance.effect_start[step.course + 1]
        ):
            row = row_of.get(int(instance.effect_skill[effect]))
            if row is not None:
                kept = (1.0 - instance.effect_strength[effect]) ** fit[step.course]
                remaining[row, step.week + 1 :] *= kept
    saved = (instance.season[skills] * (1.0 - remaining)).sum(axis=1)
    return float(instance.need_minutes[needs] @ saved)


def violations(instance: Instance, teacher: int, steps: Sequence[Step]) -> list[str]:
    """Return what is wrong with a teacher's plan, taken alone, in words; empty when it holds.

    Whether everything required is in cannot be told from a plan alone and is not looked at;
    a required course that is in must be in time.
    """
    wrong: list[str] = []
    done = set(_entries(instance.done_start, instance.done_course, teacher))
    candidates = set(_entries(instance.candidate_start, instance.candidate_course, teacher))
    free = set(_entries(instance.slot_start, instance.slot_number, teacher))
    held = {run for run in _entries(instance.kept_start, instance.kept_run, teacher) if run != ANY}
    due = dict(
        zip(
            _entries(instance.required_start, instance.required_course, teacher),
            _entries(instance.required_start, instance.required_by_week, teacher),
            strict=True,
        )
    )
    last_run = dict(
        zip(due, _entries(instance.required_start, instance.required_by_run, teacher), strict=True)
    )
    kept = set(_entries(instance.kept_start, instance.kept_course, teacher))
    week_of = {step.course: step.week for step in steps}
    if len(week_of) < len(steps):
        wrong.append("a course is planned twice")
    taken: Counter[tuple[int, int]] = Counter()
    for step in steps:
        name = f"course {instance.course_ids[step.course]!r}"
        if step.course in done:
            wrong.append(f"{name} is done")
        if step.course not in candidates:
            wrong.append(f"{name} is no candidate")
        if not 0 <= step.week < instance.weeks:
            wrong.append(f"{name} lies outside the term")
        elif instance.weekly[teacher, step.week] <= 0 and step.run not in held:
            wrong.append(f"{name} lies in a week without minutes")
        is_late = step.week > due.get(step.course, instance.weeks)
        is_late |= step.run > last_run.get(step.course, step.run)
        if is_late and step.run not in held:
            wrong.append(f"{name} is required earlier")
        for needed in _entries(instance.requires_start, instance.requires_course, step.course):
            if needed not in done and week_of.get(needed, instance.weeks) >= step.week:
                wrong.append(f"{name} comes before {instance.course_ids[needed]!r}")
        rivals = set(_entries(instance.rival_start, instance.rival_course, step.course))
        if step.course not in kept and rivals & week_of.keys():
            wrong.append(f"{name} stands beside one that does the same")
        if instance.any_week[step.course]:
            if step.run != ANY:
                wrong.append(f"{name} has no runs")
            continue
        runs = range(instance.run_start[step.course], instance.run_start[step.course + 1])
        if step.run not in runs or instance.run_week[step.run] != step.week:
            wrong.append(f"{name} has no such run")
            continue
        slot = int(instance.run_slot[step.run])
        taken[step.week, slot] += 1
        if step.run not in held and (instance.run_seats[step.run] <= 0 or slot not in free):
            wrong.append(f"{name} has no seat or no free slot")
    wrong += [
        f"slot {slot} of week {week} is taken twice"
        for (week, slot), count in taken.items()
        if count > 1
    ]
    slots = {slot for _, slot in taken}
    wrong += [
        f"slots {first} and {second} are on one day"
        for first, second in instance.clashes.tolist()
        if {first, second} <= slots
    ]
    spent = np.zeros(instance.weeks, dtype=np.int64)
    for step in steps:
        if 0 <= step.week < instance.weeks:
            spent[step.week] += instance.minutes_of(step)
    if spent.sum() > instance.budget[teacher]:
        wrong.append("over the minutes of the term")
    wrong += [
        f"over the minutes of week {week}"
        for week in np.flatnonzero(spent > instance.weekly[teacher]).tolist()
    ]
    return wrong


def _entries(start: Ints, entries: Ints, item: int) -> list[int]:
    found: list[int] = entries[start[item] : start[item + 1]].tolist()
    return found

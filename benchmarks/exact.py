"""One teacher's best plan, proved by OR-Tools CP-SAT: the yardstick of the path search.

What is saved of a skill by a week is a concave function of the sum of log-effects planned before.
On the generated instances every log-effect is a whole number of `UNIT`, so the function is exact
on a ladder of booleans, one a unit, whose gains fall: the solver climbs it without being told to.
On other instances log-effects are rounded to the unit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from time import perf_counter
from typing import Any

from ortools.sat.python import cp_model

from benchmarks.instances import UNIT
from pdplanner.recommender.search import Instance, Step, value_of

#: Log-units above this are counted as nothing: less than half a percent of the skill is left.
CAP = 5.5
#: Whole numbers a minute in the solver's objective.
SCALE = 10_000


@dataclass(frozen=True)
class Exact:
    """The plan that CP-SAT found, its value recomputed from the definition."""

    value: float
    steps: tuple[Step, ...]
    is_proven: bool
    seconds: float


def solve_exactly(instance: Instance, teacher: int, *, limit: float) -> Exact:
    """Return the best plan that CP-SAT finds for one teacher within the seconds, on one thread.

    As many required courses as fit come first, minutes saved second.
    """
    program = _Program(instance, teacher)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_time_in_seconds = limit
    began = perf_counter()
    status = solver.solve(program.model)
    seconds = perf_counter() - began
    chosen = []
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        chosen = [step for step, taken in program.taken.items() if solver.value(taken)]
    steps = tuple(sorted(chosen, key=lambda step: (step.week, step.course)))
    return Exact(
        value=value_of(instance, teacher, steps),
        steps=steps,
        is_proven=status == cp_model.OPTIMAL,
        seconds=seconds,
    )


class _Program:
    """The integer program of one teacher: one boolean for each step that could be taken."""

    def __init__(self, instance: Instance, teacher: int) -> None:
        self.instance, self.teacher = instance, teacher
        self.model = cp_model.CpModel()
        self.done = set(_row(instance.done_start, instance.done_course, teacher))
        self.fit = _pairs(
            instance.candidate_start, instance.candidate_course, instance.candidate_fit, teacher
        )
        self.need = _pairs(instance.need_start, instance.need_skill, instance.need_minutes, teacher)
        self.due = _pairs(
            instance.required_start, instance.required_course, instance.required_by_week, teacher
        )
        self.steps = self._open_steps()
        self.taken = {
            step: self.model.new_bool_var(f"{step.course} {step.week} {step.run}")
            for steps in self.steps.values()
            for step in steps
        }
        self._limit()
        self._order()
        self.model.maximize(self._saved() + self._required())

    def _open_steps(self) -> dict[int, list[Step]]:
        """Return the steps open to the teacher, without courses that lack a prerequisite."""
        instance, teacher = self.instance, self.teacher
        free = set(_row(instance.slot_start, instance.slot_number, teacher))
        steps: dict[int, list[Step]] = {}
        for course in sorted(self.fit.keys() - self.done):
            if instance.any_week[course]:
                places = [(week, -1) for week in range(instance.weeks)]
            else:
                runs = range(instance.run_start[course], instance.run_start[course + 1])
                places = [
                    (int(instance.run_week[run]), run)
                    for run in runs
                    if instance.run_seats[run] > 0 and int(instance.run_slot[run]) in free
                ]
            steps[course] = [
                step
                for step in (Step(course, week, run) for week, run in places)
                if step.week <= self.due.get(course, instance.weeks)
                and instance.weekly[teacher, step.week] > 0
                and instance.minutes_of(step)
                <= min(instance.weekly[teacher, step.week], instance.budget[teacher])
            ]
        while lacking := [
            course
            for course in steps
            if not steps[course] or any(needed not in steps for needed in self._needed(course))
        ]:
            for course in lacking:
                del steps[course]
        return steps

    def _needed(self, course: int) -> list[int]:
        row = _row(self.instance.requires_start, self.instance.requires_course, course)
        return [needed for needed in row if needed not in self.done]

    def _limit(self) -> None:
        """Keep to the minutes of term and weeks, to one time for a course and one for a slot."""
        instance, model = self.instance, self.model
        minutes = {step: instance.minutes_of(step) for step in self.taken}
        total = sum(minutes[step] * taken for step, taken in self.taken.items())
        model.add(total <= int(instance.budget[self.teacher]))
        for week in range(instance.weeks):
            spent = [minutes[s] * taken for s, taken in self.taken.items() if s.week == week]
            model.add(sum(spent) <= int(instance.weekly[self.teacher, week]))
        cells: dict[tuple[int, int], list[Any]] = {}
        for step, taken in self.taken.items():
            if step.run >= 0:
                cell = step.week, int(instance.run_slot[step.run])
                cells.setdefault(cell, []).append(taken)
        for sharing in [
            *cells.values(),
            *([self.taken[s] for s in x] for x in self.steps.values()),
        ]:
            model.add_at_most_one(sharing)

    def _order(self) -> None:
        """Put prerequisites into strictly earlier weeks."""
        for course, steps in self.steps.items():
            for needed in self._needed(course):
                for week in sorted({step.week for step in steps}):
                    by_now = [self.taken[step] for step in steps if step.week <= week]
                    self.model.add(sum(by_now) <= sum(self._before(needed, week)))

    def _before(self, course: int, week: int) -> list[Any]:
        return [self.taken[step] for step in self.steps[course] if step.week < week]

    def _saved(self) -> Any:
        """Return the minutes saved, in whole numbers, as a sum over the ladders' rungs."""
        terms = []
        for skill, minutes in self.need.items():
            units = {
                course: units for course in self.steps if (units := self._units(course, skill)) > 0
            }
            share = 0.0
            for week in range(1, self.instance.weeks + 1):
                share += float(self.instance.season[skill, week])
                planned = {course: self._before(course, week) for course in units}
                after = {course: self._before(course, week + 1) for course in units}
                if week < self.instance.weeks and planned == after:
                    continue  # nothing more can have happened by the next week: one ladder does
                climbed = sum(units[c] * taken for c, all_ in planned.items() for taken in all_)
                height = sum(units[course] for course, all_ in planned.items() if all_)
                terms += self._ladder(climbed, height, minutes * share)
                share = 0.0
        return sum(terms)

    def _units(self, course: int, skill: int) -> int:
        instance = self.instance
        for effect in range(instance.effect_start[course], instance.effect_start[course + 1]):
            if instance.effect_skill[effect] == skill:
                log_effect = -math.log1p(-instance.effect_strength[effect]) * self.fit[course]
                return round(log_effect / UNIT)
        return 0

    def _ladder(self, climbed: Any, height: int, minutes: float) -> list[Any]:
        rungs = [self.model.new_bool_var("") for _ in range(min(height, round(CAP / UNIT)))]
        if not rungs:
            return []
        self.model.add(sum(rungs) <= climbed)
        for lower, upper in pairwise(rungs):
            self.model.add_implication(upper, lower)
        step = 1.0 - math.exp(-UNIT)
        return [
            round(SCALE * minutes * math.exp(-UNIT * place) * step) * rung
            for place, rung in enumerate(rungs)
        ]

    def _required(self) -> Any:
        """Return a reward for each required course that no minutes saved can outweigh."""
        reward = math.ceil(sum(self.need.values()) * SCALE) + 1
        wanted = [self.taken[s] for course in self.due for s in self.steps.get(course, ())]
        return reward * sum(wanted)


def _row(start: Any, entries: Any, item: int) -> list[Any]:
    found: list[Any] = entries[start[item] : start[item + 1]].tolist()
    return found


def _pairs(start: Any, keys: Any, values: Any, item: int) -> dict[int, Any]:
    return dict(zip(_row(start, keys, item), _row(start, values, item), strict=True))

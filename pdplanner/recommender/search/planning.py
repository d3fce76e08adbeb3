"""From a list of teachers to their plans, in blocks, as machine code or in plain Python."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from pdplanner.recommender.search.compiling import (
    compiled,
    is_available,
    is_kept,
    is_loaded,
    kernel,
    note_kept,
)
from pdplanner.recommender.search.drafts import NOWHERE, Drafts
from pdplanner.recommender.search.fill import Scratch
from pdplanner.recommender.search.gathering import forget, gather
from pdplanner.recommender.search.instances import Floats, Instance, Ints, Step
from pdplanner.recommender.search.repair import search
from pdplanner.recommender.search.tasks import COURSES, District, Task
from pdplanner.recommender.search.workspace import district_of, make_room

#: Powers of the minutes that a gain is divided by in the greedy starts: from the most for each
#: minute to the most for each step. Four of them, as measured in the prototype.
EXPONENTS = (1.0, 0.8, 0.6, 0.35)
#: Teachers from which loading Numba pays, in a process that has not loaded it.
LOADING_PAYS_FROM = 20
#: The same where nothing is compiled yet: compiling takes as long as some 1,000 plans in plain
#: Python (48 s of one core against 13 s for 300 teachers).
COMPILING_PAYS_FROM = 1000
#: Teachers in a block; what a block answers is copied out before the next.
BLOCK = 256


class Findings(NamedTuple):
    """Plans of a block of teachers: rows of equal length, and how much of each is used."""

    count: Any  # [block]
    value: Any  # [block], minutes saved, less prices paid, with the rewards for what stays
    course: Any  # [block * n]
    week: Any
    run: Any


@kernel
def plan_block(
    district: District,
    teachers: Any,
    task: Task,
    drafts: Drafts,
    scratch: Scratch,
    exponents: Any,
    threshold: float,
    rounds: int,
    seed: int,
    starts: Findings,
    found: Findings,
) -> None:
    """Plan each of the teachers, from the plan in `starts` as well as from nothing."""
    width = len(found.course) // len(found.count)
    for i in range(len(teachers)):
        teacher = teachers[i]
        gather(district, teacher, threshold, exponents, task)
        for k in range(i * width, i * width + starts.count[i]):
            _note_start(task, starts.course[k], starts.week[k], starts.run[k])
        # A series of random numbers for each teacher, whoever else is planned.
        scratch.random[0] = (seed * 7919 + district.teacher_seed[teacher]) % 2147483646 + 1
        search(task, drafts, scratch, exponents, rounds, threshold)
        best = drafts[0]
        count = 0
        for place in range(task.count[COURSES]):
            if best.option[place] != NOWHERE:
                found.course[i * width + count] = task.course[place]
                found.week[i * width + count] = best.week[place]
                found.run[i * width + count] = task.option_run[best.option[place]]
                count += 1
        found.count[i] = count
        found.value[i] = best.value[0]
        forget(district, teacher, task)


@kernel
def _note_start(task: Task, course: int, week: int, run: int) -> None:
    place = task.number_of_course[course]
    if place >= 0:
        for option in range(task.option_start[place], task.option_start[place + 1]):
            if task.option_week[option] == week and task.option_run[option] == run:
                task.start[place] = option


class Planner:
    """Plans the teachers of one instance; keeps its room from call to call.

    `seats` and `prices` [R] may be changed between calls; a run is open while it has a seat.
    """

    def __init__(self, instance: Instance, *, threshold: float, seed: int) -> None:
        self.seats = instance.run_seats.copy()
        self.prices = np.zeros(len(instance.run_seats))
        self._threshold, self._seed = threshold, seed
        self._is_compiled = is_available() and (
            is_loaded()
            or len(instance.budget) >= (LOADING_PAYS_FROM if is_kept() else COMPILING_PAYS_FROM)
        )
        self._district = district_of(instance, self.seats, self.prices)
        self._room = make_room(instance, len(EXPONENTS))
        width = max(1, len(self._room[0].course))
        block = min(BLOCK, max(1, len(instance.budget)))
        self._starts, self._found = _findings(block, width), _findings(block, width)
        if self._is_compiled:
            self._plan = compiled(plan_block)
            self.plan(np.zeros(0, dtype=np.int64), rounds=0)  # compile, or load what was compiled
            note_kept()
        else:
            self._plan = plan_block
            self._room = _as_lists(self._room)
            self._starts, self._found = _as_lists(self._starts), _as_lists(self._found)

    def plan(
        self, teachers: Ints, *, rounds: int, starts: Sequence[Sequence[Step]] = ()
    ) -> tuple[list[list[Step]], Floats]:
        """Return the steps of each teacher, in order of week, then course, and what they are worth.

        Prices paid and what the steps' time is worth are taken off; what `threshold` rewards is
        added. `starts` are plans to start from, one a teacher: what still holds is bettered.
        """
        district: Any = self._district._replace(seats=self.seats, prices=self.prices)
        exponents: Any = np.array(EXPONENTS)
        if not self._is_compiled:
            district, exponents = _as_lists(district), list(EXPONENTS)
        plans: list[list[Step]] = []
        worth = np.zeros(len(teachers))
        block = len(self._found.count)
        width = len(self._found.course) // block
        for first in range(0, max(1, len(teachers)), block):
            some = teachers[first : first + block]
            self._note_starts(starts[first : first + block], width)
            self._plan(
                district,
                some if self._is_compiled else some.tolist(),
                *self._room,
                exponents,
                self._threshold,
                rounds,
                self._seed,
                self._starts,
                self._found,
            )
            worth[first : first + len(some)] = self._found.value[: len(some)]
            for i in range(len(some)):
                row = slice(i * width, i * width + int(self._found.count[i]))
                columns = (self._found.course, self._found.week, self._found.run)
                numbers = [np.asarray(column[row]).tolist() for column in columns]
                steps = [Step(*step) for step in zip(*numbers, strict=True)]
                plans.append(sorted(steps, key=lambda step: (step.week, step.course)))
        return plans, worth

    def _note_starts(self, starts: Sequence[Sequence[Step]], width: int) -> None:
        count, _, course, week, run = self._starts
        for i in range(len(count)):
            steps = starts[i] if i < len(starts) else ()
            count[i] = len(steps)
            for k, step in enumerate(steps, i * width):
                course[k], week[k], run[k] = step


def _findings(block: int, width: int) -> Findings:
    size = block * width
    return Findings(
        count=np.zeros(block, dtype=np.int64),
        value=np.zeros(block),
        course=np.zeros(size, dtype=np.int64),
        week=np.zeros(size, dtype=np.int64),
        run=np.zeros(size, dtype=np.int64),
    )


def _as_lists(item: Any) -> Any:
    """Return the same with lists for arrays: plain Python reads a list three times as fast."""
    if isinstance(item, np.ndarray):
        return item.tolist()
    if hasattr(item, "_fields"):
        return type(item)(*map(_as_lists, item))
    if isinstance(item, tuple):
        return tuple(map(_as_lists, item))
    return item

"""From a list of teachers to their plans, in blocks, as machine code or in plain Python."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from pdplanner.recommender.search.blocks import Findings, plan_block
from pdplanner.recommender.search.compiling import (
    compiled,
    is_available,
    is_kept,
    is_loaded,
    note_kept,
)
from pdplanner.recommender.search.instances import Floats, Instance, Ints, Step
from pdplanner.recommender.search.workspace import district_of, make_room

#: Powers of the minutes that a gain is divided by in the greedy starts: from the most for each
#: minute to the most for each step. Four of them, as measured in the prototype.
EXPONENTS = (1.0, 0.8, 0.6, 0.35)
#: Teachers from which loading Numba pays, in a process that has not loaded it.
LOADING_PAYS_FROM = 20
#: The same where nothing is compiled yet: compiling takes as long as some 1,000 plans in plain
#: Python (117 s of one core against 32 s for 300 teachers, on a busy machine).
COMPILING_PAYS_FROM = 1000
#: Teachers in a block; what a block answers is copied out before the next.
BLOCK = 256


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
            plans += _plans_of(self._found, len(some), width)
        return plans, worth

    def _note_starts(self, starts: Sequence[Sequence[Step]], width: int) -> None:
        count, _, course, week, run = self._starts
        count[:] = [0] * len(count)
        for i, steps in enumerate(starts):
            here = slice(i * width, i * width + len(steps))
            count[i] = len(steps)
            if steps:
                course[here], week[here], run[here] = zip(*steps, strict=True)


def _plans_of(found: Findings, teachers: int, width: int) -> list[list[Step]]:
    """Return the steps of each of the first teachers, in order of week, then course."""
    lengths = np.array(found.count[:teachers], dtype=np.int64)
    used = np.arange(width) < lengths[:, None]
    course, week, run = (
        np.array(column[: teachers * width], dtype=np.int64).reshape(teachers, width)[used]
        for column in (found.course, found.week, found.run)
    )
    order = np.lexsort((course, week, np.repeat(np.arange(teachers), lengths)))
    columns = (column[order].tolist() for column in (course, week, run))
    steps = [Step(*step) for step in zip(*columns, strict=True)]
    ends = np.cumsum(lengths).tolist()
    return [steps[end - length : end] for end, length in zip(ends, lengths.tolist(), strict=True)]


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

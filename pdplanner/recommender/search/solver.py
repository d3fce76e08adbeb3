"""Plans for all teachers of an instance."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from pdplanner.recommender.rules import SearchRules
from pdplanner.recommender.search.greedy import plan_greedily
from pdplanner.recommender.search.instances import Floats, Instance, Plans, Step, value_of


def solve_paths(
    instance: Instance,
    rules: SearchRules,
    *,
    share_seats: bool = False,
    prices: Floats | None = None,
) -> Plans:
    """Return one plan a teacher that saves as many minutes as the search can find.

    Without `share_seats` each teacher is planned alone: a run is open when it has a seat. With
    it no run is promised to more teachers than it has seats. `prices` [R] are minutes to pay for
    a seat, such as yesterday's to start from.
    """
    began = time.perf_counter()
    seats = instance.run_seats.copy()
    found: list[Sequence[Step]] = []
    missed: list[Sequence[int]] = []
    for teacher in range(len(instance.budget)):
        steps, left_out = plan_greedily(instance, teacher, seats, prices)
        found.append(steps)
        missed.append(left_out)
        if share_seats:
            for step in steps:
                if step.run >= 0:
                    seats[step.run] -= 1
    values = [value_of(instance, teacher, steps) for teacher, steps in enumerate(found)]
    flat = [step for steps in found for step in steps]
    return Plans(
        value=np.array(values, dtype=np.float64),
        step_start=np.cumsum([0, *map(len, found)]).astype(np.int64),
        step_course=np.array([step.course for step in flat], dtype=np.int64),
        step_week=np.array([step.week for step in flat], dtype=np.int64),
        step_run=np.array([step.run for step in flat], dtype=np.int64),
        missed_start=np.cumsum([0, *map(len, missed)]).astype(np.int64),
        missed_course=np.array([c for left_out in missed for c in left_out], dtype=np.int64),
        seconds=time.perf_counter() - began,
    )

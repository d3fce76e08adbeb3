"""Plans for all teachers of an instance."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from pdplanner.recommender.rules import SearchRules
from pdplanner.recommender.search.instances import Floats, Instance, Ints, Plans, Step, value_of
from pdplanner.recommender.search.planning import Planner
from pdplanner.recommender.search.prices import share_out


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
    a seat, such as yesterday's to start from; the answer says what they have become.
    """
    planner = Planner(instance, threshold=rules.change_threshold_minutes, seed=rules.seed)
    if prices is not None:
        planner.prices[:] = prices
    began = time.perf_counter()
    everybody = np.arange(len(instance.budget))
    if share_seats:
        found = share_out(instance, planner, rules)
    else:
        found, _ = planner.plan(everybody, rounds=rules.rounds)
    missed = [_missed(instance, teacher, steps) for teacher, steps in enumerate(found)]
    flat = [step for steps in found for step in steps]
    columns = np.array(flat, dtype=np.int64).reshape(-1, 3)
    return Plans(
        value=np.array([value_of(instance, teacher, steps) for teacher, steps in enumerate(found)]),
        step_start=_starts(found),
        step_course=columns[:, 0],
        step_week=columns[:, 1],
        step_run=columns[:, 2],
        missed_start=_starts(missed),
        missed_course=np.array([c for left_out in missed for c in left_out], dtype=np.int64),
        seconds=time.perf_counter() - began,
        prices=planner.prices.copy(),
    )


def _missed(instance: Instance, teacher: int, steps: Sequence[Step]) -> list[int]:
    planned = {step.course for step in steps}
    done = instance.done_course[instance.done_start[teacher] : instance.done_start[teacher + 1]]
    musts: set[int] = set()
    for start, courses in (
        (instance.required_start, instance.required_course),
        (instance.kept_start, instance.kept_course),
    ):
        musts.update(courses[start[teacher] : start[teacher + 1]].tolist())
    return sorted(musts - planned - set(done.tolist()))


def _starts(rows: Sequence[Sequence[object]]) -> Ints:
    return np.cumsum([0, *map(len, rows)], dtype=np.int64)

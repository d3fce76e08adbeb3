"""Room for the kernels to work in, made once and used for one teacher after another."""

from __future__ import annotations

from typing import Any
from zlib import crc32

import numpy as np

from pdplanner.recommender.search.drafts import Draft, Drafts
from pdplanner.recommender.search.fill import NOISE, Scratch
from pdplanner.recommender.search.instances import Floats, Instance, Ints
from pdplanner.recommender.search.tasks import UNKNOWN, District, Task


def district_of(instance: Instance, seats: Ints, prices: Floats) -> District:
    """Return the instance's arrays as the kernels read them; slots are numbered from 0."""
    numbers = np.concatenate([instance.run_slot, instance.slot_number])
    known, dense = np.unique(numbers, return_inverse=True)
    runs = len(instance.run_slot)
    own: dict[str, Any] = {"seats": seats, "prices": prices, "weeks": instance.weeks}
    own["season"] = instance.season.ravel()
    own["weekly"] = instance.weekly.ravel()
    # From the id, not the place in the list: planned alone or with others, the same series.
    own["teacher_seed"] = np.array(
        [crc32(repr(teacher).encode()) for teacher in instance.teacher_ids], dtype=np.int64
    )
    own["run_slot"] = dense[:runs].astype(np.int64)
    own["slot_number"] = dense[runs:].astype(np.int64)
    own["clash_start"], own["clash_slot"] = _clashes(instance, known)
    return District(
        **{name: own[name] if name in own else getattr(instance, name) for name in District._fields}
    )


def make_room(instance: Instance, exponents: int) -> tuple[Task, Drafts, Scratch]:
    """Return task, drafts and scratch paper that are large enough for every teacher."""
    weeks = instance.weeks
    at_most = _largest(instance)
    courses, skills = at_most["courses"], at_most["skills"]
    slots, cells = at_most["slots"], at_most["runs"]
    whole = {
        "count": 7,
        "number_of_course": len(instance.minutes),
        "number_of_skill": len(instance.skill_ids),
        "number_of_slot": len(instance.run_slot) + len(instance.slot_number),
        "option_week": at_most["options"],
        "option_run": at_most["options"],
        "option_cell": at_most["options"],
        "option_minutes": at_most["options"],
        "effect_skill": at_most["effects"],
        "requires": at_most["requires"],
        "opens": at_most["requires"],
        "rivals": at_most["rivals"],
        "number_of_cell": weeks * slots,
        "cell_place": cells,
        "cell_slot": cells,
        "clash_start": cells + 1,
        "clash": _most_clashes(instance, cells),
        "slot_is_free": slots,
        "week_minutes": weeks,
    }
    real = {
        "weight": exponents * courses,
        "fit": courses,
        "worth": courses,
        "top_bonus": courses,
        "option_bonus": at_most["options"],
        "effect_kept": at_most["effects"],
        "effect_saved": at_most["effects"],
        "lost_after": skills * weeks,
    }
    arrays: dict[str, Any] = {}
    for name in Task._fields:
        if name in real:
            arrays[name] = np.zeros(real[name])
        else:
            arrays[name] = np.zeros(whole.get(name, courses + 1), dtype=np.int64)
    for name in ("number_of_course", "number_of_skill", "number_of_slot", "number_of_cell"):
        arrays[name][:] = UNKNOWN
    best, current, making, base = (
        Draft(
            option=np.zeros(courses, dtype=np.int64),
            week=np.zeros(courses, dtype=np.int64),
            step=np.zeros(courses, dtype=np.int64),
            position=np.zeros(courses, dtype=np.int64),
            tail=np.zeros(skills * weeks),
            week_left=np.zeros(weeks, dtype=np.int64),
            cell_taken=np.zeros(cells, dtype=np.int64),
            count=np.zeros(3, dtype=np.int64),
            value=np.zeros(1),
        )
        for _ in range(4)
    )
    sizes = {"share": skills, "noise": NOISE, "random": 1}
    reals = ("score", "share", "noise")
    scratch = Scratch(
        **{
            name: np.zeros(sizes.get(name, courses + 1), dtype=float if name in reals else np.int64)
            for name in Scratch._fields
        }
    )
    return Task(**arrays), (best, current, making, base), scratch


def _largest(instance: Instance) -> dict[str, int]:
    """Return the most that any one teacher can have, of each kind."""
    options = np.where(instance.any_week, instance.weeks, np.diff(instance.run_start))
    slots = np.diff(instance.slot_start) + np.diff(instance.kept_start)

    def most(of_course: Ints) -> int:
        before = np.concatenate([[0], np.cumsum(of_course[instance.candidate_course])])
        return _most(before[instance.candidate_start[1:]] - before[instance.candidate_start[:-1]])

    return {
        "courses": _most(np.diff(instance.candidate_start)),
        "skills": _most(np.diff(instance.need_start)),
        "slots": _most(slots),
        "options": most(options),
        "runs": most(np.diff(instance.run_start)),
        "effects": most(np.diff(instance.effect_start)),
        "requires": most(np.diff(instance.requires_start)),
        "rivals": most(np.diff(instance.rival_start)),
    }


def _clashes(instance: Instance, known: Ints) -> tuple[Ints, Ints]:
    """Return which slots share a day with which, by their numbers from 0 (`known` in order)."""
    both = instance.clashes[np.isin(instance.clashes, known).all(axis=1)]
    first, second = (np.searchsorted(known, column) for column in both.T)
    order = np.lexsort((second, first))
    return np.searchsorted(first[order], np.arange(len(known) + 1)), second[order]


def _most_clashes(instance: Instance, cells: int) -> int:
    """Return the most entries that clashes between a teacher's cells can take."""
    of_slot = np.bincount(instance.clashes[:, 0]) if len(instance.clashes) else np.zeros(1)
    return min(cells * cells, cells * int(of_slot.max()) * instance.weeks)


def _most(counts: Ints) -> int:
    return int(counts.max(initial=0))

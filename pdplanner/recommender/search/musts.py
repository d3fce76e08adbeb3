"""Room for what has to be in: seats held, required sessions in time, sessions said yes to."""

from __future__ import annotations

from typing import Any

from pdplanner.recommender.search.compiling import kernel
from pdplanner.recommender.search.drafts import (
    MINUTES_LEFT,
    MUSTS_IN,
    Draft,
    add,
    clear,
    copy,
    drop,
    first_week,
    fits,
    has_rival,
    is_affordable,
    last_week,
)
from pdplanner.recommender.search.fill import Scratch, missing
from pdplanner.recommender.search.tasks import COURSES, MUSTS, Task

#: Steps of the search for room before a course counts as one that does not fit in.
PATIENCE = 20_000


@kernel
def place_musts(task: Task, draft: Draft, spare: Draft, scratch: Scratch) -> None:
    """Start the draft with all musts that can be in together, and what they require.

    They are taken seats held first, then by due week; one that fits in with none of the ways to
    place those before it is left to the gains. Afterwards `must` marks exactly what is in.
    """
    courses = task.count[COURSES]
    clear(task, draft)
    task.count[MUSTS] = 0
    while True:
        best = -1
        for place in range(courses):
            if task.must[place] == 1 and (best < 0 or _comes_before(task, place, best)):
                best = place
        if best < 0:
            break
        task.must[best] = 0  # looked at
        clear(task, spare)
        count = 0
        for place in range(courses):
            if draft.option[place] >= 0:
                scratch.bundle[count] = place
                count += 1
        if draft.option[best] < 0:
            added = missing(task, draft, best, scratch.parts)
            for i in range(added):
                scratch.bundle[count] = scratch.parts[i]
                count += 1
            _sort_by_depth(task, scratch.bundle, count)
            if not _find_room(task, spare, scratch, count):
                continue
            copy(task.count, spare, draft)
    for place in range(courses):
        task.must[place] = 1 if draft.option[place] >= 0 else 0
        task.count[MUSTS] += task.must[place]
    draft.count[MUSTS_IN] = task.count[MUSTS]


@kernel
def _comes_before(task: Task, place: int, other: int) -> bool:
    is_held, other_is_held = task.fixed_run[place] >= 0, task.fixed_run[other] >= 0
    if is_held != other_is_held:
        return is_held
    return task.last_week[place] < task.last_week[other]


@kernel
def _sort_by_depth(task: Task, places: Any, count: int) -> None:
    for i in range(1, count):
        place = places[i]
        at = i
        while at > 0 and (task.depth[places[at - 1]], task.last_week[places[at - 1]]) > (
            task.depth[place],
            task.last_week[place],
        ):
            places[at] = places[at - 1]
            at -= 1
        places[at] = place


@kernel
def _find_room(task: Task, draft: Draft, scratch: Scratch, count: int) -> bool:
    """Place the bundle's courses by trying their options in turn; False when none is found."""
    minutes = 0
    for i in range(count):
        minutes += task.minutes[scratch.bundle[i]]
    if minutes > draft.count[MINUTES_LEFT]:
        return False
    level = 0
    scratch.pointer[0] = task.option_start[scratch.bundle[0]]
    for _ in range(PATIENCE):
        place = scratch.bundle[level]
        option, end = scratch.pointer[level], task.option_start[place + 1]
        first, last = first_week(task, draft, place), last_week(task, draft, place)
        if has_rival(task, draft, place):
            option = end
        while option < end and not (
            fits(task, draft, place, option, first, last) and is_affordable(task, draft, option)
        ):
            option += 1
        if option < end:
            add(task, draft, place, option)
            scratch.pointer[level] = option + 1
            level += 1
            if level == count:
                return True
            scratch.pointer[level] = task.option_start[scratch.bundle[level]]
        else:
            level -= 1
            if level < 0:
                return False
            drop(task, draft, scratch.bundle[level])
    return False

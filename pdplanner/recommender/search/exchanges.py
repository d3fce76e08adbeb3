"""An exchange: what stands in one week changes places with what stands in another."""

from __future__ import annotations

from pdplanner.recommender.search.compiling import kernel
from pdplanner.recommender.search.drafts import (
    NOWHERE,
    STEPS,
    Draft,
    add,
    drop,
    first_week,
    fits,
    is_affordable,
    last_week,
)
from pdplanner.recommender.search.fill import Scratch
from pdplanner.recommender.search.moves import draw
from pdplanner.recommender.search.tasks import Task


@kernel
def exchange(task: Task, draft: Draft, scratch: Scratch, place: int) -> bool:
    """Exchange the weeks of the course and of another step drawn at random, or of all that can be
    taken in either week; False, and all as it was, when they don't fit there."""
    other = draft.step[draw(scratch, draft.count[STEPS])]
    takes_all = draw(scratch, 2) == 1
    here, there = draft.week[place], draft.week[other]
    if here == there:
        return False
    count = 0
    for i in range(draft.count[STEPS]):
        step = draft.step[i]
        week = draft.week[step]
        is_asked = step in (place, other)
        if is_asked or (takes_all and week in (here, there)):
            option = _option_in(task, step, there if week == here else here)
            if option != NOWHERE:
                scratch.parts[count] = step
                scratch.key[count] = option
                scratch.pointer[count] = draft.option[step]
                count += 1
            elif is_asked:
                return False
    for i in range(count):
        drop(task, draft, scratch.parts[i])
    placed = 0
    for i in range(count):
        step, option = scratch.parts[i], scratch.key[i]
        first, last = first_week(task, draft, step), last_week(task, draft, step)
        is_open = fits(task, draft, step, option, first, last)
        if not is_open or not is_affordable(task, draft, option):
            break
        add(task, draft, step, option)
        placed += 1
    if placed == count:
        return True
    for i in range(placed):
        drop(task, draft, scratch.parts[i])
    for i in range(count):
        add(task, draft, scratch.parts[i], scratch.pointer[i])
    return False


@kernel
def _option_in(task: Task, place: int, week: int) -> int:
    """Return the first of the course's options in this week; NOWHERE when there is none."""
    for option in range(task.option_start[place], task.option_start[place + 1]):
        if task.option_week[option] == week:
            return option
    return NOWHERE

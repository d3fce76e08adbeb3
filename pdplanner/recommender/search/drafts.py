"""A plan in the making: steps go in and out, and what each would save is known at once.

Of every needed skill the draft keeps `tail`: the minutes still lost after each week. A step of
week t saves the share `effect_saved` of the tail at t; taking it in scales the tail from t on by
`effect_kept`, and lowers what stands before t by what it saves. Nothing else of V is needed, and
all of it costs a few dozen operations a step, whatever the number of weeks and courses.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from pdplanner.recommender.search.compiling import inner_kernel, kernel
from pdplanner.recommender.search.tasks import CELLS, COURSES, MINUTES, SKILLS, WEEKS, Task

# Places in `Draft.count`.
MINUTES_LEFT, STEPS, MUSTS_IN = 0, 1, 2
NOWHERE = -1
NO_GAIN = -1e300


class Draft(NamedTuple):
    """Which courses are in and where, and what that leaves."""

    option: Any  # [n], place among the task's options, or NOWHERE
    week: Any  # [n], week of that option; W when the course is out
    step: Any  # [n], the courses that are in, in no order
    position: Any  # [n], where among them a course stands
    tail: Any  # [m * W], minutes of a skill still lost after a week
    week_left: Any  # [W], minutes
    cell_taken: Any  # [cells], live steps that take it: one there, or others of the same day
    count: Any  # [3]: minutes left, steps, musts that are in
    value: Any  # [1]: minutes saved, and the bonuses


#: Best so far, as it stands, in the making, and what every plan starts from.
Drafts = tuple[Draft, Draft, Draft, Draft]


@kernel
def clear(task: Task, draft: Draft) -> None:
    """Make the draft empty."""
    weeks = task.count[WEEKS]
    for place in range(task.count[COURSES]):
        draft.option[place] = NOWHERE
        draft.week[place] = weeks
    for i in range(task.count[SKILLS] * weeks):
        draft.tail[i] = task.lost_after[i]
    for week in range(weeks):
        draft.week_left[week] = task.week_minutes[week]
    for cell in range(task.count[CELLS]):
        draft.cell_taken[cell] = 0
    draft.count[MINUTES_LEFT] = task.count[MINUTES]
    draft.count[STEPS] = 0
    draft.count[MUSTS_IN] = 0
    draft.value[0] = 0.0


@kernel
def copy(count: Any, source: Draft, target: Draft) -> None:
    """Make the target the same plan as the source; `count` is the task's."""
    weeks = count[WEEKS]
    for place in range(count[COURSES]):
        target.option[place] = source.option[place]
        target.week[place] = source.week[place]
        target.position[place] = source.position[place]
    for i in range(source.count[STEPS]):
        target.step[i] = source.step[i]
    for i in range(count[SKILLS] * weeks):
        target.tail[i] = source.tail[i]
    for week in range(weeks):
        target.week_left[week] = source.week_left[week]
    for cell in range(count[CELLS]):
        target.cell_taken[cell] = source.cell_taken[cell]
    for i in range(3):
        target.count[i] = source.count[i]
    target.value[0] = source.value[0]


@inner_kernel
def gain_at(task: Task, draft: Draft, place: int, week: int) -> float:
    """Return the minutes that the course would save more, taken in this week."""
    gain = 0.0
    weeks = task.count[WEEKS]
    for i in range(task.effect_start[place], task.effect_start[place + 1]):
        gain += task.effect_saved[i] * draft.tail[task.effect_skill[i] * weeks + week]
    return gain


@inner_kernel
def first_week(task: Task, draft: Draft, place: int) -> int:
    """Return the first week after all prerequisites; W or more when one is missing."""
    first = 0
    for i in range(task.requires_start[place], task.requires_start[place + 1]):
        first = max(first, draft.week[task.requires[i]] + 1)
    return first


@inner_kernel
def last_week(task: Task, draft: Draft, place: int) -> int:
    """Return the last week before everything planned that requires the course."""
    last = task.count[WEEKS] - 1
    for i in range(task.opens_start[place], task.opens_start[place + 1]):
        last = min(last, draft.week[task.opens[i]] - 1)
    return last


@inner_kernel
def fits(task: Task, draft: Draft, place: int, option: int, first: int, last: int) -> bool:
    """Return whether the option is open in the draft as it stands, its budget aside."""
    week = task.option_week[option]
    cell = task.option_cell[option]
    return (
        first <= week <= last
        and task.option_minutes[option] <= draft.week_left[week]
        and (cell < 0 or draft.cell_taken[cell] == 0)
    )


@inner_kernel
def is_affordable(task: Task, draft: Draft, option: int) -> bool:
    """Return whether the minutes that are left in all are enough for the option."""
    return task.option_minutes[option] <= draft.count[MINUTES_LEFT]


@inner_kernel
def has_rival(task: Task, draft: Draft, place: int) -> bool:
    """Return whether a course that stands for the same is in."""
    for i in range(task.rivals_start[place], task.rivals_start[place + 1]):
        if draft.option[task.rivals[i]] != NOWHERE:
            return True
    return False


@inner_kernel
def best_option(task: Task, draft: Draft, place: int) -> tuple[int, float]:
    """Return the option that gains most and its gain, bonus included; NOWHERE without room.

    The same course never saves more in a later week, so of options with the same bonus only the
    first that is open counts.
    """
    best, best_gain, best_bonus = NOWHERE, NO_GAIN, NO_GAIN
    if task.minutes[place] > draft.count[MINUTES_LEFT] or has_rival(task, draft, place):
        return best, best_gain
    first, last = first_week(task, draft, place), last_week(task, draft, place)
    for option in range(task.option_start[place], task.option_start[place + 1]):
        bonus = task.option_bonus[option]
        if (
            bonus > best_bonus
            and fits(task, draft, place, option, first, last)
            and is_affordable(task, draft, option)
        ):
            gain = gain_at(task, draft, place, task.option_week[option]) + bonus
            if gain > best_gain:
                best, best_gain, best_bonus = option, gain, bonus
            if bonus >= task.top_bonus[place]:
                break
    return best, best_gain


@inner_kernel
def add(task: Task, draft: Draft, place: int, option: int) -> None:
    """Take the course in."""
    weeks = task.count[WEEKS]
    week = task.option_week[option]
    gain = task.option_bonus[option]
    for i in range(task.effect_start[place], task.effect_start[place + 1]):
        row = task.effect_skill[i] * weeks
        kept = task.effect_kept[i]  # by its own name, or it is read again for every week
        saved = task.effect_saved[i] * draft.tail[row + week]
        gain += saved
        for before in range(row, row + week):
            draft.tail[before] -= saved
        for after in range(row + week, row + weeks):
            draft.tail[after] *= kept
    _count_in(task, draft, place, option, 1)
    draft.step[draft.count[STEPS] - 1] = place
    draft.position[place] = draft.count[STEPS] - 1
    draft.option[place] = option
    draft.week[place] = week
    draft.value[0] += gain


@inner_kernel
def drop(task: Task, draft: Draft, place: int) -> None:
    """Take the course out; the caller sees to what requires it."""
    weeks = task.count[WEEKS]
    option = draft.option[place]
    week = draft.week[place]
    loss = task.option_bonus[option]
    for i in range(task.effect_start[place], task.effect_start[place + 1]):
        row = task.effect_skill[i] * weeks
        growth = 1.0 / task.effect_kept[i]
        for after in range(row + week, row + weeks):
            draft.tail[after] *= growth
        saved = task.effect_saved[i] * draft.tail[row + week]
        loss += saved
        for before in range(row, row + week):
            draft.tail[before] += saved
    _count_in(task, draft, place, option, -1)
    last = draft.step[draft.count[STEPS]]
    draft.step[draft.position[place]] = last
    draft.position[last] = draft.position[place]
    draft.option[place] = NOWHERE
    draft.week[place] = weeks
    draft.value[0] -= loss


@inner_kernel
def loss_of(task: Task, draft: Draft, place: int) -> float:
    """Return what the plan would lose without this step."""
    weeks = task.count[WEEKS]
    loss = task.option_bonus[draft.option[place]]
    for i in range(task.effect_start[place], task.effect_start[place + 1]):
        left = draft.tail[task.effect_skill[i] * weeks + draft.week[place]]
        loss += left * task.effect_saved[i] / task.effect_kept[i]
    return loss


@kernel
def drop_with_dependents(task: Task, draft: Draft, place: int) -> None:
    """Take the course out, and first everything planned that requires it."""
    at = place
    while True:
        above = NOWHERE
        for i in range(task.opens_start[at], task.opens_start[at + 1]):
            if draft.option[task.opens[i]] != NOWHERE:
                above = task.opens[i]
        if above != NOWHERE:
            at = above
            continue
        drop(task, draft, at)
        if at == place:
            return
        at = place


@inner_kernel
def _count_in(task: Task, draft: Draft, place: int, option: int, sign: int) -> None:
    minutes = sign * task.option_minutes[option]
    draft.count[MINUTES_LEFT] -= minutes
    draft.count[STEPS] += sign
    draft.count[MUSTS_IN] += sign * task.must[place]
    draft.week_left[task.option_week[option]] -= minutes
    cell = task.option_cell[option]
    if cell >= 0:
        draft.cell_taken[cell] += sign
        for i in range(task.clash_start[cell], task.clash_start[cell + 1]):
            draft.cell_taken[task.clash[i]] += sign

"""The search for one teacher: several greedy starts, then moves, the best plan kept.

A move that loses a little is accepted as long as the search is young (threshold accepting, Dueck
and Scheuer 1990), so that the plan can leave a local optimum.
"""

from __future__ import annotations

from typing import Any

from pdplanner.recommender.search.compiling import kernel
from pdplanner.recommender.search.drafts import (
    MINUTES_LEFT,
    MUSTS_IN,
    NO_GAIN,
    NOWHERE,
    STEPS,
    Draft,
    Drafts,
    add,
    clear,
    copy,
    drop,
    first_week,
    fits,
    last_week,
    loss_of,
)
from pdplanner.recommender.search.fill import LEAST_GAIN, NOISE, Scratch, fill
from pdplanner.recommender.search.moves import draw, draw_option, list_promising, make_way, move
from pdplanner.recommender.search.musts import place_musts
from pdplanner.recommender.search.tasks import COURSES, MUSTS, Task

#: The most a move may lose at the beginning, as a share of the best value; measured.
SLACK = 0.01
#: Moves after which the promising courses are listed anew.
STRETCH = 256


@kernel
def search(
    task: Task,
    drafts: Drafts,
    scratch: Scratch,
    exponents: Any,
    rounds: int,
    threshold: float,
) -> None:
    """Leave the best plan found in the first of the four drafts.

    The path as it stands is given up only for one that saves more by the threshold.
    """
    best, current, draft, base = drafts
    place_musts(task, base, draft, scratch)
    best.value[0] = NO_GAIN
    if task.count[COURSES] == 0:
        copy(task.count, base, best)
        return
    for row in range(len(exponents)):
        copy(task.count, base, draft)
        fill(task, draft, scratch, row, exponents[row])
        if draft.value[0] > best.value[0] + LEAST_GAIN:
            copy(task.count, draft, best)
    stands = _take_previous(task, draft)
    if stands:
        fill(task, draft, scratch, 0, exponents[0])
        if draft.value[0] > best.value[0] + LEAST_GAIN:
            copy(task.count, draft, best)
    copy(task.count, best, current)
    copy(task.count, best, draft)
    _move_about(task, drafts, scratch, exponents, rounds)
    _drop_idle(task, best)
    if stands:
        _take_previous(task, draft)
        more = best.value[0] - draft.value[0]
        more += threshold * (_count_standing(task, draft) - _count_standing(task, best))
        if more < threshold:
            copy(task.count, draft, best)


@kernel
def _move_about(task: Task, drafts: Drafts, scratch: Scratch, exponents: Any, rounds: int) -> None:
    best, current, draft, _ = drafts
    for i in range(NOISE):
        scratch.noise[i] = draw(scratch, 1000) / 500.0
    shortest = task.minutes[0]
    for place in range(task.count[COURSES]):
        shortest = min(shortest, task.minutes[place])
    promising = 0
    for turn in range(rounds):
        if turn % STRETCH == 0:
            promising = list_promising(task, current, scratch)
            if promising == 0:
                return
        heat = (rounds - turn) / rounds * draw(scratch, 1000) / 1000.0
        slack = SLACK * abs(best.value[0]) * heat
        place = scratch.promising[draw(scratch, promising)]
        option = draw_option(task, draft, scratch, place)
        leaving = make_way(task, draft, scratch, place, option, slack)
        if leaving < 0:
            continue
        is_whole = move(task, draft, scratch, place, option, leaving)
        is_whole = is_whole and draft.count[MUSTS_IN] == task.count[MUSTS]
        if is_whole and draft.count[MINUTES_LEFT] >= shortest:
            row = draw(scratch, len(exponents))
            fill(task, draft, scratch, row, exponents[row])
        if is_whole and draft.value[0] >= current.value[0] - slack:
            copy(task.count, draft, current)
            if draft.value[0] > best.value[0] + LEAST_GAIN:
                copy(task.count, draft, best)
        else:
            copy(task.count, current, draft)


@kernel
def _take_previous(task: Task, draft: Draft) -> bool:
    """Make the draft what can stay of the path as it stands; False when a must is not in it."""
    clear(task, draft)
    has_changed = True
    while has_changed:
        has_changed = False
        for place in range(task.count[COURSES]):
            option = task.previous[place]
            if (
                option >= 0
                and draft.option[place] == NOWHERE
                and task.minutes[place] <= draft.count[MINUTES_LEFT]
            ):
                first, last = first_week(task, draft, place), last_week(task, draft, place)
                if fits(task, draft, place, option, first, last):
                    add(task, draft, place, option)
                    has_changed = True
    return draft.count[STEPS] > 0 and draft.count[MUSTS_IN] == task.count[MUSTS]


@kernel
def _count_standing(task: Task, draft: Draft) -> int:
    count = 0
    for i in range(draft.count[STEPS]):
        place = draft.step[i]
        if draft.option[place] == task.previous[place]:
            count += 1
    return count


@kernel
def _drop_idle(task: Task, draft: Draft) -> None:
    """Take out steps that save nothing and open nothing, such as what a dropped one required."""
    has_changed = True
    while has_changed:
        has_changed = False
        for i in range(draft.count[STEPS] - 1, -1, -1):
            place = draft.step[i]
            is_idle = task.must[place] == 0 and loss_of(task, draft, place) <= LEAST_GAIN
            for k in range(task.opens_start[place], task.opens_start[place + 1]):
                is_idle = is_idle and draft.option[task.opens[k]] == NOWHERE
            if is_idle:
                drop(task, draft, place)
                has_changed = True
                break

"""The search for one teacher: several greedy starts, then moves, the best plan kept.

A move that loses a little is accepted as long as the search is young (threshold accepting, Dueck
and Scheuer 1990), so that the plan can leave a local optimum.
"""

from __future__ import annotations

from typing import Any

from pdplanner.recommender.search.compiling import inner_kernel, kernel
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
    drop_with_dependents,
    first_week,
    fits,
    has_rival,
    is_affordable,
    last_week,
    loss_of,
)
from pdplanner.recommender.search.exchanges import exchange
from pdplanner.recommender.search.fill import LEAST_GAIN, NOISE, Scratch, fill
from pdplanner.recommender.search.moves import (
    BROKEN,
    MOVED,
    NONE,
    draw,
    draw_option,
    list_promising,
    make_way,
    move,
    move_bundle,
)
from pdplanner.recommender.search.musts import place_musts
from pdplanner.recommender.search.tasks import COURSES, MUSTS, Task

#: The most a move may lose at the beginning, as a share of the best value; measured.
SLACK = 0.01
#: A change beside those that moves.py names.
EXCHANGED = 3
#: Moves after which the promising courses are listed anew.
STRETCH = 256
#: Promising courses from which all rounds are needed; fewer need fewer in proportion. Measured: at
#: a dozen of them half of the rounds finds all but 0.02 % of what all of them find.
MANY = 24


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
    _let_go(task, draft, threshold)
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
    for options in (task.start, task.previous):
        if _take(task, draft, options):
            _drop_idle(task, draft, base)
            fill(task, draft, scratch, 0, exponents[0])
            if draft.value[0] > best.value[0] + LEAST_GAIN:
                copy(task.count, draft, best)
    copy(task.count, best, current)
    copy(task.count, best, draft)
    _move_about(task, drafts, scratch, exponents, rounds)
    _drop_idle(task, best, draft)
    if _take(task, draft, task.previous):
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
    promising = list_promising(task, current, scratch)
    rounds = rounds * min(promising, MANY) // MANY
    for turn in range(rounds):
        if turn % STRETCH == STRETCH - 1:
            promising = list_promising(task, current, scratch)
            if promising == 0:
                return
        heat = (rounds - turn) / rounds * draw(scratch, 1000) / 1000.0
        slack = SLACK * abs(best.value[0]) * heat
        place = scratch.promising[draw(scratch, promising)]
        change = _change(task, draft, scratch, place, slack)
        if change == NONE:
            continue
        is_whole = change != BROKEN and draft.count[MUSTS_IN] == task.count[MUSTS]
        if is_whole and change == MOVED and draft.count[MINUTES_LEFT] >= shortest:
            row = draw(scratch, len(exponents))
            fill(task, draft, scratch, row, exponents[row])
        if is_whole and draft.value[0] >= current.value[0] - slack:
            copy(task.count, draft, current)
            if draft.value[0] > best.value[0] + LEAST_GAIN:
                copy(task.count, draft, best)
        else:
            copy(task.count, current, draft)


@inner_kernel
def _change(task: Task, draft: Draft, scratch: Scratch, place: int, slack: float) -> int:
    """Change the draft about this course at random; return what came of it."""
    if draft.option[place] != NOWHERE and draw(scratch, 2) == 0:
        return EXCHANGED if exchange(task, draft, scratch, place) else NONE
    option = draw_option(task, draft, scratch, place)
    if option == NOWHERE:
        return move_bundle(task, draft, scratch, place, slack)
    leaving = make_way(task, draft, scratch, place, option, slack)
    if leaving < 0:
        return NONE
    return MOVED if move(task, draft, scratch, place, option, leaving) else BROKEN


@kernel
def _let_go(task: Task, draft: Draft, threshold: float) -> None:
    """Reward no step for staying that is not worth its time any more beside the others."""
    _take(task, draft, task.previous)
    has_changed = True
    while has_changed:
        has_changed = False
        for i in range(draft.count[STEPS] - 1, -1, -1):
            place = draft.step[i]
            if task.must[place] == 1 or loss_of(task, draft, place) - threshold > LEAST_GAIN:
                continue
            is_last = True
            for k in range(task.opens_start[place], task.opens_start[place + 1]):
                is_last = is_last and draft.option[task.opens[k]] == NOWHERE
            if is_last:
                task.option_bonus[task.previous[place]] -= threshold
                task.previous[place] = NOWHERE
                task.top_bonus[place] = NO_GAIN
                for option in range(task.option_start[place], task.option_start[place + 1]):
                    task.top_bonus[place] = max(task.top_bonus[place], task.option_bonus[option])
                drop(task, draft, place)
                has_changed = True
                break


@kernel
def _take(task: Task, draft: Draft, options: Any) -> bool:
    """Make the draft what can be had of a plan; False when a must is not in it."""
    clear(task, draft)
    has_changed = True
    while has_changed:
        has_changed = False
        for place in range(task.count[COURSES]):
            option = options[place]
            if (
                option >= 0
                and draft.option[place] == NOWHERE
                and not has_rival(task, draft, place)
                and is_affordable(task, draft, option)
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
def _drop_idle(task: Task, draft: Draft, spare: Draft) -> None:
    """Take out what is not worth its time beside the rest, with all that requires it."""
    has_changed = True
    while has_changed:
        has_changed = False
        for i in range(draft.count[STEPS] - 1, -1, -1):
            place = draft.step[i]
            if task.must[place] == 1:
                continue
            is_last = True
            for k in range(task.opens_start[place], task.opens_start[place + 1]):
                is_last = is_last and draft.option[task.opens[k]] == NOWHERE
            if is_last and loss_of(task, draft, place) <= LEAST_GAIN:
                drop(task, draft, place)
                has_changed = True
                break
            if not is_last:
                copy(task.count, draft, spare)
                drop_with_dependents(task, spare, place)
                is_as_good = spare.value[0] >= draft.value[0] - LEAST_GAIN
                if is_as_good and spare.count[MUSTS_IN] == task.count[MUSTS]:
                    copy(task.count, spare, draft)
                    has_changed = True
                    break

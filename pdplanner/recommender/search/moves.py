"""One move: a course goes to a certain week, others make way, and the rest falls into place.

Any plan can be had by taking its steps in the order of their weeks, each into the first week that
has room. So a move need not say where the others go: it puts one course where it wants it, takes
out what stands from that week on, and puts it back in order of week. Who is pushed out of a full
week pushes the next, or goes to the first gap after all.
"""

from __future__ import annotations

from pdplanner.recommender.search.compiling import inner_kernel, kernel
from pdplanner.recommender.search.drafts import (
    MINUTES_LEFT,
    NOWHERE,
    STEPS,
    Draft,
    add,
    best_option,
    drop,
    first_week,
    fits,
    gain_at,
    has_rival,
    is_affordable,
    loss_of,
)
from pdplanner.recommender.search.fill import LEAST_GAIN, NOISE, Scratch, missing
from pdplanner.recommender.search.tasks import COURSES, WEEKS, Task

# What comes of a change: all as it was, a plan, or one that lacks something it needs.
NONE, MOVED, BROKEN = 0, 1, 2


@inner_kernel
def draw(scratch: Scratch, end: int) -> int:
    """Return a random number from 0 to end - 1 (Park and Miller's generator)."""
    scratch.random[0] = scratch.random[0] * 48271 % 2147483647
    return scratch.random[0] % end


@kernel
def list_promising(task: Task, draft: Draft, scratch: Scratch) -> int:
    """List the courses that are in, and those whose gain could pay for a step's place.

    A course, with what it lacks, never gains more than on an empty plan; when even that is less a
    minute than the plan's weakest step, no move will bring it in. Return how many are listed.
    """
    weeks = task.count[WEEKS]
    weakest = 0.0
    is_first = True
    for i in range(draft.count[STEPS]):
        place = draft.step[i]
        if task.must[place] == 0 and task.opens_start[place] == task.opens_start[place + 1]:
            rate = loss_of(task, draft, place) / max(1, task.minutes[place])
            weakest = rate if is_first else min(weakest, rate)
            is_first = False
    count = 0
    for place in range(task.count[COURSES]):
        is_promising = draft.option[place] != NOWHERE
        if not is_promising:
            gain, minutes = 0.0, 0
            for at in range(missing(task, draft, place, scratch.chain)):
                part = scratch.chain[at]
                week = task.option_week[task.option_start[part]]
                gain += task.top_bonus[part]
                minutes += task.minutes[part]
                for i in range(task.effect_start[part], task.effect_start[part + 1]):
                    row = task.effect_skill[i] * weeks
                    gain += task.effect_saved[i] * task.lost_after[row + week]
            is_promising = gain >= weakest * minutes
        if is_promising:
            scratch.promising[count] = place
            count += 1
    return count


@inner_kernel
def draw_option(task: Task, draft: Draft, scratch: Scratch, place: int) -> int:
    """Return one of the course's options, NOWHERE when all are too early; none after the first
    that has room anyway."""
    start, end = task.option_start[place], task.option_start[place + 1]
    first = first_week(task, draft, place)
    while start < end and task.option_week[start] < first:
        start += 1
    if start == end:
        return NOWHERE
    for option in range(start, end):
        is_new = draft.option[place] == NOWHERE or task.option_week[option] > draft.week[place]
        if is_new and fits(task, draft, place, option, 0, task.count[WEEKS]):
            end = option + 1
            break
    return start + draw(scratch, end - start)


@inner_kernel
def make_way(
    task: Task, draft: Draft, scratch: Scratch, place: int, option: int, slack: float
) -> int:
    """Choose the steps that make way for the course; return how many, or -1: it cannot pay.

    They stand in `bundle`; nothing is moved yet. A course that is in needs nobody's minutes.
    """
    week = task.option_week[option]
    if draft.option[place] == option:
        return -1
    if draft.option[place] != NOWHERE:
        # Later gains nothing by itself, but may let others move up: worth a try now and then.
        return 0 if week <= draft.week[place] or draw(scratch, 2) == 0 else -1
    gain = gain_at(task, draft, place, week) + task.option_bonus[option]
    rivals = _list_rivals(task, draft, scratch, place)
    if rivals < 0 or (gain <= LEAST_GAIN and rivals == 0):
        return -1
    if rivals == 0 and is_affordable(task, draft, option):
        return 0
    for i in range(task.effect_start[place], task.effect_start[place + 1]):
        scratch.share[task.effect_skill[i]] = task.effect_saved[i]
    minutes = task.option_minutes[option]
    loss, leaving = _choose_leaving(task, draft, scratch, minutes, week, rivals)
    for i in range(task.effect_start[place], task.effect_start[place + 1]):
        scratch.share[task.effect_skill[i]] = 0.0
    return leaving if gain >= loss - slack else -1


@inner_kernel
def _list_rivals(task: Task, draft: Draft, scratch: Scratch, place: int) -> int:
    """List the rivals that are in; return how many, or -1: one of them has to stay."""
    count = 0
    for i in range(task.rivals_start[place], task.rivals_start[place + 1]):
        rival = task.rivals[i]
        if draft.option[rival] != NOWHERE:
            if task.must[rival] == 1:
                return -1
            scratch.bundle[count] = rival
            count += 1
    return count


@inner_kernel
def _choose_leaving(
    task: Task, draft: Draft, scratch: Scratch, minutes_in: int, week: int, rivals: int
) -> tuple[float, int]:
    """Choose steps by loss a minute, blurred at random, after the rivals, which have to leave;
    return the loss and how many they are. Minutes freed beyond those needed can be filled again:
    now and then they are not counted as lost."""
    number = draw(scratch, 2 * NOISE)
    counts_all = number >= NOISE  # of a step's minutes, or only those that are needed
    wanted = need = minutes_in - draft.count[MINUTES_LEFT]
    loss, leaving = 0.0, rivals
    for i in range(rivals):
        rival = scratch.bundle[i]
        scratch.leaving[rival] = 1
        need -= task.option_minutes[draft.option[rival]]
        loss += _net_loss(task, draft, scratch, rival, week)
    while need > 0:
        best, least, best_loss, best_minutes = NOWHERE, 0.0, 0.0, 1
        for i in range(draft.count[STEPS]):
            other = draft.step[i]
            if scratch.leaving[other] == 0 and task.must[other] == 0:
                minutes = task.option_minutes[draft.option[other]]
                if not counts_all:
                    minutes = min(minutes, need)
                other_loss = _net_loss(task, draft, scratch, other, week)
                blurred = other_loss * scratch.noise[(number + other) % NOISE]
                if best == NOWHERE or blurred * best_minutes < least * minutes:
                    best, least, best_loss, best_minutes = other, blurred, other_loss, minutes
        if best == NOWHERE:
            loss = 1e300
            break
        scratch.leaving[best] = 1
        scratch.bundle[leaving] = best
        leaving += 1
        need -= task.option_minutes[draft.option[best]]
        loss += best_loss
    for i in range(leaving):
        scratch.leaving[scratch.bundle[i]] = 0
    if counts_all and need < 0 < wanted:
        loss *= wanted / (wanted - need)
    return loss, leaving


@inner_kernel
def _net_loss(task: Task, draft: Draft, scratch: Scratch, place: int, week: int) -> float:
    """Return what dropping the step loses, less what the course on the move then gains more."""
    weeks = task.count[WEEKS]
    at = draft.week[place]
    loss = task.option_bonus[draft.option[place]]
    for i in range(task.effect_start[place], task.effect_start[place + 1]):
        row = task.effect_skill[i] * weeks
        shared = scratch.share[task.effect_skill[i]] * draft.tail[row + max(at, week)]
        loss += task.effect_saved[i] / task.effect_kept[i] * (draft.tail[row + at] - shared)
    return loss


@kernel
def move(task: Task, draft: Draft, scratch: Scratch, place: int, option: int, leaving: int) -> bool:
    """Make the move; False when the course is left without something it requires, or without
    minutes for this option of it."""
    week = task.option_week[option]
    start = min(week, draft.week[place])
    for i in range(leaving):
        start = min(start, draft.week[scratch.bundle[i]])
        drop(task, draft, scratch.bundle[i])
    if draft.option[place] != NOWHERE:
        drop(task, draft, place)
    count = _take_out(task, draft, scratch, start)
    if not is_affordable(task, draft, option):
        return False
    add(task, draft, place, option)
    late = 0
    for i in range(count):
        other = scratch.parts[i]
        best, gain = best_option(task, draft, other)
        is_idle = (
            gain <= LEAST_GAIN
            and task.must[other] == 0
            and task.opens_start[other] == task.opens_start[other + 1]
        )
        if best == NOWHERE or is_idle:
            continue
        if task.option_week[best] > scratch.key[i] // NOISE and draw(scratch, 2) == 0:
            scratch.parts[late] = other
            late += 1
        else:
            add(task, draft, other, best)
    for i in range(late):
        best, _ = best_option(task, draft, scratch.parts[i])
        if best != NOWHERE:
            add(task, draft, scratch.parts[i], best)
    return first_week(task, draft, place) <= week


@kernel
def move_bundle(task: Task, draft: Draft, scratch: Scratch, place: int, slack: float) -> int:
    """Bring in a course with the prerequisites it lacks, others making way: one move after the
    other. Return what came of it: NONE when it cannot pay."""
    size = missing(task, draft, place, scratch.chain)
    gain, minutes = 0.0, 0
    for i in range(size):
        part = scratch.chain[i]
        if has_rival(task, draft, part):
            return NONE
        gain += gain_at(task, draft, part, task.option_week[task.option_start[part]])
        gain += task.top_bonus[part]
        minutes += task.minutes[part]
    loss, leaving = _choose_leaving(task, draft, scratch, minutes, 0, 0)
    if gain < loss - slack:
        return NONE
    for i in range(size):
        part = scratch.chain[i]
        option = draw_option(task, draft, scratch, part)
        if option == NOWHERE:
            return BROKEN if i > 0 else NONE
        if not move(task, draft, scratch, part, option, leaving):
            return BROKEN
        leaving = 0
    return MOVED


@inner_kernel
def _take_out(task: Task, draft: Draft, scratch: Scratch, start: int) -> int:
    """Take out all from the start week on, listed in `parts` by week, within a week at random."""
    count = 0
    for i in range(draft.count[STEPS] - 1, -1, -1):
        place = draft.step[i]
        if draft.week[place] < start:
            continue
        key = draft.week[place] * NOISE + draw(scratch, NOISE)
        at = count
        while at > 0 and scratch.key[at - 1] > key:
            scratch.key[at] = scratch.key[at - 1]
            scratch.parts[at] = scratch.parts[at - 1]
            at -= 1
        scratch.key[at] = key
        scratch.parts[at] = place
        count += 1
        drop(task, draft, place)
    return count

"""Filling a draft up: the bundle with the biggest gain for its minutes goes in, again and again.

A bundle is a course with those of its prerequisites that are not planned yet. Gains only fall as
a draft fills up, so a score worked out earlier is an upper bound, and most candidates need no
second look (Minoux 1978, the lazy greedy of submodular maximisation). Only courses that lose a
missing prerequisite can rise; they are scored anew.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from pdplanner.recommender.search.compiling import kernel
from pdplanner.recommender.search.drafts import (
    MINUTES_LEFT,
    NO_GAIN,
    NOWHERE,
    Draft,
    add,
    best_option,
    drop,
)
from pdplanner.recommender.search.tasks import COURSES, Task

#: Random numbers drawn in advance.
NOISE = 512
#: Less than this is no gain but rounding.
LEAST_GAIN = 1e-9


class Scratch(NamedTuple):
    """Paper for a kernel's notes."""

    score: Any  # [n]
    round: Any  # [n], the round in which the score was worked out
    bundle: Any  # [n]
    parts: Any  # [n]
    chain: Any  # [n], a course on the move and all it lacks, prerequisites first
    key: Any  # [n]
    pointer: Any  # [n + 1]
    leaving: Any  # [n], 1: makes way for the course on the move
    promising: Any  # [n], the courses worth a move
    share: Any  # [m], share of a skill's loss that the course on the move would save
    noise: Any  # [NOISE], random numbers from 0 to 2
    random: Any  # [1], state of the random numbers


@kernel
def fill(task: Task, draft: Draft, scratch: Scratch, row: int, exponent: float) -> None:
    """Add bundles by gain over minutes ** exponent until nothing more helps and has room.

    `row` is where the task's `weight` keeps the powers for this exponent.
    """
    courses = task.count[COURSES]
    for place in range(courses):
        if draft.option[place] == NOWHERE:
            scratch.score[place] = score(task, draft, scratch, place, row, exponent)
        else:
            scratch.score[place] = NO_GAIN
        scratch.round[place] = 0
    turn = 0
    while True:
        best = 0
        for place in range(1, courses):
            if scratch.score[place] > scratch.score[best]:
                best = place
        if courses == 0 or scratch.score[best] <= 0.0:
            return
        if scratch.round[best] < turn:
            scratch.score[best] = score(task, draft, scratch, best, row, exponent)
            scratch.round[best] = turn
            continue
        turn += 1
        size = missing(task, draft, best, scratch.bundle)
        for i in range(size):
            part = scratch.bundle[i]
            option, _ = best_option(task, draft, part)
            add(task, draft, part, option)
            scratch.score[part] = NO_GAIN
        for i in range(size):
            part = scratch.bundle[i]
            for k in range(task.opens_start[part], task.opens_start[part + 1]):
                place = task.opens[k]
                if draft.option[place] == NOWHERE:
                    scratch.score[place] = score(task, draft, scratch, place, row, exponent)
                    scratch.round[place] = turn


@kernel
def score(
    task: Task, draft: Draft, scratch: Scratch, place: int, row: int, exponent: float
) -> float:
    """Return the gain of the course's bundle over its minutes ** exponent; NO_GAIN without room."""
    is_alone = True
    for i in range(task.requires_start[place], task.requires_start[place + 1]):
        if draft.option[task.requires[i]] == NOWHERE:
            is_alone = False
    if is_alone:
        _, gain = best_option(task, draft, place)
        if gain <= LEAST_GAIN:
            return NO_GAIN
        return gain * task.weight[row * task.count[COURSES] + place]
    gain, minutes = try_bundle(task, draft, scratch, place)
    if gain <= LEAST_GAIN:
        return NO_GAIN
    return gain * max(1.0, float(minutes)) ** -exponent


@kernel
def try_bundle(task: Task, draft: Draft, scratch: Scratch, place: int) -> tuple[float, int]:
    """Return the gain and the minutes of a course with what it lacks; nothing stays in."""

    size = missing(task, draft, place, scratch.parts)
    gain, minutes, added = 0.0, 0, 0
    for i in range(size):
        minutes += task.minutes[scratch.parts[i]]
    if minutes > draft.count[MINUTES_LEFT]:
        return NO_GAIN, minutes
    for i in range(size):
        part = scratch.parts[i]
        option, part_gain = best_option(task, draft, part)
        if option == NOWHERE:
            gain = NO_GAIN
            break
        gain += part_gain
        if i < size - 1:
            add(task, draft, part, option)
            added += 1
    for i in range(added - 1, -1, -1):
        drop(task, draft, scratch.parts[i])
    return gain, minutes


@kernel
def missing(task: Task, draft: Draft, place: int, bundle: Any) -> int:
    """List the course and all it lacks, prerequisites first; return how many they are."""
    bundle[0] = place
    task.mark[place] = 1
    size, at = 1, 0
    while at < size:
        part = bundle[at]
        for i in range(task.requires_start[part], task.requires_start[part + 1]):
            needed = task.requires[i]
            if draft.option[needed] == NOWHERE and task.mark[needed] == 0:
                task.mark[needed] = 1
                bundle[size] = needed
                size += 1
        at += 1
    for i in range(size):
        task.mark[bundle[i]] = 0
    for i in range(1, size):
        part = bundle[i]
        at = i
        while at > 0 and task.depth[bundle[at - 1]] > task.depth[part]:
            bundle[at] = bundle[at - 1]
            at -= 1
        bundle[at] = part
    return size

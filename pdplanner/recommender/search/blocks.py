"""Plans for a block of teachers, one after the other, in the same room."""

from __future__ import annotations

from typing import Any, NamedTuple

from pdplanner.recommender.search.compiling import kernel
from pdplanner.recommender.search.drafts import NOWHERE, Drafts
from pdplanner.recommender.search.fill import Scratch
from pdplanner.recommender.search.gathering import forget, gather
from pdplanner.recommender.search.repair import search
from pdplanner.recommender.search.tasks import COURSES, District, Task


class Findings(NamedTuple):
    """Plans of a block of teachers: rows of equal length, and how much of each is used."""

    count: Any  # [block]
    value: Any  # [block], minutes saved, less prices paid, with the rewards for what stays
    course: Any  # [block * n]
    week: Any
    run: Any


@kernel
def plan_block(
    district: District,
    teachers: Any,
    task: Task,
    drafts: Drafts,
    scratch: Scratch,
    exponents: Any,
    threshold: float,
    rounds: int,
    seed: int,
    starts: Findings,
    found: Findings,
) -> None:
    """Plan each of the teachers, from the plan in `starts` as well as from nothing."""
    width = len(found.course) // len(found.count)
    for i in range(len(teachers)):
        teacher = teachers[i]
        gather(district, teacher, threshold, exponents, task)
        for k in range(i * width, i * width + starts.count[i]):
            _note_start(task, starts.course[k], starts.week[k], starts.run[k])
        # A series of random numbers for each teacher, whoever else is planned.
        scratch.random[0] = (seed * 7919 + district.teacher_seed[teacher]) % 2147483646 + 1
        search(task, drafts, scratch, exponents, rounds, threshold)
        best = drafts[0]
        count = 0
        for place in range(task.count[COURSES]):
            if best.option[place] != NOWHERE:
                found.course[i * width + count] = task.course[place]
                found.week[i * width + count] = best.week[place]
                found.run[i * width + count] = task.option_run[best.option[place]]
                count += 1
        found.count[i] = count
        found.value[i] = best.value[0]
        forget(district, teacher, task)


@kernel
def _note_start(task: Task, course: int, week: int, run: int) -> None:
    place = task.number_of_course[course]
    if place >= 0:
        for option in range(task.option_start[place], task.option_start[place + 1]):
            if task.option_week[option] == week and task.option_run[option] == run:
                task.start[place] = option

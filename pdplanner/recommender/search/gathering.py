"""Cutting one teacher's task out of the district's arrays, and forgetting it again."""

from __future__ import annotations

from typing import Any

from pdplanner.recommender.search.compiling import kernel
from pdplanner.recommender.search.narrowing import (
    is_option,
    keep_useful,
    mark_musts,
    number_candidates,
    number_skills,
    number_slots,
)
from pdplanner.recommender.search.tasks import (
    CELLS,
    COURSES,
    SLOTS,
    UNKNOWN,
    WEEKS,
    District,
    Task,
)


@kernel
def gather(district: District, teacher: int, threshold: float, exponents: Any, task: Task) -> None:
    """Fill the task with what this teacher can be planned."""
    number_skills(district, teacher, task)
    number_slots(district, teacher, task)
    number_candidates(district, teacher, task)
    mark_musts(district, teacher, task)
    keep_useful(district, teacher, task)
    effects = options = requires = rivals = 0
    task.count[CELLS] = 0
    for place in range(task.count[COURSES]):
        task.effect_start[place] = effects
        task.option_start[place] = options
        task.requires_start[place] = requires
        task.rivals_start[place] = rivals
        effects = _copy_effects(district, place, effects, task)
        options = _list_options(district, teacher, place, options, task)
        requires = _copy_requires(district, place, requires, task)
        rivals = _copy_rivals(district, place, rivals, task)
    task.effect_start[task.count[COURSES]] = effects
    task.option_start[task.count[COURSES]] = options
    task.requires_start[task.count[COURSES]] = requires
    task.rivals_start[task.count[COURSES]] = rivals
    _turn_requires(task)
    _list_clashes(district, task)
    _value_options(district, teacher, threshold, task)
    _weigh(exponents, task)
    for week in range(district.weeks):
        task.week_minutes[week] = district.weekly[teacher * district.weeks + week]


@kernel
def forget(district: District, teacher: int, task: Task) -> None:
    """Clear the numbering of a teacher, so that the next finds it blank."""
    for i in range(district.need_start[teacher], district.need_start[teacher + 1]):
        task.number_of_skill[district.need_skill[i]] = UNKNOWN
    for i in range(district.candidate_start[teacher], district.candidate_start[teacher + 1]):
        task.number_of_course[district.candidate_course[i]] = UNKNOWN
    for i in range(district.done_start[teacher], district.done_start[teacher + 1]):
        task.number_of_course[district.done_course[i]] = UNKNOWN
    for cell in range(task.count[CELLS]):
        task.number_of_cell[task.cell_place[cell]] = UNKNOWN
    for i in range(district.slot_start[teacher], district.slot_start[teacher + 1]):
        task.number_of_slot[district.slot_number[i]] = UNKNOWN
    for i in range(district.kept_start[teacher], district.kept_start[teacher + 1]):
        if district.kept_run[i] >= 0:
            task.number_of_slot[district.run_slot[district.kept_run[i]]] = UNKNOWN


@kernel
def _copy_effects(district: District, place: int, end: int, task: Task) -> int:
    course = task.course[place]
    for i in range(district.effect_start[course], district.effect_start[course + 1]):
        skill = task.number_of_skill[district.effect_skill[i]]
        if skill >= 0 and district.effect_strength[i] > 0.0 and task.fit[place] > 0.0:
            kept = (1.0 - district.effect_strength[i]) ** task.fit[place]
            task.effect_skill[end] = skill
            task.effect_kept[end] = kept
            task.effect_saved[end] = 1.0 - kept
            end += 1
    return end


@kernel
def _list_options(district: District, teacher: int, place: int, end: int, task: Task) -> int:
    course = task.course[place]
    if district.any_week[course]:
        for week in range(district.weeks):
            if is_option(district, teacher, task, place, week, -1):
                task.option_week[end] = week
                task.option_run[end] = -1
                task.option_cell[end] = -1
                task.option_minutes[end] = district.minutes[course]
                end += 1
        task.minutes[place] = district.minutes[course]
        return end
    first = end
    for run in range(district.run_start[course], district.run_start[course + 1]):
        week = district.run_week[run]
        if not is_option(district, teacher, task, place, week, run):
            continue
        at = end
        while at > first and task.option_week[at - 1] > week:
            task.option_week[at] = task.option_week[at - 1]
            task.option_run[at] = task.option_run[at - 1]
            task.option_cell[at] = task.option_cell[at - 1]
            task.option_minutes[at] = task.option_minutes[at - 1]
            at -= 1
        slot = task.number_of_slot[district.run_slot[run]]
        task.option_week[at] = week
        task.option_run[at] = run
        task.option_cell[at] = _cell_of(task, week, slot, district.run_slot[run])
        task.option_minutes[at] = district.run_minutes[run]
        end += 1
    shortest = task.option_minutes[first]
    for option in range(first + 1, end):
        shortest = min(shortest, task.option_minutes[option])
    task.minutes[place] = shortest
    return end


@kernel
def _cell_of(task: Task, week: int, slot: int, district_slot: int) -> int:
    """Return the number of the week and slot among those in which an option lies."""
    key = week * task.count[SLOTS] + slot
    if task.number_of_cell[key] == UNKNOWN:
        cell = task.count[CELLS]
        task.number_of_cell[key] = cell
        task.cell_place[cell] = key
        task.cell_slot[cell] = district_slot
        task.count[CELLS] = cell + 1
    return task.number_of_cell[key]


@kernel
def _list_clashes(district: District, task: Task) -> None:
    """Fill `clash`: which cells share a day with which, where a slot is one certain day's."""
    end = 0
    slots = task.count[SLOTS]
    for cell in range(task.count[CELLS]):
        task.clash_start[cell] = end
        own = task.cell_slot[cell]
        for i in range(district.clash_start[own], district.clash_start[own + 1]):
            slot = task.number_of_slot[district.clash_slot[i]]
            if slot < 0:
                continue
            for week in range(task.count[WEEKS]):
                other = task.number_of_cell[week * slots + slot]
                if other >= 0:
                    task.clash[end] = other
                    end += 1
    task.clash_start[task.count[CELLS]] = end


@kernel
def _copy_rivals(district: District, place: int, end: int, task: Task) -> int:
    course = task.course[place]
    if task.is_kept[place] == 1:  # said yes to, whatever else is in
        return end
    for i in range(district.rival_start[course], district.rival_start[course + 1]):
        rival = task.number_of_course[district.rival_course[i]]
        if rival >= 0:
            task.rivals[end] = rival
            end += 1
    return end


@kernel
def _copy_requires(district: District, place: int, end: int, task: Task) -> int:
    course = task.course[place]
    for i in range(district.requires_start[course], district.requires_start[course + 1]):
        needed = task.number_of_course[district.requires_course[i]]
        if needed >= 0:
            task.requires[end] = needed
            end += 1
    return end


@kernel
def _turn_requires(task: Task) -> None:
    """Fill `opens` from `requires`, and how deep each course stands."""
    courses = task.count[COURSES]
    for place in range(courses + 1):
        task.opens_start[place] = 0
    for place in range(courses):
        task.mark[place] = 0
        task.depth[place] = 0
        for i in range(task.requires_start[place], task.requires_start[place + 1]):
            task.opens_start[task.requires[i] + 1] += 1
    for place in range(courses):
        task.opens_start[place + 1] += task.opens_start[place]
    for place in range(courses):
        for i in range(task.requires_start[place], task.requires_start[place + 1]):
            needed = task.requires[i]
            task.opens[task.opens_start[needed] + task.mark[needed]] = place
            task.mark[needed] += 1
    changed = True
    while changed:
        changed = False
        for place in range(courses):
            for i in range(task.requires_start[place], task.requires_start[place + 1]):
                if task.depth[place] <= task.depth[task.requires[i]]:
                    task.depth[place] = task.depth[task.requires[i]] + 1
                    changed = True
    for place in range(courses):
        task.mark[place] = 0


@kernel
def _value_options(district: District, teacher: int, threshold: float, task: Task) -> None:
    """Price each course's time and the seats, and reward the steps that stand for staying."""
    for place in range(task.count[COURSES]):
        worth = task.worth[place] if task.must[place] == 0 else 0.0
        for option in range(task.option_start[place], task.option_start[place + 1]):
            run = task.option_run[option]
            # A seat that is held already costs nothing.
            is_paid = run >= 0 and run != task.fixed_run[place]
            task.option_bonus[option] = -worth - (district.prices[run] if is_paid else 0.0)
        task.previous[place] = -1
        task.start[place] = -1
    for i in range(district.previous_start[teacher], district.previous_start[teacher + 1]):
        place = task.number_of_course[district.previous_course[i]]
        if place < 0:
            continue
        for option in range(task.option_start[place], task.option_start[place + 1]):
            if (
                task.option_week[option] == district.previous_week[i]
                and task.option_run[option] == district.previous_run[i]
            ):
                task.option_bonus[option] += threshold
                task.previous[place] = option
    for place in range(task.count[COURSES]):
        top = -1e300
        for option in range(task.option_start[place], task.option_start[place + 1]):
            top = max(top, task.option_bonus[option])
        task.top_bonus[place] = top


@kernel
def _weigh(exponents: Any, task: Task) -> None:
    courses = task.count[COURSES]
    for k in range(len(exponents)):
        for place in range(courses):
            minutes = max(1.0, float(task.minutes[place]))
            task.weight[k * courses + place] = minutes ** -exponents[k]

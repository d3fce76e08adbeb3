"""One teacher's part of an instance, cut down to what can be planned and pays."""

from __future__ import annotations

from typing import Any, NamedTuple

from pdplanner.recommender.search.compiling import kernel

# Places in `Task.count`.
WEEKS, COURSES, SKILLS, SLOTS, MUSTS, MINUTES = 0, 1, 2, 3, 4, 5
FORBIDDEN, UNKNOWN = -2, -1


class District(NamedTuple):
    """The arrays of an instance that the kernels read, and the seats and prices of a run.

    Two-dimensional arrays lie flat, row by row.
    """

    weeks: int
    season: Any
    minutes: Any
    any_week: Any
    effect_start: Any
    effect_skill: Any
    effect_strength: Any
    requires_start: Any
    requires_course: Any
    run_start: Any
    run_week: Any
    run_slot: Any
    seats: Any
    prices: Any
    teacher_seed: Any
    budget: Any
    weekly: Any
    slot_start: Any
    slot_number: Any
    need_start: Any
    need_skill: Any
    need_minutes: Any
    candidate_start: Any
    candidate_course: Any
    candidate_fit: Any
    done_start: Any
    done_course: Any
    required_start: Any
    required_course: Any
    required_by_week: Any
    kept_start: Any
    kept_course: Any
    kept_run: Any
    previous_start: Any
    previous_course: Any
    previous_week: Any
    previous_run: Any


class Task(NamedTuple):
    """What one teacher can be planned, numbered from 0; room for the largest, used again.

    Courses n, needed skills m, options (a week, or a run) and weeks. An option's bonus is what
    it is worth beside minutes saved: a step that stays, less the price of a seat.
    """

    count: Any  # [6]: weeks, courses, skills, slots, musts, minutes of the budget
    number_of_course: Any  # [J], place among `course`, or FORBIDDEN, or UNKNOWN
    number_of_skill: Any  # [K]
    number_of_slot: Any  # [slots of the district]
    slot_is_free: Any  # [slots]
    course: Any  # [n], number in the district
    minutes: Any  # [n]
    weight: Any  # [exponents * n], minutes ** -exponent
    must: Any  # [n], 1: has to be in
    last_week: Any  # [n]
    fixed_run: Any  # [n], ANY when free
    previous: Any  # [n], option in the path as it stands, or -1
    fit: Any  # [n]
    mark: Any  # [n], for passing notes inside a kernel
    depth: Any  # [n], length of the longest chain of prerequisites before it
    option_start: Any  # [n + 1]
    option_week: Any
    option_run: Any
    option_cell: Any  # week * slots + slot, -1 without a run
    option_bonus: Any
    top_bonus: Any  # [n]
    effect_start: Any  # [n + 1]
    effect_skill: Any
    effect_kept: Any  # share of the skill's loss that remains after it: (1 - r) ** f
    effect_saved: Any  # 1 - effect_kept
    requires_start: Any  # [n + 1]
    requires: Any
    opens_start: Any  # [n + 1], the courses that require it
    opens: Any
    week_minutes: Any  # [W]
    lost_after: Any  # [m * W], minutes lost of a skill after a week when nothing is planned


@kernel
def gather(district: District, teacher: int, threshold: float, exponents: Any, task: Task) -> None:
    """Fill the task with what this teacher can be planned."""
    _number_skills(district, teacher, task)
    _number_slots(district, teacher, task)
    _number_candidates(district, teacher, task)
    _mark_musts(district, teacher, task)
    _keep_useful(district, teacher, task)
    effects = options = requires = 0
    for place in range(task.count[COURSES]):
        task.effect_start[place] = effects
        task.option_start[place] = options
        task.requires_start[place] = requires
        effects = _copy_effects(district, place, effects, task)
        options = _list_options(district, teacher, place, options, task)
        requires = _copy_requires(district, place, requires, task)
    task.effect_start[task.count[COURSES]] = effects
    task.option_start[task.count[COURSES]] = options
    task.requires_start[task.count[COURSES]] = requires
    _turn_requires(task)
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
    for i in range(district.slot_start[teacher], district.slot_start[teacher + 1]):
        task.number_of_slot[district.slot_number[i]] = UNKNOWN
    for i in range(district.kept_start[teacher], district.kept_start[teacher + 1]):
        if district.kept_run[i] >= 0:
            task.number_of_slot[district.run_slot[district.kept_run[i]]] = UNKNOWN


@kernel
def _number_skills(district: District, teacher: int, task: Task) -> None:
    weeks = district.weeks
    skills = 0
    for i in range(district.need_start[teacher], district.need_start[teacher + 1]):
        minutes = district.need_minutes[i]
        if minutes <= 0.0:
            continue
        skill = district.need_skill[i]
        task.number_of_skill[skill] = skills
        after = 0.0
        for week in range(weeks - 1, -1, -1):
            after += minutes * district.season[skill * (weeks + 1) + week + 1]
            task.lost_after[skills * weeks + week] = after
        skills += 1
    task.count[WEEKS] = weeks
    task.count[SKILLS] = skills
    task.count[MINUTES] = district.budget[teacher]


@kernel
def _number_slots(district: District, teacher: int, task: Task) -> None:
    slots = 0
    for i in range(district.slot_start[teacher], district.slot_start[teacher + 1]):
        task.number_of_slot[district.slot_number[i]] = slots
        task.slot_is_free[slots] = 1
        slots += 1
    for i in range(district.kept_start[teacher], district.kept_start[teacher + 1]):
        run = district.kept_run[i]
        if run >= 0 and task.number_of_slot[district.run_slot[run]] == UNKNOWN:
            # A seat held already, in a slot that is not free for any other.
            task.number_of_slot[district.run_slot[run]] = slots
            task.slot_is_free[slots] = 0
            slots += 1
    task.count[SLOTS] = slots


@kernel
def _number_candidates(district: District, teacher: int, task: Task) -> None:
    for i in range(district.done_start[teacher], district.done_start[teacher + 1]):
        task.number_of_course[district.done_course[i]] = FORBIDDEN
    courses = 0
    for i in range(district.candidate_start[teacher], district.candidate_start[teacher + 1]):
        course = district.candidate_course[i]
        if task.number_of_course[course] != UNKNOWN:
            continue
        task.number_of_course[course] = courses
        task.course[courses] = course
        task.fit[courses] = district.candidate_fit[i]
        task.must[courses] = 0
        task.last_week[courses] = district.weeks - 1
        task.fixed_run[courses] = -1
        courses += 1
    task.count[COURSES] = courses


@kernel
def _mark_musts(district: District, teacher: int, task: Task) -> None:
    for i in range(district.required_start[teacher], district.required_start[teacher + 1]):
        place = task.number_of_course[district.required_course[i]]
        if place >= 0:
            task.must[place] = 1
            task.last_week[place] = min(task.last_week[place], district.required_by_week[i])
    for i in range(district.kept_start[teacher], district.kept_start[teacher + 1]):
        place = task.number_of_course[district.kept_course[i]]
        if place >= 0:
            task.must[place] = 1
            if district.kept_run[i] >= 0:
                task.fixed_run[place] = district.kept_run[i]
                task.last_week[place] = district.weeks - 1


@kernel
def _is_option(
    district: District, teacher: int, task: Task, place: int, week: int, run: int
) -> bool:
    """Return whether the candidate can be taken in this week and run (-1: no run), taken alone."""
    minutes = district.minutes[task.course[place]]
    if minutes > district.weekly[teacher * district.weeks + week] or week > task.last_week[place]:
        return False
    if run < 0:
        return True
    if task.fixed_run[place] >= 0:
        return run == task.fixed_run[place]
    slot = task.number_of_slot[district.run_slot[run]]
    return district.seats[run] > 0 and slot >= 0 and task.slot_is_free[slot] == 1


@kernel
def _has_option(district: District, teacher: int, task: Task, place: int) -> bool:
    course = task.course[place]
    if district.minutes[course] > task.count[MINUTES]:
        return False
    if district.any_week[course]:
        for week in range(district.weeks):
            if _is_option(district, teacher, task, place, week, -1):
                return True
    else:
        for run in range(district.run_start[course], district.run_start[course + 1]):
            if _is_option(district, teacher, task, place, district.run_week[run], run):
                return True
    return False


@kernel
def _helps(district: District, task: Task, place: int) -> bool:
    course = task.course[place]
    if task.fit[place] > 0.0:
        for i in range(district.effect_start[course], district.effect_start[course + 1]):
            if (
                task.number_of_skill[district.effect_skill[i]] >= 0
                and district.effect_strength[i] > 0.0
            ):
                return True
    return False


@kernel
def _keep_useful(district: District, teacher: int, task: Task) -> None:
    """Drop the candidates that cannot be planned, and those that help neither now nor later."""
    candidates = task.count[COURSES]
    for place in range(candidates):
        task.mark[place] = 1 if _has_option(district, teacher, task, place) else 0
    changed = True
    while changed:
        changed = False
        for place in range(candidates):
            course = task.course[place]
            for i in range(district.requires_start[course], district.requires_start[course + 1]):
                needed = task.number_of_course[district.requires_course[i]]
                if task.mark[place] == 1 and (
                    needed == UNKNOWN or (needed >= 0 and task.mark[needed] == 0)
                ):
                    task.mark[place] = 0
                    changed = True
    for place in range(candidates):
        if task.mark[place] == 1 and (task.must[place] == 1 or _helps(district, task, place)):
            task.mark[place] = 2
    changed = True
    while changed:
        changed = False
        for place in range(candidates):
            if task.mark[place] == 2:
                course = task.course[place]
                first, end = district.requires_start[course], district.requires_start[course + 1]
                for i in range(first, end):
                    needed = task.number_of_course[district.requires_course[i]]
                    if needed >= 0 and task.mark[needed] == 1:
                        task.mark[needed] = 2
                        changed = True
    left = 0
    for place in range(candidates):
        course = task.course[place]
        if task.mark[place] == 2:
            task.number_of_course[course] = left
            task.course[left] = course
            task.fit[left] = task.fit[place]
            task.must[left] = task.must[place]
            task.last_week[left] = task.last_week[place]
            task.fixed_run[left] = task.fixed_run[place]
            task.minutes[left] = district.minutes[course]
            left += 1
        else:
            task.number_of_course[course] = UNKNOWN
    task.count[COURSES] = left


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
            if _is_option(district, teacher, task, place, week, -1):
                task.option_week[end] = week
                task.option_run[end] = -1
                task.option_cell[end] = -1
                end += 1
        return end
    first = end
    for run in range(district.run_start[course], district.run_start[course + 1]):
        week = district.run_week[run]
        if not _is_option(district, teacher, task, place, week, run):
            continue
        at = end
        while at > first and task.option_week[at - 1] > week:
            task.option_week[at] = task.option_week[at - 1]
            task.option_run[at] = task.option_run[at - 1]
            task.option_cell[at] = task.option_cell[at - 1]
            at -= 1
        slot = task.number_of_slot[district.run_slot[run]]
        task.option_week[at] = week
        task.option_run[at] = run
        task.option_cell[at] = week * task.count[SLOTS] + slot
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
    """Price the runs, and reward the steps of the path as it stands for staying."""
    for place in range(task.count[COURSES]):
        for option in range(task.option_start[place], task.option_start[place + 1]):
            run = task.option_run[option]
            # A seat that is held already costs nothing.
            is_paid = run >= 0 and run != task.fixed_run[place]
            task.option_bonus[option] = -district.prices[run] if is_paid else 0.0
        task.previous[place] = -1
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

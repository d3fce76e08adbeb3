"""What one teacher can be planned at all, numbered from 0: the first part of a task."""

from __future__ import annotations

from pdplanner.recommender.search.compiling import kernel
from pdplanner.recommender.search.tasks import (
    COURSES,
    FORBIDDEN,
    MINUTES,
    SKILLS,
    SLOTS,
    UNKNOWN,
    WEEKS,
    District,
    Task,
)


@kernel
def number_skills(district: District, teacher: int, task: Task) -> None:
    """Number the skills the teacher needs, with what is lost of each after a week."""
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
def number_slots(district: District, teacher: int, task: Task) -> None:
    """Number the slots that are free, and those in which a seat is held."""
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
def number_candidates(district: District, teacher: int, task: Task) -> None:
    """Number the candidates that are not done."""
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
        task.worth[courses] = district.candidate_worth[i]
        task.must[courses] = 0
        task.is_kept[courses] = 0
        task.last_week[courses] = district.weeks - 1
        task.last_run[courses] = district.run_start[course + 1] - 1
        task.fixed_run[courses] = -1
        courses += 1
    task.count[COURSES] = courses


@kernel
def mark_musts(district: District, teacher: int, task: Task) -> None:
    """Mark what is required or said yes to, and when it is due."""
    for i in range(district.required_start[teacher], district.required_start[teacher + 1]):
        place = task.number_of_course[district.required_course[i]]
        if place >= 0:
            task.must[place] = 1
            task.last_week[place] = min(task.last_week[place], district.required_by_week[i])
            task.last_run[place] = min(task.last_run[place], district.required_by_run[i])
    for i in range(district.kept_start[teacher], district.kept_start[teacher + 1]):
        place = task.number_of_course[district.kept_course[i]]
        if place >= 0:
            task.must[place] = 1
            task.is_kept[place] = 1
            if district.kept_run[i] >= 0:
                task.fixed_run[place] = district.kept_run[i]
                task.last_week[place] = district.weeks - 1
    for i in range(district.kept_start[teacher], district.kept_start[teacher + 1]):
        course = district.kept_course[i]
        for k in range(district.rival_start[course], district.rival_start[course + 1]):
            place = task.number_of_course[district.rival_course[k]]
            if place >= 0 and task.is_kept[place] == 0:
                task.must[place] = 0  # what was said yes to stands for it


@kernel
def minutes_of(district: District, task: Task, place: int, run: int) -> int:
    """Return the minutes of the candidate's run; of the candidate itself without one (-1)."""
    return district.run_minutes[run] if run >= 0 else district.minutes[task.course[place]]


@kernel
def is_option(
    district: District, teacher: int, task: Task, place: int, week: int, run: int
) -> bool:
    """Return whether the candidate can be taken in this week and run (-1: no run), taken alone."""
    minutes = minutes_of(district, task, place, run)
    most = district.weekly[teacher * district.weeks + week]
    if minutes > min(most, task.count[MINUTES]) or week > task.last_week[place]:
        return False
    if run >= 0 and task.fixed_run[place] >= 0:
        return run == task.fixed_run[place]
    if most <= 0:  # over, or without school: no place for a session that takes no time either
        return False
    if run < 0:
        return True
    if run > task.last_run[place]:
        return False
    slot = task.number_of_slot[district.run_slot[run]]
    return district.seats[run] > 0 and slot >= 0 and task.slot_is_free[slot] == 1


@kernel
def _has_option(district: District, teacher: int, task: Task, place: int) -> bool:
    course = task.course[place]
    if district.any_week[course]:
        for week in range(district.weeks):
            if is_option(district, teacher, task, place, week, -1):
                return True
    else:
        for run in range(district.run_start[course], district.run_start[course + 1]):
            if is_option(district, teacher, task, place, district.run_week[run], run):
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
def keep_useful(district: District, teacher: int, task: Task) -> None:
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
            task.worth[left] = task.worth[place]
            task.must[left] = task.must[place]
            task.is_kept[left] = task.is_kept[place]
            task.last_week[left] = task.last_week[place]
            task.last_run[left] = task.last_run[place]
            task.fixed_run[left] = task.fixed_run[place]
            left += 1
        else:
            task.number_of_course[course] = UNKNOWN
    task.count[COURSES] = left

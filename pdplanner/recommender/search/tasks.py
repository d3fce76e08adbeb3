"""One teacher's part of an instance, cut down to what can be planned and pays."""

from __future__ import annotations

from typing import Any, NamedTuple

# Places in `Task.count`.
WEEKS, COURSES, SKILLS, SLOTS, MUSTS, MINUTES, CELLS = 0, 1, 2, 3, 4, 5, 6
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
    rival_start: Any
    rival_course: Any
    run_start: Any
    run_week: Any
    run_slot: Any
    run_minutes: Any
    clash_start: Any  # [slots + 1]
    clash_slot: Any
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
    candidate_worth: Any
    done_start: Any
    done_course: Any
    required_start: Any
    required_course: Any
    required_by_week: Any
    required_by_run: Any
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
    it is worth beside minutes saved: a step that stays, less its own time and the price of a seat.
    """

    count: Any  # [7]: weeks, courses, skills, slots, musts, minutes of the budget, cells
    number_of_course: Any  # [J], place among `course`, or FORBIDDEN, or UNKNOWN
    number_of_skill: Any  # [K]
    number_of_slot: Any  # [slots of the district]
    number_of_cell: Any  # [W * slots], cells: the weeks and slots in which an option lies
    cell_place: Any  # [cells], week * slots + slot
    cell_slot: Any  # [cells], slot of the district
    clash_start: Any  # [cells + 1], the cells that share a day with a cell
    clash: Any
    slot_is_free: Any  # [slots]
    course: Any  # [n], number in the district
    minutes: Any  # [n], of its shortest option
    weight: Any  # [exponents * n], minutes ** -exponent
    must: Any  # [n], 1: has to be in
    is_kept: Any  # [n], 1: said yes to
    worth: Any  # [n], minutes it has to save to be worth its time
    last_week: Any  # [n]
    last_run: Any  # [n], the number of the last of its runs that is in time
    fixed_run: Any  # [n], ANY when free
    previous: Any  # [n], option in the path as it stands, or -1
    start: Any  # [n], option in the plan that the search starts from, or -1
    fit: Any  # [n]
    mark: Any  # [n], for passing notes inside a kernel
    depth: Any  # [n], length of the longest chain of prerequisites before it
    option_start: Any  # [n + 1]
    option_week: Any
    option_run: Any
    option_cell: Any  # number of a cell, -1 without a run
    option_minutes: Any
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
    rivals_start: Any  # [n + 1], the courses that cannot be in beside it
    rivals: Any
    week_minutes: Any  # [W]
    lost_after: Any  # [m * W], minutes lost of a skill after a week when nothing is planned

"""Instances and answers as JSON documents, in the form that any other solver can read."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from pdplanner.recommender.search.instances import (
    ANY,
    Flags,
    Floats,
    Instance,
    InstanceError,
    Ints,
    Plans,
)

#: No session takes away all of a need; what takes away this share or more is a slip.
MOST_EFFECT = 0.95

Document = Mapping[str, Any]
_Rows = Sequence[Sequence[Any]]


def read_instance(document: Document) -> Instance:
    """Return the instance that a document describes.

    `{"weeks": W, "season": [W + 1 shares] | {skill: [...]}, "courses": [{"id", "minutes",
    "effects": {skill: r}, "requires": [ids], "runs": null | [{"week", "slot", "seats"}]}],
    "teachers": [{"id", "budget", "weekly": [W minutes], "slots": [numbers], "need": {skill:
    minutes}, "fit": {course: f}, "done": [ids], "required": [{"course", "by_week"}]}]}`; a
    teacher may also have `"kept": [{"course", "run": number of that course | null}]`,
    `"previous": [{"course", "week", "run"}]` and `"worth": {course: minutes it has to save}`; a
    course `"rivals": [ids]`, of which one is planned at most, and a run `"minutes"` of its own. Ids
    are compared as text.

    Raises InstanceError, naming the fact, where the document contradicts itself.
    """
    weeks = _whole(document["weeks"], "weeks")
    if weeks < 1:
        raise InstanceError("weeks: 0, a term has one at least")
    courses: Sequence[Document] = document["courses"]
    teachers: Sequence[Document] = document["teachers"]
    number_of_course = _numbers(courses, "course")
    _numbers(teachers, "teacher")
    skills = sorted(
        {str(skill) for course in courses for skill in course.get("effects") or {}}
        | {str(skill) for teacher in teachers for skill in teacher.get("need") or {}}
    )
    number_of_skill = {skill: number for number, skill in enumerate(skills)}

    effects = [_effects(course, number_of_skill) for course in courses]
    requires = [
        [
            (_course_number(needed, number_of_course, f"course {course['id']!r} requires"),)
            for needed in course.get("requires") or ()
        ]
        for course in courses
    ]
    _refuse_cycles(requires, [course["id"] for course in courses])
    rivals = _rivals(courses, number_of_course)
    runs = [_runs(course, weeks) for course in courses]
    run_start = _starts(runs)
    people = [_Person(teacher, number_of_course, run_start, weeks) for teacher in teachers]
    needs = [_needs(teacher, number_of_skill) for teacher in teachers]
    return Instance(
        weeks=weeks,
        skill_ids=tuple(skills),
        season=_season(document["season"], skills, weeks, {s for row in needs for s, _ in row}),
        course_ids=tuple(course["id"] for course in courses),
        minutes=_ints(_whole(c["minutes"], f"minutes of course {c['id']!r}") for c in courses),
        any_week=np.array([course.get("runs") is None for course in courses], dtype=np.bool_),
        effect_start=_starts(effects),
        effect_skill=_column(effects, 0),
        effect_strength=_float_column(effects, 1),
        requires_start=_starts(requires),
        requires_course=_column(requires, 0),
        rival_start=_starts(rivals),
        rival_course=_column(rivals, 0),
        run_start=run_start,
        run_week=_column(runs, 0),
        run_slot=_column(runs, 1),
        run_minutes=_column(runs, 3),
        run_seats=_column(runs, 2),
        clashes=np.zeros((0, 2), dtype=np.int64),
        teacher_ids=tuple(teacher["id"] for teacher in teachers),
        budget=_ints(person.budget for person in people),
        weekly=np.array([person.weekly for person in people], dtype=np.int64).reshape(-1, weeks),
        slot_start=_starts([person.slots for person in people]),
        slot_number=_column([person.slots for person in people], 0),
        need_start=_starts(needs),
        need_skill=_column(needs, 0),
        need_minutes=_float_column(needs, 1),
        candidate_start=_starts([person.candidates for person in people]),
        candidate_course=_column([person.candidates for person in people], 0),
        candidate_fit=_float_column([person.candidates for person in people], 1),
        candidate_worth=_float_column([person.candidates for person in people], 2),
        done_start=_starts([person.done for person in people]),
        done_course=_column([person.done for person in people], 0),
        required_start=_starts([person.required for person in people]),
        required_course=_column([person.required for person in people], 0),
        required_by_week=_column([person.required for person in people], 1),
        required_by_run=_column([person.required for person in people], 2),
        kept_start=_starts([person.kept for person in people]),
        kept_course=_column([person.kept for person in people], 0),
        kept_run=_column([person.kept for person in people], 1),
        previous_start=_starts([person.previous for person in people]),
        previous_course=_column([person.previous for person in people], 0),
        previous_week=_column([person.previous for person in people], 1),
        previous_run=_column([person.previous for person in people], 2),
    )


def answer(instance: Instance, plans: Plans) -> dict[str, Any]:
    """Return the plans as a document: one a teacher, in the order of the instance."""
    return {
        "plans": [
            {
                "teacher": teacher_id,
                "value": float(plans.value[teacher]),
                "steps": [
                    {
                        "course": instance.course_ids[step.course],
                        "week": step.week,
                        "slot": None if step.run == ANY else int(instance.run_slot[step.run]),
                    }
                    for step in plans.steps(teacher)
                ],
            }
            for teacher, teacher_id in enumerate(instance.teacher_ids)
        ]
    }


class _Person:
    """One teacher's rows, by number and checked."""

    def __init__(
        self, teacher: Document, number_of: Mapping[str, int], run_start: Ints, weeks: int
    ) -> None:
        name = f"teacher {teacher['id']!r}"

        def number(course: Hashable, what: str) -> int:
            return _course_number(course, number_of, f"{name} {what}")

        self.budget = _whole(teacher["budget"], f"budget of {name}", down=True)
        weekly = teacher.get("weekly")
        if weekly is None:
            weekly = [self.budget] * weeks
        if len(weekly) != weeks:
            raise InstanceError(f"weekly minutes of {name}: {len(weekly)} numbers, {weeks} weeks")
        self.weekly = [_whole(m, f"weekly minutes of {name}", down=True) for m in weekly]
        self.slots = sorted({(_whole(s, f"slots of {name}"),) for s in teacher.get("slots") or ()})
        fit = teacher.get("fit") or {}
        worth = {str(course): minutes for course, minutes in (teacher.get("worth") or {}).items()}
        self.candidates = sorted(
            (
                number(course, "fits"),
                _share(share, f"fit of {name} for {course!r}", 0.0, 1.0),
                _share(worth.get(str(course), 0.0), f"worth of {course!r}", 0.0, math.inf),
            )
            for course, share in fit.items()
        )
        # A course of another year may be done; it is in nobody's way.
        self.done = sorted(
            {(number_of[str(c)],) for c in teacher.get("done") or () if str(c) in number_of}
        )
        due: dict[int, int] = {}
        for requirement in teacher.get("required") or ():
            course = number(requirement["course"], "requires")
            by_week = requirement.get("by_week")
            last = weeks - 1 if by_week is None else min(math.floor(by_week), weeks - 1)
            due[course] = min(last, due.get(course, last))
        self.required = sorted((j, week, int(run_start[j + 1]) - 1) for j, week in due.items())

        def run(course: int, entry: Document) -> int:
            place = entry.get("run")
            if place is None:
                return ANY
            if not 0 <= place < run_start[course + 1] - run_start[course]:
                raise InstanceError(f"{name}: course {entry['course']!r} has no run {place!r}")
            return int(run_start[course] + place)

        self.kept: list[tuple[int, int]] = []
        for entry in teacher.get("kept") or ():
            course = number(entry["course"], "keeps")
            self.kept.append((course, run(course, entry)))
        self.kept.sort()
        self.previous: list[tuple[int, int, int]] = []
        for entry in teacher.get("previous") or ():
            course = number(entry["course"], "had")
            week = _whole(entry["week"], f"previous path of {name}")
            self.previous.append((course, week, run(course, entry)))
        self.previous.sort()


def _effects(course: Document, number_of: Mapping[str, int]) -> list[tuple[int, float]]:
    return sorted(
        (number_of[str(skill)], _effect(r, f"effect of {course['id']!r} on {skill!r}"))
        for skill, r in (course.get("effects") or {}).items()
    )


def _runs(course: Document, weeks: int) -> list[tuple[int, int, int, int]]:
    name = f"run of course {course['id']!r}"
    rows = []
    for run in course.get("runs") or ():
        week = _whole(run["week"], f"week of a {name}")
        if week >= weeks:
            raise InstanceError(f"week of a {name}: {week}, the term has {weeks}")
        slot = _whole(run["slot"], f"slot of a {name}")
        # Seats may be overbooked, and then lie below zero.
        minutes = _whole(run.get("minutes", course["minutes"]), f"minutes of a {name}")
        rows.append((week, slot, max(0, math.floor(run["seats"])), minutes))
    return rows


def _rivals(courses: Sequence[Document], number_of: Mapping[str, int]) -> list[list[tuple[int]]]:
    """Each course's rivals by number, said of both whichever side says it."""
    pairs: set[tuple[int, int]] = set()
    for number, course in enumerate(courses):
        for other in course.get("rivals") or ():
            rival = _course_number(other, number_of, f"course {course['id']!r} rivals")
            pairs |= {(number, rival), (rival, number)}
    return [
        [(second,) for first, second in sorted(pairs) if first == number != second]
        for number in range(len(courses))
    ]


def _needs(teacher: Document, number_of: Mapping[str, int]) -> list[tuple[int, float]]:
    name = f"need of teacher {teacher['id']!r}"
    return sorted(
        (number_of[str(skill)], _share(minutes, f"{name} for {skill!r}", 0.0, math.inf))
        for skill, minutes in (teacher.get("need") or {}).items()
    )


def _season(season: Any, skills: Sequence[str], weeks: int, needed: set[int]) -> Floats:
    by_skill = isinstance(season, Mapping)
    rows = {str(skill): shares for skill, shares in season.items()} if by_skill else {}
    table = np.zeros((len(skills), weeks + 1))
    for number, skill in enumerate(skills):
        shares = rows.get(skill) if by_skill else season
        if shares is None:
            if number in needed:
                raise InstanceError(f"season of skill {skill!r} is missing")
            continue
        if len(shares) != weeks + 1:
            raise InstanceError(f"season: {len(shares)} shares, {weeks} weeks and the time after")
        table[number] = [_share(share, "season", 0.0, math.inf) for share in shares]
    return table


def _refuse_cycles(requires: _Rows, ids: Sequence[Hashable]) -> None:
    open_count = [len(row) for row in requires]
    opens: dict[int, list[int]] = {}
    for course, row in enumerate(requires):
        for (needed,) in row:
            opens.setdefault(needed, []).append(course)
    ready = [course for course, count in enumerate(open_count) if count == 0]
    while ready:
        for course in opens.get(ready.pop(), ()):
            open_count[course] -= 1
            if open_count[course] == 0:
                ready.append(course)
    stuck = [str(ids[course]) for course, count in enumerate(open_count) if count > 0]
    if stuck:
        raise InstanceError(f"courses require each other in a circle: {', '.join(stuck)}")


def _numbers(items: Sequence[Document], what: str) -> dict[str, int]:
    numbers = {str(item["id"]): number for number, item in enumerate(items)}
    if len(numbers) < len(items):
        raise InstanceError(f"a {what}'s id occurs twice")
    return numbers


def _course_number(course: Hashable, number_of: Mapping[str, int], who: str) -> int:
    if str(course) not in number_of:
        raise InstanceError(f"{who} unknown course {course!r}")
    return number_of[str(course)]


def _whole(number: float, what: str, *, down: bool = False) -> int:
    if not 0 <= number < math.inf or (not down and number != math.floor(number)):
        raise InstanceError(f"{what}: {number!r} is no whole number from 0 up")
    return math.floor(number)


def _share(number: float, what: str, low: float, high: float) -> float:
    if not low <= number <= high or not math.isfinite(number):
        raise InstanceError(f"{what}: {number!r} lies outside {low:g} to {high:g}")
    return float(number)


def _effect(strength: float, what: str) -> float:
    if not 0 <= strength < MOST_EFFECT:
        raise InstanceError(f"{what}: {strength!r} lies outside 0 to below {MOST_EFFECT:g}")
    return float(strength)


def _starts(rows: _Rows) -> Ints:
    return np.concatenate([[0], np.cumsum([len(row) for row in rows], dtype=np.int64)]).astype(
        np.int64
    )


def _ints(numbers: Iterable[int]) -> Ints:
    return np.fromiter(numbers, dtype=np.int64)


def _column(rows: _Rows, place: int) -> Ints:
    return np.array([entry[place] for row in rows for entry in row], dtype=np.int64)


def _float_column(rows: _Rows, place: int) -> Floats:
    return np.array([entry[place] for row in rows for entry in row], dtype=np.float64)


__all__ = ["Document", "Flags", "answer", "read_instance"]

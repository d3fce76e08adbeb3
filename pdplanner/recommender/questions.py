"""What a page asks about one teacher: what would this session do for me, and why is it not there?

Answers need no search (but `why_not` where no path can tell): they are for a web page to ask.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod

import numpy as np

from pdplanner.recommender.candidates import Chances, gains_of, worth_of
from pdplanner.recommender.eligibility import open_to, why_shut
from pdplanner.recommender.facts import Facts, Id, Path, Reason, Step, TeacherFacts, WhyNot
from pdplanner.recommender.needs import weeks_of
from pdplanner.recommender.path import Ground, plan_rows, survey
from pdplanner.recommender.reasons import best_reason
from pdplanner.recommender.rules import PathRules
from pdplanner.recommender.steps import split_minutes
from pdplanner.recommender.tables import Floats, Ints, catalogue_of

#: What a path says of an open course that it left out; any other rule of a path shut the course
#: when it was cut, and shuts it no more.
WITHOUT_ROOM = ("no-room", "no-run")


class UnknownTeacher(ValueError):
    """A question about somebody who is not among the teachers of the facts."""


@dataclass(frozen=True, slots=True)
class CourseFit:
    """What one open course could do for one teacher."""

    course: Id
    fit: Mapping[str, float]  # named parts in (0, 1]
    value: float  # minutes it would save if taken alone, as early as can be
    reason: Reason | None  # what stands for most of these minutes; None where nothing can be told


def fits_of(facts: Facts, teacher: Id, rules: PathRules | None = None) -> dict[Id, CourseFit]:
    """What each course that is open to the teacher could do, the most helpful first.

    Raises UnknownTeacher, and BadFacts for facts that cannot be.
    """
    ground = survey(facts, rules or PathRules())
    row = _row_of(facts, teacher)
    chances = ground.chances([row])
    open_courses = np.flatnonzero(chances.openness.courses[0])
    found = []
    for number in open_courses.tolist():
        (minutes,) = split_minutes(ground.needs, row, *_saved(ground, row, number, chances))
        found.append(
            CourseFit(
                course=ground.catalogue.courses[number].id,
                fit=chances.fits.parts_of(0, number),
                value=float(chances.gain[0, number]),
                reason=best_reason(
                    facts.teachers[row], minutes, ground.needs.evidence, ground.rules.reasons
                ),
            )
        )
    found.sort(key=lambda one: (-one.value, ground.catalogue.number[one.course]))
    return {one.course: one for one in found}


def why_not(
    facts: Facts,
    teacher: Id,
    course: Id,
    *,
    path: Path | None = None,
    rules: PathRules | None = None,
) -> WhyNot:
    """Why a course is not on the teacher's path: the first rule that shuts it out, or the step
    that already does its work.

    `path` is the path as it stands; without it, or where it says nothing of a course that should
    be on it, one is worked out first. Raises UnknownTeacher, and BadFacts for facts that cannot be.
    """
    row = _row_of(facts, teacher)
    one = facts.teachers[row]
    standing = path and next((step for step in path.steps if step.course == course), None)
    if standing:
        return _on_path(standing)
    # What is shut out needs no forecast: most questions end here.
    catalogue = catalogue_of(facts, weeks_of(facts.calendar))
    number = catalogue.number.get(course)
    if number is None:
        return WhyNot(course, "unknown-course", {})
    shut = why_shut(facts, catalogue, one, open_to(facts, catalogue, [one]), 0, number)
    if shut is not None:
        return shut
    ground = survey(facts, rules or PathRules())
    is_missed = course in _expected_of(facts, one)
    if path is None or (is_missed and _without_room(path, course) is None):
        path = plan_rows(ground, [row], {} if path is None else {teacher: path})[teacher]
        if standing := next((step for step in path.steps if step.course == course), None):
            return _on_path(standing)
    return _why_not_open(ground, row, number, path)


def _on_path(step: Step) -> WhyNot:
    return WhyNot(step.course, "on-path", {"date": step.date or step.week_date})


def _expected_of(facts: Facts, teacher: TeacherFacts) -> set[Id]:
    """The courses that should be on the teacher's path: required, said yes to, or with a seat."""
    due = {one.course for one in facts.requirements if teacher.id in one.teachers}
    return due | teacher.accepted | set(teacher.enrolled)


def _without_room(path: Path, course: Id) -> WhyNot | None:
    """What the path says of an open course that should be on it and found no room."""
    return next(
        (why for why in path.left_out if why.course == course and why.rule in WITHOUT_ROOM), None
    )


def _why_not_open(ground: Ground, row: int, number: int, path: Path) -> WhyNot:
    """Why a course that is open to the teacher is not on the path."""
    chances = ground.chances([row])
    course = ground.catalogue.courses[number].id
    if (without_room := _without_room(path, course)) is not None:
        return without_room
    twins = ground.catalogue.twins[course]
    for step in path.steps:
        if step.course in twins:
            return _covered(course, step)
    worth = float(worth_of(ground.catalogue, ground.rules.fit)[number])
    gain = float(chances.gain[0, number])
    if gain < worth:
        return WhyNot(course, "no-need", {"minutes": round(gain, 2)})
    rest, doer = _beside(ground, row, number, chances, path)
    if doer is not None and rest < worth:
        return _covered(course, doer)
    return WhyNot(course, "less-helpful", {"minutes": round(rest, 2)})


def _covered(course: Id, step: Step) -> WhyNot:
    return WhyNot(course, "covered", {"course": step.course, "date": step.date or step.week_date})


def _beside(
    ground: Ground, row: int, number: int, chances: Chances, path: Path
) -> tuple[float, Step | None]:
    """Minutes the course would still save beside the path, and the step that takes most of it."""
    need = ground.need[row].copy()
    taken: list[tuple[float, Step]] = []
    column = {skill: place for place, skill in enumerate(ground.needs.skills)}
    for step in path.steps:
        other = ground.catalogue.number.get(step.course)
        if other is None:
            continue
        fit = prod(step.fit.values())
        before = need.copy()
        for skill, strength in ground.catalogue.courses[other].effects.items():
            if skill in column:
                need[column[skill]] *= (1.0 - strength) ** fit
        taken.append((_gain(ground, number, chances, before - need), step))
    doer = max(taken, key=lambda pair: pair[0], default=(0.0, None))
    return _gain(ground, number, chances, need), doer[1] if doer[0] > 0 else None


def _gain(ground: Ground, number: int, chances: Chances, need: Floats) -> float:
    gains = gains_of(
        need[None, :],
        ground.needs.season,
        ground.effects,
        chances.fits.whole,
        chances.first_week,
    )
    return float(gains[0, number])


def _saved(ground: Ground, row: int, number: int, chances: Chances) -> tuple[Ints, Floats]:
    """The skills [K] that a course would save minutes of if taken alone, and how many [1, K]."""
    effects = ground.effects
    entries = slice(effects.start[number], effects.start[number + 1])
    season, week = ground.needs.season, int(chances.first_week[0, number])
    fit = float(chances.fits.whole[0, number])
    skills = effects.skill[entries]
    left = ground.need[row, skills] * season[skills, week + 1 :].sum(axis=1)
    saved: Floats = left * -np.expm1(fit * effects.keeps[entries])
    return skills, saved[None, :]


def _row_of(facts: Facts, teacher: Id) -> int:
    for row, one in enumerate(facts.teachers):
        if one.id == teacher:
            return row
    raise UnknownTeacher(f"teacher {teacher!r} is not among the facts")

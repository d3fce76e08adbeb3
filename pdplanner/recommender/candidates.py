"""What the solver is given: the courses worth proposing to each teacher, and the limits that hold.

Teachers are looked at in batches, so that only what is kept (a few dozen candidates each) grows
with their number, not teachers times courses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pdplanner.recommender.eligibility import Openness, open_to
from pdplanner.recommender.facts import Facts, Id, TeacherFacts
from pdplanner.recommender.fit import Fits, fit_courses
from pdplanner.recommender.needs import Needs
from pdplanner.recommender.rules import FitRules, PathRules
from pdplanner.recommender.tables import Catalogue, Flags, Floats, Ints, incidence

#: Teachers looked at together: 256 x 5,000 courses are 10 MB an array.
BATCH = 256


@dataclass(frozen=True, slots=True)
class Effects:
    """What courses do for skills, one entry a course and skill, grouped by course: E entries."""

    course: Ints  # [E]
    skill: Ints  # [E], a column of the needs
    keeps: Floats  # [E], log(1 - r): what a perfect fit leaves of the need, as a logarithm
    strength: Floats  # [E], r
    start: Ints  # [J + 1]


@dataclass(frozen=True, slots=True)
class Chances:
    """What every course could do for each teacher of a batch: T teachers, J courses."""

    openness: Openness
    fits: Fits
    first_week: Ints  # [T, J], the earliest week it could be taken; W where never
    gain: Floats  # [T, J], minutes saved if taken alone and as early as can be


def effects_of(catalogue: Catalogue, needs: Needs) -> Effects:
    """The effects on the skills that anybody needs."""
    column = {skill: number for number, skill in enumerate(needs.skills)}
    rows = [
        (number, column[skill], strength)
        for number, course in enumerate(catalogue.courses)
        for skill, strength in sorted(course.effects.items(), key=lambda item: str(item[0]))
        if skill in column and strength > 0
    ]
    course = np.array([row[0] for row in rows], dtype=np.int64)
    strength = np.array([row[2] for row in rows], dtype=np.float64)
    return Effects(
        course=course,
        skill=np.array([row[1] for row in rows], dtype=np.int64),
        keeps=np.log1p(-strength),
        strength=strength,
        start=np.searchsorted(course, np.arange(len(catalogue.courses) + 1)),
    )


def tellable_need(needs: Needs, rules: PathRules) -> Floats:
    """The minutes [T, K] that a reason can be given for: what cannot be told is not acted on.

    An own ask, an own word, a goal or a roll-out can be told; colleagues' asks only where enough
    people asked for nobody to be recognised. What a requirement adds is told by the requirement
    itself and would only make other courses look needed.
    """
    told = (needs.parts["goal"] > 0) | (needs.parts["rollout"] > 0) | (needs.parts["said"] > 0)
    asked, others = needs.evidence.asked_by()
    told |= asked | (others >= rules.need.cohort_people)
    return np.where(told, needs.minutes - needs.parts["requirement"], 0.0)


def chances_of(
    facts: Facts,
    catalogue: Catalogue,
    teachers: Sequence[TeacherFacts],
    need: Floats,
    season: Floats,
    effects: Effects,
    rules: FitRules,
) -> Chances:
    """What the catalogue could do for these teachers; `need` [T, K] are their rows."""
    openness = open_to(facts, catalogue, teachers)
    fits = fit_courses(facts, catalogue, teachers, openness.runs, rules)
    weeks = len(catalogue.weeks)
    first = np.full(fits.whole.shape, min(catalogue.first_week, weeks), dtype=np.int64)
    first[:, catalogue.dated] = weeks
    lengths = np.diff(catalogue.run_start)
    held = np.flatnonzero(lengths)
    if len(held):
        open_weeks = np.where(openness.runs, catalogue.run_week, weeks)
        first[:, held] = np.minimum.reduceat(open_weeks, catalogue.run_start[held], axis=1)
    gain = gains_of(need, season, effects, fits.whole, first)
    return Chances(openness, fits, first, gain)


def gains_of(need: Floats, season: Floats, effects: Effects, fit: Floats, week: Ints) -> Floats:
    """Minutes [T, J] each course would save if taken alone in its week [T, J]."""
    gain = np.zeros(fit.shape)
    if not len(effects.course):
        return gain
    # after[k, w]: the share of a skill's need that comes later than week w.
    after = np.zeros((season.shape[0], season.shape[1] + 1))
    after[:, : season.shape[1]] = np.cumsum(season[:, ::-1], axis=1)[:, ::-1] - season
    saved: Floats = -np.expm1(fit[:, effects.course] * effects.keeps)
    saved *= need[:, effects.skill] * after[effects.skill, week[:, effects.course]]
    taught = np.flatnonzero(np.diff(effects.start))
    gain[:, taught] = np.add.reduceat(saved, effects.start[taught], axis=1)
    return gain


def worth_of(catalogue: Catalogue, rules: FitRules) -> Floats:
    """The minutes [J] each course has to save, taken alone, to be worth proposing."""
    worth: Floats = np.maximum(rules.worth_minutes, rules.worth_share * catalogue.minutes)
    return worth


def price_of_time(
    catalogue: Catalogue, rules: FitRules, standing: Sequence[frozenset[Id]]
) -> Floats:
    """The minutes [T, J] each course has to save beside the rest of a path: a share of its own
    length, and so in the same measure as the budget. More hours then never make a path save less.
    What is on the path already need only save a part of that.
    """
    price = np.tile(rules.worth_share * catalogue.minutes, (len(standing), 1))
    price[incidence(standing, catalogue.number) > 0] *= rules.worth_standing
    return price


def choose(
    catalogue: Catalogue,
    teachers: Sequence[TeacherFacts],
    chances: Chances,
    rules: FitRules,
    standing: Sequence[frozenset[Id]],
) -> Flags:
    """[T, J]: the candidates. `standing` are the courses on each teacher's path as it is."""
    open_courses = chances.openness.courses
    worth = worth_of(catalogue, rules)
    helps = chances.gain >= worth
    chosen = np.asarray(open_courses & (helps | chances.openness.required))
    for row, teacher in enumerate(teachers):
        held = teacher.accepted | set(teacher.enrolled)
        for course in held | standing[row]:
            number = catalogue.number.get(course)
            if number is not None and open_courses[row, number]:
                still_helps = chances.gain[row, number] >= rules.worth_standing * worth[number]
                chosen[row, number] |= course in held or still_helps
    _add_prerequisites(catalogue, chosen, chances.openness)
    return chosen


def _add_prerequisites(catalogue: Catalogue, chosen: Flags, openness: Openness) -> None:
    """Choose whatever a chosen course still requires; open courses have theirs open, too."""
    requires = [
        (number, [catalogue.number[other] for other in course.requires & catalogue.number.keys()])
        for number, course in enumerate(catalogue.courses)
        if course.requires
    ]
    changed = True
    while changed:
        before = int(chosen.sum())
        for number, others in requires:
            for other in others:
                chosen[:, other] |= chosen[:, number] & ~openness.done[:, other]
        changed = int(chosen.sum()) > before


def standing_courses(
    teachers: Sequence[TeacherFacts], previous: Mapping[Id, frozenset[Id]]
) -> list[frozenset[Id]]:
    """The courses of each teacher's path as it stands."""
    return [previous.get(teacher.id, frozenset()) for teacher in teachers]

"""What a draft session, or one more run, would do: for whom, how much, and why.

An answer takes the paths as they stand and changes none: it adds the draft to each path where
hours and calendar leave room, or puts it in the place of steps that save less.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import prod

import numpy as np

from pdplanner.recommender.candidates import BATCH, Chances, chances_of, effects_of, worth_of
from pdplanner.recommender.eligibility import RULES
from pdplanner.recommender.facts import CourseFacts, Facts, Id, OfferingFacts, Path, Step
from pdplanner.recommender.needs import weeks_of
from pdplanner.recommender.path import Ground, is_gone, survey
from pdplanner.recommender.rules import PathRules
from pdplanner.recommender.soundness import check_course
from pdplanner.recommender.steps import TOLD_PARTS
from pdplanner.recommender.tables import (
    Catalogue,
    Floats,
    catalogue_of,
    school_days,
    schools_of,
)


class UnknownCourse(ValueError):
    """One more run of a course that is not in the facts."""


@dataclass(frozen=True, slots=True)
class Reached:
    """What a draft would do for one teacher."""

    teacher: Id
    minutes: float  # saved on top of the path as it stands, what it displaces taken off
    fit: Mapping[str, float]  # named parts in (0, 1]
    because: Mapping[str, float]  # minutes by the part of the need: own, cohort, rollout, goal
    instead_of: tuple[Id, ...]  # steps that would make room for it


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom a draft would reach, those it helps most first."""

    reached: tuple[Reached, ...]
    seats: int | None  # of the draft's runs together; None: no limit
    shut_out: Mapping[str, int]  # rule (as in WhyNot) -> how many teachers

    @property
    def minutes(self) -> float:
        """Minutes it would save in all, seats going to those it helps most."""
        return sum(one.minutes for one in self.reached[: self.seats])


def what_if(
    facts: Facts,
    draft: CourseFacts | OfferingFacts,
    *,
    paths: Mapping[Id, Path],
    rules: PathRules | None = None,
    ground: Ground | None = None,
) -> Reach:
    """What a draft session, or one more run of a course, would do beside the paths as they stand.

    `ground` is `survey(facts, rules)` of an earlier question, to ask many about the same facts.
    Raises UnknownCourse, and BadFacts for facts or a draft that cannot be.
    """
    ground = ground or survey(facts, rules or PathRules())
    course = _with_run(facts, draft) if isinstance(draft, OfferingFacts) else draft
    check_course(course, facts.skills)
    asked = _Question(ground, course)
    reached: list[Reached] = []
    shut: Counter[str] = Counter()
    rows = [row for row, one in enumerate(facts.teachers) if not is_gone(one, facts)]
    for begin in range(0, len(rows), BATCH):
        asked.answer(rows[begin : begin + BATCH], paths, reached, shut)
    reached.sort(key=lambda one: (-one.minutes, str(one.teacher)))
    seats = None if course.runs is None else sum(max(run.seats_left, 0) for run in course.runs)
    return Reach(tuple(reached), seats, dict(sorted(shut.items())))


class _Question:
    """One draft, asked about batch by batch."""

    def __init__(self, ground: Ground, course: CourseFacts) -> None:
        self._ground, self._course = ground, course
        own = ground.catalogue
        around = [c for c in _closure(ground.facts, course) if c.id != course.id]
        self._facts = replace(ground.facts, courses=(course, *around))
        self._catalogue: Catalogue = catalogue_of(self._facts, weeks_of(ground.facts.calendar))
        self._number = self._catalogue.number[course.id]
        self._effects = effects_of(self._catalogue, ground.needs)
        self._worth = float(worth_of(self._catalogue, ground.rules.fit)[self._number])
        entries = slice(self._effects.start[self._number], self._effects.start[self._number + 1])
        self._skills = self._effects.skill[entries]
        self._keeps = self._effects.keeps[entries]
        column = {int(skill): place for place, skill in enumerate(self._skills)}
        self._days: dict[frozenset[Id], list[list[date]]] = {}
        # What courses on a path already do for the draft's skills.
        self._beside: dict[Id, list[tuple[int, float]]] = {}
        for j, k, keeps in zip(
            ground.effects.course, ground.effects.skill, ground.effects.keeps, strict=True
        ):
            if int(k) in column:
                name = own.courses[int(j)].id
                self._beside.setdefault(name, []).append((column[int(k)], float(keeps)))

    def answer(
        self,
        rows: Sequence[int],
        paths: Mapping[Id, Path],
        reached: list[Reached],
        shut: Counter[str],
    ) -> None:
        """Add what the draft would do for the teachers in these rows."""
        ground, number = self._ground, self._number
        teachers = [ground.facts.teachers[row] for row in rows]
        chances = chances_of(
            self._facts,
            self._catalogue,
            teachers,
            ground.need[list(rows)],
            ground.needs.season,
            self._effects,
            ground.rules.fit,
        )
        rule = chances.openness.rule[:, number]
        for place, (row, teacher) in enumerate(zip(rows, teachers, strict=True)):
            if rule[place]:
                shut[RULES[rule[place]]] += 1
                continue
            if chances.gain[place, number] < self._worth:
                shut["no-need"] += 1
                continue
            path = paths.get(teacher.id)
            steps = path.steps if path else ()
            if any(step.course == self._course.id for step in steps):
                shut["on-path"] += 1
                continue
            found = self._beside_path(row, place, chances, steps)
            if found is None:
                shut["less-helpful"] += 1
            else:
                reached.append(found)

    def _beside_path(
        self, row: int, place: int, chances: Chances, steps: Sequence[Step]
    ) -> Reached | None:
        """What the draft adds to one path; None where the path does better without it."""
        teacher = self._ground.facts.teachers[row]
        room = self._room(row, int(chances.first_week[place, self._number]), steps)
        if room is None:
            return None
        week, displaced = room
        kept = [step for step in steps if step not in displaced]
        if not self._has_prerequisites(row, week, kept, chances, place):
            return None
        fit = float(chances.fits.whole[place, self._number])
        saved = self._saved(row, week, kept, fit)
        lost = sum(step.value for step in displaced)
        if saved.sum() - lost < self._worth:
            return None
        needs = self._ground.needs
        because = dict.fromkeys(TOLD_PARTS, 0.0)
        for skill, minutes in zip(self._skills.tolist(), saved.tolist(), strict=True):
            parts = {name: float(needs.parts[name][row, skill]) for name in TOLD_PARTS}
            total = sum(parts.values()) or 1.0
            for name, part in parts.items():
                because[name] += minutes * part / total
        return Reached(
            teacher=teacher.id,
            minutes=float(saved.sum()) - lost,
            fit=chances.fits.parts_of(place, self._number),
            because=because,
            instead_of=tuple(step.course for step in displaced),
        )

    def _saved(self, row: int, week: int, steps: Sequence[Step], fit: float) -> Floats:
        """Minutes saved by skill of the draft, beside these steps."""
        remaining = self._ground.needs.season[self._skills].copy()
        for step in steps:
            share = prod(step.fit.values())
            for column, keeps in self._beside.get(step.course, ()):
                remaining[column, self._week(step) + 1 :] *= float(np.exp(share * keeps))
        left = remaining[:, week + 1 :].sum(axis=1)
        saved: Floats = self._ground.need[row, self._skills] * left * -np.expm1(fit * self._keeps)
        return saved

    def _room(
        self, row: int, first: int, steps: Sequence[Step]
    ) -> tuple[int, tuple[Step, ...]] | None:
        """The week the draft could go into, and the steps it would displace, cheapest first."""
        teacher = self._ground.facts.teachers[row]
        weeks = len(self._catalogue.weeks)
        if first >= weeks:
            return None
        held = teacher.accepted | set(teacher.enrolled) | self._required(teacher.id)
        courses, number = self._ground.catalogue.courses, self._ground.catalogue.number
        planned = [courses[number[step.course]] for step in steps if step.course in number]
        held |= {other for course in planned for other in course.requires}
        loose = sorted(
            (step for step in steps if step.course not in held),
            key=lambda step: (step.value / max(step.minutes, 1), str(step.course)),
        )
        minutes = self._course.minutes
        displaced: list[Step] = []
        spare = teacher.minutes_budget - sum(step.minutes for step in steps)
        while spare < minutes and loose:
            displaced.append(loose.pop(0))
            spare += displaced[-1].minutes
        if spare < minutes:
            return None
        limit = teacher.minutes_budget if teacher.weekly_minutes is None else teacher.weekly_minutes
        used = np.zeros(weeks, dtype=np.int64)
        for step in steps:
            if step not in displaced and 0 <= self._week(step) < weeks:
                used[self._week(step)] += step.minutes
        dated = self._course.runs is not None
        for week in range(first, first + 1 if dated else weeks):
            if used[week] + minutes <= limit and (dated or self._has_school(row, week)):
                return week, tuple(displaced)
        return None

    def _has_prerequisites(
        self, row: int, week: int, steps: Sequence[Step], chances: Chances, place: int
    ) -> bool:
        """Whether all that the draft requires is done or on the path before."""
        before = {step.course for step in steps if self._week(step) < week}
        return all(
            other in before
            or other in self._ground.facts.teachers[row].done
            or chances.openness.done[place, self._catalogue.number[other]]
            for other in self._course.requires
        )

    def _has_school(self, row: int, week: int) -> bool:
        """Whether a school day of the teacher is left in the week."""
        schools = schools_of(self._ground.facts.teachers[row])
        if schools not in self._days:
            self._days[schools] = school_days(self._facts, self._catalogue.weeks, schools)
        return bool(self._days[schools][week])

    def _required(self, teacher: Id) -> set[Id]:
        return {r.course for r in self._ground.facts.requirements if teacher in r.teachers}

    def _week(self, step: Step) -> int:
        return (step.week_date - self._catalogue.weeks[0]).days // 7


def _with_run(facts: Facts, run: OfferingFacts) -> CourseFacts:
    for course in facts.courses:
        if course.id == run.course:
            return replace(course, runs=(run,))
    raise UnknownCourse(f"run {run.id!r} is of unknown course {run.course!r}")


def _closure(facts: Facts, course: CourseFacts) -> list[CourseFacts]:
    """The courses that this one requires, directly or through another."""
    by_id = {one.id: one for one in facts.courses}
    found: dict[Id, CourseFacts] = {}
    ahead = list(course.requires)
    while ahead:
        other = by_id.get(ahead.pop())
        if other is not None and other.id not in found:
            found[other.id] = other
            ahead.extend(other.requires)
    return list(found.values())

"""What a draft session, or one more run, would do: for whom, how much, and why.

An answer takes the paths as they stand and changes none: it adds the draft to each path where
hours and calendar leave room, or puts it in the place of steps that save less.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod

import numpy as np

from pdplanner.recommender.candidates import BATCH, Chances, chances_of, effects_of, worth_of
from pdplanner.recommender.eligibility import RULES
from pdplanner.recommender.facts import (
    CourseFacts,
    Facts,
    Id,
    OfferingFacts,
    Path,
    Step,
    TeacherFacts,
)
from pdplanner.recommender.needs import weeks_of
from pdplanner.recommender.path import Ground, is_gone, survey
from pdplanner.recommender.rules import PathRules
from pdplanner.recommender.soundness import check_course
from pdplanner.recommender.steps import TOLD_PARTS
from pdplanner.recommender.tables import Catalogue, Floats, catalogue_of, days_of


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
        self._twins = course.equivalents | own.twins.get(course.id, frozenset())
        column = {int(skill): place for place, skill in enumerate(self._skills)}
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
        fit = float(chances.fits.whole[place, self._number])
        best: tuple[float, Floats, tuple[Step, ...]] | None = None
        for week, displaced in self._rooms(row, place, chances, steps):
            kept = [step for step in steps if step not in displaced]
            if not self._has_prerequisites(row, week, kept, chances, place):
                continue
            saved = self._saved(row, week, kept, fit)
            added = float(saved.sum()) - sum(step.value for step in displaced)
            if best is None or added > best[0]:
                best = (added, saved, displaced)
        if best is None or best[0] < self._worth:
            return None
        added, saved, displaced = best
        needs = self._ground.needs
        because = dict.fromkeys(TOLD_PARTS, 0.0)
        for skill, minutes in zip(self._skills.tolist(), saved.tolist(), strict=True):
            parts = {name: float(needs.parts[name][row, skill]) for name in TOLD_PARTS}
            total = sum(parts.values()) or 1.0
            for name, part in parts.items():
                because[name] += minutes * part / total
        return Reached(
            teacher=self._ground.facts.teachers[row].id,
            minutes=added,
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

    def _rooms(
        self, row: int, place: int, chances: Chances, steps: Sequence[Step]
    ) -> Iterator[tuple[int, tuple[Step, ...]]]:
        """Each week the draft could go into, and the steps it would displace there: those that its
        run clashes with, then the cheapest. Without runs: the first week that has room."""
        teacher = self._ground.facts.teachers[row]
        loose = self._loose(teacher, steps)
        first = int(chances.first_week[place, self._number])
        if self._course.runs is not None:
            for run in self._catalogue.runs_of(self._number):
                if chances.openness.runs[place, run]:
                    week = int(self._catalogue.run_week[run])
                    clashing = self._clashing(self._catalogue.runs[run], steps)
                    minutes = int(self._catalogue.run_minutes[run])
                    displaced = self._displaced(teacher, week, minutes, steps, loose, clashing)
                    if displaced is not None:
                        yield week, displaced
            return
        minutes, anywhere = self._course.minutes, len(self._catalogue.weeks)
        rivals = self._clashing(None, steps)
        displaced = self._displaced(teacher, anywhere, minutes, steps, loose, rivals)
        if displaced is not None:
            used = self._used(steps, displaced)
            limit = self._limit(teacher, minutes, steps, loose)
            for week in np.flatnonzero(chances.openness.weeks[place]).tolist():
                if week >= first and used.get(week, 0) + minutes <= limit:
                    yield week, displaced
                    return

    def _loose(self, teacher: TeacherFacts, steps: Sequence[Step]) -> list[Step]:
        """The steps that may give way, those that save least for their time first."""
        held = teacher.accepted | set(teacher.enrolled) | self._required(teacher.id)
        courses, number = self._ground.catalogue.courses, self._ground.catalogue.number
        planned = [courses[number[step.course]] for step in steps if step.course in number]
        held |= {other for course in planned for other in course.requires}
        return sorted(
            (step for step in steps if step.course not in held),
            key=lambda step: (step.value / max(step.minutes, 1), str(step.course)),
        )

    def _displaced(
        self,
        teacher: TeacherFacts,
        week: int,
        minutes: int,
        steps: Sequence[Step],
        loose: Sequence[Step],
        clashing: Sequence[Step],
    ) -> tuple[Step, ...] | None:
        """The steps that make room for so many minutes in the week; None where none can."""
        if not all(step in loose for step in clashing):
            return None
        displaced = list(clashing)
        spare = teacher.minutes_budget - sum(step.minutes for step in steps if step not in clashing)
        here = self._limit(teacher, minutes, steps, loose) - self._used(steps, clashing).get(
            week, 0
        )
        for step in loose:
            if here < minutes and self._week(step) == week and step not in displaced:
                displaced.append(step)
                spare, here = spare + step.minutes, here + step.minutes
        for step in loose:
            if spare < minutes and step not in displaced:
                displaced.append(step)
                spare += step.minutes
        return tuple(displaced) if min(spare, here) >= minutes else None

    def _limit(
        self, teacher: TeacherFacts, minutes: int, steps: Sequence[Step], loose: Sequence[Step]
    ) -> int:
        """Minutes a week, as a replan would have them: without a limit of the teacher's own, room
        for the longest session, and for all that has to be in."""
        if teacher.weekly_minutes is not None:
            return min(teacher.weekly_minutes, teacher.minutes_budget)
        held = sum(step.minutes for step in steps) - sum(step.minutes for step in loose)
        usual = self._ground.rules.search.usual_week_minutes
        longest = max((step.minutes for step in steps), default=0)
        return min(max(usual, minutes, longest, held), teacher.minutes_budget)

    def _used(self, steps: Sequence[Step], but: Sequence[Step]) -> Counter[int]:
        """The minutes that these steps take of each week, but for some."""
        used: Counter[int] = Counter()
        for step in steps:
            if step not in but:
                used[self._week(step)] += step.minutes
        return used

    def _clashing(self, run: OfferingFacts | None, steps: Sequence[Step]) -> list[Step]:
        """The steps that stand for the same as the draft, or in whose runs nobody can be who is in
        this one."""
        known = self._ground.catalogue
        found = []
        for step in steps:
            number = None if step.offering is None else known.run_number.get(step.offering)
            meets = run is not None and number is not None and clash(run, known.runs[number])
            if meets or step.course in self._twins:
                found.append(step)
        return found

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

    def _required(self, teacher: Id) -> set[Id]:
        return {r.course for r in self._ground.facts.requirements if teacher in r.teachers}

    def _week(self, step: Step) -> int:
        return (step.week_date - self._catalogue.weeks[0]).days // 7


def clash(one: OfferingFacts, other: OfferingFacts) -> bool:
    """Whether nobody can be in both runs: they share a slot of a day, or one takes whole days."""
    days, others = days_of(one), days_of(other)
    if set(days).isdisjoint(others):
        return False
    slots = [run.slot or "" if len(d) == 1 else "" for run, d in ((one, days), (other, others))]
    return slots[0] == slots[1] or "" in slots


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

"""From candidates to the solver's arrays, batch by batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from pdplanner.recommender.candidates import Chances, Effects
from pdplanner.recommender.eligibility import enrolled_run
from pdplanner.recommender.facts import Facts, Id, Path, TeacherFacts
from pdplanner.recommender.needs import Needs
from pdplanner.recommender.rules import SearchRules
from pdplanner.recommender.search import Instance
from pdplanner.recommender.tables import (
    Catalogue,
    Flags,
    Floats,
    Ints,
    families,
)

ANY = -1  # no run, or no certain one


@dataclass(slots=True)
class _Rows:
    """Lists of unequal length, one behind the other, with the columns they are made of."""

    width: int
    lengths: list[int] = field(default_factory=lambda: [0])
    tables: list[Ints] = field(default_factory=list)

    def add(self, rows: Sequence[Sequence[int]] | Ints) -> None:
        """Add one list: rows of `width` columns, or the one column."""
        self.lengths.append(len(rows))
        if len(rows):
            self.tables.append(np.asarray(rows, dtype=np.int64).reshape(-1, self.width))

    @property
    def start(self) -> Ints:
        return np.cumsum(self.lengths, dtype=np.int64)

    def column(self, place: int) -> Ints:
        empty = np.zeros((0, self.width), dtype=np.int64)
        return np.concatenate([empty, *self.tables])[:, place].copy()


class InstanceDraft:
    """Gathers what the solver needs, one batch of teachers after the other."""

    def __init__(
        self,
        facts: Facts,
        rules: SearchRules,
        catalogue: Catalogue,
        needs: Needs,
        effects: Effects,
    ) -> None:
        self._facts, self._rules, self._catalogue = facts, rules, catalogue
        self._needs, self._effects = needs, effects
        self._ids: list[Id] = []
        self._budget: list[int] = []
        self._weekly: list[Ints] = []
        self._due = _last_in_time(facts, catalogue)
        self._places, self._done = _Rows(1), _Rows(1)
        self._required, self._kept, self._previous = _Rows(3), _Rows(2), _Rows(3)
        self._need_count, self._candidate_count = [0], [0]
        self._need: list[tuple[Ints, Floats]] = []
        self._candidates: list[tuple[Ints, Floats]] = []
        self._worth: list[Floats] = []

    def add(
        self,
        teachers: Sequence[TeacherFacts],
        need: Floats,
        chances: Chances,
        chosen: Flags,
        price: Floats,
        previous: Mapping[Id, Path],
    ) -> None:
        """Add a batch: its teachers, their need [T, K], their chances, candidates [T, J], and the
        price [T, J] of each one's time, in minutes to be saved."""
        lengths = _lengths(self._catalogue, chances.openness.runs)
        for row, teacher in enumerate(teachers):
            candidates = np.flatnonzero(chosen[row])
            self._add_limits(teacher, candidates, lengths[row], chances.openness.weeks[row])
            self._add_choice(teacher, candidates, previous.get(teacher.id))
            self._places.add(np.flatnonzero(chances.openness.places[row]))
            self._done.add(np.flatnonzero(chances.openness.done[row]))
            for counts, parts, mask, values in (
                (self._need_count, self._need, need[row] > 0, need[row]),
                (self._candidate_count, self._candidates, chosen[row], chances.fits.whole[row]),
            ):
                numbers = np.flatnonzero(mask)
                counts.append(len(numbers))
                parts.append((numbers, values[numbers]))
            self._worth.append(price[row, candidates])

    def finish(self) -> Instance:
        """The instance of everything added."""
        catalogue, effects = self._catalogue, self._effects
        requires, rivals = _Rows(1), _Rows(1)
        of_family = {j: family for family in families(catalogue) for j in family}
        for course in catalogue.courses:
            offered = course.requires & catalogue.number.keys()
            known = sorted(catalogue.number[other] for other in offered)
            requires.add([(number,) for number in known])
            own = catalogue.number[course.id]
            rivals.add([(number,) for number in of_family.get(own, ()) if number != own])
        return Instance(
            weeks=len(catalogue.weeks),
            skill_ids=self._needs.skills,
            season=self._needs.season,
            course_ids=tuple(course.id for course in catalogue.courses),
            minutes=catalogue.minutes,
            any_week=~catalogue.dated,
            effect_start=effects.start,
            effect_skill=effects.skill,
            effect_strength=effects.strength,
            requires_start=requires.start,
            requires_course=requires.column(0),
            rival_start=rivals.start,
            rival_course=rivals.column(0),
            run_start=catalogue.run_start,
            run_week=catalogue.run_week,
            run_slot=catalogue.run_place,
            run_minutes=catalogue.run_minutes,
            run_seats=np.array(
                [
                    max(run.seats_left, 0) if ahead else 0
                    for run, ahead in zip(catalogue.runs, catalogue.run_ahead, strict=True)
                ],
                dtype=np.int64,
            ),
            clashes=catalogue.clashes,
            teacher_ids=tuple(self._ids),
            budget=np.array(self._budget, dtype=np.int64),
            weekly=np.array(self._weekly, dtype=np.int64).reshape(-1, len(catalogue.weeks)),
            slot_start=self._places.start,
            slot_number=self._places.column(0),
            need_start=np.cumsum(self._need_count, dtype=np.int64),
            need_skill=_joined_ints([numbers for numbers, _ in self._need]),
            need_minutes=_joined_floats([values for _, values in self._need]),
            candidate_start=np.cumsum(self._candidate_count, dtype=np.int64),
            candidate_course=_joined_ints([numbers for numbers, _ in self._candidates]),
            candidate_fit=_joined_floats([values for _, values in self._candidates]),
            candidate_worth=_joined_floats(self._worth),
            done_start=self._done.start,
            done_course=self._done.column(0),
            required_start=self._required.start,
            required_course=self._required.column(0),
            required_by_week=self._required.column(1),
            required_by_run=self._required.column(2),
            kept_start=self._kept.start,
            kept_course=self._kept.column(0),
            kept_run=self._kept.column(1),
            previous_start=self._previous.start,
            previous_course=self._previous.column(0),
            previous_week=self._previous.column(1),
            previous_run=self._previous.column(2),
        )

    def _add_limits(
        self, teacher: TeacherFacts, candidates: Ints, lengths: Ints, weeks: Flags
    ) -> None:
        """Add the minutes of the whole horizon and of each week: none in a week without a school
        day left. A seat taken already is the teacher's own word, whatever the limits say."""
        catalogue = self._catalogue
        limit = teacher.weekly_minutes
        if limit is None:
            limit = self._usual_week(teacher, candidates, lengths)
        limit = min(limit, max(teacher.minutes_budget, 0))
        weekly = np.where(weeks, limit, 0)
        taken = np.zeros(len(weekly), dtype=np.int64)
        for course in teacher.enrolled:
            run = enrolled_run(catalogue, teacher, course)
            if run is not None:
                taken[catalogue.run_week[run]] += catalogue.run_minutes[run]
        self._ids.append(teacher.id)
        self._budget.append(max(teacher.minutes_budget, int(taken.sum()), 0))
        self._weekly.append(np.maximum(weekly, taken))

    def _usual_week(self, teacher: TeacherFacts, candidates: Ints, lengths: Ints) -> int:
        """Minutes a week for a teacher who states none: room for the longest candidate, and for
        all that has to be in, whichever week it is due; `lengths` [J] are their minutes."""
        catalogue = self._catalogue
        said_yes = (teacher.accepted | set(teacher.enrolled)) & catalogue.number.keys()
        held = {catalogue.number[course] for course in said_yes}
        musts = (held | self._due.get(teacher.id, {}).keys()) & set(candidates.tolist())
        ahead = list(musts)
        while ahead:
            for other in catalogue.courses[ahead.pop()].requires & catalogue.number.keys():
                number = catalogue.number[other]
                if number not in musts:
                    musts.add(number)
                    ahead.append(number)
        longest = int(lengths[candidates].max(initial=0))
        needed = sum(int(lengths[number]) for number in musts)
        return max(self._rules.usual_week_minutes, longest, needed)

    def _add_choice(self, teacher: TeacherFacts, chosen: Ints, previous: Path | None) -> None:
        """Add what is required, kept and planned so far; only candidates can be any of these."""
        catalogue = self._catalogue
        candidates = set(chosen.tolist())
        due = self._due.get(teacher.id, {})
        self._required.add([(j, *last) for j, last in sorted(due.items()) if j in candidates])
        kept = []
        for course in teacher.accepted | set(teacher.enrolled):
            if catalogue.number.get(course) in candidates:
                run = enrolled_run(catalogue, teacher, course)
                kept.append((catalogue.number[course], ANY if run is None else run))
        self._kept.add(sorted(kept))
        standing = []
        for step in previous.steps if previous else ():
            week = (step.week_date - catalogue.weeks[0]).days // 7
            run = ANY if step.offering is None else catalogue.run_number.get(step.offering)
            if (
                catalogue.number.get(step.course) in candidates
                and catalogue.first_week <= week < len(catalogue.weeks)
                and run is not None
            ):
                standing.append((catalogue.number[step.course], week, run))
        self._previous.add(sorted(standing))


def _last_in_time(facts: Facts, catalogue: Catalogue) -> dict[Id, dict[int, tuple[int, int]]]:
    """Teacher -> course -> the last week and the number of the last run (they stand by date) that
    are in time; overdue ones have the whole horizon."""
    horizon = len(catalogue.weeks) - 1
    found: dict[Id, dict[int, tuple[int, int]]] = {}
    for requirement in facts.requirements:
        number = catalogue.number.get(requirement.course)
        if number is None:
            continue
        runs = catalogue.runs_of(number)
        week, run = horizon, runs.stop - 1
        if requirement.due_date > facts.as_of:
            week = min(week, (requirement.due_date - catalogue.weeks[0]).days // 7)
            while run >= runs.start and catalogue.runs[run].start_date > requirement.due_date:
                run -= 1
        for teacher in requirement.teachers:
            mine = found.setdefault(teacher, {})
            other = mine.get(number, (week, run))
            mine[number] = min(week, other[0]), min(run, other[1])
    return found


def _lengths(catalogue: Catalogue, runs: Flags) -> Ints:
    """The minutes [T, J] each course takes at most: of its longest run among these [T, R], or its
    own where it has none."""
    lengths = np.tile(catalogue.minutes, (len(runs), 1))
    held = np.flatnonzero(np.diff(catalogue.run_start))
    if len(held):
        open_minutes = np.where(runs, catalogue.run_minutes, -1)
        longest = np.maximum.reduceat(open_minutes, catalogue.run_start[held], axis=1)
        lengths[:, held] = np.where(longest >= 0, longest, lengths[:, held])
    return lengths


def _joined_ints(parts: Sequence[Ints]) -> Ints:
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)


def _joined_floats(parts: Sequence[Floats]) -> Floats:
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.float64)

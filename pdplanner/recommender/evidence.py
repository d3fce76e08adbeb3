"""The dated facts behind a need, looked up one teacher and skill at a time for the reasons."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pdplanner.recommender.facts import Facts, GoalFacts, Id, RequirementFacts, Rollout, TicketFacts
from pdplanner.recommender.history import COHORT_KINDS, Floats, History
from pdplanner.recommender.rules import NeedRules
from pdplanner.recommender.seasons import weeks_of


@dataclass(frozen=True, slots=True)
class Asked:
    """A teacher's own tickets about a skill within the last year, oldest first."""

    skill: Id
    tickets: tuple[Id, ...]
    dates: tuple[date, ...]
    last_minutes: float | None  # of the newest ticket
    unsolved: bool  # the newest was reopened or not answered at first


@dataclass(frozen=True, slots=True)
class Colleagues:
    """What the colleagues of one cohort asked about a skill lately, the teacher left out."""

    skill: Id
    cohort: str  # school, subject, grade, tool or district
    name: Id | None  # None for the district
    count: int
    people: int
    since_date: date
    until_date: date


@dataclass(frozen=True, slots=True)
class Peak:
    """The stretch of the horizon in which a skill's need is densest."""

    skill: Id
    event: str  # a kind of SpecialDay, or "month"
    title: str
    date: date
    share: float  # of the skill's season


class Evidence:
    """Looks up what stands behind a (teacher, skill); builds its indexes on first use."""

    def __init__(
        self,
        facts: Facts,
        rules: NeedRules,
        history: History,
        tickets: Sequence[TicketFacts],
        season: Floats,
    ) -> None:
        self._facts = facts
        self._rules = rules
        self._history = history
        self._tickets = tickets
        self._season = season

    def asked(self, teacher: Id, skill: Id) -> Asked | None:
        """The teacher's own asks about the skill; None when there are none."""
        since = self._facts.as_of - timedelta(days=self._rules.asked_days)
        own = [t for t in self._by_teacher.get((teacher, skill), ()) if t.opened_date >= since]
        if not own:
            return None
        last = own[-1]
        return Asked(
            skill=skill,
            tickets=tuple(ticket.id for ticket in own),
            dates=tuple(ticket.opened_date for ticket in own),
            last_minutes=last.minutes_lost,
            unsolved=last.reopened or last.answered_at_first is False,
        )

    def colleagues(self, teacher: Id, skill: Id) -> Colleagues | None:
        """The nearest cohort in which enough colleagues asked about the skill lately; else None."""
        row = self._rows[teacher]
        since = self._facts.as_of - timedelta(days=self._rules.cohort_days)
        others = [
            ticket
            for ticket in self._by_skill.get(skill, ())
            if ticket.teacher != teacher and ticket.opened_date >= since
        ]
        for kind, name in (*self._groups_of(row), ("district", None)):
            members = None if name is None else self._members[(kind, name)]
            inside = [t for t in others if members is None or t.teacher in members]
            people = len({ticket.teacher for ticket in inside})
            if people >= self._rules.cohort_people:
                return Colleagues(
                    skill=skill,
                    cohort=kind,
                    name=name,
                    count=len(inside),
                    people=people,
                    since_date=since,
                    until_date=self._facts.as_of,
                )
        return None

    def asked_by(self) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
        """What can be cited at all, [T, K] each: `asked` finds own asks; how many colleagues in
        the whole district `colleagues` would find."""
        history = self._history
        shape = (history.people, len(history.skills))
        asked, lately = np.zeros(shape, dtype=np.bool_), np.zeros(shape, dtype=np.bool_)
        for table, days in ((asked, self._rules.asked_days), (lately, self._rules.cohort_days)):
            recent = history.day >= -days
            table[history.person[recent], history.skill[recent]] = True
        return asked, lately.sum(axis=0) - lately

    def peak(self, skill: Id) -> Peak | None:
        """The special day or month that lifts the skill most; None where the season is flat."""
        column = self._history.skills.index(skill)
        weeks = weeks_of(self._facts.calendar)
        shares = self._season[column, :-1]
        live = shares[shares > 0]
        week = int(np.argmax(shares)) if len(live) else 0
        if not len(live) or shares[week] < self._rules.peak_lift * live.mean():
            return None
        for special in self._facts.calendar.special_days:
            lead = timedelta(days=self._rules.lead_days)
            if special.kind not in ("report-cards", "testing") or special.schools:
                continue
            inside = [
                special.start_date - lead < day + timedelta(days=7) and day <= special.end_date
                for day in weeks
            ]
            if inside[week]:
                share = float(shares[np.array(inside)].sum())
                return Peak(skill, special.kind, special.title, special.start_date, share)
        month = weeks[week].month
        share = float(shares[np.array([day.month == month for day in weeks])].sum())
        return Peak(skill, "month", "", weeks[week], share)

    def goal(self, teacher: Id, skill: Id) -> GoalFacts | None:
        """The teacher's goal that needs the skill."""
        goals = self._facts.teachers[self._rows[teacher]].goals
        return next((goal for goal in goals if skill in goal.skills), None)

    def rollout(self, teacher: Id, skill: Id) -> Rollout | None:
        """The newest roll-out that brings the skill to one of the teacher's schools."""
        facts = self._facts.teachers[self._rows[teacher]]
        schools = {None, facts.school, *facts.schools}
        reaching = [r for r in self._facts.rollouts if skill in r.skills and r.school in schools]
        return max(reaching, key=lambda rollout: rollout.from_date, default=None)

    def requirement(self, teacher: Id, course: Id) -> RequirementFacts | None:
        """The requirement that puts the course on the teacher's path, the earliest due first."""
        asked = [
            r for r in self._facts.requirements if r.course == course and teacher in r.teachers
        ]
        return min(asked, key=lambda requirement: requirement.due_date, default=None)

    @cached_property
    def _rows(self) -> dict[Id, int]:
        return {teacher.id: row for row, teacher in enumerate(self._facts.teachers)}

    @cached_property
    def _by_teacher(self) -> dict[tuple[Id, Id | None], list[TicketFacts]]:
        index = defaultdict(list)
        for ticket in sorted(self._tickets, key=lambda ticket: ticket.opened_date):
            index[ticket.teacher, ticket.skill].append(ticket)
        return dict(index)

    @cached_property
    def _by_skill(self) -> dict[Id | None, list[TicketFacts]]:
        index = defaultdict(list)
        for ticket in self._tickets:
            index[ticket.skill].append(ticket)
        return dict(index)

    @cached_property
    def _members(self) -> dict[tuple[str, Id], frozenset[Id]]:
        members = defaultdict(set)
        cohorts = self._history.cohorts
        for row, group in zip(cohorts.person.tolist(), cohorts.group.tolist(), strict=True):
            members[cohorts.groups[group]].add(self._facts.teachers[row].id)
        return {group: frozenset(ids) for group, ids in members.items()}

    def _groups_of(self, row: int) -> list[tuple[str, Id]]:
        """The groups a teacher belongs to, nearest kind first."""
        cohorts = self._history.cohorts
        own = [cohorts.groups[group] for group in cohorts.group[cohorts.person == row].tolist()]
        return sorted(own, key=lambda group: COHORT_KINDS.index(group[0]))

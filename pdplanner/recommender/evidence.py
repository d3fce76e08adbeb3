"""The dated facts behind a need, looked up one teacher and skill at a time for the reasons."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pdplanner.recommender.facts import (
    Answer,
    Facts,
    GoalFacts,
    Id,
    RequirementFacts,
    Rollout,
    TicketFacts,
)
from pdplanner.recommender.heard import DISTRICT, YEAR_DAYS, Heard, stretch_of
from pdplanner.recommender.history import COHORT_KINDS, History
from pdplanner.recommender.rules import NeedRules
from pdplanner.recommender.voices import rollout_behind


@dataclass(frozen=True, slots=True)
class Asked:
    """A teacher's own tickets about a skill within the last year, oldest first."""

    skill: Id
    tickets: tuple[Id, ...]
    dates: tuple[date, ...]
    last_minutes: float | None  # of the newest ticket
    unsolved: bool  # the newest
    repeated: bool  # one of them was closed, and the same was asked again soon after


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
    """A stretch ahead that was busy with a skill a year ago."""

    skill: Id
    event: str  # a kind of SpecialDay, or "month"
    title: str
    event_date: date  # the event's first day, or the month's
    share: float  # of the year's asks that came in the same days a year ago
    from_date: date  # those days, a year ago
    until_date: date


class Evidence:
    """Looks up what stands behind a (teacher, skill); builds its indexes on first use."""

    def __init__(
        self,
        facts: Facts,
        rules: NeedRules,
        history: History,
        tickets: Sequence[TicketFacts],
        heard: Heard,
    ) -> None:
        self._facts = facts
        self._rules = rules
        self._history = history
        self._tickets = tickets
        self._heard = heard
        self._columns = {skill: column for column, skill in enumerate(heard.skills)}
        self._groups = {group: row for row, group in enumerate(heard.groups)}
        self._peaks: dict[tuple[Id, frozenset[int]], Peak | None] = {}
        self._stretches_of: dict[frozenset[Id | None], frozenset[int]] = {}

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
            unsolved=last.unsolved,
            repeated=any(ticket.repeated for ticket in own),
        )

    def colleagues(self, teacher: Id, skill: Id) -> Colleagues | None:
        """The nearest cohort in which enough colleagues asked about the skill: lately, or else
        within the year. None where too few did: they could be told apart."""
        heard, column = self._heard, self._columns[skill]
        groups = (*self._groups_of[self._rows[teacher]], DISTRICT)
        own = self._by_teacher.get((teacher, skill), ())
        for place, days in enumerate((self._rules.cohort_days, self._rules.asked_days)):
            since = self._facts.as_of - timedelta(days=days)
            mine = sum(ticket.opened_date >= since for ticket in own)
            for kind, name in groups:
                if kind == "tool" and name not in self._tools_behind.get(skill, ()):
                    continue  # who uses a gradebook says nothing about printers
                group = self._groups[kind, name]
                people = int(heard.people[place, group, column]) - (mine > 0)
                if people >= self._rules.cohort_people:
                    return Colleagues(
                        skill=skill,
                        cohort=kind,
                        name=name,
                        count=int(heard.asks[place, group, column]) - mine,
                        people=people,
                        since_date=since,
                        until_date=self._facts.as_of,
                    )
        return None

    def asked_by(self) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
        """What can be cited at all, [T, K] each: own asks, and how many colleagues asked."""
        history = self._history
        asked = np.zeros((history.people, len(history.skills)), dtype=np.bool_)
        recent = history.day >= -self._rules.asked_days
        asked[history.person[recent], history.skill[recent]] = True
        return asked, self._heard.people[1, -1] - asked

    def peak(self, teacher: Id, skill: Id) -> Peak | None:
        """The busiest stretch ahead, by the district's asks a year ago: a special day of the
        teacher's schools with the days before it, or else a month. None where nothing stood out,
        or too few people asked for them not to be told apart."""
        facts = self._facts.teachers[self._rows[teacher]]
        key = skill, self._stretches(frozenset((facts.school, *facts.schools)))
        if key not in self._peaks:
            self._peaks[key] = self._find_peak(*key)
        return self._peaks[key]

    def goal(self, teacher: Id, skill: Id) -> GoalFacts | None:
        """The teacher's goal that needs the skill."""
        goals = self._facts.teachers[self._rows[teacher]].goals
        return next((goal for goal in goals if skill in goal.skills), None)

    def said(self, teacher: Id, skill: Id) -> Answer | None:
        """The teacher's newest word on the skill, where it asks for more: not yet working, or
        picked up from a colleague."""
        answer = self._said.get((teacher, skill))
        return answer if answer is not None and answer.kind != "still-working" else None

    def rollout(self, teacher: Id, skill: Id) -> Rollout | None:
        """The roll-out that brings the teacher most of the skill's minutes."""
        facts = self._facts.teachers[self._rows[teacher]]
        return rollout_behind(self._facts, facts, skill, self._rules)

    def requirement(self, teacher: Id, course: Id) -> RequirementFacts | None:
        """The requirement that puts the course on the teacher's path, the earliest due first."""
        asked = [
            r for r in self._facts.requirements if r.course == course and teacher in r.teachers
        ]
        return min(asked, key=lambda requirement: requirement.due_date, default=None)

    @cached_property
    def _said(self) -> dict[tuple[Id, Id], Answer]:
        since = self._facts.as_of - timedelta(days=self._rules.said_days)
        answers = sorted(self._facts.answers, key=lambda answer: answer.on_date)
        return {
            (answer.teacher, answer.skill): answer
            for answer in answers
            if since <= answer.on_date <= self._facts.as_of
        }

    @cached_property
    def _tools_behind(self) -> dict[Id, set[Id]]:
        """The tools that have to do with a skill: what is taught with them, what they bring."""
        behind: defaultdict[Id, set[Id]] = defaultdict(set)
        for course in self._facts.courses:
            for skill in course.effects:
                behind[skill] |= course.tools
        for rollout in self._facts.rollouts:
            for skill in rollout.skills:
                behind[skill].add(rollout.tool)
        return dict(behind)

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
    def _groups_of(self) -> list[list[tuple[str, Id]]]:
        """The groups each teacher belongs to, nearest kind first."""
        cohorts = self._history.cohorts
        groups: list[list[tuple[str, Id]]] = [[] for _ in self._facts.teachers]
        for row, group in zip(cohorts.person.tolist(), cohorts.group.tolist(), strict=True):
            groups[row].append(cohorts.groups[group])
        return [sorted(own, key=lambda group: COHORT_KINDS.index(group[0])) for own in groups]

    def _find_peak(self, skill: Id, stretches: frozenset[int]) -> Peak | None:
        heard, column = self._heard, self._columns[skill]
        year = int(heard.year_asks[column])
        best: tuple[float, Peak] | None = None
        for number in sorted(stretches):
            one = heard.stretches[number]
            if heard.stretch_people[number, column] < self._rules.cohort_people:
                continue
            share = int(heard.stretch_asks[number, column]) / year
            lift = share * YEAR_DAYS / ((one.until_date - one.from_date).days + 1)
            if lift < self._rules.peak_lift:
                continue
            found = Peak(
                skill, one.event, one.title, one.event_date, share, one.from_date, one.until_date
            )
            # An event with a name says more than a month does.
            if best is None or (one.event != "month", lift) > (best[1].event != "month", best[0]):
                best = lift, found
        return best[1] if best else None

    def _stretches(self, schools: frozenset[Id | None]) -> frozenset[int]:
        """The numbers of the months ahead, and of the special days of these schools."""
        if schools not in self._stretches_of:
            days = self._facts.calendar.special_days
            mine = {
                stretch_of(special, self._rules)
                for special in days
                if not special.schools or special.schools & schools
            }
            self._stretches_of[schools] = frozenset(
                number
                for number, one in enumerate(self._heard.stretches)
                if one.event == "month" or one in mine
            )
        return self._stretches_of[schools]

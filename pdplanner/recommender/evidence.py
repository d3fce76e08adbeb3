"""The dated facts behind a need, looked up one teacher and skill at a time for the reasons."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pdplanner.recommender.facts import Facts, GoalFacts, Id, RequirementFacts, Rollout, TicketFacts
from pdplanner.recommender.history import COHORT_KINDS, History
from pdplanner.recommender.rules import NeedRules

#: 52 weeks: the same days of the week a year ago.
SAME_WEEKDAY_YEAR = timedelta(weeks=52)
#: What "the year" is when shares of it are cited: long enough to hold any fortnight of last year
#: whose like is still ahead.
YEAR_DAYS = 54 * 7


#: Askers and how often, by kind and name of the cohort and days back.
_Counts = dict[tuple[str, Id | None, int], Counter[Id]]
#: Event, title, day, and the first and last of the same days a year ago.
_Stretch = tuple[str, str, date, date, date]


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
    ) -> None:
        self._facts = facts
        self._rules = rules
        self._history = history
        self._tickets = tickets
        self._counts: dict[Id, _Counts] = {}
        self._peaks: dict[tuple[Id, tuple[_Stretch, ...]], Peak | None] = {}
        self._stretches_of: dict[frozenset[Id | None], tuple[_Stretch, ...]] = {}

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
        """The nearest cohort in which enough colleagues asked about the skill: lately, or else
        within the year. None where too few did: they could be told apart."""
        groups = (*self._groups_of[self._rows[teacher]], ("district", None))
        for days in (self._rules.cohort_days, self._rules.asked_days):
            for kind, name in groups:
                asked = self._asked_in(kind, name, skill, days)
                people = len(asked) - (teacher in asked)
                if people >= self._rules.cohort_people:
                    return Colleagues(
                        skill=skill,
                        cohort=kind,
                        name=name,
                        count=sum(asked.values()) - asked.get(teacher, 0),
                        people=people,
                        since_date=self._facts.as_of - timedelta(days=days),
                        until_date=self._facts.as_of,
                    )
        return None

    def asked_by(self) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
        """What can be cited at all, [T, K] each: own asks, and how many colleagues asked."""
        history = self._history
        asked = np.zeros((history.people, len(history.skills)), dtype=np.bool_)
        recent = history.day >= -self._rules.asked_days
        asked[history.person[recent], history.skill[recent]] = True
        return asked, asked.sum(axis=0) - asked

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
    def _groups_of(self) -> list[list[tuple[str, Id]]]:
        """The groups each teacher belongs to, nearest kind first."""
        cohorts = self._history.cohorts
        groups: list[list[tuple[str, Id]]] = [[] for _ in self._facts.teachers]
        for row, group in zip(cohorts.person.tolist(), cohorts.group.tolist(), strict=True):
            groups[row].append(cohorts.groups[group])
        return [sorted(own, key=lambda group: COHORT_KINDS.index(group[0])) for own in groups]

    def _asked_in(self, kind: str, name: Id | None, skill: Id, days: int) -> Mapping[Id, int]:
        """Who of a cohort asked about a skill in the last days, and how often."""
        if skill not in self._counts:
            self._counts[skill] = self._count(skill)
        return self._counts[skill].get((kind, name, days), {})

    def _count(self, skill: Id) -> _Counts:
        """The askers about a skill, for all cohorts in one go: as many teachers ask for them."""
        counts: _Counts = defaultdict(Counter)
        for ticket in self._by_skill.get(skill, ()):
            age = (self._facts.as_of - ticket.opened_date).days
            groups = (*self._groups_of[self._rows[ticket.teacher]], ("district", None))
            for days in (self._rules.cohort_days, self._rules.asked_days):
                if age <= days:
                    for kind, name in groups:
                        counts[kind, name, days][ticket.teacher] += 1
        return dict(counts)

    def _find_peak(self, skill: Id, stretches: Sequence[_Stretch]) -> Peak | None:
        year = [
            ticket
            for ticket in self._by_skill.get(skill, ())
            if (self._facts.as_of - ticket.opened_date).days < YEAR_DAYS
        ]
        best: tuple[float, Peak] | None = None
        for special, title, day, first, last in stretches:
            inside = [ticket for ticket in year if first <= ticket.opened_date <= last]
            if len({ticket.teacher for ticket in inside}) < self._rules.cohort_people:
                continue
            share = len(inside) / len(year)
            lift = share * YEAR_DAYS / ((last - first).days + 1)
            if lift < self._rules.peak_lift:
                continue
            found = Peak(skill, special, title, day, share, first, last)
            # An event with a name says more than a month does.
            if best is None or (special != "month", lift) > (best[1].event != "month", best[0]):
                best = lift, found
        return best[1] if best else None

    def _stretches(self, schools: frozenset[Id | None]) -> tuple[_Stretch, ...]:
        """The special days and months ahead of these schools, with the same days a year ago."""
        if schools not in self._stretches_of:
            self._stretches_of[schools] = tuple(self._find_stretches(schools))
        return self._stretches_of[schools]

    def _find_stretches(self, schools: frozenset[Id | None]) -> list[_Stretch]:
        as_of, calendar = self._facts.as_of, self._facts.calendar
        found: list[_Stretch] = [
            (
                special.kind,
                special.title,
                special.start_date,
                special.start_date - timedelta(days=self._rules.lead_days) - SAME_WEEKDAY_YEAR,
                special.end_date - SAME_WEEKDAY_YEAR,
            )
            for special in calendar.special_days
            if special.kind in ("report-cards", "testing")
            and as_of < special.start_date <= calendar.end_date
            and (not special.schools or special.schools & schools)
        ]
        month = (as_of.replace(day=1) + timedelta(days=32)).replace(day=1)
        while month <= calendar.end_date:
            after = (month + timedelta(days=32)).replace(day=1)
            ago = month.replace(year=month.year - 1)
            last = after.replace(year=after.year - 1) - timedelta(days=1)
            found.append(("month", "", month, ago, last))
            month = after
        reach = as_of - timedelta(days=YEAR_DAYS - 1)
        return [row for row in found if row[3] >= reach and row[4] < as_of]

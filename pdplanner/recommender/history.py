"""The district's help-desk history in arrays: who asked about what, when, and among whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from pdplanner.recommender.facts import NEED_KINDS, Facts, Id, TeacherFacts, TicketFacts
from pdplanner.recommender.soundness import BadFacts, UnknownTeacher

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: The kinds of cohort, nearest first.
COHORT_KINDS = ("school", "subject", "grade", "tool")


class BadMinutes(BadFacts):
    """A ticket that lost a negative or unbounded number of minutes."""


@dataclass(frozen=True, slots=True)
class Cohorts:
    """Who belongs where: G groups, M memberships sorted by person."""

    groups: tuple[tuple[str, Id], ...]  # (kind, name)
    person: Ints  # [M]
    group: Ints  # [M]


@dataclass(frozen=True, slots=True)
class History:
    """N tickets of P people about K skills; days count from `origin`, the past below zero.

    A ticket of the day of planning has day 0. Exposure runs from `since` to `until` (days).
    """

    origin: date
    people: int
    skills: tuple[Id, ...]
    person: Ints  # [N]
    skill: Ints  # [N]
    day: Floats  # [N], <= 0
    minutes: Floats  # [N], NaN where nobody recorded any
    since: Floats  # [P]
    until: Floats  # [P], at most 1: the end of the day of planning
    cohorts: Cohorts

    def of(self, rows: Ints) -> History:
        """The same history for some of the people only, renumbered in the order of `rows`."""
        place = np.full(self.people, -1)
        place[rows] = np.arange(len(rows))
        kept = place[self.person] >= 0
        members = place[self.cohorts.person] >= 0
        order = np.argsort(place[self.cohorts.person[members]], kind="stable")
        return replace(
            self,
            people=len(rows),
            person=place[self.person[kept]],
            skill=self.skill[kept],
            day=self.day[kept],
            minutes=self.minutes[kept],
            since=self.since[rows],
            until=self.until[rows],
            cohorts=Cohorts(
                groups=self.cohorts.groups,
                person=place[self.cohorts.person[members]][order],
                group=self.cohorts.group[members][order],
            ),
        )

    def as_seen(self, days: int) -> History:
        """The history as it stood `days` days ago: what came since is not known in it."""
        kept = self.day <= -days
        return replace(
            self,
            origin=self.origin - timedelta(days=days),
            person=self.person[kept],
            skill=self.skill[kept],
            day=self.day[kept] + days,
            minutes=self.minutes[kept],
            since=np.minimum(self.since + days, 1.0),
            until=np.minimum(self.until + days, 1.0),
        )

    def within(self, skills: tuple[Id, ...], groups: tuple[tuple[str, Id], ...]) -> History:
        """The same history in the numbering of others' skills and groups, which must hold its own.
        Raises KeyError for one that is missing."""
        column = {skill: place for place, skill in enumerate(skills)}
        group = {name: place for place, name in enumerate(groups)}
        columns = np.array([column[skill] for skill in self.skills], dtype=np.int64)
        places = np.array([group[name] for name in self.cohorts.groups], dtype=np.int64)
        return replace(
            self,
            skills=skills,
            skill=columns[self.skill],
            cohorts=replace(self.cohorts, groups=groups, group=places[self.cohorts.group]),
        )

    def count(self, weights: Floats) -> Floats:
        """The tickets added up by person and skill [P, K], each with its weight [N]."""
        cells = self.person * len(self.skills) + self.skill
        size = self.people * len(self.skills)
        return summed(cells, weights, size).reshape(self.people, len(self.skills))


def summed(places: Ints, weights: Floats, size: int) -> Floats:
    """The weights added up by place [size]."""
    return np.bincount(places, weights, size).astype(np.float64)


def usable_tickets(facts: Facts) -> list[TicketFacts]:
    """The tickets that make need: known skill, right kind, not after the day of planning, and
    of somebody who lets them be used. Raises UnknownTeacher and BadMinutes, which name the ticket.
    """
    teachers = {teacher.id: teacher for teacher in facts.teachers}
    kept = []
    for ticket in facts.tickets:
        teacher = teachers.get(ticket.teacher)
        if teacher is None:
            raise UnknownTeacher(f"ticket {ticket.id!r} is of unknown teacher {ticket.teacher!r}")
        minutes = ticket.minutes_lost
        if minutes is not None and not 0 <= minutes < float("inf"):
            raise BadMinutes(f"ticket {ticket.id!r} lost {minutes!r} minutes")
        if (
            ticket.skill is not None
            and ticket.kind in NEED_KINDS
            and ticket.opened_date <= facts.as_of
            and teacher.uses_tickets
        ):
            kept.append(ticket)
    return kept


def skills_of(facts: Facts, tickets: Sequence[TicketFacts]) -> tuple[Id, ...]:
    """Every skill anybody can need, sorted: asked about, wanted, taught or rolled out."""
    skills: set[Id] = {ticket.skill for ticket in tickets if ticket.skill is not None}
    for course in facts.courses:
        skills.update(course.effects)
    for rollout in facts.rollouts:
        skills.update(rollout.skills)
    for teacher in facts.teachers:
        for goal in teacher.goals:
            skills.update(goal.skills)
    return tuple(sorted(skills))


def read_history(
    facts: Facts, openings: tuple[float, float] | None = None
) -> tuple[History, list[TicketFacts]]:
    """The facts' tickets as a History, and the tickets themselves in the same order.

    With facts of a part of the district only, `openings` are the days of everybody's first ticket
    and of the first of anybody else.
    """
    tickets = usable_tickets(facts)
    skills = skills_of(facts, tickets)
    rows = {teacher.id: row for row, teacher in enumerate(facts.teachers)}
    columns = {skill: column for column, skill in enumerate(skills)}
    since, until = _exposure(facts, tickets, openings)
    minutes = [np.nan if ticket.minutes_lost is None else ticket.minutes_lost for ticket in tickets]
    history = History(
        origin=facts.as_of,
        people=len(facts.teachers),
        skills=skills,
        person=np.array([rows[ticket.teacher] for ticket in tickets], dtype=np.int64),
        skill=np.array([columns[ticket.skill] for ticket in tickets], dtype=np.int64),  # type: ignore[index]
        day=np.array([(t.opened_date - facts.as_of).days for t in tickets], dtype=np.float64),
        minutes=np.array(minutes, dtype=np.float64),
        since=since,
        until=until,
        cohorts=cohorts_of(facts.teachers),
    )
    return history, tickets


def cohorts_of(teachers: Sequence[TeacherFacts]) -> Cohorts:
    """The cohorts of every kind that the teachers belong to."""
    codes: dict[tuple[str, Id], int] = {}
    pairs: list[tuple[int, int]] = []
    for row, teacher in enumerate(teachers):
        for kind, names in _names_of(teacher).items():
            for name in names:
                pairs.append((row, codes.setdefault((kind, name), len(codes))))
    members = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return Cohorts(groups=tuple(codes), person=members[:, 0], group=members[:, 1])


def _names_of(teacher: TeacherFacts) -> Mapping[str, Sequence[Id]]:
    schools = () if teacher.school is None else (teacher.school,)
    return {
        "school": tuple(dict.fromkeys((*schools, *teacher.schools))),
        "subject": teacher.subjects,
        "grade": teacher.grades,
        "tool": tuple(sorted(teacher.tools)),
    }


def first_days(facts: Facts, tickets: Sequence[TicketFacts]) -> dict[Id, int]:
    """The day of each asker's first ticket, at most 0: today."""
    firsts: dict[Id, int] = {}
    for ticket in tickets:
        day = (ticket.opened_date - facts.as_of).days
        firsts[ticket.teacher] = min(day, firsts.get(ticket.teacher, 0))
    return firsts


def openings_of(days: Iterable[float]) -> tuple[float, float]:
    """The first of these days and the second; today where nobody asked."""
    first, second = [*sorted(days)[:2], 0, 0][:2]
    return first, second


def _exposure(
    facts: Facts, tickets: Sequence[TicketFacts], openings: tuple[float, float] | None
) -> tuple[Floats, Floats]:
    """When each teacher could ask, in days from the day of planning.

    The history opens with its first ticket, silence before it is no evidence; for whoever brought
    that ticket, with the first of anybody else: nobody's own ticket may shorten their own silence.
    """
    firsts = first_days(facts, tickets)
    opened = openings or openings_of(firsts.values())
    since = np.zeros(len(facts.teachers))
    until = np.ones(len(facts.teachers))
    for row, teacher in enumerate(facts.teachers):
        leads = firsts.get(teacher.id) == opened[0]
        since[row] = opened[1] if leads else opened[0]
        if teacher.started_date is not None:
            since[row] = max(since[row], min((teacher.started_date - facts.as_of).days, 1))
        if teacher.left_date is not None:
            until[row] = min(1, (teacher.left_date - facts.as_of).days)
    return since, np.maximum(until, since)

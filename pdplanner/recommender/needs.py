"""What will cost each teacher class time, if nothing is done: minutes by skill and week."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from pdplanner.recommender.district import learn_district
from pdplanner.recommender.evidence import Evidence
from pdplanner.recommender.facts import Facts, Id
from pdplanner.recommender.history import Floats, History, read_history
from pdplanner.recommender.rates import foretell_rates
from pdplanner.recommender.rules import NeedRules, PathRules
from pdplanner.recommender.seasons import season_of, weeks_of

__all__ = ["Needs", "foretell_needs", "weeks_of"]


@dataclass(frozen=True, slots=True)
class Needs:
    """Expected minutes of instruction lost over the horizon, and what they are made of.

    Shapes: T teachers in the order of the facts, K skills sorted, W weeks of the horizon.
    `parts` are "own", "cohort", "rollout", "goal" and "requirement".
    """

    teachers: tuple[Id, ...]
    skills: tuple[Id, ...]
    minutes: Floats  # [T, K]
    parts: Mapping[str, Floats]  # [T, K] each; they add up to `minutes`
    season: Floats  # [K, W + 1], rows sum to 1; the last bin is after the horizon
    evidence: Evidence  # what stands behind a (teacher, skill), looked up on demand


def foretell_needs(facts: Facts, rules: PathRules) -> Needs:
    """The needs of all teachers of the facts over the calendar's horizon, from the day of planning.

    Raises UnknownTeacher, BadMinutes (history.py) for facts that cannot be.
    """
    need = rules.need
    history, tickets = read_history(facts)
    season, days = season_of(history, facts.calendar, facts.as_of, need)
    rates = foretell_rates(history, learn_district(history), need)
    cost = minutes_per_ticket(history, need) * days
    stays = _presence(facts, need)[:, None]
    parts = {
        "own": rates.own * cost * stays,
        "cohort": rates.cohort * cost * stays,
        "rollout": _rollouts(facts, history, need) * stays,
        "goal": _goals(facts, history, need) * stays,
        "requirement": _requirements(facts, history, need) * stays,
    }
    silent = _silenced(facts, history)
    for part in parts.values():
        part[silent] = 0.0
    return Needs(
        teachers=tuple(teacher.id for teacher in facts.teachers),
        skills=history.skills,
        minutes=np.sum(list(parts.values()), axis=0),
        parts=parts,
        season=season,
        evidence=Evidence(facts, need, history, tuple(tickets)),
    )


def minutes_per_ticket(history: History, rules: NeedRules) -> Floats:
    """Mean minutes of instruction a ticket of each skill loses [K], shrunk to everybody's mean."""
    known = ~np.isnan(history.minutes)
    size = len(history.skills)
    lost = np.bincount(history.skill[known], history.minutes[known], size)
    count = np.bincount(history.skill[known], minlength=size)
    strength = rules.minutes_strength
    everybody = (lost.sum() + strength * rules.minutes_default) / (count.sum() + strength)
    return np.asarray((lost + strength * everybody) / (count + strength), dtype=np.float64)


def _presence(facts: Facts, rules: NeedRules) -> Floats:
    """The share of the horizon that each teacher is here for [T]."""
    start = max(facts.as_of + timedelta(days=1), facts.calendar.start_date)
    end = facts.calendar.end_date + timedelta(days=rules.after_days)
    span = max((end - start).days + 1, 1)
    shares = []
    for teacher in facts.teachers:
        came = max(start, teacher.started_date or start)
        left = min(end, (teacher.left_date or end + timedelta(days=1)) - timedelta(days=1))
        shares.append(max((left - came).days + 1, 0) / span)
    return np.array(shares)


def _columns(history: History) -> dict[Id, int]:
    return {skill: column for column, skill in enumerate(history.skills)}


def _goals(facts: Facts, history: History, rules: NeedRules) -> Floats:
    """Minutes that goals add [T, K]: each goal's minutes, split over its skills."""
    minutes = np.zeros((history.people, len(history.skills)))
    columns = _columns(history)
    for row, teacher in enumerate(facts.teachers):
        for goal in teacher.goals:
            for skill in goal.skills:
                minutes[row, columns[skill]] += rules.goal_minutes / len(goal.skills)
    return minutes


def _requirements(facts: Facts, history: History, rules: NeedRules) -> Floats:
    """Minutes that required sessions add [T, K], split over what they teach by strength."""
    minutes = np.zeros((history.people, len(history.skills)))
    columns = _columns(history)
    rows = {teacher.id: row for row, teacher in enumerate(facts.teachers)}
    effects = {course.id: course.effects for course in facts.courses}
    for requirement in facts.requirements:
        taught = effects.get(requirement.course, {})
        total = sum(taught.values())
        asked = [rows[teacher] for teacher in requirement.teachers if teacher in rows]
        for skill, strength in taught.items():
            if total > 0:
                minutes[asked, columns[skill]] += rules.requirement_minutes * strength / total
    return minutes


def _rollouts(facts: Facts, history: History, rules: NeedRules) -> Floats:
    """Minutes that a tool brings where it arrived lately or will within the horizon [T, K]."""
    minutes = np.zeros((history.people, len(history.skills)))
    columns = _columns(history)
    cost = minutes_per_ticket(history, rules)
    start = max(facts.as_of + timedelta(days=1), facts.calendar.start_date)
    end = facts.calendar.end_date + timedelta(days=rules.after_days)
    for rollout in facts.rollouts:
        until = min(end, rollout.until_date or end)
        left = _launch_left(rollout.from_date, start, rules) - _launch_left(
            rollout.from_date, until, rules
        )
        if left <= 0:
            continue
        reached = [
            row
            for row, teacher in enumerate(facts.teachers)
            if rollout.school is None or rollout.school in (teacher.school, *teacher.schools)
        ]
        for skill in rollout.skills:
            column = columns[skill]
            minutes[reached, column] += rules.rollout_tickets * left * cost[column]
    return minutes


def _launch_left(from_date: date, day: date, rules: NeedRules) -> float:
    """The share of a launch's tickets that is still to come on a day."""
    return float(2 ** (-max((day - from_date).days, 0) / rules.rollout_half_life_days))


def _silenced(facts: Facts, history: History) -> tuple[list[int], list[int]]:
    """The (rows, columns) a teacher closed: not about me, or known already."""
    columns = _columns(history)
    pairs = [
        (row, columns[skill])
        for row, teacher in enumerate(facts.teachers)
        for skill in teacher.muted_skills | teacher.known_skills
        if skill in columns
    ]
    return [row for row, _ in pairs], [column for _, column in pairs]

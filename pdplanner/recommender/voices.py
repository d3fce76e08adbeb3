"""What else is said about a need, in minutes: goals, requirements, roll-outs, circle-backs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from pdplanner.recommender.facts import Facts, Id, Rollout, TeacherFacts
from pdplanner.recommender.history import Floats, History
from pdplanner.recommender.rules import NeedRules

#: Days of a launch that are looked at to learn what a launch brings.
LAUNCH_DAYS = 60


def horizon_of(facts: Facts, rules: NeedRules) -> tuple[date, date]:
    """The first and last day that need is counted for: from tomorrow, or the calendar's start,
    to `after_days` after its end."""
    start = max(facts.as_of + timedelta(days=1), facts.calendar.start_date)
    return start, max(start, facts.calendar.end_date + timedelta(days=rules.after_days))


def columns_of(history: History) -> dict[Id, int]:
    """The column of each skill."""
    return {skill: column for column, skill in enumerate(history.skills)}


def presence(facts: Facts, rules: NeedRules) -> Floats:
    """The share of the horizon that each teacher is here for [T]."""
    start, end = horizon_of(facts, rules)
    span = (end - start).days + 1
    shares = []
    for teacher in facts.teachers:
        came = max(start, teacher.started_date or start)
        left = min(end, (teacher.left_date or end + timedelta(days=1)) - timedelta(days=1))
        shares.append(max((left - came).days + 1, 0) / span)
    return np.array(shares)


def goal_minutes(facts: Facts, history: History, rules: NeedRules) -> Floats:
    """Minutes that goals add [T, K]: each goal's minutes, split over its skills."""
    minutes = np.zeros((history.people, len(history.skills)))
    columns = columns_of(history)
    for row, teacher in enumerate(facts.teachers):
        for goal in teacher.goals:
            for skill in goal.skills:
                minutes[row, columns[skill]] += rules.goal_minutes / len(goal.skills)
    return minutes


def requirement_minutes(facts: Facts, history: History, rules: NeedRules) -> Floats:
    """Minutes that required sessions add [T, K], split over what they teach by strength."""
    minutes = np.zeros((history.people, len(history.skills)))
    columns = columns_of(history)
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


def rollout_minutes(
    facts: Facts, history: History, rules: NeedRules, minutes_a_ticket: Floats, tickets: float
) -> Floats:
    """Minutes that a tool brings where it arrived lately or will within the horizon [T, K], when a
    launch brings these tickets a teacher and skill."""
    minutes = np.zeros((history.people, len(history.skills)))
    columns = columns_of(history)
    for rollout in facts.rollouts:
        left = launch_ahead(facts, rollout, rules)
        if left <= 0:
            continue
        reached = np.flatnonzero(_reached(rollout, facts.teachers))
        for skill in rollout.skills:
            column = columns[skill]
            minutes[reached, column] += tickets * left * minutes_a_ticket[column]
    return minutes


def launch_ahead(facts: Facts, rollout: Rollout, rules: NeedRules) -> float:
    """The share of a launch's tickets that comes within the horizon."""
    start, end = horizon_of(facts, rules)
    last = min(end, rollout.until_date or end)
    return _launch_left(rollout, start, rules) - _launch_left(rollout, last, rules)


def rollout_behind(
    facts: Facts, teacher: TeacherFacts, skill: Id, rules: NeedRules
) -> Rollout | None:
    """The roll-out that brings the teacher most of the skill's minutes, of equals the newest; None
    where none brings any."""
    schools = {None, teacher.school, *teacher.schools}
    reaching = [
        (launch_ahead(facts, rollout, rules), rollout)
        for rollout in facts.rollouts
        if skill in rollout.skills and rollout.school in schools
    ]
    share, rollout = max(
        reaching, key=lambda pair: (pair[0], pair[1].from_date), default=(0.0, None)
    )
    return rollout if share > 0 else None


def launches_seen(facts: Facts, history: History) -> tuple[float, float]:
    """Tickets in the first LAUNCH_DAYS of earlier launches, and the teachers and skills reached."""
    columns = columns_of(history)
    seen, places = 0.0, 0.0
    for rollout in facts.rollouts:
        age = (facts.as_of - rollout.from_date).days
        if age < LAUNCH_DAYS or rollout.from_date < facts.as_of + timedelta(
            days=float(history.since.min(initial=0.0))
        ):
            continue
        inside = (history.day >= -age) & (history.day < LAUNCH_DAYS - age)
        reached = _reached(rollout, facts.teachers)
        about = np.isin(history.skill, [columns[skill] for skill in rollout.skills])
        seen += float((inside & about & reached[history.person]).sum())
        places += float(reached.sum() * len(rollout.skills))
    return seen, places


def launch_tickets(launches: Floats, rules: NeedRules) -> float:
    """Tickets a teacher and skill that a launch brings: the guess, moved by `launches_seen` [2]."""
    seen, places = launches.tolist()
    share = 1.0 - float(np.exp2(-LAUNCH_DAYS / rules.rollout_half_life_days))
    strength = rules.rollout_strength
    return float((seen / share + strength * rules.rollout_tickets) / (places + strength))


def still_here(facts: Facts, history: History, rules: NeedRules) -> Floats:
    """The share of the horizon [T, K] in which the tools behind a skill are still at hand: 1
    unless every roll-out that brings the skill to the teacher ends."""
    shares = np.ones((history.people, len(history.skills)))
    start, end = horizon_of(facts, rules)
    span = (end - start).days + 1
    columns = columns_of(history)
    best: dict[int, Floats] = {}
    for rollout in facts.rollouts:
        last = end if rollout.until_date is None else min(end, rollout.until_date)
        share = max((last - start).days + 1, 0) / span
        reached = _reached(rollout, facts.teachers)
        for skill in rollout.skills:
            most = best.setdefault(columns[skill], np.full(history.people, -1.0))
            most[reached] = np.maximum(most[reached], share)
    for column, most in best.items():
        shares[:, column] = np.where(most >= 0, most, 1.0)
    return shares


def said_minutes(facts: Facts, history: History, rules: NeedRules) -> tuple[Floats, Floats]:
    """What circle-backs and picked-up practices add [T, K], and the share of need they leave."""
    added = np.zeros((history.people, len(history.skills)))
    left = np.ones_like(added)
    columns = columns_of(history)
    rows = {teacher.id: row for row, teacher in enumerate(facts.teachers)}
    newest = {}
    for answer in sorted(facts.answers, key=lambda one: one.on_date):
        age = (facts.as_of - answer.on_date).days
        if answer.teacher in rows and answer.skill in columns and 0 <= age <= rules.said_days:
            newest[rows[answer.teacher], columns[answer.skill]] = answer.kind
    for place, kind in newest.items():
        if kind == "still-working":
            left[place] = 1.0 - rules.still_working_share
        elif kind == "not-quite":
            added[place] = rules.not_quite_minutes
        else:
            added[place] = rules.picked_up_minutes
    return added, left


def silenced(facts: Facts, history: History) -> tuple[list[int], list[int]]:
    """The (rows, columns) a teacher closed: not about me, or known already."""
    columns = columns_of(history)
    pairs = [
        (row, columns[skill])
        for row, teacher in enumerate(facts.teachers)
        for skill in teacher.muted_skills | teacher.known_skills
        if skill in columns
    ]
    return [row for row, _ in pairs], [column for _, column in pairs]


def _reached(rollout: Rollout, teachers: Sequence[TeacherFacts]) -> NDArray[np.bool_]:
    return np.array(
        [
            rollout.school is None or rollout.school in (teacher.school, *teacher.schools)
            for teacher in teachers
        ],
        dtype=bool,
    )


def _launch_left(rollout: Rollout, day: date, rules: NeedRules) -> float:
    """The share of a launch's tickets that is still to come on a day."""
    age = max((day - rollout.from_date).days, 0)
    return float(2 ** (-age / rules.rollout_half_life_days))

"""What will cost each teacher class time, if nothing is done: minutes by skill and week."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pdplanner.recommender.district import District, learn_district
from pdplanner.recommender.evidence import Evidence
from pdplanner.recommender.facts import Facts, Id
from pdplanner.recommender.heard import Heard, hear
from pdplanner.recommender.history import Floats, read_history
from pdplanner.recommender.rates import foretell_rates
from pdplanner.recommender.rules import NeedRules, PathRules
from pdplanner.recommender.seasons import season_of, weeks_of
from pdplanner.recommender.voices import (
    goal_minutes,
    horizon_of,
    launch_tickets,
    presence,
    requirement_minutes,
    rollout_minutes,
    said_minutes,
    silenced,
    still_here,
)

__all__ = ["Needs", "foretell_needs", "weeks_of"]


@dataclass(frozen=True, slots=True)
class Needs:
    """Expected minutes of instruction lost over the horizon, and what they are made of.

    Shapes: T teachers in the order of the facts, K skills sorted, W weeks of the horizon.
    `parts` are "own", "cohort", "rollout", "goal", "said" and "requirement".
    """

    teachers: tuple[Id, ...]
    skills: tuple[Id, ...]
    minutes: Floats  # [T, K]
    parts: Mapping[str, Floats]  # [T, K] each; they add up to `minutes`
    rates: Floats  # [T, K] tickets a day, before anything but tickets is looked at
    season: Floats  # [K, W + 1], rows sum to 1; the last bin is after the horizon
    evidence: Evidence  # what stands behind a (teacher, skill), looked up on demand


def foretell_needs(
    facts: Facts,
    rules: PathRules,
    district: District | None = None,
    heard: Heard | None = None,
) -> Needs:
    """The needs of all teachers of the facts over the calendar's horizon, from the day of planning.

    With facts of one school only, `district` and `heard` bring what everybody asked (state.py);
    the needs are then in the district's skills. Raises UnknownTeacher, BadMinutes (history.py) for
    facts that cannot be.
    """
    need = rules.need
    if district is None:
        history, tickets = read_history(facts)
        district = learn_district(history)
    else:
        openings = min(district.first_day, 0.0), min(district.second_day, 0.0)
        history, tickets = read_history(facts, openings)
        history = history.within(district.skills, district.groups)
    heard = heard or hear(facts, history, need)
    start, end = horizon_of(facts, need)
    days = (end - start).days + 1
    rates = foretell_rates(history, district, need, float((end - facts.as_of).days))
    cost = minutes_per_ticket(heard, need)
    at_launch = launch_tickets(heard.launches, need)
    added, left = said_minutes(facts, history, need)
    here = presence(facts, need)[:, None]
    lasting = here * still_here(facts, history, need) * left
    parts = {
        "own": rates.own * cost * days * lasting,
        "cohort": rates.cohort * cost * days * lasting,
        "rollout": rollout_minutes(facts, history, need, cost, at_launch) * here * left,
        "goal": goal_minutes(facts, history, need) * here,
        "said": added * here,
        "requirement": requirement_minutes(facts, history, need) * here,
    }
    closed = silenced(facts, history)
    for part in parts.values():
        part[closed] = 0.0
    return Needs(
        teachers=tuple(teacher.id for teacher in facts.teachers),
        skills=history.skills,
        minutes=np.sum(list(parts.values()), axis=0),
        parts=parts,
        rates=rates.total,
        season=season_of(district, facts.calendar, facts.as_of, need),
        evidence=Evidence(facts, need, history, tuple(tickets), heard),
    )


def minutes_per_ticket(heard: Heard, rules: NeedRules) -> Floats:
    """Mean minutes of instruction a ticket of each skill loses [K], shrunk to everybody's mean."""
    lost, count = heard.lost_minutes, heard.recorded
    strength = rules.minutes_strength
    everybody = (lost.sum() + strength * rules.minutes_default) / (count.sum() + strength)
    return np.asarray((lost + strength * everybody) / (count + strength), dtype=np.float64)

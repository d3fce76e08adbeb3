"""How many tickets a person will bring in a day, whatever they are about.

A Gamma-Poisson posterior of the person's pace at each half-life, around the pace of the others;
pooled by their logarithms, so that more own tickets can only raise it.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from pdplanner.recommender.district import PACE_DAYS, District, paces
from pdplanner.recommender.history import COHORT_KINDS, Floats, History

#: Where there is next to nobody to learn from: a ticket in two hundred days, worth one ticket.
USUAL_PACE = 0.005
#: Tickets of a cohort before its pace weighs as much as everybody's.
GROUP_STRENGTH = 10.0
#: Shape of the gamma prior on a person's pace: few bring many, many bring few.
PERSON_SHAPE = 0.6


def pace_signals(history: History, district: District) -> Mapping[str, Floats]:
    """Log tickets a day [P] by half-life, and log lifts by kind of cohort, by name."""
    signals = {"level": np.ones(history.people)}
    usual = np.full(history.people, USUAL_PACE)
    for place, half_life in enumerate(PACE_DAYS):
        tickets, days = paces(history, half_life)
        others = np.maximum(district.tickets[place] - tickets, 0.0) + 1.0
        usual = others / (np.maximum(district.days[place] - days, 0.0) + 1.0 / USUAL_PACE)
        pace = (tickets + PERSON_SHAPE) / (days + PERSON_SHAPE / usual)
        signals[f"pace {half_life} d"] = np.log(pace)
        if place == 1:
            signals |= _cohort_paces(history, district, tickets, days, usual)
    return signals


def _cohort_paces(
    history: History, district: District, tickets: Floats, days: Floats, usual: Floats
) -> Mapping[str, Floats]:
    signals = {}
    cohorts = history.cohorts
    for kind in COHORT_KINDS:
        wanted = np.array([group_kind == kind for group_kind, _ in cohorts.groups], dtype=bool)
        if not wanted.any():
            continue
        inside = wanted[cohorts.group]
        person, group = cohorts.person[inside], cohorts.group[inside]
        seen = np.maximum(district.group_tickets[group] - tickets[person], 0.0)
        expected = np.maximum(district.group_days[group] - days[person], 0.0) * usual[person]
        lift = np.log((seen + GROUP_STRENGTH) / (expected + GROUP_STRENGTH))
        places = np.maximum(np.bincount(person, minlength=history.people), 1)
        signals[f"{kind} pace"] = np.bincount(person, lift, history.people) / places
    return signals


def foretell_paces(history: History, district: District, weights: Mapping[str, float]) -> Floats:
    """Expected tickets a day [P]."""
    signals = pace_signals(history, district)
    logs = sum(weights.get(name, 0.0) * signal for name, signal in signals.items())
    return np.asarray(np.exp(logs))

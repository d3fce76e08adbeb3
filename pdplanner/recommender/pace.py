"""How many tickets a person will bring over the next days, whatever they are about.

A sum of parts, each with a weight that cannot be below zero: what a colleague brings, the person's
own Gamma-Poisson posterior at slow half-lives, and what the last days' tickets still stir up, an
excitation that dies down within the days ahead (Hawkes 1971). More own tickets can only raise it,
and a weight found over a week holds over a month. A machine, or an account that many share, does
not calm down as people do: it goes on at its own rate.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from pdplanner.recommender.district import (
    GROUP_DAYS,
    PACE_DAYS,
    District,
    asked_first,
    faded_days,
    paces,
)
from pdplanner.recommender.history import COHORT_KINDS, Floats, History, summed

#: Where there is next to nobody to learn from: a ticket in two hundred days, worth one ticket.
USUAL_PACE = 0.005
#: Tickets of a cohort before its pace weighs as much as everybody's.
GROUP_STRENGTH = 10.0
#: Half-lives up to here are an excitation, longer ones a pace.
STIRRING_DAYS = 10
#: Half-lives, in days, of how often a machine asks: on how many days, and how much.
MACHINE_DAYS, MACHINE_PACE_DAYS = 10, 30
#: Faded days of somebody who always asked: what it takes to be believed, two weeks of history.
MACHINE_MEMORY = MACHINE_DAYS / np.log(2)
#: The share of all days, weekends too, with an ask at which somebody is as likely a machine, or an
#: account that many share, as a person; and how steeply that rises.
MACHINE_SHARE = 0.5
MACHINE_STEEPNESS = 8
#: Shape of the gamma prior on a person's pace: few bring many, many bring few.
PERSON_SHAPE = 0.6


def pace_parts(
    history: History, district: District, days: float, known: float
) -> Mapping[str, Floats]:
    """Tickets over the next `days` days [P] as each part alone would have it, by name.

    `known` is the share of those days' tickets that people known by now will bring (levels.py).
    """
    parts = {}
    first = asked_first(history, district)
    seen = district.days.seen_by(first)
    for place, half_life in enumerate(PACE_DAYS):
        tickets, exposure = paces(history, half_life)
        if half_life <= STIRRING_DAYS:
            stirred = half_life / np.log(2) * (1.0 - np.exp2(-days / half_life))
            parts[f"stirred {half_life} d"] = tickets / half_life * stirred
            continue
        others = np.maximum(district.tickets[place] - tickets, 0.0) + 1.0
        usual = others / (np.maximum(seen[:, place] - exposure, 0.0) + 1.0 / USUAL_PACE)
        pace = (tickets + PERSON_SHAPE) / (exposure + PERSON_SHAPE / usual)
        parts[f"pace {half_life} d"] = pace * days
        # Where people are known by their asks alone, their silence before the first is unknown;
        # counted from the district's first ask, a newcomer is not taken for a busy asker.
        opened = np.where(first, district.second_day, district.first_day)
        longer = faded_days(np.minimum(history.since, opened), history.until, half_life)
        steady = (tickets + PERSON_SHAPE) / (longer + PERSON_SHAPE / usual)
        parts[f"steady {half_life} d"] = steady * known * days
        if half_life == GROUP_DAYS:
            parts["usual pace"] = usual * days
            for kind, lift in _cohort_lifts(history, district, tickets, exposure, usual).items():
                parts[f"{kind} pace"] = usual * lift * days
    return parts


def _cohort_lifts(
    history: History, district: District, tickets: Floats, days: Floats, usual: Floats
) -> Mapping[str, Floats]:
    lifts = {}
    first = asked_first(history, district)
    cohorts = history.cohorts
    for kind in COHORT_KINDS:
        wanted = np.array([group_kind == kind for group_kind, _ in cohorts.groups], dtype=bool)
        if not wanted.any():
            continue
        inside = wanted[cohorts.group]
        person, group = cohorts.person[inside], cohorts.group[inside]
        group_days = np.where(
            first[person], district.group_days.first[group], district.group_days.all[group]
        )
        seen = np.maximum(district.group_tickets[group] - tickets[person], 0.0)
        expected = np.maximum(group_days - days[person], 0.0) * usual[person]
        lift = (seen + GROUP_STRENGTH) / (expected + GROUP_STRENGTH)
        places = np.bincount(person, minlength=history.people)
        mean = summed(person, lift, history.people) / np.maximum(places, 1)
        lifts[kind] = np.where(places > 0, mean, 1.0)
    return lifts


def machine_likeness(history: History) -> Floats:
    """How likely each asker is a machine or a shared account [P], from 0 to 1: people do not ask
    on more than half of all days. Several tickets of one day say no more than one, and a first
    week of daily asks next to nothing."""
    person, day = np.unique(np.stack([history.person, history.day.astype(np.int64)]), axis=1)
    asked = summed(person, np.exp2(day / MACHINE_DAYS), history.people)
    power = (asked / MACHINE_MEMORY / MACHINE_SHARE) ** MACHINE_STEEPNESS
    return np.asarray(power / (1.0 + power))


def _machine_pace(history: History, district: District) -> Floats:
    """Tickets a day [P] if everybody went on as they did, as a machine does."""
    first = asked_first(history, district)
    opened = np.where(first, district.second_day, district.first_day)
    tickets, _ = paces(history, MACHINE_PACE_DAYS)
    days = faded_days(np.minimum(history.since, opened), history.until, MACHINE_PACE_DAYS)
    return np.asarray(tickets / np.maximum(days, MACHINE_MEMORY))


def foretell_paces(
    history: History, district: District, weights: Mapping[str, float], days: float
) -> Floats:
    """Expected tickets over the next `days` days [P]."""
    parts = pace_parts(history, district, days, weights.get("known share", 1.0))
    total = np.zeros(history.people)
    for name, part in parts.items():
        total += weights.get(name, 0.0) * part
    alone = _machine_pace(history, district) * days
    return total + machine_likeness(history) * np.maximum(alone - total, 0.0)

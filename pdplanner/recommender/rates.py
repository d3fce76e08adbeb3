"""How many tickets about each skill a person will bring in a day: decayed Gamma-Poisson.

Own counts and exposure fade alike; the prior of a person and skill is the person's overall rate,
shrunk to everybody's, times the skill's share among the person's cohorts, shrunk to everybody's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pdplanner.recommender.history import COHORT_KINDS, Floats, History
from pdplanner.recommender.rules import NeedRules


@dataclass(frozen=True, slots=True)
class Rates:
    """Expected tickets a day [P, K], in the two parts that add up to it."""

    own: Floats
    cohort: Floats

    @property
    def total(self) -> Floats:
        """The whole rate [P, K]."""
        return self.own + self.cohort


def foretell_rates(history: History, rules: NeedRules) -> Rates:
    """Rates from the day after `history.origin`; zero for everybody where nobody ever asked."""
    own = history.count(_fade(-history.day, rules.own_half_life_days))
    exposure = _faded_exposure(history, rules.own_half_life_days)
    present = exposure > 0
    if not own.any() or not present.any():
        return Rates(own, own.copy())
    overall = own.sum() / exposure.sum()
    activity = (own.sum(axis=1) + rules.person_shape) / (exposure + rules.person_shape / overall)
    prior = activity[:, None] * _mix(history, rules)
    with np.errstate(divide="ignore"):
        weight = rules.skill_shape / prior
    total = exposure[:, None] + weight
    own_part = np.where(present[:, None], own / total, 0.0)
    cohort_part = np.where(np.isfinite(weight), rules.skill_shape / total, 0.0)
    return Rates(own_part, cohort_part)


def _fade(age: Floats, half_life: float) -> Floats:
    return np.exp2(-age / half_life)


def _faded_exposure(history: History, half_life: float) -> Floats:
    """Days each person could ask [P], each day faded like a ticket of that day."""
    scale = half_life / np.log(2)
    until, since = np.minimum(history.until, 1.0), history.since
    faded = scale * (np.exp2(until / half_life) - np.exp2(since / half_life))
    return np.asarray(faded, dtype=np.float64)


def _mix(history: History, rules: NeedRules) -> Floats:
    """Every person's prior shares of the skills [P, K]: rows sum to 1."""
    recent = history.count(_fade(-history.day, rules.cohort_half_life_days))
    slow = history.count(_fade(-history.day, rules.own_half_life_days))
    everybody = recent.sum(axis=0) + slow.sum(axis=0) / max(slow.sum(), 1.0)
    everybody = everybody / everybody.sum()
    mix = np.tile(everybody, (history.people, 1))
    cohorts = history.cohorts
    for kind in reversed(COHORT_KINDS):
        wanted = np.array([group_kind == kind for group_kind, _ in cohorts.groups], dtype=bool)
        inside = wanted[cohorts.group] if len(cohorts.groups) else np.zeros(0, dtype=bool)
        if not inside.any():
            continue
        person, group = cohorts.person[inside], cohorts.group[inside]
        counts = np.zeros((len(cohorts.groups), len(history.skills)))
        np.add.at(counts, group, recent[person])
        places = np.bincount(person, minlength=history.people)
        seen = np.zeros_like(mix)
        np.add.at(seen, person, counts[group] / places[person, None])
        strength = rules.cohort_strength
        mix = (seen + strength * mix) / (seen.sum(axis=1, keepdims=True) + strength)
    return mix

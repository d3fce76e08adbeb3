"""How many tickets about each skill a person will bring in a day: pace times shares."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pdplanner.recommender.curves import curve_lift
from pdplanner.recommender.district import District, learn_district
from pdplanner.recommender.history import Floats, History
from pdplanner.recommender.pace import foretell_paces
from pdplanner.recommender.rules import NeedRules
from pdplanner.recommender.seasons import season_index
from pdplanner.recommender.shares import foretell_shares

#: People foretold at once: their arrays stay in the cache and memory stays flat.
BATCH = 1024


@dataclass(frozen=True, slots=True)
class Rates:
    """Expected tickets a day [P, K], in the two parts that add up to it: what the person's own
    asks about the skill added, and what the others' asks say of somebody like them."""

    own: Floats
    cohort: Floats

    @property
    def total(self) -> Floats:
        """The whole rate [P, K]."""
        return self.own + self.cohort


def foretell_rates(history: History, district: District, rules: NeedRules, days: float) -> Rates:
    """Mean rates over the `days` days after `history.origin`; zero where nobody ever asked.

    The people of `history` must be among those `district` was learned from.
    """
    own = np.zeros((history.people, len(history.skills)))
    cohort = np.zeros_like(own)
    if not district.tickets.any():
        return Rates(own, cohort)
    for start in range(0, history.people, BATCH):
        rows = np.arange(start, min(start + BATCH, history.people))
        batch = history if len(rows) == history.people else history.of(rows)
        weights = dict(rules.weights)
        paces = foretell_paces(batch, district, weights, days)[:, None] / days
        if weights.get("season", 0.0):
            paces = paces * season_index(batch, district, days) ** weights["season"]
        shares = foretell_shares(batch, district, weights)
        total = paces * shares.total
        lift = weights.get("level", 1.0) * curve_lift(total, weights)
        own[rows] = paces * shares.own * lift
        cohort[rows] = (total - paces * shares.own) * lift
    return Rates(own, cohort)


def foretell_counts(history: History, rules: NeedRules, days: float) -> Floats:
    """Expected tickets [P, K] over the next `days` days, of everybody in the history."""
    rates = foretell_rates(history, learn_district(history), rules, days)
    return np.asarray(rates.total * days, dtype=np.float64)

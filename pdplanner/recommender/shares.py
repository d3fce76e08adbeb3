"""Which skills a person's next asks will be about: a pool of named signals, each with a weight.

The prior comes from the others: everybody's asks at four half-lives, the person's cohorts, and
cohorts that ask alike, pooled by their logarithms (Genest and Zidek 1986). A second pool moves it
by the person's own asks, each a Dirichlet posterior around that prior at one half-life and
strength, and by what others asked next after the same asks. All of the others' signals leave the
person's own tickets out, so more own tickets about a skill can only raise it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pdplanner.recommender.district import (
    COHORT_DAYS,
    EVERYBODY_DAYS,
    FOLLOWING_DAYS,
    USUAL_DAYS,
    District,
    faded,
    followings_of,
)
from pdplanner.recommender.history import COHORT_KINDS, Floats, History, Ints
from pdplanner.recommender.trends import LONGEST_SPAN, telling

#: Tickets that a cohort needs before its mix weighs as much as everybody's, by COHORT_DAYS.
COHORT_STRENGTHS = (20.0, 10.0, 10.0)
#: Half-life in days and strength in tickets of the looks at a person's own asks.
OWN_LOOKS = ((3, 2.0), (15, 3.0), (60, 2.0), (120, 1.0), (400, 1.0), (400, 20.0))
#: Root tickets that every skill has before anybody asked: none is impossible.
UNSEEN = 0.3
#: Asks that followed before they weigh as much as the skill's usual share.
FOLLOWING_STRENGTH = 5.0
#: Asks of cohorts alike before they weigh as much as everybody's.
ALIKE_STRENGTH = 5.0
#: The least share a prior gives a skill, so that its logarithm stays a number.
LEAST_SHARE = 1e-6

Signals = Mapping[str, Floats]


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares of a person's asks [P, K]. `total` need not sum to 1 in a row: leaving that out is
    what keeps a skill's rate from rising when another ask of the person is taken away.
    """

    prior: Floats  # rows sum to 1
    total: Floats
    own: Floats  # the part of `total` that own asks about the very skill added


def prior_signals(history: History, district: District) -> Signals:
    """Log shares [P, K] of everybody, and log lifts over them by cohort, by name."""
    roots = {
        half_life: np.sqrt(history.count(faded(history, half_life)))
        for half_life in {*EVERYBODY_DAYS, *COHORT_DAYS}
    }
    signals = {}
    for place, half_life in enumerate(EVERYBODY_DAYS):
        left = np.maximum(district.everybody[place] - roots[half_life], 0.0) + UNSEEN
        signals[f"everybody {half_life} d"] = np.log(left / left.sum(axis=1, keepdims=True))
    base = np.exp(signals[f"everybody {USUAL_DAYS} d"])
    for kind in COHORT_KINDS:
        if any(group_kind == kind for group_kind, _ in district.groups):
            signals |= _cohort_signals(kind, history, district, roots, base)
    return signals


def _cohort_signals(
    kind: str, history: History, district: District, roots: Mapping[int, Floats], base: Floats
) -> dict[str, Floats]:
    """The log lifts of one kind of cohort over everybody's shares `base`."""
    signals, mean = {}, base
    places, groups = _places(kind, history)
    member = places.sum(axis=1, keepdims=True)
    for place, half_life in enumerate(COHORT_DAYS):
        seen = np.zeros_like(base)
        for rank in range(groups.shape[1]):
            seen += places[:, rank, None] * district.cohorts[place][groups[:, rank]]
        others = np.maximum(seen - (member > 0) * roots[half_life], 0.0)
        strength = COHORT_STRENGTHS[place]
        lifted = (others + strength * base) / (others.sum(axis=1, keepdims=True) + strength)
        signals[f"{kind} {half_life} d"] = np.log(lifted / base)
        if place == 1:
            mean = others
    signals[f"{kind} alike"] = _alike(kind, district, mean, base, groups, places)
    return signals


def _places(kind: str, history: History) -> tuple[Floats, Ints]:
    """Each person's groups of one kind [P, R] and what each weighs; weights 0 fill the rows."""
    cohorts = history.cohorts
    wanted = np.array([group_kind == kind for group_kind, _ in cohorts.groups], dtype=bool)
    inside = wanted[cohorts.group]
    person, group = cohorts.person[inside], cohorts.group[inside]
    start = np.searchsorted(person, np.arange(history.people + 1))
    count = np.diff(start)
    ranks = max(int(count.max(initial=0)), 1)
    groups = np.zeros((history.people, ranks), dtype=np.int64)
    weights = np.zeros((history.people, ranks))
    for rank in range(ranks):
        rows = np.flatnonzero(count > rank)
        groups[rows, rank] = group[start[rows] + rank]
        weights[rows, rank] = 1.0 / count[rows]
    return weights, groups


def _alike(
    kind: str, district: District, seen: Floats, base: Floats, groups: Ints, places: Floats
) -> Floats:
    """The log lift [P, K] of the groups that ask like one's own (own groups left out)."""
    columns = np.array([k for k, (name, _) in enumerate(district.groups) if name == kind])
    asked = district.cohorts[1][columns]
    total = asked.sum(axis=1, keepdims=True)
    profile = np.sqrt(asked / np.maximum(total, LEAST_SHARE)) * np.sqrt(total / (total + 10.0))
    trust = np.sqrt(total / (total + 10.0))[:, 0]
    mass = seen.sum(axis=1, keepdims=True)
    mine = np.sqrt((seen + 2.0 * base) / (mass + 2.0)) - np.sqrt(base)
    likeness = mine @ profile.T - (mine * np.sqrt(base)).sum(axis=1, keepdims=True) * trust
    likeness = np.maximum(likeness, 0.0) ** 2
    where = np.full(len(district.groups), -1)
    where[columns] = np.arange(len(columns))
    for rank in range(groups.shape[1]):
        rows = np.flatnonzero(places[:, rank] > 0)
        likeness[rows, where[groups[rows, rank]]] = 0.0
    sums = likeness.sum(axis=1, keepdims=True)
    weight = np.divide(likeness, sums, out=np.zeros_like(likeness), where=sums > 0)
    found = weight @ asked
    strength = ALIKE_STRENGTH
    return np.asarray(
        np.log((found + strength * base) / (found.sum(axis=1, keepdims=True) + strength) / base)
    )


def following_signal(history: History, district: District) -> Floats:
    """Log lift [P, K]: how much more often others asked about k after what this person asked.

    Only asks about other skills speak for a skill, and the person's own pairs are left out.
    """
    size = len(history.skills)
    weight = history.count(faded(history, FOLLOWING_DAYS))
    person, first = np.nonzero(history.count(np.ones(len(history.day))))
    cell = np.full((history.people, size), -1)
    cell[person, first] = np.arange(len(person))
    pairs = followings_of(history)
    own = np.zeros((history.people, size))
    np.add.at(own, (pairs.person, pairs.then), pairs.weight)
    usual = np.maximum(district.following.sum(axis=0) - own, 0.0)
    roots = np.sqrt(history.count(faded(history, USUAL_DAYS)))
    usually = district.everybody[EVERYBODY_DAYS.index(USUAL_DAYS)]
    base = np.maximum(usually - roots, 0.0) + UNSEEN
    usual = usual + FOLLOWING_STRENGTH * base / base.sum(axis=1, keepdims=True)
    usual /= usual.sum(axis=1, keepdims=True)
    after = district.following[first]
    np.subtract.at(after, (cell[pairs.person, pairs.first], pairs.then), pairs.weight)
    after = np.maximum(after, 0.0)
    strength = FOLLOWING_STRENGTH
    expected = usual[person]
    mass = after.sum(axis=1, keepdims=True) + strength
    lift = np.log((after + strength * expected) / mass / expected)
    lift[np.arange(len(person)), first] = 0.0
    signal = np.zeros((history.people, size))
    if len(person):
        starts = np.flatnonzero(np.r_[True, person[1:] != person[:-1]])
        signal[person[starts]] = np.add.reduceat(
            lift * weight[person, first][:, None], starts, axis=0
        )
    return np.asarray(signal / (weight.sum(axis=1, keepdims=True) - weight + 0.5))


def own_signals(
    history: History, district: District, prior: Floats, weights: Mapping[str, float]
) -> Signals:
    """Log lifts [P, K] of the person's own asks over the prior, one for each of OWN_LOOKS."""
    signals = {}
    told = telling(history, district, weights.get("trend weeks", LONGEST_SPAN))
    for half_life, strength in OWN_LOOKS:
        counts = history.count(faded(history, half_life) * told)
        mass = counts.sum(axis=1, keepdims=True) + strength
        name = f"own {half_life} d, {strength:g}"
        signals[name] = np.log((counts + strength * prior) / mass / prior)
    return signals


def pool(signals: Signals, weights: Mapping[str, float]) -> Floats:
    """The weighted sum of the signals; a signal without a weight says nothing."""
    return np.asarray(sum(weights.get(name, 0.0) * signal for name, signal in signals.items()))


def prior_of(signals: Signals, weights: Mapping[str, float]) -> Floats:
    """The pooled prior shares [P, K], rows sum to 1."""
    logs = pool(signals, weights)
    shares = np.exp(logs - logs.max(axis=1, keepdims=True, initial=-np.inf))
    shares /= shares.sum(axis=1, keepdims=True)
    return np.asarray(np.maximum(shares, LEAST_SHARE))


def foretell_shares(history: History, district: District, weights: Mapping[str, float]) -> Shares:
    """The shares of the people of `history`, who are among those the district learned from."""
    prior = prior_of(prior_signals(history, district), weights)
    lift = pool(own_signals(history, district, prior, weights), weights)
    others = prior * np.exp(weights.get("following", 0.0) * following_signal(history, district))
    total = others * np.exp(lift)
    asked = history.count(np.ones(len(history.day))) > 0
    return Shares(prior, total, np.where(asked, np.maximum(total - others, 0.0), 0.0))

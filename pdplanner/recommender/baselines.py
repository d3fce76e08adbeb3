"""Simple ways to foretell who asks about what, to hold the need model against.

Every one gives a score for each (person, skill); its settings come from a grid, chosen on the
window before. To be read as a forecast of counts, a score is blended with popularity and scaled,
both chosen by deviance on that same window: each gets the best it can be given.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pdplanner.recommender.history import Floats, History
from pdplanner.recommender.yardsticks import ndcg_by_person, poisson_deviance

Score = Callable[..., Floats]
FLOOR = 0.3  # tickets every topic has before anybody asked


@dataclass(frozen=True)
class Baseline:
    """A method with the settings to choose from."""

    name: str
    score: Score
    grid: Mapping[str, Sequence[Any]]


def foretell_by(
    baseline: Baseline, before: History, met: Floats, now: History, days: float
) -> Floats:
    """The forecast of counts [P, K] at `now`, tuned on what was asked after `before`; where that
    was nothing, by the first settings and at the usual pace."""
    choices = [
        dict(zip(baseline.grid, values, strict=True))
        for values in itertools.product(*baseline.grid.values())
    ]
    known = known_people(before)
    if not met[known].any():
        return _blended(baseline.score(now, **choices[0]), now, 0.1, _usual(now, days))
    scored = [(baseline.score(before, **choice), choice) for choice in choices]
    best, choice = max(scored, key=lambda one: ndcg_by_person(one[0][known], met[known]).mean())
    blend, total = _calibrate(best, before, met)
    return _blended(baseline.score(now, **choice), now, blend, total)


def _usual(now: History, days: float) -> float:
    """Tickets a known person, at the pace of the whole history."""
    length = 1.0 - now.day.min(initial=0.0)
    return float(len(now.day) / length * days / max(known_people(now).sum(), 1))


def known_people(history: History) -> NDArray[np.bool_]:
    """Who has asked before [P]."""
    return np.bincount(history.person, minlength=history.people) > 0


def _calibrate(score: Floats, before: History, met: Floats) -> tuple[float, float]:
    """The blend with popularity and the tickets a known person that had the least deviance."""
    known = known_people(before)
    rate = met.sum() / known.sum()
    fits = []
    for blend in (0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 1.0):
        forecast = _blended(score, before, blend, rate)
        fits.append((poisson_deviance(forecast[known], met[known]), blend))
    return min(fits)[1], float(rate)


def _blended(score: Floats, history: History, blend: float, rate: float) -> Floats:
    """Scores and popularity in one, scaled to `rate` tickets a known person."""
    known = known_people(history)
    score = np.maximum(score, 0.0)
    score = score / max(score[known].sum(), 1e-12)
    crowd = np.where(known[:, None], popularity(history, half_life=14), 0.0)
    crowd = crowd / max(crowd.sum(), 1e-12)
    return np.asarray(((1 - blend) * score + blend * crowd) * rate * known.sum())


def faded_counts(history: History, half_life: float) -> Floats:
    """Tickets by person and topic, half after every half-life."""
    return history.count(np.exp2(history.day / half_life))


def popularity(history: History, *, half_life: float) -> Floats:
    """Everybody's shares of the topics, the same for each person."""
    total = faded_counts(history, half_life).sum(axis=0) + FLOOR
    return np.tile(total / total.sum(), (history.people, 1))


def cohort_popularity(history: History, *, half_life: float, strength: float) -> Floats:
    """The shares of the topics among one's cohort, shrunk to everybody's."""
    counts = faded_counts(history, half_life)
    crowd = counts.sum(axis=0) + FLOOR
    crowd = crowd / crowd.sum()
    sums = np.zeros((max(len(history.cohorts.groups), 1), counts.shape[1]))
    np.add.at(sums, history.cohorts.group, counts[history.cohorts.person])
    shares = (sums + strength * crowd) / (sums.sum(axis=1, keepdims=True) + strength)
    score = np.tile(crowd, (history.people, 1))
    # Who belongs to several cohorts is taken for one of the first, their school.
    members = history.cohorts
    score[members.person[::-1]] = shares[members.group[::-1]]
    return score


def own_history(history: History, *, half_life: float, crowd: float) -> Floats:
    """One's own faded counts, with a little popularity to break ties and fill up."""
    return faded_counts(history, half_life) + crowd * popularity(history, half_life=14)


BASELINES = (
    Baseline("popularity, decayed", popularity, {"half_life": (2, 4, 7, 14, 30, 120)}),
    Baseline(
        "cohort popularity, shrunk",
        cohort_popularity,
        {"half_life": (4, 7, 14, 30, 120, 400), "strength": (5.0, 20.0, 50.0, 150.0)},
    ),
    Baseline(
        "own history, decayed",
        own_history,
        {"half_life": (7, 14, 30, 60, 120, 400), "crowd": (0.01, 0.3, 1.0, 3.0)},
    ),
)

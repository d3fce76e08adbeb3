"""How well a forecast met what was asked then: ranking, deviance, calibration, with intervals.

Forecasts and what was asked are arrays [P, K]: people, topics.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pdplanner.recommender.history import Floats

#: How many topics are looked at in a ranking.
TOP = 10
#: The least a forecast is taken for: none is impossible.
LEAST_FORECAST = 1e-6
#: Bins of equal predicted mass in the calibration error.
BINS = 10


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure with its 95 % bootstrap interval over people."""

    value: float
    low: float
    high: float


def ndcg_by_person(forecast: Floats, asked: Floats) -> Floats:
    """nDCG@10 of each person who asked [A]; the gain of a topic is how often it was asked."""
    askers = asked.sum(axis=1) > 0
    forecast, asked = forecast[askers], asked[askers]
    top = min(TOP, asked.shape[1])
    discount = 1.0 / np.log2(np.arange(2, top + 2))
    ranked = np.argsort(-forecast, axis=1, kind="stable")[:, :top]
    gained = np.take_along_axis(asked, ranked, axis=1) @ discount
    ideal = -np.sort(-asked, axis=1)[:, :top] @ discount
    return np.asarray(gained / ideal, dtype=np.float64)


def poisson_deviance(forecast: Floats, asked: Floats) -> float:
    """The sum over all cells of 2 (y ln(y/m) - y + m), a person."""
    forecast = np.maximum(forecast, LEAST_FORECAST)
    ratio = np.divide(asked, forecast, out=np.ones_like(forecast), where=asked > 0)
    total = 2.0 * (asked * np.log(ratio) - asked + forecast).sum()
    return float(total / max(len(asked), 1))


def calibration_error(forecast: Floats, asked: Floats) -> float:
    """The sum of |m - y| over ten bins of equal predicted mass, over all y."""
    expected, met = forecast.ravel(), asked.ravel()
    order = np.argsort(expected, kind="stable")
    mass = np.cumsum(expected[order])
    if not met.any() or mass[-1] <= 0:
        return float("nan")
    bins = np.minimum((mass / mass[-1] * BINS).astype(np.int64), BINS - 1)
    misses = np.bincount(bins, expected[order], BINS) - np.bincount(bins, met[order], BINS)
    return float(np.abs(misses).sum() / met.sum())


def bootstrap_mean(values: Floats, *, seed: int = 0, draws: int = 1000) -> Measured:
    """The mean of one value a person, with its interval over people drawn again."""
    if not len(values):
        return Measured(float("nan"), float("nan"), float("nan"))
    random = np.random.default_rng(seed)
    means = [values[random.integers(len(values), size=len(values))].mean() for _ in range(draws)]
    low, high = np.quantile(means, [0.025, 0.975])
    return Measured(float(values.mean()), float(low), float(high))

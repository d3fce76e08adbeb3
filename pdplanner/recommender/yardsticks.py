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
    return float(deviance_by_person(forecast, asked).sum() / max(len(asked), 1))


def deviance_by_person(forecast: Floats, asked: Floats) -> Floats:
    """Each person's part of the deviance [P]."""
    forecast = np.maximum(forecast, LEAST_FORECAST)
    ratio = np.divide(asked, forecast, out=np.ones_like(forecast), where=asked > 0)
    return np.asarray(2.0 * (asked * np.log(ratio) - asked + forecast).sum(axis=1))


def calibration_error(forecast: Floats, asked: Floats) -> float:
    """The sum of |m - y| over ten bins of equal predicted mass, over all y."""
    if not asked.any() or forecast.sum() <= 0:
        return float("nan")
    expected, met = _binned(forecast, asked)
    return float(np.abs((expected - met).sum(axis=0)).sum() / asked.sum())


def calibration_measured(forecast: Floats, asked: Floats, *, draws: int = 1000) -> Measured:
    """The calibration error with its interval over people drawn again, the bins kept.

    A sum of absolute values only grows by drawing again: the interval leans to the high side.
    """
    value = calibration_error(forecast, asked)
    if np.isnan(value):
        return Measured(value, value, value)
    expected, met = _binned(forecast, asked)
    random = np.random.default_rng(0)
    people = np.full(len(asked), 1 / len(asked))
    errors = []
    for _ in range(draws):
        times = random.multinomial(len(asked), people).astype(np.float64)
        asks = times @ met
        errors.append(np.abs(times @ expected - asks).sum() / max(asks.sum(), 1.0))
    low, high = np.quantile(errors, [0.025, 0.975])
    return Measured(value, min(float(low), value), float(high))


def calibration_floor(asked: Floats) -> float:
    """The calibration error that is to be expected of the true rates themselves: what is asked
    scatters by chance around them, by the root of 2 m / pi in a bin of m tickets."""
    total = float(asked.sum())
    return float(np.sqrt(2.0 * BINS / (np.pi * total))) if total > 0 else float("nan")


def _binned(forecast: Floats, asked: Floats) -> tuple[Floats, Floats]:
    """What each person's cells were foretold and asked in each bin of equal predicted mass, [P, B]
    each."""
    expected = forecast.ravel()
    order = np.argsort(expected, kind="stable")
    mass = np.cumsum(expected[order])
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.minimum((mass / mass[-1] * BINS).astype(np.int64), BINS - 1)
    cells = np.repeat(np.arange(len(asked)), asked.shape[1]) * BINS + place
    size = len(asked) * BINS
    sums = [
        np.bincount(cells, values, size).astype(np.float64) for values in (expected, asked.ravel())
    ]
    return sums[0].reshape(-1, BINS), sums[1].reshape(-1, BINS)


def bootstrap_ratio(parts: Floats, wholes: Floats, *, draws: int = 1000) -> Measured:
    """The sum of the parts over the sum of the wholes, one of each a person, with its interval
    over people drawn again; 0 where there is nothing to take a part of."""
    if not len(wholes):
        return Measured(float("nan"), float("nan"), float("nan"))
    random = np.random.default_rng(0)
    times = random.multinomial(len(wholes), np.full(len(wholes), 1 / len(wholes)), size=draws)
    over, under = times @ parts, times @ wholes
    shares = np.divide(over, under, out=np.zeros(draws), where=under > 0)
    low, high = np.quantile(shares, [0.025, 0.975])
    whole = float(wholes.sum())
    return Measured(float(parts.sum()) / whole if whole > 0 else 0.0, float(low), float(high))


def bootstrap_mean(values: Floats, *, seed: int = 0, draws: int = 1000) -> Measured:
    """The mean of one value a person, with its interval over people drawn again."""
    if not len(values):
        return Measured(float("nan"), float("nan"), float("nan"))
    random = np.random.default_rng(seed)
    means = [values[random.integers(len(values), size=len(values))].mean() for _ in range(draws)]
    low, high = np.quantile(means, [0.025, 0.975])
    return Measured(float(values.mean()), float(low), float(high))

"""By how much rates of each height come true: a curve over the rates, learned on earlier windows.

Fine-tuned weights still foretell too much of what is rare and too little of what is not, or the
other way round. The curve takes that away without changing the order of any two rates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from pdplanner.recommender.history import Floats

#: The rates a day, as powers of two, at which the curve is set: from four a day down.
KNOTS = tuple(range(-16, 3, 2))
#: Tickets around a knot before what they say weighs as much as saying nothing.
CURVE_STRENGTH = 20.0
#: The most that the curve may move a rate, in the logarithm: less than half of what lies between
#: two knots, so that a higher rate stays the higher one.
MOST_LIFT = 0.69
#: The least rate a day that has a place on the curve.
LEAST_RATE = 1e-12


def curve_lift(rates: Floats, weights: Mapping[str, float]) -> Floats:
    """What each rate a day is multiplied with, by how high it is; linear between the knots in
    logarithms, 1 without a curve."""
    lifts = [weights.get(_name(knot), 0.0) for knot in KNOTS]
    if not any(lifts):
        return np.ones_like(rates)
    return np.asarray(np.exp(np.interp(_height(rates), KNOTS, lifts)))


def fit_curve(windows: Sequence[tuple[Floats, Floats, float]]) -> dict[str, float]:
    """The weights of the curve; each window is (tickets foretold, tickets met, days).

    What all windows missed alike is drawn to nothing as far as they disagree (James and Stein
    1961), and one window alone says nothing. Levels don't count: each is brought to what was met.
    """
    if len(windows) < 2:
        return dict.fromkeys(map(_name, KNOTS), 0.0)
    misses = np.array([_misses(*window) for window in windows])
    mean = misses.mean(axis=0)
    noise = float(misses.var(axis=0, ddof=1).mean()) / len(windows)
    kept = max(1.0 - noise / max(float((mean**2).mean()), LEAST_RATE), 0.0)
    lifts = np.clip(kept * mean, -MOST_LIFT, MOST_LIFT).tolist()
    return dict(zip(map(_name, KNOTS), lifts, strict=True))


def _misses(foretold: Floats, met: Floats, days: float) -> Floats:
    """Log of what was met over what was foretold around each knot, both with the same total."""
    place = np.interp(_height(foretold / days), KNOTS, np.arange(len(KNOTS)))
    below = np.minimum(place.astype(np.int64), len(KNOTS) - 2)
    share = place - below
    sums = []
    for tickets in (met, foretold * (met.sum() / max(foretold.sum(), LEAST_RATE))):
        low = np.bincount(below, (1.0 - share) * tickets, len(KNOTS))
        sums.append(low + np.bincount(below + 1, share * tickets, len(KNOTS)) + CURVE_STRENGTH)
    return np.asarray(np.log(sums[0] / sums[1]))


def _height(rates: Floats) -> Floats:
    return np.asarray(np.log2(np.maximum(rates, LEAST_RATE)))


def _name(knot: int) -> str:
    return f"curve 2^{knot}"

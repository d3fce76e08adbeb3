"""Fits the weights of the need rules to a district: on windows of its own past, never on more.

Each window starts where only what was known then is known. The shares' weights maximise the
multinomial likelihood of what the askers of the window asked about (a conditional logit), the
pace's the Poisson likelihood of how much; both are drawn to the defaults. Needs SciPy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from pdplanner.recommender.district import District, learn_district
from pdplanner.recommender.history import Floats, History
from pdplanner.recommender.pace import pace_signals
from pdplanner.recommender.rules import NeedRules
from pdplanner.recommender.shares import (
    following_signal,
    own_signals,
    pool,
    prior_of,
    prior_signals,
)

#: Starts of the windows, in horizons before the end of the history.
STARTS = (1.0, 0.75, 0.5, 0.25)
#: Further back, where the history is long.
LONG_STARTS = (2.0, 3.0, 4.0)
#: The least share of the history that must lie before a window.
LEAST_BEFORE = 0.25
#: Tickets in the windows below which nothing is fitted: the defaults stay.
LEAST_TICKETS = 200
#: Askers of a window that are looked at; more would cost time and change nothing.
MOST_ASKERS = 4000
#: How hard the weights are drawn to the defaults, in half squared deviations of a signal.
SHARE_PULL = 20.0
PACE_PULL = 5.0


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of the past: what was known before it, and what was asked in it."""

    history: History
    district: District
    days: float
    asked: Floats  # [P, K] tickets in the window, of people known before it


def windows_of(history: History, days: int) -> list[Window]:
    """The windows of at most `days` days that the history has room for, latest last."""
    length = -history.day.min(initial=0.0) + 1
    starts = sorted({round(days * start) for start in (*STARTS, *LONG_STARTS)}, reverse=True)
    windows = []
    for start in starts:
        if start < 1 or start > (1 - LEAST_BEFORE) * length:
            continue
        if start > days and start + days > 0.75 * length:
            continue
        windows.append(window_of(history, start, days))
    return [window for window in windows if window.asked.any()]


def window_of(history: History, start: int, days: int) -> Window:
    """The window that starts `start` days before the history's end and lasts at most `days`."""
    before = history.as_seen(start)
    inside = (history.day > -start) & (history.day <= days - start)
    size = len(history.skills)
    cells = history.person[inside] * size + history.skill[inside]
    asked = np.bincount(cells, minlength=history.people * size).astype(np.float64)
    asked = asked.reshape(history.people, size)
    known = np.bincount(before.person, minlength=history.people) > 0
    asked[~known] = 0.0
    return Window(before, learn_district(before), float(min(days, start)), asked)


def tune_weights(history: History, rules: NeedRules, days: int) -> NeedRules:
    """The rules with weights fitted to foretell `days` days ahead, on the history's own past."""
    return fit_weights(windows_of(history, days), rules)


def fit_weights(windows: Sequence[Window], rules: NeedRules) -> NeedRules:
    """The rules with weights fitted to the windows; unchanged with too few tickets in them."""
    if sum(window.asked.sum() for window in windows) < LEAST_TICKETS:
        return rules
    fitted = dict(rules.weights)
    fitted |= _fit_prior(windows, fitted)
    fitted |= _fit_own(windows, fitted)
    fitted |= _fit_pace(windows, fitted)
    return replace(rules, weights=tuple(sorted(fitted.items())))


def _askers(window: Window) -> tuple[History, Floats]:
    rows = np.flatnonzero(window.asked.sum(axis=1) > 0)
    rows = rows[:: max(len(rows) // MOST_ASKERS, 1)]
    return window.history.of(rows), window.asked[rows]


def _fit_prior(windows: Sequence[Window], weights: Mapping[str, float]) -> dict[str, float]:
    problems = []
    for window in windows:
        history, asked = _askers(window)
        signals = prior_signals(history, window.district)
        problems.append((signals, np.zeros_like(asked), asked))
    return _fit_logit(problems, weights, free=True)


def _fit_own(windows: Sequence[Window], weights: Mapping[str, float]) -> dict[str, float]:
    problems = []
    for window in windows:
        history, asked = _askers(window)
        prior = prior_of(prior_signals(history, window.district), weights)
        signals = {
            **own_signals(history, prior),
            "following": following_signal(history, window.district),
        }
        problems.append((signals, np.log(prior), asked))
    return _fit_logit(problems, weights, free=False)


def _fit_logit(
    problems: Sequence[tuple[Mapping[str, Floats], Floats, Floats]],
    weights: Mapping[str, float],
    *,
    free: bool,
) -> dict[str, float]:
    """Weights of the signals in a conditional logit with offsets; below zero only when `free`.

    A person's asks count with their root: nobody speaks for everybody.
    """
    names = list(problems[0][0])
    spread = np.sqrt(np.mean([[s[name].var() for name in names] for s, _, _ in problems], axis=0))
    spread = np.maximum(spread, 1e-6)
    prepared = []
    for signals, offset, asked in problems:
        gain = asked / np.sqrt(asked.sum(axis=1, keepdims=True))
        stack = np.array([signals[name] / sd for name, sd in zip(names, spread, strict=True)])
        prepared.append((stack.astype(np.float32), offset, gain))
    start = np.array([weights.get(name, 0.0) for name in names]) * spread

    def loss(point: Floats) -> tuple[float, Floats]:
        total = SHARE_PULL * ((point - start) ** 2).sum() / 2
        slope = SHARE_PULL * (point - start)
        for stack, offset, gain in prepared:
            logs = offset + np.tensordot(point.astype(np.float32), stack, 1)
            logs -= logs.max(axis=1, keepdims=True)
            shares = np.exp(logs)
            sums = shares.sum(axis=1, keepdims=True)
            total -= (gain * (logs - np.log(sums))).sum()
            miss = shares / sums * gain.sum(axis=1, keepdims=True) - gain
            slope = slope + np.tensordot(stack, miss.astype(np.float32), 2)
        return float(total), slope

    found = _least(loss, start, None if free else 0.0) / spread
    return dict(zip(names, found.tolist(), strict=True))


def _fit_pace(windows: Sequence[Window], weights: Mapping[str, float]) -> dict[str, float]:
    problems = []
    for window in windows:
        signals = pace_signals(window.history, window.district)
        here = window.history.until > 0
        known = np.bincount(window.history.person, minlength=window.history.people) > 0
        rows = np.flatnonzero(here & known)
        history = window.history.of(rows)
        asked = window.asked[rows].sum(axis=1)
        mass = _share_mass(history, window.district, weights)
        problems.append(
            (np.array([s[rows] for s in signals.values()]), np.log(mass * window.days), asked)
        )
        names = list(signals)
    start = np.array([weights.get(name, 0.0) for name in names])

    def loss(point: Floats) -> tuple[float, Floats]:
        total = PACE_PULL * ((point - start) ** 2).sum() / 2
        slope = PACE_PULL * (point - start)
        for stack, offset, asked in problems:
            logs = np.minimum(offset + point @ stack, 30.0)
            mean = np.exp(logs)
            total += (mean - asked * logs).sum()
            slope = slope + stack @ (mean - asked)
        return float(total), slope

    floors = [0.0 if name.startswith("pace") else None for name in names]
    return dict(zip(names, _least(loss, start, floors).tolist(), strict=True))


def _share_mass(history: History, district: District, weights: Mapping[str, float]) -> Floats:
    """What the shares of each person add up to [P]."""
    prior = prior_of(prior_signals(history, district), weights)
    lift = pool(own_signals(history, prior), weights)
    lift = lift + weights.get("following", 0.0) * following_signal(history, district)
    return np.asarray((prior * np.exp(lift)).sum(axis=1))


def _least(
    loss: Callable[[Floats], tuple[float, Floats]],
    start: Floats,
    floor: float | list[float | None] | None,
) -> Floats:
    # SciPy stays out of the web process: only the fit needs it.
    from scipy.optimize import minimize

    floors = floor if isinstance(floor, list) else [floor] * len(start)
    found = minimize(
        loss,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=[(least, None) for least in floors],
        options={"maxiter": 200},
    )
    return np.asarray(found.x, dtype=np.float64)

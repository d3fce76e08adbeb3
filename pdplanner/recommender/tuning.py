"""Fits the weights of the need rules to a district: on windows of its own past, never on more.

Each window starts where only what was known then is known. The shares' weights maximise the
multinomial likelihood of what the askers of the window asked about (a conditional logit), the
pace's the Poisson likelihood of how much; both are drawn to the defaults. Needs SciPy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pdplanner.recommender.curves import fit_curve
from pdplanner.recommender.district import District, learn_district
from pdplanner.recommender.history import Floats, History
from pdplanner.recommender.levels import coming_volume, known_share, met_volume
from pdplanner.recommender.pace import machine_likeness, pace_parts
from pdplanner.recommender.rates import foretell_rates
from pdplanner.recommender.rules import NeedRules
from pdplanner.recommender.seasons import LEAST_DAYS, season_index
from pdplanner.recommender.shares import (
    following_signal,
    own_signals,
    pool,
    prior_of,
    prior_signals,
)
from pdplanner.recommender.trends import span_weeks
from pdplanner.recommender.yardsticks import poisson_deviance

#: Starts of the windows, in horizons before the end of the history.
STARTS = (1.0, 0.75, 0.5, 0.25)
#: Further back, where the history is long.
LONG_STARTS = (2.0, 3.0, 4.0)
#: The least share of the history that must lie before a window.
LEAST_BEFORE = 0.45
#: The least that must lie before a window for the pace to be fitted on it: a short look back sees
#: mostly people who have just asked, and takes them for busier than they are.
LEAST_BEFORE_PACE = 0.45
#: Tickets below which nothing is fitted: in the history not even the level, in its windows no
#: weights.
LEAST_TICKETS = 100
#: Askers of a window that are looked at; more would cost time and change nothing.
MOST_ASKERS = 4000
#: Weights of the season index to choose from.
SEASON_WEIGHTS = (0.0, 0.25, 0.5, 0.75, 1.0)
#: By which power a person's asks count for less than they are: nobody speaks for everybody.
GAIN_POWER = 0.75
#: How hard the weights are drawn to the defaults, in half squared deviations of a signal. Of 1 to
#: 200, less served single weeks of a large desk, and more a small one of a year.
SHARE_PULL = 20.0
PACE_PULL = 5.0


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of the past: what was known before it, and what was asked in it."""

    history: History
    district: District
    days: float
    asked: Floats  # [P, K] tickets in the window, of people known before it
    here: NDArray[np.bool_]  # [P] who was there when the window began, and not only just
    share: float  # of the whole history that lies before the window
    known: float  # the share of the window's tickets that people known before it brought


def windows_of(history: History, days: int) -> list[Window]:
    """The windows of at most `days` days that the history has room for, latest last."""
    length = -history.day.min(initial=0.0) + 1
    # Whole weeks: a window with a weekend too many would seem a quiet one.
    weeks = {max(round(days * start / 7), 1) for start in (*STARTS, *LONG_STARTS)}
    starts = sorted((7 * week for week in weeks), reverse=True)
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
    here = (before.since < 1.0) & (before.until >= 1.0)
    asked[~here] = 0.0
    share = 1.0 - start / (1.0 - history.day.min(initial=0.0))
    days = min(days, start)
    known = met_volume(history, start, days)[1]
    return Window(before, learn_district(before), float(days), asked, here, share, known)


def tune_weights(history: History, rules: NeedRules, days: int) -> NeedRules:
    """The rules with weights fitted to foretell `days` days ahead, on the history's own past;
    unchanged with too few tickets in it."""
    if len(history.day) < LEAST_TICKETS:
        return rules
    windows = windows_of(history, days)
    fitted = {name: w for name, w in rules.weights if not name.startswith(("level", "curve"))}
    fitted["known share"] = known_share(history, days)
    fitted["trend weeks"] = span_weeks(history)
    if sum(window.asked.sum() for window in windows) >= LEAST_TICKETS:
        fitted |= _fit_prior(windows, fitted)
        fitted |= _fit_own(windows, fitted)
        fitted |= _fit_pace(windows, fitted)
        fitted |= _fit_season(windows, rules, fitted)
        fitted |= _fit_curve(windows, rules, fitted)
    fitted |= _fit_level(history, rules, fitted, days)
    return replace(rules, weights=tuple(sorted(fitted.items())))


def _fit_season(
    windows: Sequence[Window], rules: NeedRules, weights: Mapping[str, float]
) -> dict[str, float]:
    """How much of the season index to believe: what has the least deviance on the windows that
    know a year; the default where none does."""
    losses = dict.fromkeys(SEASON_WEIGHTS, 0.0)
    known = [w for w in windows if w.district.month_days.all.sum() >= LEAST_DAYS and w.days >= 7]
    for window in known:
        rows = np.flatnonzero(window.here)
        history = window.history.of(rows)
        plain = _with(rules, weights, {"season": 0.0, "known share": window.known})
        rates = foretell_rates(history, window.district, plain, window.days).total
        index = season_index(history, window.district, window.days)
        for weight in losses:
            forecast = rates * index**weight * window.days
            losses[weight] += poisson_deviance(forecast, window.asked[rows]) * len(rows)
    return {"season": min(losses, key=lambda w: (losses[w], w))} if known else {}


def _fit_curve(
    windows: Sequence[Window], rules: NeedRules, weights: Mapping[str, float]
) -> dict[str, float]:
    """By how much rates of each height came true on the windows."""
    triples = []
    for window in windows:
        rows = np.flatnonzero(window.here)
        known = _with(rules, weights, {"known share": window.known})
        rates = foretell_rates(window.history.of(rows), window.district, known, window.days)
        met = window.asked[rows]
        triples.append((rates.total.ravel() * window.days, met.ravel(), window.days))
    return fit_curve(triples)


def _fit_level(
    history: History, rules: NeedRules, weights: Mapping[str, float], days: int
) -> dict[str, float]:
    """What brings the forecast of everybody who is here to the volume of the last weeks, moved by
    what a year ago followed on them; a season ahead moves both."""
    district = learn_district(history)
    here = history.of(np.flatnonzero(history.until >= 1.0))
    if not here.people:
        return {}

    def tickets(changes: Mapping[str, float]) -> float:
        rates = foretell_rates(here, district, _with(rules, weights, changes), days)
        return float(rates.total.sum() * days)

    flat = {name: 0.0 for name in weights if name.startswith("curve")}
    season = tickets(flat) / tickets({**flat, "season": 0.0})
    expected = coming_volume(history, days, season) * weights["known share"]
    return {"level": expected / tickets({})}


def _with(
    rules: NeedRules, weights: Mapping[str, float], changes: Mapping[str, float]
) -> NeedRules:
    return replace(rules, weights=tuple({**weights, **changes}.items()))


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
            **own_signals(history, window.district, prior, weights),
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
        gain = asked / asked.sum(axis=1, keepdims=True) ** GAIN_POWER
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
    """Weights of the parts of the pace, by Poisson likelihood."""
    problems = []
    long_enough = [window for window in windows if window.share >= LEAST_BEFORE_PACE]
    for window in long_enough or windows[-1:]:
        machines = machine_likeness(window.history) > 0.5
        rows = np.flatnonzero(window.here & ~machines)
        history = window.history.of(rows)
        parts = pace_parts(history, window.district, window.days, window.known)
        mass = _share_mass(history, window.district, weights)
        asked = window.asked[rows].sum(axis=1)
        problems.append((np.array(list(parts.values())) * mass, asked))
        names = list(parts)
    start = np.array([weights.get(name, 0.0) for name in names])

    def loss(point: Floats) -> tuple[float, Floats]:
        total = PACE_PULL * ((point - start) ** 2).sum() / 2
        slope = PACE_PULL * (point - start)
        for stack, asked in problems:
            mean = np.maximum(point @ stack, 1e-9)
            total += (mean - asked * np.log(mean)).sum()
            slope = slope + stack @ (1.0 - asked / mean)
        return float(total), slope

    return dict(zip(names, _least(loss, start, 0.0).tolist(), strict=True))


def _share_mass(history: History, district: District, weights: Mapping[str, float]) -> Floats:
    """What the shares of each person add up to [P]."""
    prior = prior_of(prior_signals(history, district), weights)
    lift = pool(own_signals(history, district, prior, weights), weights)
    lift = lift + weights.get("following", 0.0) * following_signal(history, district)
    return np.asarray((prior * np.exp(lift)).sum(axis=1))


def _least(
    loss: Callable[[Floats], tuple[float, Floats]],
    start: Floats,
    floor: float | None,
) -> Floats:
    # SciPy stays out of the web process: only the fit needs it.
    from scipy.optimize import minimize

    found = minimize(
        loss,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=[(floor, None)] * len(start),
        options={"maxiter": 200},
    )
    return np.asarray(found.x, dtype=np.float64)

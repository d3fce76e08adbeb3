"""When in the horizon a need falls due: earlier years' months, moved by the calendar."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from pdplanner.recommender.facts import CalendarFacts, SpecialDay
from pdplanner.recommender.history import Floats, History
from pdplanner.recommender.rules import NeedRules

#: Days of a month, of a mean year.
MONTH_DAYS = np.array([31, 28.25, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])


def weeks_of(calendar: CalendarFacts) -> tuple[date, ...]:
    """The Mondays of the horizon, from the week of its first day to the week of its last."""
    first = calendar.start_date - timedelta(days=calendar.start_date.weekday())
    count = (calendar.end_date - first).days // 7 + 1
    return tuple(first + timedelta(weeks=week) for week in range(max(count, 1)))


def month_profile(history: History, rules: NeedRules) -> Floats:
    """How much busier than the year's mean each month is, by skill [K, 12].

    A month that the history never saw, and a skill without tickets, is as busy as the mean.
    """
    first = history.origin + timedelta(days=float(history.since.min(initial=0.0)))
    seen = np.zeros(12)
    day = first
    while day <= history.origin:
        seen[day.month - 1] += 1
        day += timedelta(days=1)
    dates = [history.origin + timedelta(days=float(day)) for day in history.day]
    month = np.array([one.month - 1 for one in dates], dtype=np.int64)
    size = len(history.skills)
    counts = (
        np.bincount(history.skill * 12 + month, minlength=size * 12)
        .reshape(size, 12)
        .astype(np.float64)
    )
    share = seen / max(seen.sum(), 1.0)
    everybody = _lift(counts.sum(axis=0), counts.sum() * share, 1.0, rules.season_strength)
    expected = counts.sum(axis=1, keepdims=True) * share
    return _lift(counts, expected, everybody, rules.season_strength)


def _lift(counts: Floats, expected: Floats, prior: Floats | float, strength: float) -> Floats:
    """Counts over expected counts, shrunk to `prior` by `strength` tickets spread over a year."""
    weight = strength / 12
    return np.asarray((counts + weight * prior) / (expected + weight), dtype=np.float64)


def season_of(
    history: History, calendar: CalendarFacts, as_of: date, rules: NeedRules
) -> tuple[Floats, Floats]:
    """The season [K, W + 1] and the weight of the horizon in plain days [K].

    Weeks before the day of planning weigh nothing; the last bin is `after_days` after the end.
    """
    weeks = weeks_of(calendar)
    start = max(as_of + timedelta(days=1), calendar.start_date)
    end = calendar.end_date + timedelta(days=rules.after_days)
    days = [start + timedelta(days=n) for n in range(max((end - start).days + 1, 1))]
    bins = np.array([_bin(day, weeks, calendar.end_date) for day in days])
    lift = np.array([_calendar_lift(day, calendar.special_days, rules) for day in days])
    month = np.array([day.month - 1 for day in days])
    weight = month_profile(history, rules)[:, month] * lift
    season = np.zeros((len(history.skills), len(weeks) + 1))
    np.add.at(season.T, bins, weight.T)
    total = season.sum(axis=1, keepdims=True)
    flat = np.full_like(season, 1 / season.shape[1])
    shares = np.divide(season, total, out=flat, where=total > 0)
    return shares, total[:, 0]


def _bin(day: date, weeks: Sequence[date], end: date) -> int:
    return len(weeks) if day > end else (day - weeks[0]).days // 7


def _calendar_lift(day: date, special_days: Sequence[SpecialDay], rules: NeedRules) -> float:
    """How much busier than plain the calendar makes a day for the whole district."""
    lift = 1.0
    for special in special_days:
        if special.schools:
            continue
        lead = timedelta(days=rules.lead_days)
        if special.kind == "holiday" and special.start_date <= day <= special.end_date:
            return 0.0
        if special.kind == "report-cards" and special.start_date - lead <= day <= special.end_date:
            lift = max(lift, rules.report_cards_lift)
        if special.kind == "testing" and special.start_date - lead <= day <= special.end_date:
            lift = max(lift, rules.testing_lift)
    return lift

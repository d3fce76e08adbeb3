"""When in the horizon a need falls due: earlier years' months, moved by the calendar."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from pdplanner.recommender.district import District, asked_first, calendar_months, months_of
from pdplanner.recommender.facts import CalendarFacts, SpecialDay
from pdplanner.recommender.history import Floats, History, Ints, summed
from pdplanner.recommender.rules import NeedRules

#: History without which a month's share is not a season but a story: nearly a year.
LEAST_DAYS = 330
#: The half-life, in days, of the recent past that a rate speaks of.
RECENT_DAYS = 60
#: Root tickets would hide a season: here every ticket counts, shrunk by this many.
INDEX_STRENGTH = 40.0


def weeks_of(calendar: CalendarFacts) -> tuple[date, ...]:
    """The Mondays of the horizon, from the week of its first day to the week of its last."""
    first = calendar.start_date - timedelta(days=calendar.start_date.weekday())
    count = (calendar.end_date - first).days // 7 + 1
    return tuple(first + timedelta(weeks=week) for week in range(max(count, 1)))


def month_profile(district: District, rules: NeedRules) -> Floats:
    """How much busier than the year's mean each month is, by skill [K, 12].

    A month that the history never saw, and a skill without tickets, is as busy as the mean.
    """
    counts = district.months
    lived = district.month_days.all
    share = lived / max(lived.sum(), 1.0)
    everybody = _lift(counts.sum(axis=0), counts.sum() * share, 1.0, rules.season_strength)
    expected = counts.sum(axis=1, keepdims=True) * share
    return _lift(counts, expected, everybody, rules.season_strength)


def _lift(counts: Floats, expected: Floats, prior: Floats | float, strength: float) -> Floats:
    """Counts over expected counts, shrunk to `prior` by `strength` tickets spread over a year."""
    weight = strength / 12
    return np.asarray((counts + weight * prior) / (expected + weight), dtype=np.float64)


def season_index(history: History, district: District, days: float) -> Floats:
    """How much busier the next `days` days are than the recent past [P, K], by earlier years.

    1 where there is less than a year to go by. Each person's own tickets are left out.
    """
    first = asked_first(history, district)
    index = _index(history, district, days, district.month_days.all)
    if first.any():
        index[first] = _index(history, district, days, district.month_days.first)[first]
    return index


def _index(history: History, district: District, days: float, lived: Floats) -> Floats:
    if lived.sum() < LEAST_DAYS:
        return np.ones((history.people, len(history.skills)))
    usual = lived / lived.sum()
    coming = _month_shares(history.origin, np.arange(1, int(days) + 1), np.ones(int(days)))
    back = np.arange(4 * RECENT_DAYS)
    recent = _month_shares(history.origin, -back, np.exp2(-back / RECENT_DAYS))
    ahead = np.divide(coming, usual, out=np.ones(12), where=usual > 0)
    behind = np.divide(recent, usual, out=np.ones(12), where=usual > 0)
    month = months_of(history)
    others = [district.months @ lift - history.count(lift[month]) for lift in (ahead, behind)]
    level = [other.sum(axis=1, keepdims=True) + INDEX_STRENGTH for other in others]
    everybody = level[0] / level[1]
    return np.asarray((others[0] + INDEX_STRENGTH * everybody) / (others[1] + INDEX_STRENGTH))


def _month_shares(origin: date, days: Ints, weights: Floats) -> Floats:
    """What share of the weights falls in each month [12]; `days` count from `origin`."""
    month = calendar_months(origin, days)
    return np.asarray(summed(month, weights, 12) / weights.sum())


def season_of(district: District, calendar: CalendarFacts, as_of: date, rules: NeedRules) -> Floats:
    """The season [K, W + 1]: what share of a skill's need falls in each week; rows sum to 1.

    Weeks before the day of planning weigh nothing; the last bin is `after_days` after the end.
    """
    weeks = weeks_of(calendar)
    start = max(as_of + timedelta(days=1), calendar.start_date)
    end = calendar.end_date + timedelta(days=rules.after_days)
    days = [start + timedelta(days=n) for n in range(max((end - start).days + 1, 1))]
    bins = np.array([_bin(day, weeks, calendar.end_date) for day in days])
    lift = np.array([_calendar_lift(day, calendar.special_days, rules) for day in days])
    month = np.array([day.month - 1 for day in days])
    weight = month_profile(district, rules)[:, month] * lift
    season = np.zeros((len(district.skills), len(weeks) + 1))
    np.add.at(season.T, bins, weight.T)
    total = season.sum(axis=1, keepdims=True)
    flat = np.full_like(season, 1 / season.shape[1])
    return np.asarray(np.divide(season, total, out=flat, where=total > 0))


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

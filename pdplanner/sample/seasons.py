"""How busy a day is for a kind of question, against a plain school day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from profiles.choices import DayKind

from .calendar import Mark
from .ground import Ground

#: Work days against the mean; Saturday, Sunday, and days without children.
WEEKDAYS = (1.25, 1.1, 1.0, 0.95, 0.7, 0.02, 0.06)
NO_CHILDREN = 0.12
SUMMER = 0.05
#: Busier months, January first.
MONTHS = {
    "start": (1.3, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 3.0, 2.2, 1.0, 0.7, 0.6),
    "spring": (1.0, 1.4, 1.5, 1.5, 1.4, 0.7, 0.3, 0.4, 0.5, 0.7, 0.8, 0.7),
    "december": (0.8, 0.7, 0.7, 0.7, 0.7, 0.5, 0.2, 0.5, 0.8, 1.0, 1.3, 4.0),
    "conferences": (0.5, 1.0, 2.4, 1.0, 0.4, 0.2, 0.1, 0.5, 0.9, 2.2, 2.6, 0.5),
    "grades": (1.1, 0.9, 0.9, 0.9, 0.9, 0.8, 0.1, 0.8, 0.9, 0.9, 0.9, 0.9),
}
#: Mark in the calendar, days before and after it, and how much busier they are, by season.
LIFTS = {
    "grades": ((DayKind.REPORT_CARDS, 12, 1, 3.5),),
    "testing": ((DayKind.TESTING, 12, 0, 7.0),),
    "results": ((DayKind.TESTING, -1, 24, 6.0),),
}


def busyness(ground: Ground, days: Sequence[date], season: str) -> NDArray[np.float64]:
    """How busy each day is for questions of a season, against a plain school day [D]."""
    months = MONTHS.get(season, (1.0,) * 12)
    base = 0.3 if season in ("testing", "results") else 1.0
    share = np.zeros(len(days))
    for number, day in enumerate(days):
        year = ground.year_of(day)
        share[number] = base * months[day.month - 1] * WEEKDAYS[day.weekday()]
        if not year.is_school_day(day) and day.weekday() < 5:
            share[number] *= SUMMER if day > year.lessons_end_date else NO_CHILDREN
        share[number] *= max((_lift(mark, day, season) for mark in year.marks), default=1.0)
        if season == "rising":
            share[number] *= 0.4 + 1.2 * number / len(days)
    return share


def _lift(mark: Mark, day: date, season: str) -> float:
    for kind, before, after, lift in LIFTS.get(season, ()):
        first = mark.start_date - timedelta(days=before)
        if before < 0:  # only after it is over
            first = mark.end_date + timedelta(days=1)
        if mark.kind == kind and first <= day <= mark.end_date + timedelta(days=after):
            return lift
    return 1.0

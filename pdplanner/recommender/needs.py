"""What will cost each teacher class time, if nothing is done: expected minutes by skill and week."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from pdplanner.recommender.facts import CalendarFacts, Id

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Needs:
    """Expected minutes of instruction lost over the horizon, and what they are made of.

    Shapes: T teachers in the order of the facts, K skills sorted, W weeks of the horizon.
    """

    teachers: tuple[Id, ...]
    skills: tuple[Id, ...]
    minutes: Array  # [T, K]
    parts: Mapping[str, Array]  # [T, K] each; they add up to `minutes`
    season: Array  # [K, W + 1], rows sum to 1; the last bin is after the horizon


def weeks_of(calendar: CalendarFacts) -> tuple[date, ...]:
    """The Mondays of the horizon, from the week of its first day to the week of its last."""
    first = calendar.start_date - timedelta(days=calendar.start_date.weekday())
    count = (calendar.end_date - first).days // 7 + 1
    return tuple(first + timedelta(weeks=week) for week in range(max(count, 1)))

"""A made-up help desk whose true rates are known: few people, few topics, a long history.

People differ in pace and in what they ask about; topics drift, have seasons and outbreaks; some
people come later and some change jobs. Nothing in here is fitted to any real log.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from benchmarks.logs import Event
from pdplanner.recommender.history import Floats

FIRST_DAY = date(2023, 8, 7)


@dataclass(frozen=True)
class Helpdesk:
    """The asks, the origins to test at, and the true rates on those days."""

    events: Sequence[Event]
    origins: Sequence[date]
    truth: Sequence[Floats]  # for each origin: expected asks of the next 90 days [people, topics]


def make_helpdesk(
    seed: int, *, people: int = 160, topics: int = 24, cohorts: int = 8, days: int = 900
) -> Helpdesk:
    """A help desk of `days` days with five origins, six weeks apart, 90 days before its end."""
    random = np.random.default_rng(seed)
    common = random.dirichlet(np.full(topics, 0.8))
    mixes = np.array([random.dirichlet(common * topics + 0.05) for _ in range(cohorts)])
    cohort = random.integers(cohorts, size=people)
    tastes = np.array([random.dirichlet(mixes[one] * 4.0 + 0.02) for one in cohort])
    pace = random.gamma(0.8, 0.06 / 0.8, people)
    came = np.where(random.random(people) < 0.25, random.integers(0, days, people), 0)
    drift = np.zeros((days // 7 + 1, topics))
    for week in range(1, len(drift)):
        drift[week] = 0.97 * drift[week - 1] + random.normal(0.0, 0.08, topics)
    phase, swing = random.random(topics) * 2 * np.pi, random.random(topics) * 0.6
    rates = np.zeros((days, people, topics), dtype=np.float32)
    outbreak = np.zeros(topics)
    for day in range(days):
        outbreak = np.where(random.random(topics) < 0.002, 4.0, outbreak * 0.8)
        moved = random.random(people) < 1 / 700
        for row in np.flatnonzero(moved):
            tastes[row] = random.dirichlet(tastes[row] * 6.0 + 0.02)
        if (FIRST_DAY + timedelta(days=day)).weekday() >= 5:
            continue
        lift = np.exp(drift[day // 7]) * (1 + swing * np.sin(2 * np.pi * day / 365 + phase))
        rates[day] = np.where(came <= day, pace, 0.0)[:, None] * tastes * lift * (1 + outbreak)
    asks = random.poisson(rates)
    # One ask in five is followed by another about the same thing within the week.
    events = []
    for day, person, topic in np.argwhere(asks > 0).tolist():
        for _ in range(int(asks[day, person, topic])):
            events.append(_event(person, topic, cohort, day))
            if random.random() < 0.2:
                events.append(_event(person, topic, cohort, day + int(random.integers(1, 7))))
    starts = [days - 90 - 42 * back for back in range(4, -1, -1)]
    return Helpdesk(
        events=events,
        origins=[FIRST_DAY + timedelta(days=start) for start in starts],
        truth=[rates[start : start + 90].sum(axis=0) * 1.2 for start in starts],
    )


def _event(person: int, topic: int, cohort: np.ndarray, day: int) -> Event:
    return Event(
        f"p{person:04d}",
        f"t{topic:02d}",
        f"c{cohort[person]}",
        FIRST_DAY + timedelta(days=day),
    )

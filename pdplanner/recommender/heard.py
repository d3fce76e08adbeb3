"""What everybody asked lately, counted: enough to cite colleagues without keeping their tickets.

All of it is sums over people, so what was counted school by school adds up to the whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from pdplanner.recommender.facts import Facts, Id, SpecialDay
from pdplanner.recommender.history import Floats, History, Ints, summed
from pdplanner.recommender.rules import NeedRules
from pdplanner.recommender.voices import launches_seen

Counts = NDArray[np.int32]

#: 52 weeks: the same days of the week a year ago.
SAME_WEEKDAY_YEAR = timedelta(weeks=52)
#: What "the year" is when shares of it are cited: long enough to hold any fortnight of last year
#: whose like is still ahead.
YEAR_DAYS = 54 * 7
#: The cohort that everybody is in.
DISTRICT: tuple[str, Id | None] = ("district", None)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days ahead that may be busy, and the same days a year ago."""

    event: str  # a kind of SpecialDay, or "month"
    title: str
    event_date: date
    from_date: date  # a year ago
    until_date: date


@dataclass(frozen=True, slots=True)
class Heard:
    """Asks and askers: G groups (cohorts, then everybody), K skills, S stretches.

    `asks` and `people` are of the last `cohort_days`, then of the last `asked_days` (rules.py).
    """

    skills: tuple[Id, ...]
    groups: tuple[tuple[str, Id | None], ...]
    asks: Counts  # [2, G, K]
    people: Counts  # [2, G, K]
    stretches: tuple[Stretch, ...]
    stretch_asks: Counts  # [S, K]
    stretch_people: Counts  # [S, K]
    year_asks: Counts  # [K], of the last YEAR_DAYS
    lost_minutes: Floats  # [K], where any were recorded
    recorded: Counts  # [K], tickets
    launches: Floats  # [2]: tickets seen at launches, teachers and skills that they reached


def hear(facts: Facts, history: History, rules: NeedRules) -> Heard:
    """What the people of the history asked; `facts` bring the calendar and the roll-outs."""
    size = len(history.skills)
    known = ~np.isnan(history.minutes)
    near = [history.day >= -days for days in (rules.cohort_days, rules.asked_days)]
    stretches = stretches_of(facts, rules)
    inside = [
        (history.day >= (one.from_date - facts.as_of).days)
        & (history.day <= (one.until_date - facts.as_of).days)
        & (history.day > -YEAR_DAYS)
        for one in stretches
    ]
    counted = [_cells(history, rows) for rows in inside]
    return Heard(
        skills=history.skills,
        groups=(*history.cohorts.groups, DISTRICT),
        asks=np.array([_by_group(history, *_cells(history, rows)[:3]) for rows in near]),
        people=np.array([_by_group(history, *_cells(history, rows)[:2]) for rows in near]),
        stretches=stretches,
        stretch_asks=_stacked([_count(k, size, asks) for _, k, asks in counted], size),
        stretch_people=_stacked([_count(k, size) for _, k, _ in counted], size),
        year_asks=_count(history.skill[history.day > -YEAR_DAYS], size),
        lost_minutes=summed(history.skill[known], history.minutes[known], size),
        recorded=_count(history.skill[known], size),
        launches=np.array(launches_seen(facts, history)),
    )


def merge_heard(parts: Sequence[Heard]) -> Heard:
    """What all parts heard together, name by name; each teacher must be in one part only."""
    skills = tuple(sorted({skill for part in parts for skill in part.skills}))
    cohorts = dict.fromkeys(g for part in parts for g in part.groups if g != DISTRICT)
    groups = (*cohorts, DISTRICT)
    column = {skill: place for place, skill in enumerate(skills)}
    place = {group: number for number, group in enumerate(groups)}
    asks = np.zeros((2, len(groups), len(skills)), dtype=np.int32)
    people = np.zeros_like(asks)
    stretches = parts[0].stretches
    by_stretch = np.zeros((2, len(stretches), len(skills)), dtype=np.int32)
    year, recorded = (np.zeros(len(skills), dtype=np.int32) for _ in range(2))
    lost = np.zeros(len(skills))
    for part in parts:
        k = np.array([column[skill] for skill in part.skills], dtype=np.int64)
        g = np.array([place[group] for group in part.groups], dtype=np.int64)
        asks[:, g[:, None], k] += part.asks
        people[:, g[:, None], k] += part.people
        by_stretch[0][:, k] += part.stretch_asks
        by_stretch[1][:, k] += part.stretch_people
        year[k] += part.year_asks
        recorded[k] += part.recorded
        lost[k] += part.lost_minutes
    return Heard(
        skills=skills,
        groups=groups,
        asks=asks,
        people=people,
        stretches=stretches,
        stretch_asks=by_stretch[0],
        stretch_people=by_stretch[1],
        year_asks=year,
        lost_minutes=lost,
        recorded=recorded,
        launches=np.sum([part.launches for part in parts], axis=0),
    )


def stretch_of(special: SpecialDay, rules: NeedRules) -> Stretch:
    """The special day with the days before it, a year ago."""
    return Stretch(
        special.kind,
        special.title,
        special.start_date,
        special.start_date - timedelta(days=rules.lead_days) - SAME_WEEKDAY_YEAR,
        special.end_date - SAME_WEEKDAY_YEAR,
    )


def stretches_of(facts: Facts, rules: NeedRules) -> tuple[Stretch, ...]:
    """The special days ahead, of any school, then the months ahead, that a year ago can speak of:
    those of which all days were seen."""
    as_of, calendar = facts.as_of, facts.calendar
    found = [
        stretch_of(special, rules)
        for special in calendar.special_days
        if special.kind in ("report-cards", "testing")
        and as_of < special.start_date <= calendar.end_date
    ]
    month = (as_of.replace(day=1) + timedelta(days=32)).replace(day=1)
    while month <= calendar.end_date:
        after = (month + timedelta(days=32)).replace(day=1)
        ago = month.replace(year=month.year - 1)
        last = after.replace(year=after.year - 1) - timedelta(days=1)
        found.append(Stretch("month", "", month, ago, last))
        month = after
    reach = as_of - timedelta(days=YEAR_DAYS - 1)
    return tuple(
        dict.fromkeys(one for one in found if one.from_date >= reach and one.until_date < as_of)
    )


def _cells(history: History, rows: NDArray[np.bool_]) -> tuple[Ints, Ints, Ints]:
    """Every (person, skill) asked in these tickets, and how often."""
    size = max(len(history.skills), 1)
    cells, asks = np.unique(history.person[rows] * size + history.skill[rows], return_counts=True)
    return cells // size, cells % size, asks


def _by_group(history: History, person: Ints, skill: Ints, weight: Ints | None = None) -> Counts:
    """The cells added up by group, everybody last [G, K]."""
    size, groups = len(history.skills), len(history.cohorts.groups)
    weight = np.ones(len(person), dtype=np.int64) if weight is None else weight
    start = np.searchsorted(history.cohorts.person, np.arange(history.people + 1))
    count = np.diff(start)
    places, weights = [groups * size + skill], [weight]
    for rank in range(int(count.max(initial=0))):
        inside = count[person] > rank
        group = history.cohorts.group[start[person[inside]] + rank]
        places.append(group * size + skill[inside])
        weights.append(weight[inside])
    return _count(np.concatenate(places), (groups + 1) * size, np.concatenate(weights)).reshape(
        groups + 1, size
    )


def _count(places: Ints, size: int, weights: Ints | None = None) -> Counts:
    return np.bincount(places, weights, size).astype(np.int32)


def _stacked(rows: Sequence[Counts], size: int) -> Counts:
    return np.array(rows, dtype=np.int32).reshape(len(rows), size)

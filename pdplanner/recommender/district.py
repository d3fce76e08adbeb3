"""What the whole district asked, added up: small enough to keep, whatever the number of people.

Whoever foretells for some of the people takes each one's own share out again ("all but one"):
a person's own tickets speak for them once, not a second time through their colleagues.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from pdplanner.recommender.facts import Id
from pdplanner.recommender.history import Floats, History, Ints, summed

#: Half-lives, in days, at which everybody's tickets are looked at: an outage, a week, a month, a
#: term. Still shorter ones rank the next week better and the next month worse.
EVERYBODY_DAYS = (2, 7, 30, 120)
#: The one of them that stands for everybody where one must.
USUAL_DAYS = 7
#: Half-lives, in days, at which a cohort's tickets are looked at.
COHORT_DAYS = (4, 15, 120)
#: Half-lives, in days, at which a person's pace is looked at.
PACE_DAYS = (3, 10, 30, 120, 400)
#: The half-life at which the paces of cohorts are compared, one of PACE_DAYS.
GROUP_DAYS = 120
#: Half-life, in days, of one ask having followed another.
FOLLOWING_DAYS = 30
#: Weeks back that are told apart when it comes to what everybody asked then; older ones are one.
WEEKS = 104
#: How many of a person's asks back an ask may still be what this one followed.
FOLLOWING_REACH = 11


@dataclass(frozen=True, slots=True)
class Silence:
    """Days in which people could ask, seen by everybody, and by the one who asked first of all:
    to them the history opens with the first ask of anybody else, so that their own first ticket
    does not lengthen everybody's silence.
    """

    all: Floats
    first: Floats

    def seen_by(self, first: NDArray[np.bool_]) -> Floats:
        """The days as each person sees them, [P, ...]; `first` [P] says who asked first."""
        shape = (-1, *(1 for _ in self.all.shape))
        return np.where(first.reshape(shape), self.first, self.all)


@dataclass(frozen=True, slots=True)
class District:
    """Sums over everybody. A person counts with the square root of their faded tickets: one
    person's twentieth ask says little about what a colleague will ask.

    G groups (kind, name) as in the history's cohorts, K skills.
    """

    skills: tuple[Id, ...]
    groups: tuple[tuple[str, Id], ...]
    everybody: Floats  # [len(EVERYBODY_DAYS), K]
    cohorts: Floats  # [len(COHORT_DAYS), G, K]
    following: Floats  # [K, K]: how much asks about k came after asks about j
    tickets: Floats  # [len(PACE_DAYS)], faded
    days: Silence  # faded exposure [len(PACE_DAYS)]
    group_tickets: Floats  # [G], at a half-life of GROUP_DAYS
    group_days: Silence  # [G]
    weeks: Floats  # [WEEKS, K] tickets by week, the last seven days first
    months: Floats  # [K, 12] tickets by month of the year
    month_days: Silence  # [12] days of history in each month of the year
    first_day: float  # of the first ticket
    second_day: float  # of the first ticket of anybody else


@dataclass(frozen=True, slots=True)
class Followings:
    """Asks of the same person on a later day: who, about what first, about what then, how much."""

    person: Ints
    first: Ints
    then: Ints
    weight: Floats


def learn_district(history: History, openings: tuple[float, float] | None = None) -> District:
    """The district's sums from everybody's history; with the history of a part only, `openings`
    are the days of everybody's first ticket and of the first of anybody else."""
    size, groups = len(history.skills), len(history.cohorts.groups)
    by_group = np.zeros((len(COHORT_DAYS), groups, size))
    for place, half_life in enumerate(COHORT_DAYS):
        person, skill, weight = _weighed_cells(history, half_life)
        _add_to_groups(by_group[place], history, person, skill, weight)
    everybody = []
    for half_life in EVERYBODY_DAYS:
        _, skill, weight = _weighed_cells(history, half_life)
        everybody.append(summed(skill, weight, size))
    pairs = followings_of(history)
    first_day, second_day = openings or _openings(history)
    opened = replace(history, since=_since_as_others_see_it(history, first_day, second_day))
    pace = [paces(opened, half_life) for half_life in PACE_DAYS]
    late = replace(history, since=np.maximum(history.since, second_day))
    late_days = [paces(late, half_life)[1] for half_life in PACE_DAYS]
    slow = PACE_DAYS.index(GROUP_DAYS)
    return District(
        weeks=summed(
            week_of(history) * size + history.skill, np.ones(len(history.day)), WEEKS * size
        ).reshape(WEEKS, size),
        months=summed(
            history.skill * 12 + months_of(history), np.ones(len(history.day)), size * 12
        ).reshape(size, 12),
        month_days=Silence(_lived(history, first_day), _lived(history, second_day)),
        first_day=first_day,
        second_day=second_day,
        skills=history.skills,
        groups=history.cohorts.groups,
        everybody=np.array(everybody),
        cohorts=by_group,
        following=summed(pairs.first * size + pairs.then, pairs.weight, size * size).reshape(
            size, size
        ),
        tickets=np.array([tickets.sum() for tickets, _ in pace]),
        days=Silence(
            np.array([days.sum() for _, days in pace]),
            np.array([days.sum() for days in late_days]),
        ),
        group_tickets=summed(history.cohorts.group, pace[slow][0][history.cohorts.person], groups),
        group_days=Silence(
            summed(history.cohorts.group, pace[slow][1][history.cohorts.person], groups),
            summed(history.cohorts.group, late_days[slow][history.cohorts.person], groups),
        ),
    )


def asked_first(history: History, district: District) -> NDArray[np.bool_]:
    """Whose ticket opened the district's history [P]."""
    first = np.ones(history.people)
    np.minimum.at(first, history.person, history.day)
    return first <= district.first_day


def _since_as_others_see_it(history: History, first_day: float, second_day: float) -> Floats:
    """Since when each person could ask [P]. Whoever asked first counts their own silence from the
    first ask of anybody else; the others count it from the first of all, or the second to ask
    would shorten it for themselves by asking."""
    first = np.ones(history.people)
    np.minimum.at(first, history.person, history.day)
    leads = (first <= first_day) & (history.since <= second_day)
    return np.where(leads, np.minimum(history.since, first_day), history.since)


def _openings(history: History) -> tuple[float, float]:
    """The days of the first ticket, and of the first of anybody else; 1, tomorrow, for none."""
    first = np.ones(history.people + 2)
    np.minimum.at(first, history.person, history.day)
    earliest, second = np.partition(first, 1)[:2].tolist()
    return earliest, second


def _lived(history: History, first_day: float) -> Floats:
    """Days of history in each month of the year [12]."""
    days = np.arange(int(first_day), 1)
    return np.bincount(calendar_months(history.origin, days), minlength=12).astype(np.float64)


def week_of(history: History) -> Ints:
    """How many weeks ago each ticket came [N], at most WEEKS - 1."""
    return np.asarray(np.minimum(-history.day.astype(np.int64) // 7, WEEKS - 1))


def months_of(history: History) -> Ints:
    """The month of each ticket [N], 0 for January."""
    return calendar_months(history.origin, history.day.astype(np.int64))


def calendar_months(origin: date, days: Ints) -> Ints:
    """The months of days that count from `origin`, 0 for January."""
    dates = np.datetime64(origin) + days
    return dates.astype("datetime64[M]").astype(np.int64) % 12


def merge_districts(parts: Sequence[District]) -> District:
    """One district from its schools', learned one by one: every sum added up, name by name.

    Each teacher, and so each ticket, must be in one part only. What followed what is exact;
    silence is counted from each part's own first ticket.
    """
    skills = tuple(sorted({skill for part in parts for skill in part.skills}))
    groups = tuple(dict.fromkeys(group for part in parts for group in part.groups))
    column = {skill: place for place, skill in enumerate(skills)}
    place = {group: number for number, group in enumerate(groups)}
    everybody = np.zeros((len(EVERYBODY_DAYS), len(skills)))
    cohorts = np.zeros((len(COHORT_DAYS), len(groups), len(skills)))
    following = np.zeros((len(skills), len(skills)))
    weeks = np.zeros((WEEKS, len(skills)))
    months = np.zeros((len(skills), 12))
    group_tickets, group_days = np.zeros(len(groups)), np.zeros((2, len(groups)))
    for part in parts:
        k = np.array([column[skill] for skill in part.skills], dtype=np.int64)
        g = np.array([place[group] for group in part.groups], dtype=np.int64)
        everybody[:, k] += part.everybody
        cohorts[:, g[:, None], k] += part.cohorts
        following[k[:, None], k] += part.following
        weeks[:, k] += part.weeks
        months[k] += part.months
        group_tickets[g] += part.group_tickets
        group_days[0, g] += part.group_days.all
        group_days[1, g] += part.group_days.first
    longest = min(parts, key=lambda part: part.first_day)
    return District(
        skills=skills,
        groups=groups,
        everybody=everybody,
        cohorts=cohorts,
        following=following,
        tickets=np.sum([part.tickets for part in parts], axis=0),
        days=_added([part.days for part in parts]),
        group_tickets=group_tickets,
        group_days=Silence(group_days[0], group_days[1]),
        weeks=weeks,
        months=months,
        month_days=longest.month_days,
        first_day=longest.first_day,
        second_day=longest.second_day,
    )


def _added(silences: Sequence[Silence]) -> Silence:
    return Silence(
        np.sum([silence.all for silence in silences], axis=0),
        np.sum([silence.first for silence in silences], axis=0),
    )


def faded(history: History, half_life: float) -> Floats:
    """What each ticket still weighs [N]: half after every half-life."""
    return np.asarray(np.exp2(history.day / half_life), dtype=np.float64)


def paces(history: History, half_life: float) -> tuple[Floats, Floats]:
    """Each person's tickets and days of exposure [P] each, both fading alike."""
    tickets = summed(history.person, faded(history, half_life), history.people)
    return tickets, faded_days(history.since, history.until, half_life)


def faded_days(since: Floats, until: Floats, half_life: float) -> Floats:
    """Days from `since` to `until`, fading like tickets of those days."""
    days = (np.exp2(until / half_life) - np.exp2(since / half_life)) * half_life / np.log(2)
    return np.asarray(np.maximum(days, 0.0), dtype=np.float64)


def followings_of(history: History) -> Followings:
    """Which ask of a person came after which, on a later day and at most FOLLOWING_REACH apart.

    A person's pairs share a weight that grows with the root of their tickets, not their square.
    """
    order = np.lexsort((history.skill, history.day, history.person))
    person, skill, day = history.person[order], history.skill[order], history.day[order]
    asks = np.bincount(person, minlength=history.people)
    found = []
    for reach in range(1, FOLLOWING_REACH + 1):
        first = np.arange(max(len(person) - reach, 0))
        then = first + reach
        kept = (person[first] == person[then]) & (day[then] - day[first] >= 1)
        first, then = first[kept], then[kept]
        weight = np.exp2(day[then] / FOLLOWING_DAYS) / np.sqrt(asks[person[first]] * reach)
        found.append((person[first], skill[first], skill[then], weight))
    columns = [np.concatenate(column) for column in zip(*found, strict=True)]
    return Followings(columns[0], columns[1], columns[2], columns[3])


def _weighed_cells(history: History, half_life: float) -> tuple[Ints, Ints, Floats]:
    """Every (person, skill) that was ever asked, and the root of its faded tickets."""
    size = max(len(history.skills), 1)
    cells, place = np.unique(history.person * size + history.skill, return_inverse=True)
    weight = np.sqrt(summed(place, faded(history, half_life), len(cells)))
    return cells // size, cells % size, weight


def _add_to_groups(
    sums: Floats, history: History, person: Ints, skill: Ints, weight: Floats
) -> None:
    """Add every cell to each group of its person: sums [G, K]."""
    members = history.cohorts
    start = np.searchsorted(members.person, np.arange(history.people + 1))
    places = np.diff(start)
    for rank in range(int(places.max(initial=0))):
        inside = places[person] > rank
        group = members.group[start[person[inside]] + rank]
        np.add.at(sums, (group, skill[inside]), weight[inside])

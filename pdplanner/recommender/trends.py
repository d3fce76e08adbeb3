"""How telling a person's own tickets are: less from weeks in which everybody asked the same.

An ask in the week of an outage says less of the person than one in a quiet week, as a word that
stands in every text says less of a text (Spärck Jones 1972). The person's own tickets are left
out of the weeks they are held against, so one more can only add to what they say.
"""

from __future__ import annotations

import numpy as np

from pdplanner.recommender.district import WEEKS, District, week_of
from pdplanner.recommender.history import Floats, History, Ints

#: Tickets that the others' weeks should hold before they are told apart from a month.
SPAN_TICKETS = 200.0
#: The longest span, in weeks; also in use before the history tells.
LONGEST_SPAN = 4
#: What the spans before and after weigh beside the one a ticket lies in.
BESIDE = 0.5
#: Tickets of a span before its mix weighs as much as the whole history's.
SPAN_STRENGTH = 40.0
#: By which power of the others' trend a ticket counts less or more, and the most of it looked at.
TREND_POWER = 0.5
MOST_TREND = 3.0
#: Root tickets that every skill has before anybody asked.
UNSEEN = 0.3


def span_weeks(history: History) -> float:
    """The weeks that a busy desk's, or a month that a small one's trends are seen in."""
    weekly = 7.0 * len(history.day) / (1.0 - history.day.min(initial=0.0))
    return float(np.clip(np.round(SPAN_TICKETS / max(weekly, 1.0)), 1, LONGEST_SPAN))


def telling(history: History, district: District, weeks: float) -> Floats:
    """What each own ticket counts [N]: the root of how much oftener others ask about its skill
    now than they did then. 1 where they ask alike; spans are `weeks` weeks long.

    The people of `history` must be among those `district` was learned from.
    """
    weeks = int(weeks)
    size, spans = len(history.skills), -(-WEEKS // weeks)
    table = np.zeros((spans + 2, size))  # a silent span before and after
    np.add.at(table, np.arange(WEEKS) // weeks + 1, district.weeks)
    span = week_of(history) // weeks + 1
    own = _Own(history, span, spans + 2)
    everybody = district.weeks.sum(axis=0)
    asked = history.count(np.ones(len(history.day)))
    count = asked[history.person, history.skill]
    others = everybody[history.skill] - count + UNSEEN
    base = others / (everybody.sum() - asked.sum(axis=1)[history.person] + UNSEEN * size)

    def share(places: Ints) -> Floats:
        skill, every = np.full(len(places), SPAN_STRENGTH), np.full(len(places), SPAN_STRENGTH)
        skill *= base
        for step, weight in ((-1, BESIDE), (0, 1.0), (1, BESIDE)):
            at = places + step
            skill += weight * (table[at, history.skill] - own.about(at))
            every += weight * (table[at].sum(axis=1) - own.asks(at))
        return np.asarray(skill / every)

    trend = share(np.ones_like(span)) / share(span)
    return np.asarray(np.clip(trend, 1 / MOST_TREND, MOST_TREND) ** TREND_POWER)


class _Own:
    """Each person's own tickets by span, about a skill and at all, looked up by ticket."""

    def __init__(self, history: History, span: Ints, spans: int) -> None:
        self.person, self.skill = history.person * spans, history.skill
        self.size = len(history.skills)
        cells, count = np.unique(self._cells(span), return_counts=True)
        self.cells, self.count = cells, count
        self.totals = np.bincount(self.person + span, minlength=history.people * spans)

    def _cells(self, span: Ints) -> Ints:
        return np.asarray((self.person + span) * self.size + self.skill)

    def about(self, span: Ints) -> Floats:
        """Own tickets about the ticket's skill in the span [N]."""
        wanted = self._cells(span)
        place = np.minimum(np.searchsorted(self.cells, wanted), len(self.cells) - 1)
        count = np.where(self.cells[place] == wanted, self.count[place], 0)
        return np.asarray(count, dtype=np.float64)

    def asks(self, span: Ints) -> Floats:
        """All own tickets in the span [N]."""
        return np.asarray(self.totals[self.person + span], dtype=np.float64)

"""How many tickets to expect in all, and how many of them from people who are known by now.

Weights fitted on windows of the past carry their level with them: a quiet week, a short look back.
What the whole district will bring is foretold apart, from its last weeks, and the forecast of all
people is brought to it by one factor that is fitted and kept like every other weight.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pdplanner.recommender.history import History

#: Half-life, in days, of the volume that the next weeks are expected to go on with. Of 30 to 1,000
#: days it missed forty windows of made-up desks least (0.11 in the logarithm; 0.14 at 120 days).
VOLUME_DAYS = 30
#: The most, as a factor, that the last weeks may differ from the whole history either way: after a
#: summer they say next to nothing.
MOST_SWING = 2.0
#: Days of a weekday before its own tickets weigh as much as everyday's.
WEEKDAY_STRENGTH = 0.5
#: A year back in whole weeks, so that Mondays meet Mondays.
YEAR_DAYS = 364
#: Days of history before the same days of a year ago from which they are held against what was
#: usual then. With less, as much is expected as they brought.
BEFORE_YEAR_AGO = 56
#: How much of the same weeks a year ago is believed before later years tell, and how many squared
#: logarithms of their swing weigh as much: from the second autumn on they know better.
YEAR_WEIGHT = 0.5
YEAR_STRENGTH = 0.1
#: Tickets put on both sides of a swing, so that a few are none.
SWING_TICKETS = 5.0
#: The least tickets a day that can be divided by.
LEAST_VOLUME = 1e-9
#: By which power of the days looked back the share of newcomers' tickets falls, before the history
#: tells: a root is the usual order (Heaps 1978, of new words in a text that grows).
NEWCOMER_POWER = 0.5
#: Tickets, times the variance of the log look backs, before the history's own power weighs as much.
POWER_STRENGTH = 100.0
#: The least share of newcomers, so that its logarithm stays a number.
LEAST_NEWCOMERS = 1e-4
#: Weeks with less than this share of the history behind them say nothing of a look back as long.
LEAST_LOOK = 0.25


def usual_volume(history: History, days: int) -> float:
    """Tickets of everybody, newcomers too, if the next `days` days go on like the last weeks,
    weekday by weekday."""
    length = int(1.0 - history.day.min(initial=0.0))
    back = np.arange(length)
    first = history.origin.weekday()
    fresh = np.exp2(-back / VOLUME_DAYS)
    tickets = np.bincount(-history.day.astype(np.int64), minlength=length) * fresh
    mean = tickets.sum() / fresh.sum()
    everyday = max(mean, len(history.day) / length / MOST_SWING)
    everyday = min(everyday, len(history.day) / length * MOST_SWING)
    weekday = (first - back) % 7
    met = np.bincount(weekday, tickets, 7) + mean * WEEKDAY_STRENGTH
    rates = met / (np.bincount(weekday, fresh, 7) + WEEKDAY_STRENGTH)
    coming = rates[(first + np.arange(1, days + 1)) % 7].sum()
    return float(coming * everyday / max(mean, LEAST_VOLUME))


def coming_volume(history: History, days: int, season: float = 1.0) -> float:
    """Tickets of everybody in the next `days` days: the usual volume, moved by what the same weeks
    brought a year ago as far as that proved right, and by `season` for the rest."""
    usual = usual_volume(history, days)
    swing = year_swing(history, 0, days)
    if swing is None:
        return usual * season
    believed = year_weight(history, days)
    return float(usual * season ** (1.0 - believed) * np.exp(believed * swing))


def year_swing(history: History, start: int, days: int) -> float | None:
    """The logarithm of what the `days` days brought that began a year before the day `start` days
    ago, over what was usual before them; None where the history does not reach back so far."""
    back = start + YEAR_DAYS
    before = 1.0 - history.day.min(initial=0.0) - back
    if before < 0:
        return None
    return _swing(history, back, days, back if before >= BEFORE_YEAR_AGO else start)


def year_weight(history: History, days: int) -> float:
    """How much of the swing of a year before came true again, from 0 to 1: a ridge through all
    earlier weeks that have a year behind them, drawn to YEAR_WEIGHT."""
    agreed, weighed = YEAR_STRENGTH * YEAR_WEIGHT, YEAR_STRENGTH
    start = 7 * -(-days // 7)
    while (before := year_swing(history, start, days)) is not None:
        # Stretches that overlap are not as many again.
        agreed += 7 / max(days, 7) * before * _swing(history, start, days, start)
        weighed += 7 / max(days, 7) * before**2
        start += 7
    return float(np.clip(agreed / weighed, 0.0, 1.0))


def _swing(history: History, start: int, days: int, then: int) -> float:
    """The logarithm of what `days` days brought from `start` days ago, over what was usual `then`
    days ago."""
    met, _ = met_volume(history, start, days)
    usual = usual_volume(history.as_seen(then), days)
    return float(np.log((met + SWING_TICKETS) / (usual + SWING_TICKETS)))


def met_volume(history: History, start: int, days: float) -> tuple[int, float]:
    """Tickets of the `days` days that began `start` days ago, and the share of them that came
    from people who could have asked before."""
    inside = (history.day > -start) & (history.day <= days - start)
    count = int(inside.sum())
    if not count:
        return 0, 1.0
    return count, float((history.since[history.person[inside]] + start < 1.0).mean())


def known_share(history: History, days: int) -> float:
    """The share of the next `days` days' tickets that people who are known by now will bring.

    Every week of the past had its own look back and its own share of newcomers; the share falls
    with a power of the days looked back. Where everybody is on a roster it is next to 1.
    """
    length = int(1.0 - history.day.min(initial=0.0))
    looks, missing, counts = [], [], []
    for start in range(7, int((1 - LEAST_LOOK) * length) + 1, 7):
        count, known = met_volume(history, start, min(days, start))
        if count:
            looks.append(float(np.log(length - start)))
            missing.append(float(np.log(max(1.0 - known, LEAST_NEWCOMERS))))
            counts.append(float(count))
    if not looks:
        return 1.0
    return float(1.0 - np.exp(_missing_at(float(np.log(length)), looks, missing, counts)))


def _missing_at(
    look: float, looks: Sequence[float], missing: Sequence[float], counts: Sequence[float]
) -> float:
    """The log share of newcomers at a longer look back, on a line through the earlier ones."""
    weight, past, lost = np.array(counts), np.array(looks), np.array(missing)
    middle, level = np.average(past, weights=weight), np.average(lost, weights=weight)
    away = past - middle
    spread = float((weight * away**2).sum())
    fall = -float((weight * away * (lost - level)).sum())
    power = (fall + POWER_STRENGTH * NEWCOMER_POWER) / (spread + POWER_STRENGTH)
    return float(level - np.clip(power, 0.0, 1.0) * (look - middle))

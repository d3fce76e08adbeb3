"""A time zone as iCalendar writes it.

Written here and not by the library: icalendar 7.3 puts the start of daylight-saving time into the
clock that follows it, an hour too late for a reader that keeps to RFC 5545 (3.6.5: the onset is
told in the clock that comes before it).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


@lru_cache(maxsize=64)
def zone_component(key: str, first_year: int, last_year: int) -> Timezone:
    """Return the VTIMEZONE of a zone, right from the start of one year to the end of another."""
    zone = ZoneInfo(key)
    start = datetime.combine(date(first_year, 1, 1), time(), UTC)
    end = datetime.combine(date(last_year + 1, 1, 1), time(), UTC)
    component = Timezone()
    component.add("TZID", key)
    component.add_component(_observance(zone, start, _offset(zone, start)))
    for moment in _changes(zone, start, end):
        component.add_component(_observance(zone, moment, _offset(zone, moment - SECOND)))
    return component


def _observance(
    zone: ZoneInfo, moment: datetime, before: timedelta
) -> TimezoneStandard | TimezoneDaylight:
    """Return what holds from this moment on; `before` is the offset that held until then."""
    local = moment.astimezone(zone)
    part = TimezoneDaylight() if local.dst() else TimezoneStandard()
    part.add("DTSTART", moment.replace(tzinfo=None) + before)
    part.add("TZOFFSETFROM", before)
    part.add("TZOFFSETTO", _offset(zone, moment))
    part.add("TZNAME", local.tzname() or zone.key)
    return part


def _changes(zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[datetime]:
    """Yield the moments at which the clock of the zone is put forward or back."""
    day = start
    while day < end:
        low, high = day, day + DAY
        if _offset(zone, low) != _offset(zone, high):
            while high - low > SECOND:
                middle = low + (high - low) // 2
                middle = middle.replace(microsecond=0)
                if _offset(zone, middle) == _offset(zone, low):
                    low = middle
                else:
                    high = middle
            yield high
        day += DAY


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()

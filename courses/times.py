"""Hours by the clock on the wall, and the two nights a year when that clock jumps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo


class NoSuchHour(Exception):
    """The clocks skip this hour that day. Worded for whoever typed it."""

    def __init__(self, wall: datetime, zone: ZoneInfo):
        after = wall.replace(tzinfo=zone, fold=0).astimezone(UTC).astimezone(zone)
        super().__init__(
            f"The clocks skip {wall:%H:%M} on {wall.day} {wall:%B %Y} in {zone.key}: "
            f"it is {after:%H:%M} then."
        )


def moment_of(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment when clocks of a zone show this; of two such moments, the first.

    Raises NoSuchHour.
    """
    moment = wall.replace(tzinfo=zone, fold=0)
    if moment.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != wall.replace(fold=0):
        raise NoSuchHour(wall, zone)
    return moment


def days_later(moment: datetime, days: int, zone: ZoneInfo) -> datetime:
    """Return the same hour on the wall so many days later. Raises NoSuchHour."""
    wall = moment.astimezone(zone).replace(tzinfo=None, fold=0)
    return moment_of(wall + timedelta(days=days), zone)

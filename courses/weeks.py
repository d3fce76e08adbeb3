"""A stretch of the calendar, cut into school weeks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from .queries.runs import CalendarEntry


@dataclass(frozen=True, slots=True)
class Week:
    """One week with what begins in it, or runs on into it from before the first one."""

    monday: date
    entries: tuple[CalendarEntry, ...]

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)


def weeks_of(entries: list[CalendarEntry], start: date, end: date) -> list[Week]:
    """Return the weeks from the Monday `start` to the day `end`, the empty ones too."""
    weeks: dict[date, list[CalendarEntry]] = {}
    monday = start
    while monday <= end:
        weeks[monday] = []
        monday += timedelta(weeks=1)
    for entry in entries:
        first = max(entry.start_date, start)
        weeks[first - timedelta(days=first.weekday())].append(entry)
    return [Week(monday, tuple(found)) for monday, found in weeks.items()]

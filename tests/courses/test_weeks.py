"""The calendar is cut into weeks that hold every entry once."""

from __future__ import annotations

from datetime import date

from courses.queries.runs import CalendarEntry
from courses.weeks import weeks_of


def entry(start: date, end: date | None = None) -> CalendarEntry:
    return CalendarEntry(kind="day", start_date=start, end_date=end or start, title=str(start))


def test_weeks_hold_each_entry_in_the_week_it_begins_in():
    sunday, monday = entry(date(2026, 11, 29)), entry(date(2026, 11, 30))
    weeks = weeks_of([sunday, monday], date(2026, 11, 23), date(2026, 12, 10))
    assert [(week.monday, week.sunday, week.entries) for week in weeks] == [
        (date(2026, 11, 23), date(2026, 11, 29), (sunday,)),
        (date(2026, 11, 30), date(2026, 12, 6), (monday,)),
        (date(2026, 12, 7), date(2026, 12, 13), ()),
    ]


def test_entry_that_began_before_stands_in_the_first_week():
    running = entry(date(2026, 11, 2), date(2026, 12, 1))
    first, _ = weeks_of([running], date(2026, 11, 23), date(2026, 12, 1))
    assert first.entries == (running,)

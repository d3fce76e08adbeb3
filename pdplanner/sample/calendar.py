"""The school year of the sample district, worked out for any year. Pure: dates in, dates out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from profiles.choices import DayKind

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = range(5)
DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Span:
    """A named stretch of days, both ends included."""

    title: str
    start_date: date
    end_date: date


@dataclass(frozen=True, slots=True)
class Mark:
    """A special day or stretch of days; `schools` names a kind of school, "" is all of them."""

    kind: DayKind
    title: str
    start_date: date
    end_date: date
    schools: str = ""


@dataclass(frozen=True, slots=True)
class Year:
    """One school year: it runs until the day before the next, so that every day lies in a term."""

    title: str
    start_date: date
    end_date: date
    terms: tuple[Span, ...]
    marks: tuple[Mark, ...]

    @property
    def lessons_end_date(self) -> date:
        """The last day of classes before the summer."""
        return self.terms[1].end_date - 2 * DAY

    def is_school_day(self, day: date) -> bool:
        """Whether children are in school on a day."""
        if day.weekday() > FRIDAY or not self.start_date <= day <= self.lessons_end_date:
            return False
        return not any(
            mark.kind in (DayKind.HOLIDAY, DayKind.PD) and mark.start_date <= day <= mark.end_date
            for mark in self.marks
        )

    def is_free(self, day: date) -> bool:
        """Whether nobody works on a day: weekends and holidays, in the summer too."""
        return day.weekday() > FRIDAY or any(
            mark.kind == DayKind.HOLIDAY and mark.start_date <= day <= mark.end_date
            for mark in self.marks
        )


def on_or_after(day: date, weekday: int) -> date:
    """The first such weekday from a day on."""
    return day + timedelta(days=(weekday - day.weekday()) % 7)


def nth(year: int, month: int, weekday: int, number: int) -> date:
    """The nth such weekday of a month."""
    return on_or_after(date(year, month, 1), weekday) + (number - 1) * WEEK


def start_of(year: int) -> date:
    """The day the teachers come back: the fourth Monday of August, or close to it."""
    return on_or_after(date(year, 8, 18), MONDAY)


def year_on(day: date) -> Year:
    """The school year that a day falls in."""
    return year_from(day.year if day >= start_of(day.year) else day.year - 1)


@cache
def year_from(year: int) -> Year:
    """The school year that starts in a year's August."""
    start, end = start_of(year), start_of(year + 1) - DAY
    spring = nth(year + 1, 1, MONDAY, 4)
    summer = nth(year + 1, 6, FRIDAY, 2) + 3 * DAY
    return Year(
        title=f"{year}–{(year + 1) % 100:02d}",
        start_date=start,
        end_date=end,
        terms=(
            Span("Fall semester", start, spring - DAY),
            Span("Spring semester", spring, summer - DAY),
            Span("Summer", summer, end),
        ),
        marks=tuple(sorted(_marks(year, spring, summer), key=lambda mark: mark.start_date)),
    )


def _marks(year: int, spring: date, summer: date) -> Iterable[Mark]:
    yield from _pd_days(year, spring)
    yield from _holidays(year)
    yield from _deadlines(year, summer)
    for month in (9, 10, 11, 12, 1, 2, 3, 4, 5):
        # The first of the month; in January the second, since the first may be New Year's Day.
        day = nth(year if month > 8 else year + 1, month, WEDNESDAY, 2 if month == 1 else 1)
        yield Mark(DayKind.EARLY_RELEASE, "Early release Wednesday", day, day)


def _pd_days(year: int, spring: date) -> Iterable[Mark]:
    start = start_of(year)
    yield Mark(DayKind.PD, "Welcome back days", start, start + 2 * DAY)
    columbus = nth(year, 10, MONDAY, 2)
    election = nth(year, 11, MONDAY, 1) + DAY
    for title, day in (
        ("Fall PD day", columbus - 3 * DAY),
        ("Election Day PD", election),
        ("PD day before the new semester", spring - 3 * DAY),
        ("Spring PD day", nth(year + 1, 3, FRIDAY, 2)),
    ):
        yield Mark(DayKind.PD, title, day, day)


def _holidays(year: int) -> Iterable[Mark]:
    thanksgiving = nth(year, 11, THURSDAY, 4)
    winter = on_or_after(date(year, 12, 21), MONDAY)
    april = nth(year + 1, 4, MONDAY, 2)
    labor, columbus = nth(year, 9, MONDAY, 1), nth(year, 10, MONDAY, 2)
    king, presidents = nth(year + 1, 1, MONDAY, 3), nth(year + 1, 2, MONDAY, 3)
    memorial = on_or_after(date(year + 1, 5, 25), MONDAY)
    fourth = date(year + 1, 7, 4)
    for title, first, last in (
        ("Labor Day", labor, labor),
        ("Columbus and Indigenous Peoples’ Day", columbus, columbus),
        ("Veterans Day", date(year, 11, 11), date(year, 11, 11)),
        ("Thanksgiving", thanksgiving - DAY, thanksgiving + DAY),
        ("Winter break", winter, date(year + 1, 1, 1)),
        ("Martin Luther King Jr. Day", king, king),
        ("Presidents’ Day", presidents, presidents),
        ("Spring break", april, april + 4 * DAY),
        ("Memorial Day", memorial, memorial),
        ("Independence Day", fourth, fourth),
    ):
        if first.weekday() <= FRIDAY:  # on a weekend nobody notices
            yield Mark(DayKind.HOLIDAY, title, first, last)


def _deadlines(year: int, summer: date) -> Iterable[Mark]:
    for title, day in (
        ("Progress reports due", nth(year, 10, FRIDAY, 3)),
        ("Report cards close", nth(year, 12, FRIDAY, 2)),
        ("Progress reports due", nth(year + 1, 2, FRIDAY, 1)),
        ("Report cards close", nth(year + 1, 3, FRIDAY, 3)),
        ("Progress reports due", nth(year + 1, 4, FRIDAY, 4)),
        ("Report cards close", summer - 5 * DAY),
    ):
        yield Mark(DayKind.REPORT_CARDS, title, day, day)
    fall, winter = nth(year, 9, MONDAY, 2), nth(year + 1, 1, MONDAY, 2)
    state = nth(year + 1, 4, MONDAY, 4)
    exams = nth(year + 1, 5, MONDAY, 1)
    for title, first, days, schools in (
        ("Fall reading and math check", fall, 12, ""),
        ("Winter reading and math check", winter, 5, ""),
        ("State tests", state, 19, ""),
        ("Advanced Placement exams", exams, 12, "high"),
    ):
        yield Mark(DayKind.TESTING, title, first, first + timedelta(days=days - 1), schools)

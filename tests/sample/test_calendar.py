"""The school year holds on any day of any year."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from pdplanner.sample.calendar import year_from, year_on
from pdplanner.sample.catalogue import day_of_run, obligations
from pdplanner.sample.content import RunText
from pdplanner.sample.ground import Ground
from pdplanner.sample.rollouts import rollouts
from profiles.choices import DayKind

DAY = timedelta(days=1)
YEARS = range(2024, 2036)


def test_every_day_lies_in_one_term():
    day = date(2025, 1, 1)
    while day < date(2030, 1, 1):
        year = year_on(day)
        terms = [term.title for term in year.terms if term.start_date <= day <= term.end_date]
        assert len(terms) == 1
        day += DAY


@pytest.mark.parametrize("start", YEARS)
def test_years_meet(start):
    assert year_from(start).end_date + DAY == year_from(start + 1).start_date


@pytest.mark.parametrize("start", YEARS)
def test_marks_lie_in_their_year(start):
    year = year_from(start)
    for mark in year.marks:
        assert year.start_date <= mark.start_date <= mark.end_date <= year.end_date
        if mark.kind in (DayKind.PD, DayKind.EARLY_RELEASE, DayKind.REPORT_CARDS):
            assert mark.start_date.weekday() < 5


@pytest.mark.parametrize("start", YEARS)
def test_pd_days_and_deadlines_are_no_holidays(start):
    year = year_from(start)
    off = [mark for mark in year.marks if mark.kind == DayKind.HOLIDAY]
    for mark in year.marks:
        if mark.kind in (DayKind.PD, DayKind.REPORT_CARDS, DayKind.EARLY_RELEASE):
            clash = [h.title for h in off if h.start_date <= mark.start_date <= h.end_date]
            assert (mark.title, mark.start_date, clash) == (mark.title, mark.start_date, [])


@pytest.mark.parametrize("start", YEARS)
def test_children_have_about_180_days(start):
    year = year_from(start)
    day, count = year.start_date, 0
    while day <= year.end_date:
        count += year.is_school_day(day)
        day += DAY
    assert 175 <= count <= 190


def test_report_cards_of_2026_close_in_december_march_and_june():
    closes = [mark.start_date for mark in year_from(2026).marks if mark.title.endswith("close")]
    assert closes == [date(2026, 12, 11), date(2027, 3, 19), date(2027, 6, 9)]


@pytest.mark.parametrize("month", range(1, 13))
def test_what_lies_ahead_lies_ahead_all_year_round(month):
    for number in (1, 13, 25):
        ground = Ground(today=date(2027, month, number))
        for weekday in ("mon", "tue", "wed", "thu", "fri", "pd"):
            run = RunText(3, weekday, "15:30", "Library", "", 20, 5, 0)
            day = day_of_run(run, ground)
            assert day >= ground.today + 3 * DAY
            assert not ground.year_of(day).is_free(day)
        past, soon, later = obligations(ground)
        assert past.due_date < ground.today < soon.due_date < later.due_date
        coming = {one.school for one in rollouts(ground) if one.from_date > ground.today}
        assert coming == {"East Middle", "Oak Hill Elementary"}


def test_last_year_and_present_are_neighbours():
    ground = Ground(today=date(2027, 8, 22))
    assert [year.title for year in ground.years] == ["2025–26", "2026–27"]
    assert Ground(today=date(2027, 8, 23)).present.title == "2027–28"

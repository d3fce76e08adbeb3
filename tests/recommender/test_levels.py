from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from pdplanner.recommender.curves import KNOTS, MOST_LIFT, curve_lift, fit_curve
from pdplanner.recommender.district import learn_district
from pdplanner.recommender.history import Cohorts, History
from pdplanner.recommender.levels import (
    coming_volume,
    known_share,
    usual_volume,
    year_swing,
    year_weight,
)
from pdplanner.recommender.rates import foretell_counts, foretell_rates
from pdplanner.recommender.rules import NeedRules
from pdplanner.recommender.tuning import tune_weights

SUNDAY = date(2026, 10, 11)


def history_of(asks, *, people, since=None, until=None, skills=("forms", "sync")):
    """Asks are (person, skill, day); days count back from the origin, 0 and below."""
    person, skill, day = (np.array(column) for column in zip(*asks, strict=True))
    first = np.full(people, day.min(), dtype=float) if since is None else np.array(since, float)
    return History(
        origin=SUNDAY,
        people=people,
        skills=skills,
        person=person.astype(np.int64),
        skill=skill.astype(np.int64),
        day=day.astype(np.float64),
        minutes=np.full(len(asks), np.nan),
        since=first,
        until=np.ones(people) if until is None else np.array(until, float),
        cohorts=Cohorts((), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)),
    )


def school_days(weeks):
    days = [-n for n in range(7 * weeks)]
    return [day for day in days if (SUNDAY + timedelta(days=day)).weekday() < 5]


def steady(*, weeks=10, people=30, a_day=6):
    asks = []
    for place, day in enumerate(school_days(weeks)):
        asks += [((place * a_day + n) % people, n % 2, day) for n in range(a_day)]
    return history_of(asks, people=people)


def test_usual_volume_goes_on_weekday_by_weekday():
    history = steady()
    assert usual_volume(history, 28) == pytest.approx(20 * 6, rel=0.02)
    assert usual_volume(history, 5) == pytest.approx(5 * 6, rel=0.05)  # Monday to Friday
    assert usual_volume(replace(history, origin=SUNDAY - timedelta(days=2)), 2) == pytest.approx(
        2 * 6, rel=0.05
    )  # its silent days are then a Thursday and a Friday


def test_usual_volume_after_a_silent_summer_is_half_of_the_whole_historys_at_least():
    history = steady(weeks=20)
    quiet = replace(history, day=history.day - 300)
    a_day = len(quiet.day) / (1 - quiet.day.min())
    assert usual_volume(quiet, 28) == pytest.approx(28 * a_day / 2, rel=0.01)


def school_years(*, weeks, busy):
    """Two asks a school day; eight in every `busy` week of 52, counted from the last."""
    asks = []
    for day in school_days(weeks):
        times = 8 if -day // 7 % 52 in busy else 2
        asks += [(n, n % 2, day) for n in range(times)]
    return history_of(asks, people=10)


def test_coming_volume_rises_where_the_same_weeks_rose_a_year_ago():
    history = school_years(weeks=170, busy={48, 49, 50, 51})  # the four weeks ahead, a year ago
    assert usual_volume(history, 28) < 20 * 3
    assert year_weight(history, 28) > 0.8
    assert coming_volume(history, 28) == pytest.approx(20 * 8, rel=0.2)


def test_coming_volume_of_a_first_year_is_the_usual_one_moved_by_the_season():
    history = school_years(weeks=51, busy={48, 49, 50})
    assert year_swing(history, 0, 28) is None
    assert coming_volume(history, 28, 1.3) == pytest.approx(1.3 * usual_volume(history, 28))


def test_a_year_ago_is_half_believed_until_another_year_tells():
    assert year_weight(school_years(weeks=55, busy={48}), 28) == 0.5


def test_where_the_history_opens_a_year_ago_the_same_weeks_are_expected_again():
    history = school_years(weeks=54, busy={48, 49, 50, 51})
    swing = np.log((20 * 8 + 5) / (usual_volume(history, 28) + 5))
    assert year_swing(history, 0, 28) == pytest.approx(swing)


def test_a_year_ago_is_not_believed_where_it_proved_wrong():
    asks = []
    for day in school_days(150):
        # A busy month comes and goes every forty weeks: what was a year ago says nothing.
        asks += [(n, n % 2, day) for n in range(8 if -day // 7 % 40 < 4 else 2)]
    assert year_weight(history_of(asks, people=10), 28) < 0.2


def test_known_share_is_next_to_one_on_a_roster():
    assert known_share(steady(), 28) > 0.999


def test_known_share_looks_ahead_along_the_history():
    # Of each week's 40 asks fewer are of somebody new: a root of the weeks behind.
    asks, people, since = [], 0, []
    for week in range(12):
        fresh = round(40 / np.sqrt(week + 1))
        day = -7 * (11 - week)
        since += [day] * fresh
        asks += [(people + n, 0, day) for n in range(fresh)]
        people += fresh
        asks += [(n % max(people - fresh, 1), 0, day) for n in range(40 - fresh)]
    history = history_of(asks, people=people, since=since)
    assert known_share(history, 7) == pytest.approx(1 - 1 / np.sqrt(13), abs=0.04)


def test_forecast_of_everybody_here_is_the_usual_volume():
    history = steady(weeks=14)
    rules = tune_weights(history, NeedRules(), 28)
    assert foretell_counts(history, rules, 28).sum() == pytest.approx(
        usual_volume(history, 28), rel=0.01
    )


def test_forecast_leaves_out_who_is_gone():
    history = steady(weeks=14)
    until = np.ones(30)
    until[:10] = -30.0
    kept = (history.person >= 10) | (history.day < -30)
    left = replace(
        history,
        until=until,
        person=history.person[kept],
        skill=history.skill[kept],
        day=history.day[kept],
        minutes=history.minutes[kept],
    )
    rules = tune_weights(left, NeedRules(), 28)
    rates = foretell_rates(left, learn_district(left), rules, 28).total * 28
    assert rates[10:].sum() == pytest.approx(usual_volume(left, 28), rel=0.03)


def test_curve_never_changes_the_order_of_two_rates():
    random = np.random.default_rng(3)
    rates = np.sort(np.exp2(random.uniform(-20, 4, 500)))
    for _ in range(20):
        lifts = random.uniform(-MOST_LIFT, MOST_LIFT, len(KNOTS))
        weights = {f"curve 2^{knot}": lift for knot, lift in zip(KNOTS, lifts, strict=True)}
        assert (np.diff(rates * curve_lift(rates, weights)) > 0).all()


def test_curve_of_one_window_says_nothing_and_of_windows_alike_what_they_missed():
    rare, often = np.full(4000, 2.0**-6), np.full(1000, 1.0)
    foretold, met = np.r_[2 * rare, often], np.r_[rare, often]
    one = (foretold, met, 1.0)
    assert set(fit_curve([one]).values()) == {0.0}
    weights = fit_curve([one, one, one])
    lift = curve_lift(np.array([2.0**-5, 1.0]), weights)
    assert lift[0] / lift[1] == pytest.approx(0.55, abs=0.08)


def test_curve_is_left_out_where_windows_disagree():
    low, high = np.full(4000, 2.0**-6), np.full(1000, 1.0)
    over = (np.r_[2 * low, high], np.r_[low, high], 1.0)
    under = (np.r_[low, high], np.r_[2 * low, high], 1.0)
    assert max(abs(lift) for lift in fit_curve([over, under]).values()) < 0.05

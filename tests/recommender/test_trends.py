from datetime import date

import numpy as np
import pytest

from pdplanner.recommender.district import WEEKS, learn_district
from pdplanner.recommender.history import Cohorts, History
from pdplanner.recommender.pace import foretell_paces, machine_likeness
from pdplanner.recommender.rules import NeedRules
from pdplanner.recommender.trends import LONGEST_SPAN, MOST_TREND, span_weeks, telling

WEIGHTS = dict(NeedRules().weights)


def history_of(asks, *, people, skills=("forms", "sync")):
    """Asks are (person, skill, day); days count back from the origin, 0 and below."""
    person, skill, day = (np.array(column) for column in zip(*asks, strict=True))
    return History(
        origin=date(2026, 10, 11),
        people=people,
        skills=skills,
        person=person.astype(np.int64),
        skill=skill.astype(np.int64),
        day=day.astype(np.float64),
        minutes=np.full(len(asks), np.nan),
        since=np.full(people, float(day.min())),
        until=np.ones(people),
        cohorts=Cohorts((), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)),
    )


def told(history, weeks=1):
    return telling(history, learn_district(history), weeks)


def test_ask_in_an_outage_tells_less_than_one_in_a_quiet_week():
    outage = [(person, 1, -30) for person in range(1, 60)]
    plain = [(person, person % 2, -7 * week) for person in range(1, 60) for week in range(10)]
    history = history_of([(0, 1, -30), (0, 1, -58), *outage, *plain], people=60)
    during, quiet = told(history)[:2]
    assert during < 0.9
    assert quiet == pytest.approx(1.0, abs=0.05)


def test_own_tickets_do_not_move_what_own_tickets_tell():
    others = [(person, person % 2, -day) for person in range(1, 9) for day in range(0, 90, 5)]
    few = told(history_of([(0, 1, -40), *others], people=9))
    many = told(history_of([(0, 1, -40), *((0, 1, -38) for _ in range(50)), *others], people=9))
    assert few[0] == many[0]


def test_telling_stays_within_the_most_that_is_looked_at():
    others = [(person, 0, -day) for person in range(1, 50) for day in range(7)]
    others += [(person, 1, -70 - day) for person in range(1, 50) for day in range(7)]
    weights = told(history_of([(0, 0, -70), (0, 1, -70), *others], people=50))
    assert weights[:2].tolist() == pytest.approx([MOST_TREND**0.5, MOST_TREND**-0.5])


def test_nobody_else_to_hold_a_ticket_against_leaves_it_as_it_is():
    assert told(history_of([(0, 1, 0), (0, 1, -50)], people=1)).tolist() == [1.0, 1.0]


def test_what_is_older_than_all_weeks_is_one_span():
    ages = (-7 * WEEKS, -7 * WEEKS - 700)
    others = [(person, person % 2, age) for person in range(1, 9) for age in (*ages, -3)]
    weights = told(history_of([(0, 1, ages[0]), (0, 1, ages[1]), *others], people=9))
    assert weights[0] == weights[1]


def test_spans_are_weeks_on_a_busy_desk_and_a_month_on_a_small_one():
    busy = history_of([(0, 0, -n // 40) for n in range(4000)], people=1)
    small = history_of([(0, 0, -n) for n in range(100)], people=1)
    assert (span_weeks(busy), span_weeks(small)) == (1.0, LONGEST_SPAN)


def paces_of(asks, people):
    history = history_of(asks, people=people)
    district = learn_district(history)
    return (
        machine_likeness(history).tolist(),
        foretell_paces(history, district, WEIGHTS, 28.0).tolist(),
    )


PEOPLE = [(person, 0, -7 * week - person % 5) for person in range(2, 40) for week in range(9)]


def test_who_asks_every_day_is_a_machine_and_goes_on():
    robot = [(0, 1, -day) for day in range(60) for _ in range(5)]
    (likeness, *_), (pace, *_) = paces_of([*robot, *PEOPLE], 40)
    assert likeness > 0.9
    assert pace == pytest.approx(5 * 28, rel=0.1)


def test_many_asks_of_few_days_are_a_persons():
    stack = [(0, 1, -day) for day in (3, 11, 20) for _ in range(40)]
    (likeness, *_), (pace, *_) = paces_of([*stack, *PEOPLE], 40)
    assert likeness < 0.01
    assert pace < 2 * 28


def test_a_week_of_daily_asks_makes_no_machine_even_of_the_only_asker():
    (likeness,), (pace,) = paces_of([(0, 1, -day) for day in range(7)], 1)
    assert likeness < 0.15
    assert pace < 28 / 4


def test_a_newcomers_first_day_makes_no_machine():
    likeness, _ = paces_of([(0, 1, 0), *PEOPLE], 40)
    assert max(likeness) < 0.01

import json
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import numpy as np
import pytest

from benchmarks.districts import Size, make_district
from pdplanner.recommender import evaluation
from pdplanner.recommender.evaluation import (
    BACK_TEST_DAYS,
    as_document,
    as_text,
    evaluate,
    facts_as_seen,
    fit_need_rules,
)
from pdplanner.recommender.facts import Facts
from pdplanner.recommender.history import read_history
from pdplanner.recommender.path import recommend_paths
from pdplanner.recommender.rules import NeedRules, PathRules
from pdplanner.recommender.yardsticks import (
    bootstrap_mean,
    bootstrap_ratio,
    calibration_error,
    calibration_floor,
    calibration_measured,
    ndcg_by_person,
    poisson_deviance,
)
from tests.recommender.cases import ANN, facts_of

SIZE = Size(teachers=24, courses=12, skills=12, tickets_a_teacher=60)


@pytest.fixture(scope="module")
def district() -> Facts:
    return make_district(7, SIZE)


def test_ndcg_is_one_for_the_right_order_and_leaves_the_silent_out():
    asked = np.array([[3.0, 0.0, 1.0], [0.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    forecast = np.array([[0.9, 0.1, 0.5], [0.3, 0.2, 0.1], [0.6, 0.4, 0.2]])
    expected = [1.0, 1 / np.log2(3)]
    np.testing.assert_allclose(ndcg_by_person(forecast, asked), expected)


def test_ndcg_looks_at_ten_topics_only():
    asked = np.zeros((1, 12))
    asked[0, 11] = 1.0
    assert ndcg_by_person(-np.arange(12.0)[None, :], asked).tolist() == [0.0]


def test_poisson_deviance_is_zero_only_where_all_is_met():
    asked = np.array([[1.0, 0.0], [2.0, 0.0]])
    assert poisson_deviance(asked, asked) == pytest.approx(0.0, abs=1e-5)
    twice = 2 * (np.log(0.5) - 1 + 2) + 2 * (2 * np.log(0.5) - 2 + 4)
    assert poisson_deviance(2 * asked, asked) == pytest.approx(twice / 2, abs=1e-5)


def test_calibration_error_is_the_share_that_was_foretold_too_much():
    asked = np.ones((20, 5))
    assert calibration_error(asked, asked) == pytest.approx(0.0)
    assert calibration_error(1.3 * asked, asked) == pytest.approx(0.3)


def test_bootstrap_interval_holds_the_mean_and_narrows_with_people():
    few, many = bootstrap_mean(np.arange(10.0)), bootstrap_mean(np.tile(np.arange(10.0), 100))
    assert few.low < few.value < few.high
    assert many.value == few.value
    assert many.high - many.low < few.high - few.low


def test_fit_need_rules_keeps_the_defaults_with_too_little_history(district):
    quiet = replace(district, tickets=district.tickets[:50])
    assert fit_need_rules(quiet) == (NeedRules(), None)


def test_fit_need_rules_brings_weights_and_a_back_test(district):
    rules, test = fit_need_rules(district)
    assert rules != NeedRules()
    assert [row.method for row in test.methods] == [
        "ours",
        "popularity, decayed",
        "cohort popularity, shrunk",
        "own history, decayed",
    ]
    assert test.until_date == district.as_of
    assert test.from_date == district.as_of - timedelta(days=BACK_TEST_DAYS - 1)
    assert test.tickets == sum(
        ticket.opened_date >= test.from_date
        and ticket.opened_date <= district.as_of
        and ticket.kind in ("how-to", "pedagogy")
        and ticket.skill is not None
        and {t.id: t for t in district.teachers}[ticket.teacher].uses_tickets
        for ticket in district.tickets
    )
    assert fit_need_rules(district) == (rules, test)


def with_other_window(facts: Facts) -> Facts:
    """The same facts, had everybody asked about one skill only in the weeks of the back-test."""
    start = facts.as_of - timedelta(days=BACK_TEST_DAYS)
    skills = sorted({ticket.skill for ticket in facts.tickets if ticket.skill is not None})
    swapped = (
        replace(ticket, skill=skills[0])
        if ticket.opened_date > start and ticket.skill is not None
        else ticket
        for ticket in facts.tickets
    )
    return replace(facts, tickets=tuple(swapped))


def foretold_blindly(facts: Facts, rules: NeedRules) -> dict[str, str]:
    forecasts = evaluation._back_test(read_history(facts)[0], rules).forecasts
    return {name: sha256(forecast.tobytes()).hexdigest() for name, forecast in forecasts.items()}


def test_back_test_does_not_look_ahead(district):
    expected = foretold_blindly(district, NeedRules())
    assert foretold_blindly(with_other_window(district), NeedRules()) == expected


def with_recent_tickets_only(facts: Facts) -> Facts:
    """Most tickets in the window of the back-test, and too few before it to fit anything."""
    start = facts.as_of - timedelta(days=BACK_TEST_DAYS)
    before = [ticket for ticket in facts.tickets if ticket.opened_date <= start]
    inside = [ticket for ticket in facts.tickets if ticket.opened_date > start]
    again = (replace(t, id=f"{t.id}-{number}") for number in range(9) for t in inside)
    return replace(facts, tickets=(*before[:: len(before) // 80], *again))


@pytest.mark.parametrize("cut", [lambda facts: facts, with_recent_tickets_only])
def test_back_test_does_not_look_ahead_through_the_fit_in_use(district, cut):
    facts = cut(district)
    expected = foretold_blindly(facts, NeedRules())
    for seen in (facts, with_other_window(facts)):
        in_use, test = fit_need_rules(seen)
        assert test is not None
        assert in_use != NeedRules()
        assert foretold_blindly(seen, in_use) == expected
        assert evaluate(seen, PathRules(need=in_use)).back_test == test


def test_evaluation_shows_every_group_and_reads_as_text_and_json(district):
    found = evaluate(district)
    here = [t for t in district.teachers if t.left_date is None or t.left_date > district.as_of]
    for kind in ("school", "tenure", "hours"):
        assert sum(group.teachers for group in found.groups if group.kind == kind) == len(here)
    for share in (
        *(group.reached for group in found.groups),
        *(group.need_met for group in found.groups),
        *(row.share for row in found.on_path),
        found.kept_overnight,
    ):
        assert 0 <= share.low <= share.value <= share.high <= 1
    assert found.kept_overnight.value > 0.5
    assert [row.method for row in found.on_path] == [row.method for row in found.back_test.methods]
    document = json.loads(json.dumps(as_document(found)))
    assert document["back_test"]["methods"][0]["ndcg10"]["value"] == pytest.approx(
        found.back_test.methods[0].ndcg10.value
    )
    text = as_text(found)
    for row in found.back_test.methods:
        figures = [
            f"{one.value:.3f} ({one.low:.3f} to {one.high:.3f})"
            for one in (row.ndcg10, row.deviance, row.calibration)
        ]
        assert " ".join([row.method, *figures]) in " ".join(text.split())
    assert f"Steps kept from yesterday to today: {found.kept_overnight.value:.0%}" in text


def test_part_time_is_who_sets_less_aside_than_the_district(district):
    people = [
        replace(ANN, id="used up", minutes_budget=20, minutes_set_aside=360),
        replace(ANN, id="says nothing", minutes_budget=20),
        replace(ANN, id="three quarters", minutes_set_aside=270),
        replace(ANN, id="half", minutes_budget=180, minutes_set_aside=180),
    ]

    def by_hours(**changes):
        found = evaluate(facts_of(teachers=people, tickets=(), **changes)).groups
        return {group.name: group.teachers for group in found if group.kind == "hours"}

    assert by_hours() == {"full-time": 3, "part-time": 1}
    assert by_hours(minutes_a_term=480) == {"full-time": 2, "part-time": 2}
    assert by_hours(minutes_a_term=180) == {"full-time": 4}


def test_share_on_path_counts_the_tickets_about_what_the_path_taught(district):
    found = evaluate(district)
    day = district.as_of - timedelta(days=BACK_TEST_DAYS)
    history, _ = read_history(district)
    fitted = evaluation._back_test(history, NeedRules()).fitted
    paths = recommend_paths(facts_as_seen(district, day), PathRules(need=fitted))
    effects = {course.id: course.effects for course in district.courses}
    shares = {}
    for ticket in district.tickets:
        teacher = {t.id: t for t in district.teachers}[ticket.teacher]
        if (
            ticket.opened_date > day
            and ticket.kind in ("how-to", "pedagogy")
            and ticket.skill is not None
            and teacher.uses_tickets
        ):
            taught = {k for step in paths[teacher.id].steps for k in effects[step.course]}
            shares.setdefault(teacher.id, []).append(ticket.skill in taught)
    ours = found.on_path[0]
    assert ours.ours
    assert ours.share.value == pytest.approx(np.mean([np.mean(one) for one in shares.values()]))


def test_calibration_interval_holds_its_error_and_chance_is_less_for_many_tickets():
    random = np.random.default_rng(1)
    rates = random.gamma(0.5, 1.0, (400, 20))
    asked = random.poisson(rates).astype(float)
    measured = calibration_measured(rates, asked)
    assert measured.value == calibration_error(rates, asked)
    assert measured.low <= measured.value <= measured.high
    floors = [calibration_error(rates, random.poisson(rates).astype(float)) for _ in range(40)]
    assert np.mean(floors) == pytest.approx(calibration_floor(asked), rel=0.25)
    assert calibration_floor(np.tile(asked, (4, 1))) == pytest.approx(calibration_floor(asked) / 2)


def test_bootstrap_ratio_is_the_share_of_all_not_the_mean_of_shares():
    found = bootstrap_ratio(np.array([1.0, 9.0]), np.array([10.0, 10.0]))
    assert (found.value, found.low, found.high) == (0.5, 0.1, 0.9)
    assert bootstrap_ratio(np.zeros(3), np.zeros(3)).value == 0.0


def test_evaluation_of_a_silent_district_says_so(district):
    found = evaluate(replace(district, tickets=()))
    assert (found.back_test, found.on_path) == (None, ())
    assert "Too little history" in as_text(found)


def test_facts_as_seen_know_nothing_later(district):
    day = district.as_of - timedelta(days=20)
    seen = facts_as_seen(district, day)
    assert seen.as_of == day
    assert max(ticket.opened_date for ticket in seen.tickets) <= day
    assert all(done <= day for teacher in seen.teachers for done in teacher.done.values())
    assert all(goal.since_date <= day for teacher in seen.teachers for goal in teacher.goals)

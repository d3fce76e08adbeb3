"""Fits and measurings of the forecast, owed by a row and paid by the worker."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from pdplanner.plans.models import ForecastRun, Plan, RulesFit
from pdplanner.plans.operations import forecasting, rebuild_plans
from pdplanner.plans.operations.forecasting import (
    ask_forecast,
    owe_weekly_measuring,
    pay_forecast,
)
from pdplanner.plans.queries.figures import large_enough
from pdplanner.plans.queries.rules import rules_in_use, standing_rules
from pdplanner.recommender import PathRules
from pdplanner.recommender.rules import DEFAULT_WEIGHTS

from .conftest import NOW, TODAY
from .test_fitting import busy

__all__ = ["busy"]

FIT, MEASURE = ForecastRun.What.FIT, ForecastRun.What.MEASURE


def clock() -> datetime:
    return NOW


def test_fit_is_owed_once_made_by_the_worker_and_measured(busy, coordinator):
    rebuild_plans(as_of=TODAY, now=NOW)
    run = ask_forecast(what=FIT, by=coordinator, now=NOW)
    assert ask_forecast(what=MEASURE, by=None, now=NOW) == run
    assert pay_forecast(clock=clock) == run
    run.refresh_from_db()
    assert (run.state, run.as_of_date, run.tries, run.finished_at) == ("done", TODAY, 1, NOW)
    fit = RulesFit.objects.get()
    assert (run.fit, fit.tickets) == (fit, 903)
    assert run.figures["back_test"]["tickets"] == fit.back_test["tickets"]
    assert [g["name"] for g in run.figures["groups"] if g["kind"] == "school"] == ["East Middle"]
    assert {tuple(plan.causes) for plan in Plan.objects.filter(teacher=busy)} == {("rules",)}
    assert pay_forecast(clock=clock) is None


def test_too_little_history_is_said_and_figures_are_kept_all_the_same(asker):
    ask_forecast(what=FIT, by=None, now=NOW)
    run = pay_forecast(clock=clock)
    assert (run.state, run.fit, RulesFit.objects.count()) == ("too-little", None, 0)
    assert (run.figures["back_test"], run.figures["on_path"]) == (None, [])


def test_killed_fit_is_taken_up_after_a_while_and_made_once(busy, monkeypatch):
    ask_forecast(what=FIT, by=None, now=NOW)

    class Killed(BaseException):
        pass

    def die(*args):
        raise Killed

    monkeypatch.setattr(forecasting, "evaluate", die)
    with pytest.raises(Killed):
        pay_forecast(clock=clock)
    monkeypatch.undo()
    assert pay_forecast(clock=clock) is None  # somebody may be at it still
    later = NOW + forecasting.LEASE + timedelta(seconds=1)
    run = pay_forecast(clock=lambda: later)
    assert (run.state, run.tries, run.fit.number) == ("done", 2, 1)
    assert RulesFit.objects.count() == 1


def test_what_fails_is_tried_thrice_and_said(busy, monkeypatch, caplog):
    ask_forecast(what=MEASURE, by=None, now=NOW)

    def fail(*args):
        raise ZeroDivisionError

    monkeypatch.setattr(forecasting, "evaluate", fail)
    assert [pay_forecast(clock=clock).state for _ in range(3)] == ["owed", "owed", "failed"]
    assert pay_forecast(clock=clock) is None
    assert "Measure came to nothing, try 3" in caplog.text


def test_run_that_kills_its_worker_each_time_is_given_up(asker):
    run = ask_forecast(what=MEASURE, by=None, now=NOW)
    ForecastRun.objects.update(state="at-work", tries=3, started_at=NOW - timedelta(days=1))
    assert pay_forecast(clock=clock) is None
    run.refresh_from_db()
    assert (run.state, run.finished_at) == ("failed", NOW)


def test_forecast_is_measured_once_a_week_after_saturday_s_night(asker):
    saturday = datetime(2026, 11, 28, 17, tzinfo=UTC)
    assert [owe_weekly_measuring(now=saturday + timedelta(hours=12 * n)) for n in range(16)].count(
        True
    ) == 2  # the week that was missed, and Sunday's
    assert ForecastRun.objects.count() == 1  # the first is still open
    assert ForecastRun.objects.get().by is None


def test_nobody_to_plan_for_is_nothing_to_measure(district):
    assert not owe_weekly_measuring(now=NOW)
    assert not ForecastRun.objects.exists()


def test_old_measurings_go_and_fits_stay(asker):
    rows = [
        ForecastRun(what=what, state="done", asked_at=NOW - timedelta(days=day))
        for day in range(1, 71)
        for what in (FIT, MEASURE)
    ]
    ForecastRun.objects.bulk_create(rows)
    owe_weekly_measuring(now=NOW)
    done = ForecastRun.objects.filter(state="done")
    assert [done.filter(what=what).count() for what in (FIT, MEASURE)] == [70, forecasting.KEPT]


def test_fit_that_lacks_the_level_is_gone_on_with_and_said(asker):
    RulesFit.objects.create(number=4, as_of_date=TODAY, weights=DEFAULT_WEIGHTS, back_test={})
    found = standing_rules()
    assert found.fit.number == 4
    assert dict(found.rules.need.weights) == dict(DEFAULT_WEIGHTS) | {
        "known share": 1.0,
        "level": 1.0,
    }
    assert found.note.startswith("Fit no. 4 was made by an older version of this program")


@pytest.mark.parametrize("weights", [None, {}, "level", [["level"]], [["level", "1"]], [[1, 1]]])
def test_fit_that_can_not_be_read_is_left_aside_and_said(asker, caplog, weights):
    fit = RulesFit(number=1, as_of_date=TODAY, weights=weights or {"a": None}, back_test={})
    fit.save()
    found = standing_rules()
    assert (found.rules, found.fit, rules_in_use()) == (PathRules(), None, PathRules())
    assert "The documented defaults are in use until you fit again." in found.note
    assert "knows other signals" in caplog.text


def test_evaluate_keeps_its_figures_when_told_to(busy):
    out = StringIO()
    call_command(
        "evaluate", "--json", "--keep", "--as-of", "2026-11-23", stdout=out, stderr=StringIO()
    )
    run = ForecastRun.objects.get()
    assert (run.state, run.as_of_date, run.fit) == ("done", TODAY, None)
    assert run.figures == json.loads(out.getvalue())


def test_small_groups_keep_their_name_and_nothing_else():
    one = {"value": 1.0, "low": 1.0, "high": 1.0}
    group = {"kind": "school", "name": "East", "teachers": 5, "askers": 5, "ndcg10": one}
    few = group | {"name": "West", "teachers": 4}
    few_askers = group | {"name": "North", "askers": 4}
    test = {"askers": 4}
    figures = {"groups": [group, few, few_askers], "back_test": test, "on_path": [1]}
    assert large_enough(figures) == {
        "groups": [
            group,
            {"kind": "school", "name": "West", "teachers": None, "askers": None, "ndcg10": None},
            few_askers | {"askers": None, "ndcg10": None},
        ],
        "back_test": None,
        "on_path": [],
    }

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import OperationalError

from pdplanner.plans.models import DailyRun, Plan, PlanVersion
from pdplanner.plans.operations import (
    owe_all_plans,
    owe_nightly_rebuild,
    owe_plans,
    rebuild_owed,
    sweeping,
)
from pdplanner.recommender import BadFacts

from .conftest import NOW, TODAY, ZONE


@pytest.fixture
def four(asker, mentor_teacher, outsider, new_teacher, leader, east):
    """Three teachers whose first paths are stored."""
    assert rebuild_owed(now=NOW) == 3
    return asker, mentor_teacher, outsider


def failing_for(monkeypatch, broken: set[int], error: Exception) -> list[list[int]]:
    """Make the rebuild fail whenever one of these is in it; return what was tried."""
    real, tried = sweeping.rebuild_plans, []

    def rebuild(*, teacher_ids, **arguments):
        tried.append(list(teacher_ids))
        if broken & set(teacher_ids):
            raise error
        return real(teacher_ids=teacher_ids, **arguments)

    monkeypatch.setattr(sweeping, "rebuild_plans", rebuild)
    return tried


def test_sweep_rebuilds_what_is_owed_and_nothing_else(four):
    assert rebuild_owed(now=NOW) == 0
    owe_plans(teacher_ids=[four[0].pk], cause="profile", now=NOW)
    assert rebuild_owed(now=NOW) == 1
    assert not Plan.objects.exclude(owed_since=None).exists()
    assert PlanVersion.objects.count() == 3


def test_sweep_skips_those_who_left_until_they_are_back(four):
    owe_plans(teacher_ids=[four[0].pk], cause="profile", now=NOW)
    type(four[0]).objects.filter(pk=four[0].pk).update(is_active=False)
    assert rebuild_owed(now=NOW) == 0
    type(four[0]).objects.filter(pk=four[0].pk).update(is_active=True)
    assert rebuild_owed(now=NOW) == 1


def test_sweep_puts_off_the_one_plan_that_fails_and_does_the_others(four, monkeypatch, caplog):
    mentor = four[1]
    owe_all_plans(cause="night", now=NOW)
    failing_for(monkeypatch, {mentor.pk}, ValueError("no good"))
    assert rebuild_owed(now=NOW) == 3
    state = {plan.teacher: plan for plan in Plan.objects.all()}
    assert [state[t].wanted > state[t].built for t in four] == [False, True, False]
    assert (state[mentor].failures, state[mentor].retry_at) == (1, NOW + timedelta(seconds=10))
    assert f"The paths of 1 teachers (first id {mentor.pk}) could not be rebuilt" in caplog.text
    assert "ValueError: no good" in caplog.text


def test_plan_that_fails_again_waits_longer_and_is_cured_by_one_success(four, monkeypatch):
    asker, _, _ = four
    owe_plans(teacher_ids=[asker.pk], cause="profile", now=NOW)
    failing_for(monkeypatch, {asker.pk}, ValueError("no good"))
    now, waits = NOW, []
    for _ in range(12):
        assert rebuild_owed(now=now) == 1
        plan = Plan.objects.get(teacher=asker)
        waits.append((plan.retry_at - now).total_seconds())
        assert rebuild_owed(now=plan.retry_at - timedelta(seconds=1)) == 0
        now = plan.retry_at
    assert waits == [10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600, 3600]
    monkeypatch.undo()
    rebuild_owed(now=now)
    plan = Plan.objects.get(teacher=asker)
    assert (plan.failures, plan.retry_at, plan.wanted - plan.built) == (0, None, 0)


def test_facts_that_cannot_be_are_tried_once_for_all(four, monkeypatch):
    owe_all_plans(cause="night", now=NOW)
    tried = failing_for(monkeypatch, {four[0].pk}, BadFacts("a circle"))
    rebuild_owed(now=NOW)
    assert len(tried) == 1
    assert set(Plan.objects.values_list("failures", flat=True)) == {1}


def test_database_that_is_away_blames_no_plan(four, monkeypatch):
    owe_all_plans(cause="night", now=NOW)
    failing_for(monkeypatch, {four[0].pk}, OperationalError("locked"))
    with pytest.raises(OperationalError):
        rebuild_owed(now=NOW)
    assert set(Plan.objects.values_list("failures", flat=True)) == {0}


def test_night_owes_everybody_once(four):
    early = datetime(2026, 11, 24, 1, 59, tzinfo=ZONE)
    assert owe_nightly_rebuild(now=early)
    assert not owe_nightly_rebuild(now=early)
    assert set(Plan.objects.values_list("wanted", flat=True)) == {2}
    assert owe_nightly_rebuild(now=early + timedelta(minutes=1))
    assert not owe_nightly_rebuild(now=early + timedelta(hours=20))
    assert [run.date for run in DailyRun.objects.order_by("date")] == [
        TODAY,
        TODAY + timedelta(days=1),
    ]


def test_missed_night_is_caught_up_whenever_the_site_is_back(four):
    assert owe_nightly_rebuild(now=datetime(2026, 11, 24, 3, tzinfo=ZONE))
    assert owe_nightly_rebuild(now=datetime(2026, 11, 27, 17, tzinfo=ZONE))
    assert not owe_nightly_rebuild(now=datetime(2026, 11, 27, 18, tzinfo=ZONE))


def test_nights_long_past_are_forgotten(four):
    owe_nightly_rebuild(now=datetime(2026, 10, 1, 3, tzinfo=ZONE))
    owe_nightly_rebuild(now=NOW)
    assert [run.date for run in DailyRun.objects.all()] == [TODAY]


def test_owing_keeps_each_teachers_own_causes(four):
    asker, mentor, outsider = four
    owe_plans(teacher_ids=[asker.pk, asker.pk], cause="tickets", now=NOW)
    owe_all_plans(cause="night", now=NOW + timedelta(minutes=1))
    assert {plan.teacher: (plan.causes, plan.owed_since) for plan in Plan.objects.all()} == {
        asker: ({"tickets": 2, "night": 1}, NOW),
        mentor: ({"night": 1}, NOW + timedelta(minutes=1)),
        outsider: ({"night": 1}, NOW + timedelta(minutes=1)),
    }


def test_owing_everybody_is_a_handful_of_statements(four, east, django_assert_num_queries):
    with django_assert_num_queries(3):
        owe_all_plans(cause="night", now=NOW)
    for number in range(20):
        type(four[0]).objects.create(email=f"t{number}@example.org", main_school=east)
    rebuild_owed(now=NOW)
    with django_assert_num_queries(3):
        owe_all_plans(cause="night", now=NOW)

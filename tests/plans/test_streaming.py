"""A state's paths, worked out some schools at a time."""

from __future__ import annotations

from collections import Counter

import pytest
from django.core.cache import cache
from django.db.models import F

from benchmarks.rows import TODAY, fill
from courses.models import Offering
from pdplanner.plans.models import Plan, PlanStep, PlanVersion
from pdplanner.plans.operations import (
    Rebuilt,
    owe_all_plans,
    owe_plans,
    rebuild_owed,
    rebuild_plans,
    rebuilding,
    sweeping,
)
from pdplanner.plans.queries import parts
from pdplanner.plans.tasks import rebuild_owed_plans
from profiles.models import Teacher

from .conftest import NOW

TEACHERS = 40


@pytest.fixture
def state(db, monkeypatch):
    """A district that is too large to be worked out together."""
    fill(teachers=TEACHERS, sessions=40, seed=3)
    monkeypatch.setattr(rebuilding, "TOGETHER", 10)
    monkeypatch.setattr(sweeping, "TOGETHER", 10)
    monkeypatch.setattr(parts, "PART", 9)
    monkeypatch.setattr("pdplanner.plans.tasks.TOGETHER", 10)
    cache.clear()


def stored_steps():
    rows = PlanStep.objects.filter(version=F("version__plan__current")).order_by("pk")
    return sorted(
        rows.values_list("version__plan__teacher", "course", "offering", "week_date"), key=str
    )


def test_state_streamed_by_school_gets_the_paths_it_would_get_whole(state, monkeypatch):
    Offering.objects.update(seats=500)
    assert rebuild_plans(as_of=TODAY, now=NOW).plans == TEACHERS
    streamed = stored_steps()
    assert {teacher for teacher, *_ in streamed} <= set(
        Teacher.objects.values_list("pk", flat=True)
    )
    PlanVersion.objects.all().delete()
    monkeypatch.setattr(rebuilding, "TOGETHER", 1000)
    rebuild_plans(as_of=TODAY, now=NOW)
    assert streamed == stored_steps() != []


def test_state_streamed_twice_stores_nothing_twice(state):
    first = rebuild_plans(as_of=TODAY, now=NOW)
    assert (first.plans, first.stored) == (TEACHERS, TEACHERS)
    again = rebuild_plans(as_of=TODAY, now=NOW)
    assert again == Rebuilt(plans=TEACHERS, stored=0, empty=first.empty)


def test_state_streamed_promises_no_seat_in_two_parts(state):
    Offering.objects.update(seats=F("seats_taken") + 1)
    rebuild_plans(as_of=TODAY, now=NOW)
    promised = Counter(offering for _, _, offering, _ in stored_steps() if offering)
    seats = {offering.pk: offering.seats_left for offering in Offering.objects.all()}
    assert promised
    assert all(count <= max(seats[key], 0) for key, count in promised.items())


def test_cause_that_comes_while_a_state_is_learned_stays_owed(state, monkeypatch):
    real, teacher = rebuilding.learn_everybody, Teacher.objects.earliest("pk")

    def learn(*arguments):
        owe_plans(teacher_ids=[teacher.pk], cause="tickets", now=NOW)
        return real(*arguments)

    monkeypatch.setattr(rebuilding, "learn_everybody", learn)
    owe_all_plans(cause="night", now=NOW)
    assert rebuild_owed(now=NOW) == TEACHERS
    owed = Plan.objects.filter(wanted__gt=F("built"))
    assert [(plan.teacher, plan.causes["tickets"]) for plan in owed] == [(teacher, 1)]


def test_part_of_a_state_that_fails_is_halved_and_the_rest_is_stored(state, monkeypatch, caplog):
    broken = Teacher.objects.earliest("pk").pk
    real_part, real = rebuilding.draft_part, sweeping.rebuild_plans

    def draft(part, **arguments):
        if broken in {teacher.id for teacher in part.teachers}:
            raise ValueError("torn")
        return real_part(part, **arguments)

    def rebuild(*, teacher_ids, **arguments):
        if broken in teacher_ids:
            raise ValueError("torn")
        return real(teacher_ids=teacher_ids, **arguments)

    monkeypatch.setattr(rebuilding, "draft_part", draft)
    monkeypatch.setattr(sweeping, "rebuild_plans", rebuild)
    owe_all_plans(cause="night", now=NOW)
    rebuild_owed(now=NOW)
    owed = Plan.objects.filter(wanted__gt=F("built"))
    assert [(plan.teacher_id, plan.failures) for plan in owed] == [(broken, 1)]
    assert "could not be rebuilt" in caplog.text


def test_two_processes_share_a_states_night(state, settings, monkeypatch):
    settings.PLAN_PROCESSES = 2
    sent = []
    monkeypatch.setattr(rebuild_owed_plans, "delay", sent.append)
    owe_all_plans(cause="night", now=NOW)
    looked_at = rebuild_owed_plans()
    assert sent == [1]
    assert 0 < looked_at < TEACHERS
    assert Plan.objects.filter(wanted__gt=F("built")).count() == TEACHERS - looked_at
    assert rebuild_owed(now=NOW, share=(1, 2)) == TEACHERS - looked_at
    assert not Plan.objects.filter(wanted__gt=F("built")).exists()


def test_sweep_leaves_a_state_to_the_sweep_that_is_at_it(state):
    owe_all_plans(cause="night", now=NOW)
    cache.add("streaming-paths-0-of-1", True, 60)
    assert rebuild_owed(now=NOW) == 0
    assert Plan.objects.filter(wanted__gt=F("built")).count() == TEACHERS

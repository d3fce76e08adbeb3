from __future__ import annotations

from datetime import date, timedelta

import pytest

from courses.models import Completion
from pdplanner.plans.models import Plan, PlanStep, PlanVersion
from pdplanner.plans.operations import Rebuilt, owe_plans, rebuild_plans
from pdplanner.plans.operations import rebuilding as module
from pdplanner.plans.operations.versions import store_drafts
from pdplanner.plans.queries.drafts import draft_paths
from profiles.models import Notice

from .conftest import NOW, TODAY, at


def titles(version: PlanVersion) -> list[str]:
    return [step.course.title for step in version.steps.all()]


def test_rebuild_stores_a_path_with_dated_reasons(asker):
    assert rebuild_plans(as_of=TODAY, now=NOW) == Rebuilt(plans=1, stored=1, empty=0)
    version = PlanVersion.objects.get()
    assert (version.plan.teacher, version.number, version.term_title) == (
        asker,
        1,
        "Fall semester",
    )
    step = version.steps.get()
    assert (step.course.title, step.minutes, step.date) == (
        "Gradebook sync without double entry",
        45,
        None,
    )
    assert [reason["kind"] for reason in step.reasons] == ["asked"]
    assert step.reasons[0]["facts"] | {"skill": 0, "tickets": 0} == {
        "skill": 0,
        "skill_name": "Grade sync",
        "count": 3,
        "since_date": "2026-09-04",
        "last_date": "2026-11-17",
        "last_minutes": 20,
        "unsolved": False,
        "repeated": False,
        "tickets": 0,
    }


def test_rebuild_run_twice_stores_nothing_twice(asker):
    rebuild_plans(as_of=TODAY, now=NOW)
    assert rebuild_plans(as_of=TODAY, now=NOW) == Rebuilt(plans=1, stored=0, empty=0)
    assert (PlanVersion.objects.count(), PlanStep.objects.count()) == (1, 1)


def test_rebuild_pays_what_was_owed_and_names_its_causes(asker, add_session, screen_sharing):
    rebuild_plans(as_of=TODAY, now=NOW)
    owe_plans(teacher_ids=[asker.pk, asker.pk, asker.pk], cause="tickets", now=NOW)
    owe_plans(teacher_ids=[asker.pk], cause="profile", now=NOW)
    plan = Plan.objects.get()
    assert (plan.wanted, plan.built, plan.causes, plan.owed_since) == (
        3,
        1,
        {"tickets": 3, "profile": 1},
        NOW,
    )
    Completion.objects.create(
        teacher=asker,
        course=plan.current.steps.get().course,
        title="Gradebook sync without double entry",
        minutes=45,
        ground="check",
        completed_at=at(TODAY, 8),
    )
    assert rebuild_plans(as_of=TODAY, now=NOW).stored == 1
    plan = Plan.objects.get()
    assert (plan.wanted, plan.built, plan.causes, plan.owed_since) == (3, 3, {}, None)
    assert (plan.current.number, plan.current.causes) == (2, {"tickets": 3, "profile": 1})
    assert plan.current.changes == [
        {
            "what": "done",
            "course": PlanVersion.objects.get(number=1).steps.get().course_id,
            "title": "Gradebook sync without double entry",
            "date": None,
            "was_date": None,
        }
    ]


def test_rebuild_keeps_a_cause_that_came_while_it_worked(asker, monkeypatch):
    real = module.draft_paths

    def slow(**arguments):
        drafts = real(**arguments)
        owe_plans(teacher_ids=[asker.pk], cause="tickets", now=NOW)
        return drafts

    monkeypatch.setattr(module, "draft_paths", slow)
    rebuild_plans(as_of=TODAY, now=NOW)
    plan = Plan.objects.get()
    assert (plan.built, plan.wanted, plan.causes, plan.owed_since) == (1, 2, {"tickets": 1}, NOW)


def test_of_two_rebuilds_at_once_one_stores(asker):
    rebuild_plans(as_of=TODAY, now=NOW)
    PlanVersion.objects.all().delete()
    Plan.objects.update(built=0)
    seen = module._plans_of([asker.pk])[asker.pk]
    also_seen = module._plans_of([asker.pk])[asker.pk]
    draft = draft_paths(as_of=TODAY, teacher_ids=[asker.pk])[asker.pk]
    assert store_drafts([(seen, draft)], now=NOW, tells=False) == 1
    assert store_drafts([(also_seen, draft)], now=NOW, tells=False) == 0
    assert (PlanVersion.objects.count(), PlanStep.objects.count()) == (1, 1)


def test_same_path_with_new_reasons_is_brought_up_to_date_in_place(asker, add_ticket, grade_sync):
    rebuild_plans(as_of=TODAY, now=NOW)
    add_ticket(asker, grade_sync, TODAY)
    assert rebuild_plans(as_of=TODAY, now=NOW).stored == 0
    version = PlanVersion.objects.get()
    assert version.steps.get().reasons[0]["facts"]["count"] == 4
    assert version.noticed[0]["asks"] == 4


def test_path_that_moves_to_another_date_says_so(asker, add_session, add_run, screen_sharing):
    course = add_session("Cast your screen", screen_sharing, format="live", minutes=60)
    Completion.objects.create(
        teacher=asker,
        course_id=course.pk - 1,
        title="Gradebook",
        minutes=45,
        ground="check",
        completed_at=at(TODAY, 8),
    )
    from courses.models import Requirement

    Requirement.objects.create(course=course, due_date=date(2026, 12, 18), set_at=at(TODAY, 8))
    first = add_run(course, date(2026, 12, 1))
    rebuild_plans(as_of=TODAY, now=NOW)
    assert titles(Plan.objects.get().current) == ["Cast your screen"]
    first.is_cancelled = True
    first.save()
    add_run(course, date(2026, 12, 8))
    rebuild_plans(as_of=TODAY, now=NOW)
    assert Plan.objects.get().current.changes == [
        {
            "what": "moved",
            "course": course.pk,
            "title": "Cast your screen",
            "date": "2026-12-08",
            "was_date": "2026-12-01",
        }
    ]


def test_rebuild_leaves_those_who_left_alone(asker):
    asker.is_active = False
    asker.save()
    assert rebuild_plans(as_of=TODAY, now=NOW) == Rebuilt(plans=0, stored=0, empty=0)


def test_rebuild_of_one_teacher_gives_the_path_that_all_would_get(
    asker, mentor_teacher, outsider, add_ticket, grade_sync
):
    for teacher in (mentor_teacher, outsider):
        add_ticket(teacher, grade_sync, TODAY - timedelta(days=20))
    alone = draft_paths(as_of=TODAY, teacher_ids=[asker.pk])
    assert alone == {asker.pk: draft_paths(as_of=TODAY)[asker.pk]}


def test_rebuild_tells_its_progress(asker, mentor_teacher, monkeypatch):
    monkeypatch.setattr(module, "STORED_AT_ONCE", 1)
    told = []
    rebuild_plans(as_of=TODAY, now=NOW, on_progress=lambda done, of: told.append((done, of)))
    assert told == [(1, 2), (2, 2)]


@pytest.mark.parametrize(
    ("wants_digest", "cause", "kinds"),
    [
        (True, "tickets", ["path-changed"]),
        (True, "swapped", []),
        (False, "tickets", []),
    ],
)
def test_changed_path_owes_a_notice_to_who_wants_one(asker, wants_digest, cause, kinds):
    asker.user.wants_digest = wants_digest
    asker.user.save()
    Plan.objects.update(causes={cause: 1})
    rebuild_plans(as_of=TODAY, now=NOW)
    assert [notice.kind for notice in Notice.objects.all()] == kinds


def test_rebuild_of_a_past_day_owes_no_notice(asker):
    asker.user.wants_digest = True
    asker.user.save()
    rebuild_plans(as_of=TODAY - timedelta(days=1), now=NOW)
    assert not Notice.objects.exists()

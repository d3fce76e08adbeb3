from __future__ import annotations

from pdplanner.plans.models import PlanVersion
from pdplanner.plans.operations import Rebuilt, rebuild_plans

from .conftest import NOW, TODAY


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
        "tickets": 0,
    }


def test_rebuild_run_twice_stores_nothing_twice(asker):
    rebuild_plans(as_of=TODAY, now=NOW)
    assert rebuild_plans(as_of=TODAY, now=NOW) == Rebuilt(plans=1, stored=0, empty=0)
    assert PlanVersion.objects.count() == 1

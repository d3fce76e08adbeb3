from __future__ import annotations

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from pdplanner.plans import tasks
from pdplanner.plans.management.commands import rebuild_plans as command
from pdplanner.plans.models import Plan, PlanVersion
from pdplanner.recommender import BadFacts


def rebuild(*arguments: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("rebuild_plans", *arguments, stdout=out, stderr=err)
    return re.sub(r"in \d+\.\d s", "in 0.0 s", out.getvalue()), err.getvalue()


def test_rebuild_plans_tells_what_it_came_to(asker, mentor_teacher):
    assert rebuild("--as-of", "2026-09-03") == (
        "Looked at 2 paths in 0.0 s: 2 changed, 2 have nothing to recommend.\n",
        "Reading what is known on 2026-09-03 …\n2 of 2 stored\n",
    )
    out, _ = rebuild("--as-of", "2026-11-23")
    assert out == "Looked at 2 paths in 0.0 s: 1 changed, 1 have nothing to recommend.\n"


def test_rebuild_plans_of_one_teacher_leaves_the_others(asker, mentor_teacher):
    rebuild("--teacher", "nora.new@example.org", "--as-of", "2026-11-23")
    assert [plan.teacher for plan in Plan.objects.exclude(current=None)] == [asker]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ("--teacher", "nobody@example.org"),
            "There is no teacher with the address nobody@example.org.",
        ),
        (("--as-of", "tomorrow"), "“tomorrow” is no date: write it like 2026-11-26."),
    ],
)
def test_rebuild_plans_says_what_is_wrong_with_an_argument(asker, arguments, sentence):
    with pytest.raises(CommandError) as refusal:
        rebuild(*arguments)
    assert str(refusal.value) == sentence
    assert not PlanVersion.objects.exists()


def test_rebuild_plans_of_who_left_says_so(asker):
    asker.is_active = False
    asker.save()
    with pytest.raises(CommandError) as refusal:
        rebuild("--teacher", "nora.new@example.org")
    assert str(refusal.value) == ("Nora New is no longer active, so there is no path to rebuild.")


def test_rebuild_plans_names_a_fact_that_cannot_be(asker, monkeypatch):
    def refuse(**arguments):
        raise BadFacts("course 3 has -5 minutes")

    monkeypatch.setattr(command, "rebuild_plans", refuse)
    with pytest.raises(CommandError) as refusal:
        rebuild()
    assert str(refusal.value) == "No path was changed: course 3 has -5 minutes."


def test_tasks_pay_what_is_owed(asker, mailoutbox):
    assert tasks.nightly_rebuild() is True
    assert tasks.nightly_rebuild() is False
    assert tasks.rebuild_owed_plans() == 1
    assert tasks.rebuild_owed_plans() == 0
    assert tasks.send_owed_notices() == 0
    assert Plan.objects.get().current.causes == {"night": 1}

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from pdplanner.plans.models import Plan, RulesFit
from pdplanner.plans.operations import rebuild_plans
from pdplanner.plans.operations.fitting import fit_rules
from pdplanner.plans.queries.rules import rules_in_use
from pdplanner.recommender import PathRules
from pdplanner.recommender.rules import DEFAULT_WEIGHTS
from profiles.models import Skill, Teacher, Ticket, TicketSource

from .conftest import NOW, TODAY, at


@pytest.fixture
def busy(asker, east):
    """A year of tickets of twenty teachers about ten skills."""
    rng = np.random.default_rng(5)
    skills = [Skill.objects.create(name=f"Skill {number}") for number in range(10)]
    people = Teacher.objects.bulk_create(
        [Teacher(email=f"t{n}@example.org", main_school=east) for n in range(20)]
    )
    source = TicketSource.objects.get()
    Ticket.objects.bulk_create(
        Ticket(
            source=source,
            external_id=f"B-{number}",
            teacher=people[number % 20],
            skill=skills[int((number % 20) // 4 + rng.integers(3)) % 10],
            kind="how-to",
            opened_at=at(TODAY - timedelta(days=int(rng.integers(1, 360)))),
            minutes_lost=10,
        )
        for number in range(900)
    )
    return asker


def test_fit_is_stored_numbered_and_used(busy):
    rebuild_plans(as_of=TODAY, now=NOW)
    fit, back_test = fit_rules(as_of=TODAY, now=NOW)
    assert (fit.number, fit.as_of_date, fit.fitted_at) == (1, TODAY, NOW)
    fit.refresh_from_db()
    assert fit.back_test["tickets"] == back_test.tickets
    assert fit.back_test["until_date"] == back_test.until_date.isoformat()
    assert rules_in_use().need.weights == tuple((name, value) for name, value in fit.weights)
    assert rules_in_use() != PathRules()
    assert {tuple(plan.causes) for plan in Plan.objects.filter(teacher=busy)} == {("rules",)}
    assert fit_rules(as_of=TODAY, now=NOW)[0].number == 2


def test_too_little_history_keeps_the_defaults(asker):
    assert fit_rules(as_of=TODAY, now=NOW) is None
    assert (RulesFit.objects.count(), rules_in_use()) == (0, PathRules())
    out = StringIO()
    call_command("fit_recommender", "--as-of", "2026-11-23", stdout=out, stderr=StringIO())
    assert out.getvalue().startswith("Too little history to fit")


def test_fit_of_other_signals_is_left_aside(asker, caplog):
    RulesFit.objects.create(number=1, as_of_date=TODAY, weights=DEFAULT_WEIGHTS[1:], back_test={})
    assert rules_in_use() == PathRules()
    assert "knows other signals" in caplog.text


def test_fit_recommender_prints_the_back_test(busy):
    out = StringIO()
    call_command("fit_recommender", "--as-of", "2026-11-23", stdout=out, stderr=StringIO())
    lines = out.getvalue().splitlines()
    assert lines[0].startswith("Fit no. 1 of 2026-11-23, in use from now on. Back-test ")
    assert lines[1].startswith("  ours ")
    assert len(lines) == 1 + len(RulesFit.objects.get().back_test["methods"])


def test_evaluate_prints_one_json_object_with_schools_by_name(busy):
    out = StringIO()
    call_command("evaluate", "--json", "--as-of", "2026-11-23", stdout=out, stderr=StringIO())
    told = json.loads(out.getvalue())
    assert told["as_of"] == "2026-11-23"
    assert [g["name"] for g in told["groups"] if g["kind"] == "school"] == ["East Middle"]


def test_evaluate_says_what_is_wrong_with_a_date(asker):
    with pytest.raises(CommandError) as refusal:
        call_command("evaluate", "--as-of", "soon")
    assert str(refusal.value) == "“soon” is no date: write it like 2026-11-26."

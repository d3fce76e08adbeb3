"""The commands on a district that holds the sample: once is enough, and it goes alone."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from courses.models import CoursePage, CreditAward, CreditType, LookBookPage
from pdplanner.plans.models import RulesFit
from pdplanner.plans.queries.rules import rules_in_use
from profiles.models import School, Skill, Teacher, TicketClassifier, User

from .conftest import NOW
from .test_commands import counts


def test_sample_district_twice_changes_nothing(sample):
    before = counts()
    out = StringIO()
    call_command("sample_district", stdout=out)
    assert counts() == before
    assert "nothing was changed" in out.getvalue()
    assert "rosa.alvarez@example.org" in out.getvalue()


def test_remove_sample_asks_first(sample):
    with pytest.raises(CommandError, match="Say --yes"):
        call_command("remove_sample", stdout=StringIO())
    assert Teacher.objects.count() == 300


def test_sample_goes_by_a_fit_of_its_own_tickets(sample):
    fit = RulesFit.objects.get()
    assert (fit.number, fit.as_of_date) == (1, NOW.date())
    assert fit.tickets > 1000
    assert rules_in_use().need.weights == tuple((name, weight) for name, weight in fit.weights)


def test_remove_sample_keeps_what_others_made(sample, outsider, coach):
    TicketClassifier.objects.create(trained_at=NOW, tickets=20, parameters=b"")
    book = LookBookPage.objects.get()
    page = CoursePage(title="Our own", summary="Ours.", minutes=10, format="quick-card")
    page.taught_skills.create(skill=Skill.objects.get(name="Grade sync"))
    book.add_child(instance=page)
    taken = CoursePage.objects.get(external_id="exit-tickets")
    outsider.completions.create(
        course=taken, title=taken.title, minutes=20, ground="check", completed_at=NOW
    )
    out = StringIO()
    call_command("remove_sample", "--yes", stdout=out)
    assert "Removed 300 teachers" in out.getvalue()
    assert "kept for the record: Exit tickets that mark themselves" in out.getvalue()
    assert list(Teacher.objects.all()) == [outsider]
    assert list(CoursePage.objects.live()) == [page]
    assert not CoursePage.objects.get(pk=taken.pk).live
    assert set(Skill.objects.values_list("name", flat=True)) == {
        *("Grade sync", "Exit tickets", "Quick quizzes")
    }
    assert list(User.objects.order_by("email")) == [coach, outsider.user]
    assert list(School.objects.values_list("name", flat=True)) == ["North High"]
    assert CreditAward.objects.count() == 0
    assert RulesFit.objects.count() == TicketClassifier.objects.count() == 0
    assert [item.is_default for item in CreditType.objects.all()] == [True]

"""Saying how it was, on a phone and without a script; and what the desk shows of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from courses.models import CalendarFeed, Evaluation
from courses.operations.evaluations import count_evaluations
from courses.questions import questions_of
from profiles.models import Teacher

from .conftest import NOW
from .test_screens import LOOKS, faults_of

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def asked(world) -> Evaluation:
    return Evaluation.objects.create(
        teacher=world.teacher, course=world.sync, moment="close", asked_at=NOW - timedelta(days=1)
    )


@pytest.mark.parametrize("look", LOOKS)
def test_form_and_feed_hold_for_everybody(world, asked, signed_in_page, look):
    page = signed_in_page(world.teacher, **LOOKS[look])
    screens = (f"/evaluations/{asked.pk}/", "/calendar/address/", "/settings/", "/record/")
    assert {url: faults_of(page, url) for url in screens} == {url: [] for url in screens}


def test_teacher_answers_by_keyboard_without_a_script(world, asked, signed_in_page):
    page = signed_in_page(world.teacher, java_script_enabled=False, **LOOKS["narrow"])
    page.goto("/record/")
    page.get_by_role("link", name="Say how it was").click()
    for question in questions_of("close"):
        page.get_by_role("group", name=question.words).get_by_label(
            question.answers[0][1], exact=True
        ).press("Space")
    page.get_by_label("Anything else you want to say?").fill("Thank you.")
    page.get_by_role("button", name="Send").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("You can change it until")
    assert Evaluation.objects.get().words == "Thank you."


def test_address_is_shown_once(world, signed_in_page):
    page = signed_in_page(world.teacher, **LOOKS["narrow"])
    page.goto("/calendar/address/")
    page.get_by_role("button", name="Make my address").click()
    address = page.get_by_label("Address to subscribe to").input_value()
    secret = address.split("/calendar/feed/")[1]
    assert page.request.get(f"/calendar/feed/{secret}").status == 200
    page.goto("/calendar/address/")
    expect(page.get_by_label("Address to subscribe to")).to_have_count(0)
    page.get_by_role("button", name="Make a new address").click()
    assert page.request.get(f"/calendar/feed/{secret}").status == 404
    assert CalendarFeed.objects.count() == 1


@pytest.mark.parametrize("look", LOOKS)
def test_desk_shows_five_and_holds_for_everybody(world, coach, signed_in_page, look):
    others = Teacher.objects.bulk_create(Teacher(family_name=f"No {n}") for n in range(6))
    Evaluation.objects.bulk_create(
        Evaluation(
            teacher=teacher,
            course=world.sync,
            moment="close",
            asked_at=NOW - timedelta(days=4),
            answered_at=NOW - timedelta(days=3),
            answers={question.key: question.answers[0][0] for question in questions_of("close")},
            words="Do it again.",
        )
        for teacher in others
    )
    count_evaluations(now=NOW)
    page = signed_in_page(coach, **LOOKS[look])
    screens = ("/admin/desk/evaluations/", f"/admin/desk/evaluations/{world.sync.pk}/")
    assert {url: faults_of(page, url) for url in screens} == {url: [] for url in screens}
    expect(page.get_by_text("6 of 6").first).to_be_visible()

"""A coach sees one teacher's needs only when asked, and each look is written down."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from pdplanner.plans.models import CoachRequest
from pdplanner.plans.operations import rebuild_plans
from profiles.corrections import hide_ticket
from profiles.models import SignalLook

from .conftest import at
from .test_paths import NOW, TODAY


def ask(teacher, course, **fields) -> CoachRequest:
    return CoachRequest.objects.create(teacher=teacher, course=course, asked_at=NOW, **fields)


def address(asked: CoachRequest) -> str:
    return reverse("coach-asker", args=[asked.pk])


def built(teacher):
    rebuild_plans(as_of=TODAY, now=NOW)
    return teacher.plan.current.steps.first().course


def test_a_coach_sees_the_needs_of_who_asked_and_it_is_logged(asker, coach, signed_in):
    asked = ask(asker, built(asker))
    page = signed_in(coach).get(address(asked)).content.decode()
    assert "Grade sync" in page
    assert "Asked the help desk" in page
    look = SignalLook.objects.get()
    assert (look.teacher, look.by, look.by_name, look.why) == (
        asker,
        coach,
        str(coach),
        f"You asked for a coach for “{asked.course}”.",
    )
    shown = signed_in(asker).get("/my-data/").content.decode()
    assert look.by_name in shown


def test_nobody_else_sees_them_and_no_coach_after_it_is_closed(
    asker, coach, coordinator, leader, outsider, signed_in
):
    asked = ask(asker, built(asker))
    for person in (coordinator, leader, outsider):
        assert signed_in(person).get(address(asked)).status_code in (302, 403)
    CoachRequest.objects.update(closed_at=at(TODAY, 9))
    assert signed_in(coach).get(address(asked)).status_code == 404
    assert not SignalLook.objects.exists()


def test_what_the_teacher_hid_is_not_shown_to_a_coach(asker, coach, signed_in):
    course = built(asker)
    for ticket in asker.tickets.all():
        hide_ticket(teacher=asker, ticket=ticket, now=NOW)
    rebuild_plans(as_of=TODAY, now=datetime.now(NOW.tzinfo))
    page = signed_in(coach).get(address(ask(asker, course))).content.decode()
    assert "Asked the help desk" not in page

"""Everybody at once: one completion, one presence, one seat each, on PostgreSQL."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from courses.codes import code_at
from courses.models import (
    Completion,
    CompletionEvent,
    Confirmation,
    CoursePage,
    Enrolment,
    Offering,
    Presence,
    PresenceMark,
)
from courses.operations import check_in, close_roster, confirm_completion, enrol, let_in, roster_of
from courses.operations.seats import RunIsFull
from profiles.models import Teacher

from .race import NOW, SEATS, set_up
from .test_seats_race import AT_ONCE, at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_one_teacher_checked_in_and_confirmed_many_times_at_once_is_so_once():
    offering_id = set_up(1)
    teacher = Teacher.objects.get()
    run = Offering.objects.get(pk=offering_id)
    enrol(teacher=teacher, offering=run, by=None, now=NOW)
    at = run.starts_at
    code = code_at(secret=roster_of(run).secret, part=1, at=at)

    def check():
        own = Offering.objects.get(pk=offering_id)
        check_in(teacher=teacher, offering=own, part=1, code=code, by=None, now=at)

    assert at_once([check] * AT_ONCE) == [None] * AT_ONCE
    assert (Presence.objects.count(), PresenceMark.objects.count()) == (1, 1)

    def close():
        own = Offering.objects.get(pk=offering_id)
        close_roster(offering=own, by=None, now=own.ends_at)

    def confirm():
        course = CoursePage.objects.get()
        confirm_completion(teacher=teacher, course=course, why="Seen.", by=None, now=at)

    assert at_once([close, confirm] * (AT_ONCE // 2)) == [None] * AT_ONCE
    assert (
        Completion.objects.count(),
        CompletionEvent.objects.count(),
        Confirmation.objects.count(),
    ) == (1, 1, 1)


def test_walk_ins_at_once_fill_the_free_seats_and_no_more():
    offering_id = set_up(AT_ONCE)
    run = Offering.objects.get(pk=offering_id)
    at = run.starts_at - timedelta(minutes=5)

    def job(teacher: Teacher):
        def walk_in():
            own = Offering.objects.get(pk=offering_id)
            let_in(offering=own, teacher=teacher, part=1, is_over_the_seats=False, by=None, now=at)

        return walk_in

    raised = at_once([job(teacher) for teacher in Teacher.objects.all()])
    assert Counter(type(error) for error in raised) == {
        type(None): SEATS,
        RunIsFull: AT_ONCE - SEATS,
    }
    run.refresh_from_db()
    assert (run.seats, run.seats_taken) == (SEATS, SEATS)
    assert Enrolment.objects.filter(state="seated").count() == SEATS

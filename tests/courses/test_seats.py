"""Seats of one run, one person after the other. The race is in test_seats_race.py."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, transaction
from wagtail.models import PageViewRestriction

from courses.models import Enrolment, EnrolmentEvent, Offering
from courses.operations import (
    AlreadyMarked,
    FewerSeatsThanTaken,
    RunIsCancelled,
    RunIsPast,
    SessionNotOpen,
    cancel_offering,
    enrol,
    mark_attendance,
    store_offering,
    withdraw,
)
from profiles.models import Notice


def states(offering: Offering) -> list[tuple[str, str]]:
    """Return (first name, state) of everybody ever in this run, in order of arrival."""
    return list(
        Enrolment.objects.filter(offering=offering)
        .order_by("position")
        .values_list("teacher__given_name", "state")
    )


def stored(offering: Offering) -> tuple[int, int]:
    """Return (seats, seats taken) as stored."""
    return Offering.objects.values_list("seats", "seats_taken").get(pk=offering.pk)


def test_enrol_seats_until_full_then_waits(
    course_of, run_of, new_teacher, mentor_teacher, outsider, now
):
    run = run_of(course_of(), seats=1)
    for teacher in (new_teacher, mentor_teacher, outsider):
        enrol(teacher=teacher, offering=run, by=teacher.user, now=now)
    assert states(run) == [("Nora", "seated"), ("Max", "waiting"), ("Otto", "waiting")]
    assert stored(run) == (1, 1)


def test_enrol_twice_answers_the_same(course_of, run_of, new_teacher, now, told):
    run = run_of(course_of())
    first = enrol(teacher=new_teacher, offering=run, by=new_teacher.user, now=now)
    again = enrol(teacher=new_teacher, offering=run, by=new_teacher.user, now=now)
    assert again == first
    assert states(run) == [("Nora", "seated")]
    assert stored(run) == (2, 1)
    assert told == [("enrolments", (new_teacher.pk,), "enrolled")]


def test_enrol_refuses_a_run_that_began(course_of, run_of, new_teacher, now):
    run = run_of(course_of(), in_days=-0.01)
    with pytest.raises(RunIsPast):
        enrol(teacher=new_teacher, offering=run, by=None, now=now)
    assert states(run) == []


def test_enrol_refuses_a_cancelled_run(course_of, run_of, new_teacher, now):
    run = run_of(course_of(), is_cancelled=True)
    with pytest.raises(RunIsCancelled):
        enrol(teacher=new_teacher, offering=run, by=None, now=now)
    assert states(run) == []


def test_enrol_refuses_drafts_and_private_sessions(course_of, run_of, new_teacher, now):
    draft = run_of(course_of("A draft", live=False))
    page = course_of("For some only")
    PageViewRestriction.objects.create(page=page, restriction_type="login")
    for run in (draft, run_of(page)):
        with pytest.raises(SessionNotOpen):
            enrol(teacher=new_teacher, offering=run, by=None, now=now)
        assert states(run) == []


def test_withdraw_gives_the_seat_to_who_waits_first(
    course_of, run_of, new_teacher, mentor_teacher, outsider, now, told
):
    run = run_of(course_of(), seats=1)
    first, *_ = [
        enrol(teacher=teacher, offering=run, by=None, now=now)
        for teacher in (new_teacher, mentor_teacher, outsider)
    ]
    told.clear()
    withdraw(enrolment=first, by=new_teacher.user, now=now)
    assert states(run) == [("Nora", "withdrawn"), ("Max", "seated"), ("Otto", "waiting")]
    assert stored(run) == (1, 1)
    assert told == [
        ("enrolments", (new_teacher.pk,), "withdrew"),
        ("enrolments", (mentor_teacher.pk,), "seated"),
    ]
    assert list(Notice.objects.values_list("user__email", "kind", "is_urgent")) == [
        ("max.mentor@example.org", "seat-free", True)
    ]


def test_withdraw_twice_frees_one_seat(course_of, run_of, new_teacher, mentor_teacher, now):
    run = run_of(course_of(), seats=2)
    first = enrol(teacher=new_teacher, offering=run, by=None, now=now)
    enrol(teacher=mentor_teacher, offering=run, by=None, now=now)
    withdraw(enrolment=first, by=None, now=now)
    withdraw(enrolment=first, by=None, now=now)
    assert stored(run) == (2, 1)


def test_withdraw_from_the_waiting_list_moves_nobody(
    course_of, run_of, new_teacher, mentor_teacher, now
):
    run = run_of(course_of(), seats=1)
    enrol(teacher=new_teacher, offering=run, by=None, now=now)
    second = enrol(teacher=mentor_teacher, offering=run, by=None, now=now)
    withdraw(enrolment=second, by=None, now=now)
    assert states(run) == [("Nora", "seated"), ("Max", "withdrawn")]
    assert stored(run) == (1, 1)


def test_withdraw_is_refused_once_the_run_began_or_was_marked(course_of, run_of, new_teacher, now):
    run = run_of(course_of())
    enrolment = enrol(teacher=new_teacher, offering=run, by=None, now=now)
    during = run.starts_at + timedelta(minutes=1)
    with pytest.raises(RunIsPast):
        withdraw(enrolment=enrolment, by=None, now=during)
    mark_attendance(offering=run, present_ids=[enrolment.pk], by=None, now=during)
    with pytest.raises(AlreadyMarked):
        withdraw(enrolment=enrolment, by=None, now=during)
    assert states(run) == [("Nora", "attended")]


def test_enrol_again_after_withdrawing_queues_at_the_end(
    course_of, run_of, new_teacher, mentor_teacher, outsider, now
):
    run = run_of(course_of(), seats=1)
    first = enrol(teacher=new_teacher, offering=run, by=None, now=now)
    enrol(teacher=mentor_teacher, offering=run, by=None, now=now)
    withdraw(enrolment=first, by=None, now=now)
    enrol(teacher=new_teacher, offering=run, by=None, now=now)
    assert states(run) == [("Nora", "withdrawn"), ("Max", "seated"), ("Nora", "waiting")]


def test_more_seats_move_up_who_waits(
    course_of, run_of, new_teacher, mentor_teacher, outsider, coach, now
):
    run = run_of(course_of(), seats=1)
    for teacher in (new_teacher, mentor_teacher, outsider):
        enrol(teacher=teacher, offering=run, by=None, now=now)
    run.seats = 2
    moved = store_offering(offering=run, by=coach, now=now)
    assert [str(enrolment.teacher) for enrolment in moved] == ["Max Mentor"]
    assert states(run) == [("Nora", "seated"), ("Max", "seated"), ("Otto", "waiting")]
    assert stored(run) == (2, 2)


def test_fewer_seats_than_taken_are_refused(
    course_of, run_of, new_teacher, mentor_teacher, coach, now
):
    run = run_of(course_of(), seats=2)
    for teacher in (new_teacher, mentor_teacher):
        enrol(teacher=teacher, offering=run, by=None, now=now)
    run.seats = 1
    with pytest.raises(FewerSeatsThanTaken) as refusal:
        store_offering(offering=run, by=coach, now=now)
    assert refusal.value.taken == 2
    assert stored(run) == (2, 2)


def test_storing_a_moved_run_tells_who_goes_and_no_counter_of_the_screen_counts(
    course_of, run_of, new_teacher, coach, now, told
):
    run = run_of(course_of())
    on_screen = Offering.objects.get(pk=run.pk)  # read before somebody enrolled
    enrol(teacher=new_teacher, offering=run, by=None, now=now)
    told.clear()
    on_screen.place = "Library"
    store_offering(offering=on_screen, by=coach, now=now)
    assert Offering.objects.values_list("place", "seats_taken", "next_position").get(pk=run.pk) == (
        "Library",
        1,
        3,
    )
    assert told == [
        ("enrolments", (new_teacher.pk,), "moved"),
        ("catalogue", (run.course_id,), "runs"),
    ]
    assert list(Notice.objects.values_list("user__email", "kind")) == [
        ("nora.new@example.org", "run-moved")
    ]


def test_storing_an_unchanged_run_tells_nobody(course_of, run_of, coach, now, told):
    run = run_of(course_of())
    assert store_offering(offering=run, by=coach, now=now) == []
    assert told == []


def test_cancelling_ends_every_enrolment_and_tells_them(
    course_of, run_of, new_teacher, mentor_teacher, coach, now
):
    run = run_of(course_of(), seats=1)
    for teacher in (new_teacher, mentor_teacher):
        enrol(teacher=teacher, offering=run, by=None, now=now)
    ended = cancel_offering(offering=run, by=coach, now=now, why="No room.")
    assert [str(enrolment.teacher) for enrolment in ended] == ["Nora New", "Max Mentor"]
    assert cancel_offering(offering=run, by=coach, now=now) == []
    assert states(run) == [("Nora", "cancelled"), ("Max", "cancelled")]
    assert stored(run) == (1, 0)
    assert sorted(Notice.objects.values_list("user__email", "kind")) == [
        ("max.mentor@example.org", "run-cancelled"),
        ("nora.new@example.org", "run-cancelled"),
    ]


def test_history_keeps_every_step_and_who_did_it(
    course_of, run_of, new_teacher, mentor_teacher, now
):
    run = run_of(course_of(), seats=1)
    first = enrol(teacher=new_teacher, offering=run, by=new_teacher.user, now=now)
    enrol(teacher=mentor_teacher, offering=run, by=mentor_teacher.user, now=now)
    later = now + timedelta(hours=1)
    withdraw(enrolment=first, by=new_teacher.user, now=later)
    assert list(
        EnrolmentEvent.objects.order_by("id").values_list(
            "enrolment__teacher__given_name", "state", "happened_at", "by__email"
        )
    ) == [
        ("Nora", "seated", now, "nora.new@example.org"),
        ("Max", "waiting", now, "max.mentor@example.org"),
        ("Nora", "withdrawn", later, "nora.new@example.org"),
        ("Max", "seated", later, None),
    ]


def test_database_refuses_more_taken_than_seats(course_of, run_of):
    run = run_of(course_of(), seats=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Offering.objects.filter(pk=run.pk).update(seats_taken=2)


def test_a_failure_after_the_seat_was_taken_takes_nothing(
    course_of, run_of, new_teacher, now, monkeypatch
):
    run = run_of(course_of())

    def fail(*args):
        raise ObjectDoesNotExist

    monkeypatch.setattr("courses.operations.seats.tell", fail)
    with pytest.raises(ObjectDoesNotExist):
        enrol(teacher=new_teacher, offering=run, by=None, now=now)
    assert stored(run) == (2, 0)
    assert (Enrolment.objects.count(), EnrolmentEvent.objects.count()) == (0, 0)

"""Windows, approval, offers and the three ways a free seat goes on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from courses.models import Enrolment, EnrolmentEvent, HistoryIsKept, Offering
from courses.operations import (
    NotRequested,
    OfferIsGone,
    RegistrationClosed,
    RegistrationNotOpen,
    RunIsFull,
    TooLateToWithdraw,
    accept_offer,
    approve,
    cancel_offering,
    enrol,
    give_seat,
    keep_deadlines,
    let_go_ahead,
    refuse,
    remove,
    store_offering,
    withdraw,
)
from profiles.models import Notice

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def states(offering: Offering) -> list[tuple[str, str]]:
    """Return (first name, state) of everybody ever in this run, in order of arrival."""
    return list(
        Enrolment.objects.filter(offering=offering)
        .order_by("position")
        .values_list("teacher__given_name", "state")
    )


def seats_of(offering: Offering) -> tuple[int, int]:
    return Offering.objects.values_list("seats", "seats_taken").get(pk=offering.pk)


def told_by_mail() -> list[tuple[str, str]]:
    return sorted(Notice.objects.values_list("user__email", "kind"))


@pytest.fixture
def trio(new_teacher, mentor_teacher, outsider):
    """Nora, Max and Otto."""
    return new_teacher, mentor_teacher, outsider


@pytest.fixture
def full(course_of, run_of, trio, now):
    """Return a function: a run of one seat that Nora has; Max and Otto wait."""

    def make(**fields):
        run = run_of(course_of(), seats=1, **fields)
        return run, [enrol(teacher=who, offering=run, by=who.user, now=now) for who in trio]

    return make


# ---- windows ------------------------------------------------------------------------------------


def test_registration_opens_and_closes_at_its_hours(course_of, run_of, trio, now):
    run = run_of(course_of(), opens_at=now, closes_at=now + DAY)
    nora, max_, otto = trio
    with pytest.raises(RegistrationNotOpen):
        enrol(teacher=nora, offering=run, by=None, now=now - timedelta(seconds=1))
    enrol(teacher=nora, offering=run, by=None, now=now)
    enrol(teacher=max_, offering=run, by=None, now=now + DAY - timedelta(seconds=1))
    with pytest.raises(RegistrationClosed):
        enrol(teacher=otto, offering=run, by=None, now=now + DAY)
    assert states(run) == [("Nora", "seated"), ("Max", "seated")]


def test_after_registration_closed_the_same_click_still_answers_the_same(
    course_of, run_of, new_teacher, now
):
    run = run_of(course_of(), closes_at=now + DAY)
    first = enrol(teacher=new_teacher, offering=run, by=None, now=now)
    assert enrol(teacher=new_teacher, offering=run, by=None, now=now + DAY) == first


def test_a_seat_is_given_back_until_the_hour_set_and_waiting_ends_any_time(full, now):
    run, (nora, max_, _) = full(cancel_until_at=now + DAY)
    with pytest.raises(TooLateToWithdraw):
        withdraw(enrolment=nora, by=None, now=now + DAY)
    withdraw(enrolment=max_, by=None, now=now + DAY)
    withdraw(enrolment=nora, by=None, now=now + DAY - timedelta(seconds=1))
    assert states(run) == [("Nora", "withdrawn"), ("Max", "withdrawn"), ("Otto", "seated")]


def test_nobody_moves_up_after_the_cut_off_but_by_a_coachs_word(full, coach, now):
    run, (nora, max_, otto) = full(closes_at=now + DAY)
    later = now + DAY
    withdraw(enrolment=nora, by=None, now=later)
    assert keep_deadlines(now=later) == 0
    assert states(run) == [("Nora", "withdrawn"), ("Max", "waiting"), ("Otto", "waiting")]
    give_seat(enrolment=otto, by=coach, now=later)
    with pytest.raises(RunIsFull):
        give_seat(enrolment=max_, by=coach, now=later)
    assert states(run) == [("Nora", "withdrawn"), ("Max", "waiting"), ("Otto", "seated")]


# ---- approval -----------------------------------------------------------------------------------


def test_a_request_waits_for_a_coach_and_holds_no_seat(course_of, run_of, trio, coach, now):
    run = run_of(course_of(), seats=1, needs_approval=True, coach=coach)
    nora, max_, otto = (enrol(teacher=who, offering=run, by=who.user, now=now) for who in trio)
    assert seats_of(run) == (1, 0)
    approve(enrolment=max_, by=coach, now=now + HOUR)
    approve(enrolment=max_, by=coach, now=now + HOUR)  # a double click
    approve(enrolment=nora, by=coach, now=now + HOUR)
    refuse(enrolment=otto, by=coach, now=now + HOUR, why="For science only.")
    refuse(enrolment=otto, by=coach, now=now + HOUR, why="For science only.")
    assert states(run) == [("Nora", "waiting"), ("Max", "seated"), ("Otto", "cancelled")]
    assert seats_of(run) == (1, 1)
    assert list(max_.events.values_list("state", "by__email")) == [
        ("requested", "max.mentor@example.org"),
        ("approved", coach.email),
        ("seated", None),
    ]
    assert list(otto.events.values_list("state", "why")) == [
        ("requested", ""),
        ("cancelled", "For science only."),
    ]
    assert told_by_mail() == [
        (coach.email, "seat-asked"),
        ("max.mentor@example.org", "seat-free"),
        ("otto.outsider@example.org", "seat-refused"),
    ]
    with pytest.raises(NotRequested):
        approve(enrolment=otto, by=coach, now=now + HOUR)


def test_a_request_nobody_answered_ends_when_the_run_begins(course_of, run_of, new_teacher, now):
    run = run_of(course_of(), needs_approval=True)
    enrol(teacher=new_teacher, offering=run, by=None, now=now)
    assert keep_deadlines(now=run.starts_at - HOUR) == 0
    assert keep_deadlines(now=run.starts_at) == 1
    assert keep_deadlines(now=run.starts_at) == 0
    assert states(run) == [("Nora", "expired")]


# ---- offers -------------------------------------------------------------------------------------


def test_a_place_in_the_line_ends_with_the_run_and_not_before(full, now):
    run, _ = full()
    assert keep_deadlines(now=run.ends_at - timedelta(minutes=1)) == 0
    assert keep_deadlines(now=run.ends_at) == 1
    assert keep_deadlines(now=run.ends_at) == 0
    assert states(run) == [("Nora", "seated"), ("Max", "expired"), ("Otto", "expired")]
    assert seats_of(run) == (1, 1)
    lines = EnrolmentEvent.objects.filter(state="expired").values_list("why", flat=True)
    assert list(lines) == ["It is over, and no seat became free."] * 2


def test_a_free_seat_is_offered_to_the_first_and_kept_for_them(full, now):
    run, (nora, max_, _) = full(waiting_policy="offer", offer_hours=24)
    withdraw(enrolment=nora, by=None, now=now)
    assert states(run) == [("Nora", "withdrawn"), ("Max", "offered"), ("Otto", "waiting")]
    assert seats_of(run) == (1, 1)
    max_.refresh_from_db()
    assert max_.offered_until_at == now + DAY
    accept_offer(enrolment=max_, by=max_.teacher.user, now=now + HOUR)
    accept_offer(enrolment=max_, by=max_.teacher.user, now=now + 2 * HOUR)
    assert states(run) == [("Nora", "withdrawn"), ("Max", "seated"), ("Otto", "waiting")]
    assert list(max_.events.values_list("state", flat=True)) == ["waiting", "offered", "seated"]
    assert told_by_mail() == [("max.mentor@example.org", "seat-offered")]


def test_a_declined_offer_goes_to_the_next_and_is_not_made_again(full, now):
    run, (nora, max_, otto) = full(waiting_policy="offer")
    withdraw(enrolment=nora, by=None, now=now)
    withdraw(enrolment=max_, by=None, now=now)
    assert states(run) == [("Nora", "withdrawn"), ("Max", "withdrawn"), ("Otto", "offered")]
    otto.refresh_from_db()
    withdraw(enrolment=otto, by=None, now=now)
    assert keep_deadlines(now=now + HOUR) == 0
    assert states(run) == [("Nora", "withdrawn"), ("Max", "withdrawn"), ("Otto", "withdrawn")]
    assert seats_of(run) == (1, 0)
    assert max_.events.last().why == "Declined the offer."


def test_an_offer_passes_at_its_deadline_and_the_sweep_hands_it_on(full, now):
    run, (nora, max_, _) = full(waiting_policy="offer", offer_hours=2)
    withdraw(enrolment=nora, by=None, now=now)
    assert keep_deadlines(now=now + 2 * HOUR - timedelta(seconds=1)) == 0
    with pytest.raises(OfferIsGone):
        accept_offer(enrolment=max_, by=None, now=now + 2 * HOUR)
    assert keep_deadlines(now=now + 2 * HOUR) == 1
    assert keep_deadlines(now=now + 2 * HOUR) == 0
    assert states(run) == [("Nora", "withdrawn"), ("Max", "expired"), ("Otto", "offered")]
    with pytest.raises(OfferIsGone):
        accept_offer(enrolment=max_, by=None, now=now + 2 * HOUR)
    assert told_by_mail() == [
        ("max.mentor@example.org", "offer-passed"),
        ("max.mentor@example.org", "seat-offered"),
        ("otto.outsider@example.org", "seat-offered"),
    ]


def test_no_offer_reaches_past_the_cut_off(full, now):
    run, (nora, max_, _) = full(waiting_policy="offer", offer_hours=24, closes_at=now + 5 * HOUR)
    withdraw(enrolment=nora, by=None, now=now)
    max_.refresh_from_db()
    assert max_.offered_until_at == now + 5 * HOUR
    keep_deadlines(now=now + 5 * HOUR)
    assert states(run) == [("Nora", "withdrawn"), ("Max", "expired"), ("Otto", "waiting")]
    assert seats_of(run) == (1, 0)


def test_who_let_an_offer_pass_and_comes_back_stands_at_the_end(full, mentor_teacher, now):
    run, (nora, *_) = full(waiting_policy="offer", offer_hours=1)
    withdraw(enrolment=nora, by=None, now=now)
    again = enrol(teacher=mentor_teacher, offering=run, by=None, now=now + HOUR)
    assert states(run) == [
        ("Nora", "withdrawn"),
        ("Max", "expired"),
        ("Otto", "offered"),
        ("Max", "waiting"),
    ]
    assert again.offered_until_at is None


def test_who_comes_new_does_not_overtake_who_waits(full, new_teacher, coach, now):
    run, (nora, *_) = full(waiting_policy="coach", coach=coach)
    withdraw(enrolment=nora, by=None, now=now)
    enrol(teacher=new_teacher, offering=run, by=None, now=now)
    assert states(run) == [
        ("Nora", "withdrawn"),
        ("Max", "waiting"),
        ("Otto", "waiting"),
        ("Nora", "waiting"),
    ]
    assert told_by_mail() == [(coach.email, "seat-to-give")]


def test_a_coach_gives_the_seat_to_whom_they_choose(full, coach, now):
    run, (nora, _, otto) = full(waiting_policy="coach")
    withdraw(enrolment=nora, by=None, now=now)
    give_seat(enrolment=otto, by=coach, now=now)
    give_seat(enrolment=otto, by=coach, now=now)
    assert states(run) == [("Nora", "withdrawn"), ("Max", "waiting"), ("Otto", "seated")]
    assert seats_of(run) == (1, 1)
    with pytest.raises(OfferIsGone):
        give_seat(enrolment=nora, by=coach, now=now)


def test_a_coach_who_takes_somebody_out_moves_up_the_next(full, coach, now):
    run, (nora, *_) = full()
    remove(enrolment=nora, by=coach, now=now, why="Booked twice.")
    remove(enrolment=nora, by=coach, now=now, why="Booked twice.")
    assert states(run) == [("Nora", "cancelled"), ("Max", "seated"), ("Otto", "waiting")]
    assert told_by_mail() == [
        ("max.mentor@example.org", "seat-free"),
        ("nora.new@example.org", "seat-taken-back"),
    ]


def test_the_sweep_moves_up_whom_nothing_else_moved(full, now):
    run, _ = full()
    Offering.objects.filter(pk=run.pk).update(seats=2)  # as an old version or a hand might
    assert keep_deadlines(now=now) == 1
    assert states(run) == [("Nora", "seated"), ("Max", "seated"), ("Otto", "waiting")]
    assert keep_deadlines(now=now) == 0


@pytest.mark.parametrize("policy", ["automatic", "offer", "coach"])
def test_more_seats_go_on_by_the_policy(full, policy, now):
    run, _ = full(waiting_policy=policy)
    run.refresh_from_db()
    run.seats = 2
    moved = store_offering(offering=run, by=None, now=now)
    second = {"automatic": "seated", "offer": "offered", "coach": "waiting"}[policy]
    assert states(run) == [("Nora", "seated"), ("Max", second), ("Otto", "waiting")]
    assert [item.teacher.given_name for item in moved] == ([] if policy == "coach" else ["Max"])


# ---- go or no-go --------------------------------------------------------------------------------


@pytest.fixture
def soon(course_of, run_of, coach, now):
    """Return a function: a run that needs two people by tomorrow."""

    def make(**fields):
        return run_of(
            course_of(), seats=5, seats_min=2, decide_by_at=now + DAY, coach=coach, **fields
        )

    return make


def test_with_too_few_people_the_coach_is_asked_once_and_decides(soon, new_teacher, coach, now):
    run = soon()
    enrol(teacher=new_teacher, offering=run, by=None, now=now)
    assert keep_deadlines(now=now) == 0
    assert keep_deadlines(now=now + DAY) == 1
    assert keep_deadlines(now=now + DAY + HOUR) == 0
    assert told_by_mail() == [(coach.email, "go-no-go")]
    run.refresh_from_db()
    assert (run.is_cancelled, run.decided_at) == (False, None)
    let_go_ahead(offering=run, by=coach, now=now + DAY + HOUR)
    assert states(run) == [("Nora", "seated")]
    run.refresh_from_db()
    assert run.decided_at == now + DAY + HOUR


def test_with_enough_people_it_takes_place_and_nobody_is_asked(soon, trio, now):
    run = soon()
    for who in trio[:2]:
        enrol(teacher=who, offering=run, by=None, now=now)
    assert keep_deadlines(now=now + DAY) == 1
    run.refresh_from_db()
    assert (run.decided_at, told_by_mail()) == (now + DAY, [])


def test_a_run_that_calls_itself_off_does_and_says_why(soon, new_teacher, now):
    run = soon(calls_itself_off=True)
    enrol(teacher=new_teacher, offering=run, by=None, now=now)
    assert keep_deadlines(now=now + DAY) == 1
    assert keep_deadlines(now=now + DAY) == 0
    run.refresh_from_db()
    assert (run.is_cancelled, run.cancelled_why) == (True, "Too few people signed up.")
    assert states(run) == [("Nora", "cancelled")]
    assert told_by_mail() == [("nora.new@example.org", "run-cancelled")]


def test_cancelling_ends_requests_and_offers_too(full, coach, now):
    run, (nora, *_) = full(waiting_policy="offer")
    withdraw(enrolment=nora, by=None, now=now)
    cancel_offering(offering=run, by=coach, now=now, why="Storm.")
    assert states(run) == [("Nora", "withdrawn"), ("Max", "cancelled"), ("Otto", "cancelled")]
    run.refresh_from_db()
    assert (seats_of(run), run.cancelled_why, run.sequence) == ((1, 0), "Storm.", 1)


# ---- the history --------------------------------------------------------------------------------


def test_a_line_of_the_history_is_never_changed_or_taken_away(full):
    _, (nora, *_) = full()
    line = nora.events.get()
    line.why = "Rewritten."
    refused = [
        line.save,
        line.delete,
        nora.events.all().delete,
        lambda: nora.events.update(why="Rewritten."),
        lambda: EnrolmentEvent.objects.bulk_update([line], ["why"]),
    ]
    for change in refused:
        with pytest.raises(HistoryIsKept), transaction.atomic():
            change()
    assert list(nora.events.values_list("state", "why")) == [("seated", "")]
    nora.teacher.delete()  # the person's right to be forgotten goes before
    assert not EnrolmentEvent.objects.filter(enrolment=nora.pk).exists()


def test_the_database_lets_nobody_stand_twice_and_no_place_be_given_twice(full, mentor_teacher):
    run, (nora, *_) = full()
    same = {"course": run.course, "offering": run, "state": "waiting"}
    for fields in (
        {"teacher": mentor_teacher, "position": 90},
        {"teacher": nora.teacher, "position": 2, "state": "withdrawn"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Enrolment.objects.create(**same | fields)
    with pytest.raises(IntegrityError), transaction.atomic():
        Offering.objects.filter(pk=run.pk).update(seats_min=2)

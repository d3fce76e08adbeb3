"""The roster at the door: marks, their undoing, walk-ins, the close, and the code."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import transaction

from courses.codes import STEP_SECONDS, code_at
from courses.models import (
    Completion,
    Enrolment,
    EnrolmentEvent,
    Offering,
    OfferingPart,
    Presence,
    PresenceMark,
    WalkIn,
)
from courses.operations import (
    CodeTooOld,
    CodeWrong,
    MarkedAsMissing,
    NoSeatHere,
    NoSuchPart,
    NotInThisRun,
    NotSoManyMinutes,
    RunIsCancelled,
    RunNotStarted,
    TooEarly,
    TooLate,
    attendance,
    check_in,
    close_roster,
    enrol,
    let_in,
    mark_presence,
    roster_of,
    undo_mark,
)
from courses.operations.seats import RunIsFull


@pytest.fixture
def run(course_of, run_of, new_teacher, mentor_teacher, now) -> Offering:
    """Two parts of an hour, a day apart; Nora and Max have the two seats."""
    starts_at = now + timedelta(days=7)
    run = run_of(
        course_of(), seats=2, starts_at=starts_at, ends_at=starts_at + timedelta(days=1, hours=1)
    )
    for number in (1, 2):
        at = starts_at + timedelta(days=number - 1)
        OfferingPart.objects.create(
            offering=run, number=number, starts_at=at, ends_at=at + timedelta(hours=1)
        )
    for teacher in (new_teacher, mentor_teacher):
        enrol(teacher=teacher, offering=run, by=None, now=now)
    return run


def enrolment_of(run: Offering, name: str) -> Enrolment:
    return run.enrolments.exclude(state__in=Enrolment.ENDED_EARLY).get(teacher__given_name=name)


def mark(run: Offering, name: str, minutes: int | None, *, part=1, now=None, by=None) -> None:
    mark_presence(
        offering=run,
        minutes={enrolment_of(run, name).pk: minutes},
        part=part,
        how="door",
        by=by,
        now=now or run.starts_at,
    )


def states(run: Offering) -> dict[str, str]:
    return dict(run.enrolments.values_list("teacher__given_name", "state"))


def marks() -> list[tuple]:
    return list(
        PresenceMark.objects.values_list(
            "presence__enrolment__teacher__given_name", "presence__part", "minutes", "is_undo"
        )
    )


def test_mark_keeps_minutes_author_and_time_and_the_same_again_adds_nothing(run, coach):
    at = run.starts_at + timedelta(minutes=5)
    for _ in range(2):
        mark(run, "Nora", None, by=coach, now=at)
    presence = Presence.objects.get()
    assert (presence.minutes, presence.how, presence.marked_by, presence.marked_at) == (
        60,
        "door",
        coach,
        at,
    )
    assert marks() == [("Nora", 1, 60, False)]
    assert states(run) == {"Nora": "seated", "Max": "seated"}


def test_undoing_goes_back_mark_by_mark_and_stays_in_the_history(run, coach):
    mark(run, "Nora", 25)
    mark(run, "Nora", None)
    nora = enrolment_of(run, "Nora")

    def undo() -> int | None:
        undo_mark(offering=run, enrolment_id=nora.pk, part=1, by=coach, now=run.starts_at)
        return Presence.objects.get().minutes

    assert [undo(), undo(), undo()] == [25, None, None]
    assert marks() == [
        ("Nora", 1, 25, False),
        ("Nora", 1, 60, False),
        ("Nora", 1, 25, True),
        ("Nora", 1, None, True),
    ]


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"minutes": -1}, NotSoManyMinutes),
        ({"minutes": 61}, NotSoManyMinutes),
        ({"part": 3}, NoSuchPart),
        ({"now": timedelta(minutes=-61)}, RunNotStarted),
        ({"minutes": {0: 30}}, NotInThisRun),
    ],
)
def test_a_mark_that_can_not_be_is_refused_and_nothing_is_written(run, change, error):
    fields = {
        "minutes": 30,
        "part": 1,
        "how": "door",
        "by": None,
        "now": run.starts_at,
    } | change
    if isinstance(fields["minutes"], int):
        fields["minutes"] = {enrolment_of(run, "Nora").pk: fields["minutes"]}
    if isinstance(fields["now"], timedelta):
        fields["now"] = run.starts_at + fields["now"]
    with pytest.raises(error):
        mark_presence(offering=run, **fields)
    assert Presence.objects.count() == 0


def test_close_turns_minutes_into_states_by_the_sessions_share(run, coach, outsider, now):
    waits = enrol(teacher=outsider, offering=run, by=None, now=now)
    mark(run, "Nora", None)
    mark(run, "Nora", 36, part=2, now=run.ends_at)  # 96 of 120 minutes: eighty percent
    mark(run, "Max", 30)
    with pytest.raises(RunNotStarted):  # the second part lies ahead
        close_roster(offering=run, by=coach, now=run.starts_at + timedelta(hours=2))
    result = close_roster(offering=run, by=coach, now=run.ends_at)
    assert states(run) == {"Nora": "attended", "Max": "partly", "Otto": "waiting"}
    assert (len(result.came), result.missed, result.changed) == (2, (), 2)
    assert list(Completion.objects.values_list("teacher__given_name", "ground", "marked_by")) == [
        ("Nora", "attended", coach.pk)
    ]
    waits.refresh_from_db()
    assert waits.state == "waiting"
    again = close_roster(offering=run, by=coach, now=run.ends_at)
    assert (again.came, again.changed) == (result.came, 0)


def test_whoever_is_unmarked_at_the_close_did_not_come(run, coach):
    mark(run, "Nora", None)
    result = close_roster(offering=run, by=coach, now=run.ends_at)
    assert states(run) == {"Nora": "partly", "Max": "no-show"}
    assert result.missed == (enrolment_of(run, "Max").pk,)
    assert Completion.objects.count() == 0
    line = EnrolmentEvent.objects.filter(enrolment__teacher__given_name="Max").last()
    assert (line.state, line.by, line.happened_at) == ("no-show", coach, run.ends_at)


def test_a_closed_roster_follows_each_correction(run, coach, told):
    close_roster(offering=run, by=coach, now=run.ends_at)
    mark(run, "Nora", None, by=coach, now=run.ends_at)
    mark(run, "Nora", None, part=2, by=coach, now=run.ends_at)
    assert states(run)["Nora"] == "attended"
    assert Completion.objects.count() == 1
    told.clear()
    undo_mark(
        offering=run,
        enrolment_id=enrolment_of(run, "Nora").pk,
        part=2,
        by=coach,
        now=run.ends_at,
    )
    assert states(run)["Nora"] == "partly"
    assert Completion.objects.count() == 0
    assert [cause for _, _, cause in told] == ["attended"]


# ---- walk-ins -----------------------------------------------------------------------------------


def test_walk_in_takes_a_free_seat_and_is_marked_as_one(run, outsider, coach):
    Offering.objects.filter(pk=run.pk).update(seats=3)
    for _ in range(2):
        enrolment = let_in(
            offering=run,
            teacher=outsider,
            part=1,
            is_over_the_seats=False,
            by=coach,
            now=run.starts_at,
        )
    run.refresh_from_db()
    assert (run.seats, run.seats_taken) == (3, 3)
    assert (enrolment.state, enrolment.walk_in.is_over_the_seats) == ("seated", False)
    assert list(enrolment.presences.values_list("part", "minutes")) == [(1, 60)]
    assert list(enrolment.events.values_list("state", "why", "by")) == [
        ("seated", "Walked in.", coach.pk)
    ]


def test_walk_in_into_a_full_run_needs_the_coachs_yes(run, outsider, coach):
    fields = {
        "offering": run,
        "teacher": outsider,
        "part": 1,
        "by": coach,
        "now": run.starts_at,
    }
    with pytest.raises(RunIsFull):
        let_in(is_over_the_seats=False, **fields)
    assert (Enrolment.objects.filter(teacher=outsider).count(), WalkIn.objects.count()) == (0, 0)
    enrolment = let_in(is_over_the_seats=True, **fields)
    run.refresh_from_db()
    assert (run.seats, run.seats_taken, enrolment.walk_in.is_over_the_seats) == (3, 3, True)


def test_walk_in_let_in_by_mistake_is_out_again_at_the_close(run, outsider, coach):
    enrolment = let_in(
        offering=run,
        teacher=outsider,
        part=1,
        is_over_the_seats=True,
        by=coach,
        now=run.starts_at,
    )
    undo_mark(offering=run, enrolment_id=enrolment.pk, part=1, by=coach, now=run.starts_at)
    close_roster(offering=run, by=coach, now=run.ends_at)
    run.refresh_from_db()
    assert states(run) == {"Nora": "no-show", "Max": "no-show", "Otto": "withdrawn"}
    assert (run.seats, run.seats_taken) == (3, 2)


# ---- the code -----------------------------------------------------------------------------------


def try_code(run: Offering, teacher, *, at: datetime, shown_at: datetime | None = None, part=1):
    code = code_at(secret=roster_of(run).secret, part=part, at=shown_at or at)
    return check_in(teacher=teacher, offering=run, part=part, code=code, by=teacher.user, now=at)


def test_code_checks_in_once_and_is_safe_to_repeat(run, new_teacher):
    at = run.starts_at - timedelta(minutes=3)
    assert try_code(run, new_teacher, at=at).was_in is False
    again = check_in(
        teacher=new_teacher,
        offering=run,
        part=1,
        code="whatever",
        by=new_teacher.user,
        now=run.ends_at,
    )
    assert (again.was_in, again.presence.minutes, again.presence.marked_at) == (True, 60, at)
    assert marks() == [("Nora", 1, 60, False)]
    assert Presence.objects.get().how == "code"


def test_code_of_one_part_opens_no_other(run, new_teacher):
    at = run.starts_at + timedelta(days=1)
    secret = roster_of(run).secret
    with pytest.raises(CodeWrong):
        check_in(
            teacher=new_teacher,
            offering=run,
            part=2,
            code=code_at(secret=secret, part=1, at=at),
            by=None,
            now=at,
        )
    assert Presence.objects.count() == 0


@pytest.mark.parametrize(
    ("minutes", "error"), [(-16, TooEarly), (-15, None), (15, None), (16, TooLate)]
)
def test_code_counts_within_the_grace_around_the_start(run, new_teacher, minutes, error):
    at = run.starts_at + timedelta(minutes=minutes)
    if error is None:
        assert try_code(run, new_teacher, at=at).was_in is False
        return
    with pytest.raises(error) as refused:
        try_code(run, new_teacher, at=at)
    bound = refused.value.args[0]
    assert bound == run.starts_at + timedelta(minutes=15 if minutes > 0 else -15)
    # Too early poisons nothing: the next try within the window counts.
    assert error is TooLate or try_code(run, new_teacher, at=run.starts_at).presence.minutes == 60


@pytest.mark.parametrize(("steps", "error"), [(2, None), (3, CodeTooOld), (-1, CodeWrong)])
def test_code_is_too_old_after_the_next_two(run, new_teacher, steps, error):
    shown_at = run.starts_at - timedelta(seconds=STEP_SECONDS * steps)
    if error is None:
        assert try_code(run, new_teacher, at=run.starts_at, shown_at=shown_at).was_in is False
        return
    with pytest.raises(error):
        try_code(run, new_teacher, at=run.starts_at, shown_at=shown_at)
    assert Presence.objects.count() == 0


def test_code_lets_in_nobody_without_a_seat(run, outsider, now):
    with pytest.raises(NoSeatHere):
        try_code(run, outsider, at=run.starts_at)
    enrol(teacher=outsider, offering=run, by=None, now=now)  # it is full: Otto waits
    with pytest.raises(NoSeatHere):
        try_code(run, outsider, at=run.starts_at)


def test_code_does_not_overrule_the_coach_nor_open_a_cancelled_run(run, new_teacher, coach):
    mark(run, "Nora", 0, by=coach)
    with pytest.raises(MarkedAsMissing):
        try_code(run, new_teacher, at=run.starts_at)
    Offering.objects.filter(pk=run.pk).update(is_cancelled=True)
    with pytest.raises(RunIsCancelled):
        try_code(run, new_teacher, at=run.starts_at)


# ---- runs from before minutes were kept ---------------------------------------------------------


def test_closing_a_run_marked_before_minutes_were_kept_takes_nothing_away(run, coach):
    run.enrolments.filter(teacher__given_name="Nora").update(state="attended")
    run.enrolments.filter(teacher__given_name="Max").update(state="no-show")
    result = close_roster(offering=run, by=coach, now=run.ends_at)
    assert (states(run), result.changed) == ({"Nora": "attended", "Max": "no-show"}, 0)
    mark(run, "Max", None, by=coach, now=run.ends_at)
    assert states(run) == {"Nora": "attended", "Max": "partly"}


def test_stopped_in_the_middle_of_a_close_nothing_is_stored_and_again_it_is_once(
    run, coach, monkeypatch
):
    for part in (1, 2):
        mark(run, "Nora", None, part=part, now=run.ends_at)

    class Killed(BaseException):
        """What ends a process: nothing below catches it."""

    def killed(**fields):
        settle(**fields)
        raise Killed

    settle = attendance.settle
    monkeypatch.setattr(attendance, "settle", killed)
    with pytest.raises(Killed), transaction.atomic():
        close_roster(offering=run, by=coach, now=run.ends_at)
    assert (states(run)["Nora"], Completion.objects.count()) == ("seated", 0)
    assert roster_of(run).closed_at is None
    monkeypatch.setattr(attendance, "settle", settle)
    close_roster(offering=run, by=coach, now=run.ends_at)
    assert (states(run)["Nora"], Completion.objects.count()) == ("attended", 1)
    assert EnrolmentEvent.objects.filter(state="attended").count() == 1

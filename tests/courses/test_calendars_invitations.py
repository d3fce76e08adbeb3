"""Invitations by mail: one for each change, in order, whoever is killed when."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes, policy

import pytest
import vobject
from django.core.mail import EmailMultiAlternatives

from courses.models import CalendarTold, Enrolment, OfferingPart
from courses.operations import cancel_offering, enrol, invitations, store_offering, withdraw
from courses.operations.invitations import owe_invitations
from courses.queries.calendars import events_of
from pdplanner.plans.operations import mailing, send_owed
from profiles.models import Notice, User

from .conftest import NOW

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def that_day(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def run(course_of, run_of):
    return run_of(course_of("Grades that sync"), seats=1, place="East library")


def take(teacher, run, now=NOW) -> Enrolment:
    return enrol(teacher=teacher, offering=run, by=teacher.user, now=now)


def move(run, hours=24, **fields):
    run.starts_at += hours * HOUR
    run.ends_at += hours * HOUR
    for name, value in fields.items():
        setattr(run, name, value)
    store_offering(offering=run, by=None, now=NOW)


def calendar_in(mail):
    """The method of the mail's calendar part, and what a calendar reads there."""
    sent = message_from_bytes(mail.message().as_bytes(), policy=policy.default)
    (part,) = [one for one in sent.walk() if one.get_content_type() == "text/calendar"]
    read = vobject.readOne(part.get_content())
    assert part.get_param("method") == read.method.value
    return read.method.value, read.vevent_list


def told_by(mail) -> list[tuple]:
    """Method, name, number and status of each event that the mail tells."""
    method, events = calendar_in(mail)
    return [(method, one.uid.value, int(one.sequence.value), one.status.value) for one in events]


def test_seat_brings_an_invitation_once(new_teacher, run, mailoutbox):
    take(new_teacher, run)
    assert [send_owed(now=NOW), send_owed(now=NOW + HOUR)] == [1, 0]
    (mail,) = mailoutbox
    assert (mail.to, mail.subject) == (
        ["nora.new@example.org"],
        "You have a seat: Grades that sync",
    )
    assert "- Monday 21 September 2026, 11:00 am, East library" in mail.body
    assert told_by(mail) == [
        ("REQUEST", f"{run.uid}.1.t{new_teacher.pk}@pdplanner", 1, "CONFIRMED")
    ]
    (event,) = calendar_in(mail)[1]
    assert (event.dtstart.value, event.dtend.value) == (run.starts_at, run.ends_at)
    assert event.attendee.value == "mailto:nora.new@example.org"
    assert "List-Unsubscribe" not in mail.extra_headers


def test_move_updates_and_withdrawing_calls_off_under_the_same_name(new_teacher, run, mailoutbox):
    enrolment = take(new_teacher, run)
    send_owed(now=NOW)
    move(run)
    assert send_owed(now=NOW) == 1  # one mail tells in words and to the calendar
    withdraw(enrolment=enrolment, by=new_teacher.user, now=NOW)
    assert send_owed(now=NOW) == 1
    take(new_teacher, run)
    assert send_owed(now=NOW) == 1
    assert [mail.subject for mail in mailoutbox] == [
        "You have a seat: Grades that sync",
        "New time or place: Grades that sync",
        "Out of your calendar: Grades that sync",
        "You have a seat: Grades that sync",
    ]
    told = [line for mail in mailoutbox for line in told_by(mail)]
    assert [(method, status) for method, _, _, status in told] == [
        ("REQUEST", "CONFIRMED"),
        ("REQUEST", "CONFIRMED"),
        ("CANCEL", "CANCELLED"),
        ("REQUEST", "CONFIRMED"),
    ]
    assert len({name for _, name, _, _ in told}) == 1
    numbers = [number for _, _, number, _ in told]
    assert numbers == sorted(set(numbers))


def test_run_called_off_cancels_for_everybody_with_a_seat_and_nobody_else(
    new_teacher, mentor_teacher, run, mailoutbox
):
    take(new_teacher, run)
    take(mentor_teacher, run)  # waits
    send_owed(now=NOW)
    cancel_offering(offering=run, by=None, now=NOW, why="Snow.")
    assert send_owed(now=NOW) == 2
    first, waiting = sorted(mailoutbox[1:], key=lambda mail: mail.to[0], reverse=True)
    assert first.subject == waiting.subject == "Called off: Grades that sync"
    assert "- Snow." in first.body
    assert [line[0] for line in told_by(first)] == ["CANCEL"]
    assert "text/calendar" not in waiting.message().as_string()


def test_seat_from_the_waiting_list_is_one_mail_with_an_invitation(
    new_teacher, mentor_teacher, run, mailoutbox
):
    seat = take(new_teacher, run)
    take(mentor_teacher, run)
    withdraw(enrolment=seat, by=None, now=NOW)
    assert send_owed(now=NOW) == 1
    (mail,) = mailoutbox
    assert (mail.to, mail.subject) == (
        ["max.mentor@example.org"],
        "You have a seat: Grades that sync",
    )
    assert mail.body.count("You have a seat") == 1
    assert [line[0] for line in told_by(mail)] == ["REQUEST"]


def test_feed_and_mail_tell_the_same(new_teacher, run, mailoutbox):
    take(new_teacher, run)
    send_owed(now=NOW)
    move(run, place="Room 7")
    send_owed(now=NOW)
    (event,) = events_of(new_teacher.user, NOW)
    ((_, name, number, _),) = told_by(mailoutbox[-1])
    assert (event.uid, event.sequence, event.place) == (name, number, "Room 7")


def test_part_that_falls_away_is_called_off_alone(new_teacher, run, mailoutbox):
    for number in (1, 2):
        OfferingPart.objects.create(
            offering=run,
            number=number,
            starts_at=run.starts_at + (number - 1) * 24 * HOUR,
            ends_at=run.starts_at + (number - 1) * 24 * HOUR + HOUR,
        )
    take(new_teacher, run)
    send_owed(now=NOW)
    assert len(told_by(mailoutbox[0])) == 2
    run.parts.filter(number=2).delete()
    run.sequence += 1
    run.save()
    assert send_owed(now=NOW) == 2
    told = {line[0]: line for mail in mailoutbox[1:] for line in told_by(mail)}
    assert told["CANCEL"][1] == f"{run.uid}.2.t{new_teacher.pk}@pdplanner"
    assert told["REQUEST"][1] == f"{run.uid}.1.t{new_teacher.pk}@pdplanner"


def test_waiting_place_brings_no_mail(new_teacher, mentor_teacher, run, mailoutbox):
    take(new_teacher, run)
    send_owed(now=NOW)
    take(mentor_teacher, run)
    assert send_owed(now=NOW) == 0


def test_who_wants_none_gets_none_and_hears_of_a_move_all_the_same(new_teacher, run, mailoutbox):
    User.objects.update(wants_invitations=False)
    take(new_teacher, run)
    assert send_owed(now=NOW) == 0
    move(run)
    assert send_owed(now=NOW) == 1
    assert "text/calendar" not in mailoutbox[0].message().as_string()


def test_seats_from_before_are_not_invited_again_but_their_changes_are_told(
    new_teacher, run, mailoutbox
):
    take(new_teacher, run, now=NOW - timedelta(days=8))
    assert send_owed(now=NOW) == 0
    move(run)
    assert send_owed(now=NOW) == 1
    assert [line[0] for line in told_by(mailoutbox[0])] == ["REQUEST"]


def test_attendance_calls_nothing_off(new_teacher, run, mailoutbox):
    enrolment = take(new_teacher, run)
    send_owed(now=NOW)
    Enrolment.objects.filter(pk=enrolment.pk).update(state="attended")
    assert owe_invitations(now=NOW) == 0


def test_change_that_moves_nothing_in_a_calendar_brings_no_mail(new_teacher, run, mailoutbox):
    take(new_teacher, run)
    send_owed(now=NOW)
    run.sequence += 1
    run.save()
    assert [owe_invitations(now=NOW), owe_invitations(now=NOW)] == [0, 0]


@pytest.mark.parametrize("count", [1, 15])
def test_look_for_invitations_asks_as_little_for_many(
    new_teacher, course_of, run_of, django_assert_num_queries, count
):
    for number in range(count):
        take(new_teacher, run_of(course_of(f"Session {number}"), in_days=number + 1))
    owe_invitations(now=NOW)
    with django_assert_num_queries(2):
        assert owe_invitations(now=NOW) == 0


# ---- killed -------------------------------------------------------------------------------------

POINTS = {
    "before it is owed": ("courses.operations.invitations", "_owe"),
    "before it is claimed": ("pdplanner.plans.operations.mailing", "claim_letters"),
    "before it is worded": ("pdplanner.plans.operations.mailing", "news_of"),
    "before it is written": ("pdplanner.plans.operations.mailing", "message_for"),
}


@pytest.mark.parametrize("point", POINTS)
def test_worker_killed_before_the_mail_went_sends_it_once(
    new_teacher, run, mailoutbox, monkeypatch, point
):
    take(new_teacher, run)

    def die(*arguments, **options):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(".".join(POINTS[point]), die)
        with pytest.raises(KeyboardInterrupt):
            send_owed(now=NOW)
    sent = [send_owed(now=NOW + timedelta(minutes=minutes)) for minutes in (11, 12, 30)]
    assert (sum(sent), len(mailoutbox)) == (1, 1)
    assert Notice.objects.count() == CalendarTold.objects.count() == 1


def test_worker_killed_after_the_mail_went_sends_the_very_same_again(
    new_teacher, mentor_teacher, run, mailoutbox, monkeypatch
):
    seat = take(new_teacher, run)
    take(mentor_teacher, run)
    withdraw(enrolment=seat, by=None, now=NOW)

    def die(**arguments):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(mailing, "note_sent", die)
        with pytest.raises(KeyboardInterrupt):
            send_owed(now=NOW)
    move(run)  # news meanwhile: a letter of its own, not part of the one that went
    for minutes in (11, 12, 30):
        send_owed(now=NOW + timedelta(minutes=minutes))
    to_max = [mail for mail in mailoutbox if mail.to == ["max.mentor@example.org"]]
    first, again, moved = sorted(to_max, key=lambda mail: mail.subject.startswith("New"))
    assert first.extra_headers["Message-ID"] == again.extra_headers["Message-ID"]
    assert [line[:3] for line in told_by(first)] == [line[:3] for line in told_by(again)]
    assert moved.extra_headers["Message-ID"] != first.extra_headers["Message-ID"]
    assert told_by(moved)[0][2] > told_by(first)[0][2]


def test_two_sweeps_at_once_owe_it_once(new_teacher, run, monkeypatch):
    """The second finds what the first has written down since it looked."""
    take(new_teacher, run)
    changed = list(invitations._changed(NOW))
    assert owe_invitations(now=NOW) == 1
    monkeypatch.setattr(invitations, "_changed", lambda now: iter(changed))
    assert owe_invitations(now=NOW) == 0
    assert Notice.objects.count() == 1


def test_mail_that_the_server_refuses_stays_owed(new_teacher, run, mailoutbox, monkeypatch):
    take(new_teacher, run)

    def refuse(self, **options):
        raise OSError("gone")

    with monkeypatch.context() as patch:
        patch.setattr(EmailMultiAlternatives, "send", refuse)
        assert send_owed(now=NOW) == 0
    assert send_owed(now=NOW + timedelta(minutes=11)) == 1

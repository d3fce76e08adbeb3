"""One daily mail at most, whatever there is to say; nothing twice, whoever is killed."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db.models import F
from django.test import Client

from courses.models import Enrolment, Evaluation, OfferingPart
from courses.operations.evaluations import ask_evaluations
from courses.operations.reminders import owe_reminders
from pdplanner.plans.operations import mailing, send_owed
from profiles.models import Notice, User
from profiles.notices import owe_notices
from profiles.unsubscribe import unsubscribe_address

from .conftest import NOW

ZONE = ZoneInfo("America/New_York")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
#: NOW is a Monday, eleven in the morning: the next daily mails.
TUESDAY = datetime(2026, 9, 15, 6, tzinfo=ZONE)
WEDNESDAY = TUESDAY + DAY
SWEEP_QUERIES = 5


@pytest.fixture(autouse=True)
def that_day(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def seat(new_teacher, course_of, run_of):
    """Return a function: Nora's place in a run on a day."""
    User.objects.update(wants_invitations=False)

    def make(title: str, in_days: float, state="seated", **fields) -> Enrolment:
        run = run_of(course_of(title), in_days=in_days, place="East library")
        return Enrolment.objects.create(
            teacher=new_teacher,
            course=run.course,
            offering=run,
            state=state,
            since_at=NOW,
            **fields,
        )

    return make


def lines(mail) -> list[str]:
    return [line for line in mail.body.splitlines()[1:] if line and "Stop it:" not in line]


def sweep(now) -> None:
    owe_reminders(now=now)
    ask_evaluations(now=now)


def test_date_is_told_the_day_before_and_once(seat, mailoutbox):
    seat("Grades that sync", in_days=2)  # Wednesday, eleven
    for hours in range(0, 72, 6):
        now = NOW + hours * HOUR
        owe_reminders(now=now)
        send_owed(now=now)
    (mail,) = mailoutbox
    assert mail.subject == "Coming up: Grades that sync"
    assert lines(mail) == [
        "Coming up: Grades that sync",
        "- Grades that sync: Wednesday 16 September 2026, 11:00 am, East library",
        "See your calendar: http://localhost:8000/calendar/",
    ]
    sent_at = Notice.objects.get().sent_at
    assert TUESDAY <= sent_at < TUESDAY + 6 * HOUR


def test_seat_taken_late_is_told_that_morning(seat, mailoutbox):
    made = seat("Grades that sync", in_days=1)  # tomorrow: today's mail has gone
    owe_reminders(now=NOW)
    assert send_owed(now=TUESDAY) == 1
    assert "Tuesday 15 September" in mailoutbox[0].body
    assert made.state == "seated"


def test_all_there_is_to_say_comes_in_one_mail(seat, mailoutbox, new_teacher):
    new_teacher.user.wants_digest = True
    new_teacher.user.wants_invitations = False
    new_teacher.user.save()
    seat("Screens", in_days=2)
    seat("Grades", in_days=1.5)
    seat("Rubrics", in_days=9, state="offered", offered_until_at=NOW + 2 * DAY)
    seat("Charts", in_days=-1, state="attended")
    finished = seat("Captions", in_days=-40, state="attended")
    Evaluation.objects.create(
        teacher=new_teacher,
        course=finished.course,
        offering=finished.offering,
        moment="close",
        asked_at=NOW - 29 * DAY,
        reminders=2,
    )
    sweep(NOW)
    assert send_owed(now=TUESDAY - HOUR) == 0
    assert send_owed(now=TUESDAY) == 1
    assert send_owed(now=TUESDAY + 5 * HOUR) == 0
    (mail,) = mailoutbox
    assert [line for line in lines(mail) if not line.startswith("- ")][::2] == [
        "Coming up",
        "A seat waits for your answer: Rubrics",
        "How was “Charts”?",
        "Is “Captions” still working?",
    ]
    assert [line for line in lines(mail) if line.startswith("- ")] == [
        "- Grades: Tuesday 15 September 2026, 11:00 pm, East library",
        "- Screens: Wednesday 16 September 2026, 11:00 am, East library",
        "- Wednesday 23 September 2026, 11:00 am, East library",
        "- It is kept for you until Wednesday 16 September, 11:00 am.",
        "- About a minute. Nobody sees who said what.",
        "- About a minute. Nobody sees who said what.",
    ]
    assert mail.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_every_part_of_a_run_is_told_on_its_own_day(seat, mailoutbox):
    run = seat("Series", in_days=2).offering
    for number in (1, 2):
        start = run.starts_at + (number - 1) * DAY
        OfferingPart.objects.create(
            offering=run,
            number=number,
            starts_at=start,
            ends_at=start + HOUR,
            place=f"Room {number}",
        )
    for morning in (TUESDAY, WEDNESDAY):
        owe_reminders(now=morning - HOUR)
        send_owed(now=morning)
    told = [line for mail in mailoutbox for line in lines(mail) if line.startswith("- ")]
    assert told == [
        "- Series: Wednesday 16 September 2026, 11:00 am, Room 1",
        "- Series: Thursday 17 September 2026, 11:00 am, Room 2",
    ]


@pytest.mark.parametrize("what", ["given back", "called off", "moved", "over"])
def test_line_that_is_no_longer_true_is_not_sent(seat, mailoutbox, what):
    made = seat("Grades", in_days=2)
    owe_reminders(now=NOW)
    if what == "given back":
        Enrolment.objects.update(state="withdrawn")
    elif what == "called off":
        type(made.offering).objects.update(is_cancelled=True)
    elif what == "moved":
        later = timedelta(days=9)
        type(made.offering).objects.update(
            ends_at=F("ends_at") + later, starts_at=F("starts_at") + later
        )
    assert send_owed(now=TUESDAY + (3 * DAY if what == "over" else 0 * DAY)) == 0
    assert not Notice.objects.filter(sent_at=None).exists()


def test_answered_question_and_passed_offer_are_not_asked_about(seat, mailoutbox):
    offered = seat("Rubrics", in_days=9, state="offered", offered_until_at=NOW + DAY)
    seat("Charts", in_days=-1, state="attended")
    sweep(NOW)
    assert Notice.objects.count() == 2
    Evaluation.objects.update(answered_at=NOW)
    Enrolment.objects.filter(pk=offered.pk).update(state="seated")
    assert send_owed(now=TUESDAY) == 0


# ---- choices ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("choice", "kinds"),
    [("wants_reminders", {"evaluation"}), ("wants_evaluations", {"run-soon", "seat-waits"})],
)
def test_each_kind_can_be_switched_off_before_and_after_it_is_owed(
    seat, mailoutbox, new_teacher, choice, kinds
):
    seat("Grades", in_days=2)
    seat("Rubrics", in_days=9, state="offered", offered_until_at=NOW + 2 * DAY)
    seat("Charts", in_days=-1, state="attended")
    User.objects.filter(pk=new_teacher.user_id).update(**{choice: False})
    sweep(NOW)
    assert set(Notice.objects.values_list("kind", flat=True)) == kinds
    User.objects.update(wants_reminders=False, wants_evaluations=False)
    assert send_owed(now=TUESDAY) == 0
    assert not Notice.objects.exists()


def test_one_click_in_the_mail_program_stops_every_kind(seat, new_teacher):
    address = unsubscribe_address(new_teacher.user).removeprefix("http://localhost:8000")
    Client(enforce_csrf_checks=True).post(address, {"List-Unsubscribe": "One-Click"})
    new_teacher.user.refresh_from_db()
    user = new_teacher.user
    assert (user.wants_digest, user.wants_reminders, user.wants_evaluations) == (False,) * 3


def test_page_of_the_link_stops_one_kind_and_offers_the_rest(new_teacher):
    user = new_teacher.user
    address = unsubscribe_address(user).removeprefix("http://localhost:8000")
    client = Client(enforce_csrf_checks=True)
    page = client.get(address).content.decode()
    assert "Only dates that come up" in page
    assert "Only what changed on my path" not in page  # it is off already
    page = client.post(address, {"only": "wants_evaluations"}).content.decode()
    assert "That is switched off" in page
    user.refresh_from_db()
    assert (user.wants_reminders, user.wants_evaluations) == (True, False)
    client.post(address, {"only": "is_active"})  # no choice of the daily mail: all of it stops
    user.refresh_from_db()
    assert (user.is_active, user.wants_reminders) == (True, False)


def test_settings_switch_each_kind(new_teacher, signed_in):
    client = signed_in(new_teacher)
    page = client.get("/settings/").content.decode()
    for words in ("My dates that come up", "How a session went", "Invitations for my calendar"):
        assert words in page
    client.post("/settings/", {"wants_evaluations": "on"})
    user = User.objects.get(pk=new_teacher.user_id)
    assert (user.wants_digest, user.wants_reminders) == (False, False)
    assert (user.wants_evaluations, user.wants_invitations) == (True, False)


# ---- killed -------------------------------------------------------------------------------------

BEFORE = {
    "while it is owed": "courses.operations.reminders.owe_notices",
    "while it is asked": "courses.operations.evaluations.owe_notices",
    "before it is claimed": "pdplanner.plans.operations.mailing.claim_letters",
    "before it is worded": "pdplanner.plans.operations.mailing.news_of",
    "before it is written": "pdplanner.plans.operations.mailing.message_for",
    "before it is handed over": "django.core.mail.EmailMultiAlternatives.send",
}


def die(*arguments, **options):
    raise KeyboardInterrupt


@pytest.mark.parametrize("point", BEFORE)
def test_worker_killed_before_the_mail_went_sends_it_once(seat, mailoutbox, monkeypatch, point):
    seat("Grades", in_days=2)
    seat("Charts", in_days=-1, state="attended")
    with monkeypatch.context() as patch:
        patch.setattr(BEFORE[point], die)
        with pytest.raises(KeyboardInterrupt):
            sweep(NOW)
            send_owed(now=TUESDAY)
    sweep(NOW + HOUR)
    fixed = {notice.message_id for notice in Notice.objects.all()} - {""}
    for minutes in (11, 12, 40):
        sweep(TUESDAY + timedelta(minutes=minutes))
        send_owed(now=TUESDAY + timedelta(minutes=minutes))
    (mail,) = mailoutbox
    assert {"Coming up: Grades", "How was “Charts”?"} <= set(lines(mail))
    sent = {notice.message_id for notice in Notice.objects.all()}
    assert sent == {mail.extra_headers["Message-ID"]}
    assert fixed <= sent  # fixed before the mail server is spoken to, and kept
    assert list(Evaluation.objects.values_list("reminders", flat=True)) == [1]


def test_worker_killed_after_the_servers_yes_repeats_it_under_the_same_id(
    seat, mailoutbox, monkeypatch
):
    seat("Grades", in_days=2)
    owe_reminders(now=NOW)
    with monkeypatch.context() as patch:
        patch.setattr(mailing, "note_sent", die)
        with pytest.raises(KeyboardInterrupt):
            send_owed(now=TUESDAY)
    seat("Charts", in_days=-1, state="attended")
    sweep(TUESDAY + HOUR)
    for hours in (1, 2, 5):
        send_owed(now=TUESDAY + hours * HOUR)
    first, again = mailoutbox
    assert first.extra_headers["Message-ID"] == again.extra_headers["Message-ID"]
    assert first.body == again.body
    send_owed(now=WEDNESDAY)
    assert len(mailoutbox) == 3  # what came meanwhile is the next day's


def test_sweep_asks_as_little_when_all_is_owed(seat, django_assert_num_queries):
    for number in range(12):
        seat(f"Session {number}", in_days=2 + number / 100)
    owe_reminders(now=NOW)
    with django_assert_num_queries(SWEEP_QUERIES):
        assert owe_reminders(now=NOW) == 0


def test_unknown_kind_needs_the_choice_of_the_path(new_teacher):
    assert owe_notices(users=[new_teacher.user], kind="other", key="x", now=NOW) == 0
    new_teacher.user.wants_digest = True
    assert owe_notices(users=[new_teacher.user], kind="other", key="x", now=NOW) == 1

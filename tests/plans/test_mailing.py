from __future__ import annotations

from datetime import date, datetime, timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.core.mail import EmailMultiAlternatives

from courses.models import Claim, HandIn
from courses.operations import (
    accept_task,
    approve_claim,
    return_claim,
    return_task,
    send_claim,
    withdraw_claim,
)
from pdplanner.plans.models import Plan, PlanVersion
from pdplanner.plans.operations import (
    ask_coach,
    mailing,
    owe_plans,
    rebuild_plans,
    send_owed,
    swap_step,
)
from profiles.models import Notice
from profiles.notices import claim_letters, owe_notices
from profiles.unsubscribe import unsubscribe_address

from .conftest import NOW, TODAY, ZONE, at

MORNING = datetime(2026, 11, 24, 6, tzinfo=ZONE)


@pytest.fixture
def reader(asker):
    """Nora wants the daily mail and has a path that changed by a ticket."""
    asker.user.wants_digest = True
    asker.user.save()
    rebuild_plans(as_of=TODAY, now=NOW)
    return asker


def test_digest_goes_out_in_the_morning_once(reader, mailoutbox):
    assert send_owed(now=NOW) == 0
    assert send_owed(now=MORNING) == 1
    assert send_owed(now=MORNING + timedelta(hours=1)) == 0
    (mail,) = mailoutbox
    stop = unsubscribe_address(reader.user)
    assert (mail.to, mail.subject) == (["nora.new@example.org"], "Your path is ready")
    assert mail.body == (
        "Hello Nora,\n"
        "\n"
        "Your path is ready\n"
        "See your path: http://localhost:8000/path/\n"
        "\n"
        "This comes once a day at most, on days when something changed. Stop it: "
        f"{stop}\n\n"
    )
    assert mail.extra_headers == {
        "Message-ID": Notice.objects.get().message_id,
        "Auto-Submitted": "auto-generated",
        "List-Unsubscribe": f"<{stop}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    assert stop in mail.alternatives[0].content


def test_digest_tells_all_changes_of_the_day_in_one_mail(reader, mailoutbox):
    plan = Plan.objects.get()
    for number, title in ((2, "Cast your screen"), (3, "Read aloud")):
        version = PlanVersion.objects.create(
            plan=plan,
            number=number,
            as_of_date=TODAY,
            built_at=NOW,
            causes={"tickets": 2},
            changes=[
                {
                    "what": "added",
                    "course": 1,
                    "title": title,
                    "date": "2026-12-03",
                    "was_date": None,
                }
            ],
            start_date=TODAY,
            end_date=date(2027, 1, 22),
            minutes_budget=480,
        )
        owe_notices(
            users=[reader.user],
            kind="path-changed",
            key=f"path:{version.pk}",
            facts={"version": version.pk},
            now=NOW,
        )
    Notice.objects.filter(facts__version=PlanVersion.objects.get(number=1).pk).delete()
    assert send_owed(now=MORNING) == 1
    assert mailoutbox[0].body.splitlines()[2:7] == [
        "Your path changed",
        "- Because of this: 2 new tickets.",
        "- New: “Cast your screen” on 3 December.",
        "- New: “Read aloud” on 3 December.",
        "See your path: http://localhost:8000/path/",
    ]


def test_news_after_the_digest_waits_for_the_next_morning(reader, mailoutbox):
    late = MORNING + timedelta(hours=3)
    send_owed(now=MORNING)
    owe_notices(
        users=[reader.user],
        kind="path-changed",
        key="another",
        facts={"version": PlanVersion.objects.get().pk},
        now=late,
    )
    assert send_owed(now=late + timedelta(minutes=1)) == 0
    assert send_owed(now=MORNING + timedelta(days=1)) == 1


def test_late_digest_does_not_bring_a_second_one_the_same_day(reader, mailoutbox):
    """The site was away in the morning: one mail that day all the same."""
    evening = MORNING + timedelta(hours=12)
    owe_notices(
        users=[reader.user],
        kind="path-changed",
        key="another",
        facts={"version": PlanVersion.objects.get().pk},
        now=NOW + timedelta(minutes=1),
    )
    assert send_owed(now=evening) == 1
    assert send_owed(now=evening + timedelta(minutes=1)) == 0
    assert len(mailoutbox) == 1


def test_own_answer_brings_no_mail(reader, mailoutbox):
    Notice.objects.all().delete()
    swap_step(teacher=reader, course=Plan.objects.get().current.steps.get().course, now=NOW)
    assert send_owed(now=MORNING) == 0


def test_mail_killed_after_the_servers_yes_comes_again_under_the_same_id(
    reader, mailoutbox, monkeypatch
):
    def die(**arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(mailing, "note_sent", die)
    with pytest.raises(KeyboardInterrupt):
        send_owed(now=MORNING)
    monkeypatch.undo()
    owe_notices(
        users=[reader.user],
        kind="path-changed",
        key="another",
        facts={"version": PlanVersion.objects.get().pk},
        now=MORNING + timedelta(minutes=1),
    )
    assert send_owed(now=MORNING + timedelta(minutes=2)) == 0  # its claim still holds
    assert send_owed(now=MORNING + timedelta(minutes=11)) == 1
    assert send_owed(now=MORNING + timedelta(minutes=30)) == 0
    first, again = mailoutbox
    assert first.extra_headers["Message-ID"] == again.extra_headers["Message-ID"]
    assert first.body == again.body


def test_mail_that_the_server_refuses_stays_owed(reader, mailoutbox, monkeypatch, caplog):
    def refuse(self, **options):
        raise SMTPServerDisconnected("gone")

    monkeypatch.setattr(EmailMultiAlternatives, "send", refuse)
    assert send_owed(now=MORNING) == 0
    monkeypatch.undo()
    assert send_owed(now=MORNING + timedelta(minutes=11)) == 1
    assert f"The mail to user {reader.user.pk} stays owed" in caplog.text
    assert "nora" not in caplog.text.lower()


def test_letter_is_claimed_by_one_process(reader):
    assert len(claim_letters(user_id=reader.user.pk, now=MORNING, zone=ZONE)) == 1
    assert claim_letters(user_id=reader.user.pk, now=MORNING, zone=ZONE) == []


def test_digest_switched_off_is_forgotten(reader, mailoutbox):
    reader.user.wants_digest = False
    reader.user.save()
    assert send_owed(now=MORNING) == 0
    assert not Notice.objects.exists()


def test_old_news_is_forgotten(reader, mailoutbox):
    assert send_owed(now=NOW + timedelta(days=8)) == 0
    assert not Notice.objects.exists()


@pytest.mark.parametrize(
    ("kind", "subject"),
    [
        ("seat-free", "You have a seat: Cast your screen"),
        ("run-moved", "New time or place: Cast your screen"),
        ("run-cancelled", "Called off: Cast your screen"),
    ],
)
def test_urgent_mail_goes_out_at_once_to_whoever_it_concerns(
    asker, add_session, add_run, mailoutbox, kind, subject
):
    course = add_session("Cast your screen", format="live")
    run = add_run(course, date(2026, 12, 3), place="East library")
    owe_notices(
        users=[asker.user],
        kind=kind,
        key="seat",
        facts={"course": course.pk, "offering": run.pk},
        now=NOW,
        is_urgent=True,
    )
    assert send_owed(now=NOW) == 1
    (mail,) = mailoutbox
    assert mail.subject == subject
    assert mail.body.splitlines() == [
        "Hello Nora,",
        "",
        subject,
        "- Thursday 3 December 2026, 3:00 pm, East library",
        f"See the session: http://localhost:8000/look-book/{course.slug}/",
        "",
    ]
    assert "List-Unsubscribe" not in mail.extra_headers


def test_claim_that_is_answered_is_told_at_once_with_the_reason(
    asker, add_session, coordinator, mailoutbox
):
    course = add_session("Cast your screen")
    said = {
        "title": "Summer institute",
        "provider": "State university",
        "held_date": date(2026, 7, 6),
        "minutes": 360,
        "words": "",
        "link": "https://example.org/",
    }
    sent = {"teacher": asker, "said": said, "evidence": None, "by": asker.user}
    claim = send_claim(**sent, now=NOW)
    assert send_owed(now=NOW) == 0
    for _ in range(2):  # the second click changes nothing
        return_claim(claim=claim, why="Which days?", by=coordinator, now=NOW)
    assert send_owed(now=NOW) == 1
    send_claim(**sent, now=NOW, claim=claim)
    approve_claim(claim=claim, course=course, by=coordinator, now=NOW + timedelta(hours=1))
    assert send_owed(now=NOW + timedelta(hours=1)) == 1
    assert [(mail.to, mail.body.splitlines()[2:]) for mail in mailoutbox] == [
        (
            [asker.user.email],
            [
                "Sent back: Summer institute",
                "- Which days?",
                f"Mend it and send it again: http://localhost:8000/record/claims/{claim.pk}/",
                "",
            ],
        ),
        (
            [asker.user.email],
            [
                "Approved: Summer institute",
                "- It counts as “Cast your screen”.",
                "See your record: http://localhost:8000/record/",
                "",
            ],
        ),
    ]


def test_claim_taken_back_before_the_mail_went_is_not_told(asker, coordinator, mailoutbox):
    claim = Claim.objects.create(
        teacher=asker, title="Camp", provider="Y", held_date=TODAY, minutes=60, link="https://a.org"
    )
    return_claim(claim=claim, why="Which days?", by=coordinator, now=NOW)
    withdraw_claim(claim=claim, by=asker.user, now=NOW)
    send_owed(now=NOW)
    assert mailoutbox == []


def test_task_that_is_answered_is_told_at_once_with_the_reason(
    asker, add_session, coach, mailoutbox
):
    course = add_session("Cast your screen")
    task = HandIn.objects.create(teacher=asker, course=course, words="One line.")
    return_task(task=task, why="Say a little more.", by=coach, now=NOW)
    again = HandIn.objects.create(teacher=asker, course=course, words="Two lines.")
    assert send_owed(now=NOW) == 1
    for _ in range(2):  # the second click changes nothing
        accept_task(task=again, by=coach, now=NOW + timedelta(hours=1))
    assert send_owed(now=NOW + timedelta(hours=1)) == 1
    page = f"http://localhost:8000/look-book/{course.slug}/"
    assert [mail.body.splitlines()[2:] for mail in mailoutbox] == [
        [
            "Your task is sent back: Cast your screen",
            "- Say a little more.",
            f"See the task: {page}",
            "",
        ],
        ["Your task is accepted: Cast your screen", f"See the session: {page}", ""],
    ]


def test_coaches_who_want_it_hear_who_asks(asker, coach, coordinator, mailoutbox):
    for user in (coach, coordinator):
        user.wants_digest = True
        user.save()
    rebuild_plans(as_of=TODAY, now=NOW)
    ask_coach(teacher=asker, course=Plan.objects.get().current.steps.get().course, now=NOW)
    assert send_owed(now=MORNING) == 1
    (mail,) = mailoutbox
    assert (mail.to, mail.subject) == (
        ["cora.coach@example.org"],
        "Nora New would like a coach",
    )


def test_news_of_something_that_is_gone_is_not_sent(reader, mailoutbox):
    PlanVersion.objects.all().delete()
    assert send_owed(now=MORNING) == 0
    assert not Notice.objects.filter(sent_at=None).exists()
    owe_plans(teacher_ids=[reader.pk], cause="night", now=at(TODAY))

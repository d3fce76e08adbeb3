"""Against a real Request Tracker 5, started once."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from profiles.models import FeedRun, Ticket, TicketCategory, TicketFeed, TicketTombstone
from profiles.tickets.feeds.systems import SYSTEMS
from tests.rt import QUEUE, RequestTracker, request_tracker

pytestmark = [pytest.mark.sqlite, pytest.mark.slow, pytest.mark.django_db]

NORA, MAX = "nora.new@example.org", "max.mentor@example.org"


@pytest.fixture(scope="module")
def tracker(tmp_path_factory):
    with request_tracker(tmp_path_factory.mktemp("rt")) as started:
        yield started


@pytest.fixture
def sync(tracker: RequestTracker, monkeypatch):
    monkeypatch.setenv("RT_TOKEN", tracker.token)

    def run() -> list[str]:
        out = io.StringIO()
        call_command(
            "sync_tickets",
            kind="rt",
            url=tracker.address,
            token_env="RT_TOKEN",
            queue=QUEUE,
            stdout=out,
            stderr=io.StringIO(),
        )
        return out.getvalue().splitlines()

    return run


def test_sync_follows_what_happens_in_a_real_help_desk(
    tracker, sync, new_teacher, mentor_teacher, grade_sync, screen_sharing
):
    cast = tracker.open_ticket("How do I cast my screen", requester=NORA, **{"Minutes lost": "15"})
    grades = tracker.open_ticket("Kanary's marks", requester=MAX, Category="Grades")
    told = tracker.open_ticket("Help", requester=NORA, text="Where do I sync grades? Kanary asks")
    stranger = tracker.open_ticket("Hello", requester="stranger@elsewhere.org")
    assert sync() == [
        "4 tickets read: 3 of teachers here, 1 left out.",
        "3 new, 0 changed, 0 there already, 0 deleted or merged.",
    ]
    fields = ("external_id", "teacher__given_name", "skill__name", "category", "minutes_lost")
    assert list(Ticket.objects.order_by("pk").values_list(*fields)) == [
        (cast, "Nora", "Screen sharing", QUEUE, 15),
        (grades, "Max", None, "Grades", None),
        (told, "Nora", "Grade sync", QUEUE, None),  # from its text: the subject says nothing
    ]
    assert Ticket.objects.get(external_id=cast).address == (
        f"{tracker.address}/Ticket/Display.html?id={cast}"
    )

    assert sync() == [
        "4 tickets read: 3 of teachers here, 1 left out.",  # once more: within the overlap
        "0 new, 0 changed, 3 there already, 0 deleted or merged.",
    ]

    tracker.change(cast, Status="resolved")
    sync()
    solved = Ticket.objects.get(external_id=cast)
    assert (solved.is_solved, solved.resolved_at - solved.opened_at < timedelta(minutes=5)) == (
        True,
        True,
    )
    tracker.change(cast, Status="open")
    sync()
    again = Ticket.objects.get(external_id=cast)
    assert (again.is_reopened, again.resolved_at, again.is_solved) == (True, None, False)

    tracker.change(stranger, Requestor=MAX)
    tracker.change(told, Status="deleted")
    tracker.change(grades, MergeInto=stranger)
    assert sync()[1] == "1 new, 0 changed, 1 there already, 2 deleted or merged."
    assert sorted(Ticket.objects.values_list("external_id", flat=True)) == [cast, stranger]
    assert sorted(TicketTombstone.objects.values_list("external_id", flat=True)) == [grades, told]

    tracker.change(told, Status="open")
    sync()
    assert Ticket.objects.filter(external_id=told).count() == 1
    assert not TicketTombstone.objects.filter(external_id=told).exists()
    assert TicketCategory.objects.count() == 0


def test_pages_of_one_second_are_told_apart(tracker, sync, new_teacher, monkeypatch):
    numbers = [tracker.open_ticket(f"Number {n}", requester=NORA) for n in range(3)]
    monkeypatch.setitem(SYSTEMS, "rt", replace(SYSTEMS["rt"], per_page=2))
    sync()
    held = Ticket.objects.filter(external_id__in=numbers).values_list("external_id", flat=True)
    assert sorted(held, key=int) == numbers


def test_wrong_token_and_rights_are_said_and_nothing_is_forgotten(
    tracker, sync, new_teacher, monkeypatch
):
    tracker.open_ticket("One", requester=NORA)
    sync()
    held = Ticket.objects.count()
    monkeypatch.setenv("RT_TOKEN", "1-2-secret-canary")
    with pytest.raises(CommandError) as refused:
        sync()
    assert str(refused.value) == (
        "The help desk does not accept the token, or its rights are too few. "
        "What was read so far stands; the next sync goes on there."
    )
    assert Ticket.objects.count() == held
    run = FeedRun.objects.first()
    assert (run.finished_at, run.problem.split(",")[0]) == (
        None,
        "The help desk does not accept the token",
    )
    assert "canary" not in repr(list(TicketFeed.objects.values()))

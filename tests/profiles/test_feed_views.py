from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from profiles.models import FeedRun, Ticket, TicketFeed, TicketSource
from profiles.seals import Secret
from profiles.tasks import sync_feeds
from profiles.tickets.feeds.due import due_feeds

from .tickets.feeds.conftest import *  # noqa: F403
from .tickets.servers.shapes import TOKEN

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(signed_in, coordinator):
    return signed_in(coordinator)


@pytest.fixture
def desk(open_place, settings):
    """A help desk on loopback that may be asked."""
    settings.FEED_PRIVATE_HOSTS = ["127.0.0.1"]
    place = open_place("rt", largest_page=100)
    TicketSource.objects.all().delete()
    return place.server


def answers(desk, **changes) -> dict[str, str]:
    return {"name": "Our RT", "address": desk.address, "token": TOKEN, "queue": ""} | changes


def connect(client, desk) -> TicketFeed:
    client.post("/help-desks/add/rt/", answers(desk))
    return TicketFeed.objects.get()


def test_help_desk_is_connected_tried_switched_on_and_read(client, desk, new_teacher, grade_sync):
    desk.add(new_teacher.email, subject="Kanary can't sync grades", category="Marks")
    desk.add("who@elsewhere.org", subject="Kanary")
    assert "None yet" in client.get("/help-desks/").content.decode()
    assert client.get("/help-desks/add/rt/").status_code == 200
    answer = client.post("/help-desks/add/rt/", answers(desk), follow=True)
    feed = TicketFeed.objects.get()
    assert answer.redirect_chain == [(f"/help-desks/{feed.pk}/", 302)]
    assert (TOKEN in answer.content.decode(), TOKEN in feed.sealed_token) == (False, False)

    page = client.post(f"/help-desks/{feed.pk}/try/").content.decode()
    for word in ("The connection works", "Grade sync", "Marks", "Nobody here: left out"):
        assert word in page
    assert ("anary" in page, Ticket.objects.count()) == (False, 0)

    client.post(f"/help-desks/{feed.pk}/turn/", {"on": "1"})
    assert sync_feeds() == 1
    assert Ticket.objects.get().skill == grade_sync
    page = client.get(f"/help-desks/{feed.pk}/").content.decode()
    assert "Up to date" in page
    assert "2 tickets read: 1 of teachers here, 1 left out." in page
    client.post(f"/help-desks/{feed.pk}/turn/", {"on": "0"})
    assert sync_feeds() == 0


def test_connection_that_fails_says_why(client, desk):
    feed = connect(client, desk)
    client.post(f"/help-desks/{feed.pk}/change/", answers(desk, token="wrong"))
    page = client.post(f"/help-desks/{feed.pk}/try/").content.decode()
    assert "does not accept the token" in page
    client.post(f"/help-desks/{feed.pk}/turn/", {"on": "1"})
    assert sync_feeds() == 1
    assert "Can’t be read" in client.get("/help-desks/").content.decode().replace("&#x27;", "’")
    assert sync_feeds() == 0  # waits after a failure


def test_token_that_can_not_be_sent_is_refused_with_a_sentence(client, desk):
    answer = client.post("/help-desks/add/rt/", answers(desk, token="1-28-abc…"))
    assert (answer.status_code, TicketFeed.objects.count()) == (422, 0)
    assert "The token holds a sign that no token has" in answer.content.decode()


def test_stored_token_that_can_not_be_sent_is_said_when_tried_and_read(client, desk):
    feed = connect(client, desk)
    feed.token = Secret("1-28-abc…")
    feed.save()
    page = client.post(f"/help-desks/{feed.pk}/try/").content.decode()
    assert "The token holds a sign that no token has" in page
    client.post(f"/help-desks/{feed.pk}/turn/", {"on": "1"})
    assert sync_feeds() == 1
    assert FeedRun.objects.get().problem.startswith("The token holds a sign that no token has")


def test_application_token_is_kept_sealed_and_never_shown_again(client, desk, settings):
    said = answers(desk, app_token="app-t0ken")
    client.post("/help-desks/add/glpi/", said)
    feed = TicketFeed.objects.get()
    assert (feed.app_token.open(), feed.account) == ("app-t0ken", "")
    page = client.get(f"/help-desks/{feed.pk}/").content.decode()
    form = client.get(f"/help-desks/{feed.pk}/change/").content.decode()
    stored = repr(list(TicketFeed.objects.values()))
    assert ["app-t0ken" in text for text in (page, form, stored)] == [False] * 3
    assert "Application token" in form
    client.post(f"/help-desks/{feed.pk}/change/", answers(desk, token="", queue="Root"))
    feed.refresh_from_db()
    assert (feed.queue, feed.app_token.open()) == ("Root", "app-t0ken")
    settings.FEED_PRIVATE_HOSTS = ["127.0.0.1", "elsewhere.test"]
    moved = answers(desk, address="https://elsewhere.test", token=TOKEN)
    client.post(f"/help-desks/{feed.pk}/change/", moved)
    feed.refresh_from_db()
    assert (feed.address, feed.token.open(), feed.sealed_app_token) == (moved["address"], TOKEN, "")


def test_private_host_that_is_not_listed_is_refused(client, desk, settings):
    settings.FEED_PRIVATE_HOSTS = []
    answer = client.post("/help-desks/add/rt/", answers(desk))
    assert (answer.status_code, TicketFeed.objects.count()) == (422, 0)
    assert "Use an https:// address" in answer.content.decode()


def test_token_stays_when_none_is_entered_but_goes_to_no_other_address(client, desk):
    feed = connect(client, desk)
    before = feed.sealed_token
    client.post(f"/help-desks/{feed.pk}/change/", answers(desk, token="", queue="Help"))
    feed.refresh_from_db()
    assert (feed.queue, feed.sealed_token) == ("Help", before)
    elsewhere = answers(desk, token="", address="https://elsewhere.example.net")
    answer = client.post(f"/help-desks/{feed.pk}/change/", elsewhere)
    assert answer.status_code == 422
    assert "enter the token for it" in answer.content.decode()


def test_name_of_another_help_desk_is_refused(client, desk):
    connect(client, desk)
    answer = client.post("/help-desks/add/zendesk/", answers(desk, account="a@example.org"))
    assert (answer.status_code, TicketFeed.objects.count()) == (422, 1)


def test_key_for_calls_is_shown_once(client, desk):
    feed = connect(client, desk)
    answer = client.post(f"/help-desks/{feed.pk}/key/")
    key = TicketFeed.objects.get().hook_key.open()
    assert (key in answer.content.decode(), answer["Cache-Control"]) == (True, "no-store")
    assert key not in client.get(f"/help-desks/{feed.pk}/").content.decode()


def test_button_reads_all_again_and_says_so(client, desk, new_teacher):
    desk.add(new_teacher.email)
    feed = connect(client, desk)
    assert "Read all again" not in client.get(f"/help-desks/{feed.pk}/").content.decode()
    client.post(f"/help-desks/{feed.pk}/turn/", {"on": "1"})
    assert sync_feeds() == 1
    assert "Read all again</button>" in client.get(f"/help-desks/{feed.pk}/").content.decode()
    page = client.post(f"/help-desks/{feed.pk}/again/", follow=True).content.decode()
    assert "All of it is read again, beginning within a minute." in page
    assert "Reads all again, as was asked." in page
    assert "Reads all again, as was asked." in client.get("/help-desks/").content.decode()
    assert sync_feeds() == 1
    page = client.get(f"/help-desks/{feed.pk}/").content.decode()
    assert "Read all again, as was asked." in page
    assert "Up to date" in page
    assert Ticket.objects.count() == 1


def test_removed_help_desk_leaves_its_tickets(client, desk, new_teacher):
    desk.add(new_teacher.email)
    feed = connect(client, desk)
    client.post(f"/help-desks/{feed.pk}/turn/", {"on": "1"})
    sync_feeds()
    client.post(f"/help-desks/{feed.pk}/remove/")
    assert (TicketFeed.objects.count(), Ticket.objects.count()) == (0, 1)


@pytest.mark.parametrize("many", [1, 12])
def test_list_asks_the_same_number_of_questions_however_long(
    client, many, django_assert_num_queries
):
    for number in range(many):
        source = TicketSource.objects.create(name=f"Desk {number}")
        feed = TicketFeed.objects.create(source=source, kind="rt", address="https://x.example.org")
        for day in range(3):
            FeedRun.objects.create(
                feed=feed,
                started_at=datetime(2026, 9, 1 + day, tzinfo=UTC),
                finished_at=timezone.now(),
            )
    client.get("/help-desks/")
    with django_assert_num_queries(8):
        client.get("/help-desks/")


def test_help_desk_is_due_again_after_a_while_or_when_it_called(desk, client):
    feed = connect(client, desk)
    now = timezone.now()

    def is_due(**values) -> bool:
        fresh = {"is_on": True, "good_at": now, "not_before_at": None, "claimed_until": None}
        TicketFeed.objects.filter(pk=feed.pk).update(**fresh | values)
        return due_feeds(now).exists()

    assert [
        is_due(),
        is_due(good_at=None),
        is_due(good_at=now - timedelta(minutes=11)),
        is_due(good_at=None, is_on=False),
        is_due(good_at=None, not_before_at=now + timedelta(minutes=1)),
        is_due(good_at=None, claimed_until=now + timedelta(minutes=1)),
    ] == [False, True, True, False, False, False]
    feed.calls.create(external_id="7", signature="s", called_at=now)
    assert is_due()

"""One ticket, one call or one help desk that is trouble stops none of the others."""

from __future__ import annotations

from datetime import timedelta

import pytest

from profiles.models import FeedCall, FeedRun, TicketFeed, TicketTombstone
from profiles.seals import Secret
from profiles.tickets.deriving import TicketReader
from profiles.tickets.feeds.answers import moment, text, words_in
from profiles.tickets.feeds.due import sync_due
from profiles.tickets.feeds.line import AskedToWait, Refused
from profiles.tickets.feeds.queries import health_of, in_words
from profiles.tickets.feeds.syncing import CRASHED

from ..servers import Faults
from ..servers.shapes import TOKEN
from .conftest import MAX, NORA, NOW

pytestmark = pytest.mark.django_db

HALF = "\ud83d"  # of a sign that takes two


@pytest.fixture(autouse=True)
def people(new_teacher, mentor_teacher):
    return new_teacher, mentor_teacher


def call(place, *numbers: str) -> None:
    for number in numbers:
        place.feed.calls.create(external_id=number, signature=f"of {number}", called_at=NOW)


def unread() -> list[str]:
    return list(FeedCall.objects.filter(read_at=None).values_list("external_id", flat=True))


def let_worker_read(place) -> None:
    place.feed.token, place.feed.is_on = Secret(TOKEN), True
    place.feed.save()


#: Where each kind is asked for one ticket, where it is asked for one alone.
ALONE = {
    "freshdesk": "/api/v2/tickets/{}",
    "glpi": "/apirest.php/Ticket/{}",
    "incident-iq": "/api/v1.0/tickets/{}",
    "jira": "/rest/api/3/issue/HELP-{}",
    "zammad": "/api/v1/tickets/{}",
    "zendesk": "/api/v2/tickets/{}.json",
}


@pytest.mark.parametrize("status", [302, 400, 403, 500])
@pytest.mark.parametrize("kind", sorted(ALONE))
def test_call_that_can_not_be_answered_is_let_go(open_place, kind, status):
    place = open_place(kind)
    place.server.refused = {ALONE[kind].format(999): status}
    fresh = place.server.add(NORA)
    call(place, "HELP-999" if kind == "jira" else "999")
    run = place.sync()
    assert (place.ids(), unread(), run.finished_at) == ([fresh.number], [], NOW)
    assert in_words(run.counts)[-1] == "1 call named a ticket that the token can't have."


def test_token_that_is_refused_shows_though_a_call_is_let_go(open_place):
    place = open_place("freshdesk")
    call(place, "999")
    with pytest.raises(Refused):
        place.sync(token=Secret("another"))
    assert "does not accept the token" in FeedRun.objects.get().problem


def test_calls_are_answered_a_few_at_a_time_where_little_is_allowed(open_place):
    place = open_place("freshdesk", faults=Faults(allowance=2))
    for _ in range(5):
        place.server.add(NORA)
    call(place, *map(str, place.server.tickets))
    left = []
    for _ in range(2):
        with pytest.raises(AskedToWait):
            place.sync(wait=None)
        left.append(len(unread()))
    assert left == [3, 1]


def test_issue_that_was_called_for_and_has_moved_is_held_under_its_new_key(open_place):
    place = open_place("jira")
    moved = place.server.add(NORA)
    place.sync()
    place.server.moved[moved.number] = "OTHER"
    call(place, f"HELP-{moved.number}")
    place.sync()
    assert place.held("external_id") == [(f"OTHER-{moved.number}",)]


def test_issue_that_has_moved_is_held_once(open_place):
    place = open_place("jira")
    moved, stays = place.server.add(NORA), place.server.add(NORA)
    place.sync()
    place.server.moved[moved.number] = "OTHER"
    place.server.change(moved.number)
    place.sync()
    held = [(f"OTHER-{moved.number}",), (f"HELP-{stays.number}",)]
    assert place.held("external_id") == held
    buried = TicketTombstone.objects.values_list("external_id", flat=True)
    assert list(buried) == [f"HELP-{moved.number}"]


@pytest.mark.parametrize("status", [302, 400, 403])
@pytest.mark.parametrize("kind", ["freshdesk", "glpi", "jira", "zammad"])
def test_held_ticket_that_may_be_seen_no_more_is_kept_and_stops_nothing(open_place, kind, status):
    place = open_place(kind)
    hidden, deleted = place.server.add(NORA), place.server.add(NORA)
    place.sync()
    place.server.refused = {ALONE[kind].format(hidden.number): status}
    place.server.change(hidden.number, state="deleted")
    place.server.change(deleted.number, state="deleted")
    fresh = place.server.add(MAX)
    run = place.sync()
    assert (run.finished_at, place.ids()) == (NOW, [hidden.number, fresh.number])


@pytest.mark.parametrize("kind", ["rt", "servicenow", "zammad"])
def test_question_for_held_tickets_that_is_refused_stops_nothing(open_place, kind, monkeypatch):
    place = open_place(kind)
    held = place.server.add(NORA)
    place.sync()
    place.server.change(held.number, state="deleted")
    select = place.server.shape.reply

    def reply(server, question):
        asked = " ".join(question.params.values())
        if " OR " in asked or "id = " in asked or "sys_idIN" in asked or "id:(" in asked:
            return 403, {}, {}
        return select(server, question)

    monkeypatch.setattr(place.server.shape, "reply", reply)
    assert (place.sync().finished_at, place.ids()) == (NOW, [held.number])


def test_text_is_read_without_what_no_database_holds():
    raw = {"category": f" Screens {HALF}\0 ü ", "body": {"content": [{"text": f"a{HALF}"}]}}
    assert (text(raw, "category"), words_in(raw["body"])) == ("Screens  ü", "a")


@pytest.mark.parametrize("said", ["1989-12-31", "2200-01-01", "9999-12-31T23:59:59-12:00", "soon"])
def test_time_that_no_ticket_has_is_none(said):
    assert moment({"at": said}, "at") is None


def test_half_of_a_sign_in_a_ticket_stops_nothing(open_place, kind):
    place = open_place(kind)
    odd = place.server.add(NORA, category=f"Screens {HALF}", subject=HALF, body=HALF)
    plain = place.server.add(MAX)
    place.sync()
    assert place.ids() == [odd.number, plain.number]


def test_help_desk_whose_reading_goes_wrong_leaves_the_others_be(
    open_place, settings, monkeypatch, caplog
):
    settings.FEED_PRIVATE_HOSTS = ["127.0.0.1"]
    bad, good = open_place("freshdesk"), open_place("rt")
    for place in (bad, good):
        let_worker_read(place)
        place.server.add(NORA, subject=f"Kanary in {place.feed.kind}")
    read = TicketReader.read

    def fail(self, row):
        if "freshdesk" in row.subject:
            raise ValueError(row.subject)
        return read(self, row)

    monkeypatch.setattr(TicketReader, "read", fail)
    assert sync_due(clock=lambda: NOW) == 2
    assert (len(bad.ids()), len(good.ids())) == (0, 1)
    said = []
    for place in (bad, good):
        feed = TicketFeed.objects.get(pk=place.feed.pk)
        health = health_of(feed, feed.runs.first(), now=NOW)
        said.append((health.label, health.errors, health.problem, feed.claimed_until))
    assert said == [("Can't be read", 1, CRASHED, None), ("Up to date", 0, "", None)]
    assert "freshdesk (Freshdesk): reading it went wrong" in caplog.text
    assert TicketFeed.objects.get(pk=bad.feed.pk).not_before_at == NOW + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("kind", "path"), [("glpi", "/apirest.php/User/"), ("incident-iq", "/api/v1.0/users/")]
)
def test_right_to_read_users_that_went_stops_the_pass_and_buries_nothing(open_place, kind, path):
    place = open_place(kind)
    ticket = place.server.add(NORA)
    place.sync()
    place.server.refused = {path: 403}
    place.server.change(ticket.number)
    with pytest.raises(Refused) as refused:
        place.sync()
    assert "so nobody who asked is known. Give it" in str(refused.value)
    assert (place.ids(), TicketTombstone.objects.count()) == ([ticket.number], 0)
    place.server.refused = {}
    assert place.sync().counts["matched"] == 1


def test_name_to_sign_in_by_is_an_address_only_where_it_looks_like_one(open_place):
    place = open_place("incident-iq")
    looked_up, told = place.server.add(NORA), place.server.add(MAX)
    names = {str(looked_up.number): "nnew", str(told.number): MAX}
    place.server.drift = lambda raw: raw | {"For": {"Username": names[raw["TicketId"]]}}
    place.sync()
    assert place.held("teacher__given_name") == [("Nora",), ("Max",)]
    users = [path for path in place.server.asked if "/users/" in path]
    assert len(users) == 1

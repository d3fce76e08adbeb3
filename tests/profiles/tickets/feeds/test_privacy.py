"""500 invented students, in everything that a help desk can say: none is found afterwards."""

from __future__ import annotations

import json

import pytest

from profiles.error_reports import WITHHELD
from profiles.models import FeedCall, Ticket
from profiles.seals import Secret
from profiles.tasks import sync_feeds
from profiles.tickets.deriving import TicketReader
from profiles.tickets.feeds.hooks import signature, take_call
from profiles.tickets.feeds.line import FeedProblem
from profiles.tickets.feeds.syncing import CRASHED
from profiles.tickets.feeds.trying import try_feed

from ...canary import NAMES, exports, found_in, logged, nowhere, payloads, watched
from ..servers import Faults
from ..servers.shapes import TOKEN
from .conftest import MAX, NORA, NOW

__all__ = ["payloads", "watched"]

pytestmark = pytest.mark.django_db

STUDENTS = [f"{given} {family}" for given, family in NAMES]
SAID = ("marks of", "sync grades for", "password of", "can't find")
#: What a ticket is known by in one shape or another; the rest is taken away to confuse us.
NUMBERS = {"id", "TicketId", "sys_id", "key"}


def with_students(ticket: dict) -> dict:
    """Return a ticket as a help desk says it, with students in every corner it may grow."""
    given, family = NAMES[0]
    return ticket | {
        "student": STUDENTS[0],
        "custom_field_student": [STUDENTS[1]],
        "custom_fields": ticket.get("custom_fields") or [{"id": 9, "value": STUDENTS[2]}],
        "assets": {STUDENTS[3]: 1},
        "attachments": [{"file_name": f"{family}, {given}.pdf", "name": f"{given}.png"}],
    }


@pytest.fixture
def place(new_teacher, mentor_teacher, grade_sync, kind, open_place, settings):
    """A help desk whose 25 tickets name all five hundred, which the worker may read."""
    place = open_place(
        kind, faults=Faults(seed=2, waits=0.005, drops=0.02, errors=0.01), largest_page=100
    )
    for number, name in enumerate(STUDENTS[::20]):
        others = STUDENTS[number * 20 + 1 : number * 20 + 20]
        place.server.add(
            (NORA, MAX, f"{name.replace(' ', '.')}@students.example.org")[number % 3],
            subject=f"{SAID[number % 4]} {name}",
            body=f"{' and '.join(others)} {name} sync grades",
        )
    place.server.drift = with_students
    settings.FEED_PRIVATE_HOSTS = ["127.0.0.1"]
    place.feed.token = Secret(TOKEN)
    place.feed.is_on = True
    place.feed.save()
    return place


def calm(place) -> None:
    """Let nothing go wrong on the way any more."""
    place.server.faults.waits = place.server.faults.errors = place.server.faults.drops = 0.0


def test_no_student_is_left_anywhere(
    watched, place, new_teacher, coordinator, coach, caplog, capsys, mailoutbox, payloads
):
    place.sync_through()
    calm(place)
    place.feed.refresh_from_db()
    said = [repr(try_feed(place.feed, clock=lambda: NOW))]
    call = json.dumps({"id": 7, "subject": STUDENTS[4], "files": [STUDENTS[5]]}).encode()
    stamp = int(NOW.timestamp())
    place.feed.hook_key = Secret("of the hook")
    header = signature("of the hook", body=call, at=stamp)
    assert take_call(feed=place.feed, header=header, body=call, now=NOW)
    assert [(one.external_id, one.read_at) for one in FeedCall.objects.all()] == [("7", None)]
    sync_feeds.delay()
    assert sync_feeds.apply().get() == 1
    place.server.drift = lambda ticket: (
        {name: value for name, value in ticket.items() if name in NUMBERS}
        | {"Subject": STUDENTS[6], STUDENTS[7]: 1}
    )
    place.server.add(NORA, subject=STUDENTS[8])
    with pytest.raises(FeedProblem) as problem:
        place.sync()
    said += [repr(problem.value), str(problem.value), problem.exconly(), *capsys.readouterr()]
    assert Ticket.objects.count() > 15
    assert [line.split()[0] for line in payloads] == ["profiles.tasks.sync_feeds"]
    said += exports(new_teacher.user, coordinator, coach)
    nowhere(watched, caplog, mailoutbox, *said, *payloads)
    assert TOKEN not in "".join([*said, *payloads, caplog.text])


def test_no_student_is_in_what_a_failing_worker_says(
    watched, place, caplog, mailoutbox, monkeypatch
):
    calm(place)

    def fail(self, row):
        raise ValueError(f"can't make sense of {row.subject!r}")

    monkeypatch.setattr(TicketReader, "read", fail)
    assert sync_feeds.apply().get() == 1
    text = logged(caplog)
    assert f"ValueError {WITHHELD}" in text
    assert found_in(caplog.text) != set()  # as anybody else's lines would have it
    nowhere(watched, caplog, mailoutbox)
    assert place.feed.runs.get().problem == CRASHED

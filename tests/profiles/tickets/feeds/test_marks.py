"""How far a help desk was read: no mark runs ahead, none sticks."""

from __future__ import annotations

from datetime import timedelta
from itertools import islice

import pytest

from profiles.models import FeedRun, TicketFeed
from profiles.tickets.feeds.line import AskedToWait, NotUnderstood

from ..servers import Faults
from .conftest import KINDS, MAX, NORA, NOW
from .test_systems import UPDATED

pytestmark = pytest.mark.django_db

YEARS = timedelta(days=4000)


@pytest.fixture(autouse=True)
def people(new_teacher, mentor_teacher):
    return new_teacher, mentor_teacher


#: All that are read by the time of the last change; Zendesk keeps a cursor of its own.
BY_TIME = [kind for kind in KINDS if kind != "zendesk"]


@pytest.mark.parametrize("largest_page", [2, 50])
@pytest.mark.parametrize("kind", BY_TIME)
def test_change_that_is_yet_to_come_carries_no_mark_along(open_place, kind, largest_page):
    place = open_place(kind, largest_page=largest_page)
    before = place.server.add(NORA)
    ahead = place.server.add(NORA, updated_at=NOW + YEARS)
    place.sync()
    place.server.now = NOW - timedelta(days=1)
    later = place.server.add(MAX)
    run = place.sync()
    assert place.ids() == [before.number, ahead.number, later.number]
    assert run.finished_at == NOW
    place.server.now = NOW + timedelta(hours=1)
    last = place.server.add(MAX)
    place.sync(clock=lambda: NOW + timedelta(hours=2))
    assert last.number in place.ids()


@pytest.mark.parametrize("kind", BY_TIME)
def test_pass_that_was_cut_off_after_a_change_to_come_still_marks_no_further(open_place, kind):
    place = open_place(kind, largest_page=2)
    for _ in range(3):
        place.server.add(NORA)
        place.server.now += timedelta(hours=1)
    place.server.add(NORA, updated_at=NOW + YEARS)
    turns = iter(lambda: place.sync(may_go_on=lambda: False).finished_at, NOW)
    assert 1 <= len(list(islice(turns, 12))) < 12
    place.server.now = NOW - timedelta(days=1)
    later = place.server.add(MAX)
    place.sync()
    assert later.number in place.ids()


def test_mark_that_ran_ahead_before_is_given_up(open_place):
    place = open_place("rt")
    ticket = place.server.add(NORA)
    ahead = {"since": (NOW + YEARS).isoformat(), "last": "999"}
    TicketFeed.objects.update(place=ahead)
    place.sync()
    assert place.ids() == [ticket.number]
    assert TicketFeed.objects.get().place == {
        "since": ticket.updated_at.isoformat(),
        "last": str(ticket.number),
    }


def without_time(kind: str, numbers: set[int]):
    """Return what takes the time of their last change from these tickets."""

    def broken(ticket):
        number = int(ticket.get("TicketId") or ticket["id"])
        lost = number in numbers
        return {n: v for n, v in ticket.items() if n != UPDATED[kind]} if lost else ticket

    return broken


SMALL = [("glpi", 8), ("incident-iq", 3)]


@pytest.mark.parametrize(("kind", "allowance"), SMALL)
def test_tickets_that_can_not_be_read_hold_nobody_up_where_little_is_allowed(
    open_place, kind, allowance
):
    place = open_place(kind, faults=Faults(allowance=allowance), largest_page=20)
    good = [place.server.add(NORA).number for _ in range(2)]
    bad = [place.server.add(f"s{n}@elsewhere.org").number for n in range(9)]
    good += [place.server.add(MAX).number for _ in range(2)]
    bad += [place.server.add(f"s{n}@elsewhere.org").number for n in range(9)]
    place.server.drift = without_time(kind, set(bad))
    place.sync_through(tries=40)
    run = FeedRun.objects.get()
    assert (place.ids(), run.counts["unreadable"] >= len(bad)) == (good, True)


@pytest.mark.parametrize(("kind", "allowance"), SMALL)
def test_page_of_which_nothing_can_be_read_is_read_whole_once_it_can(open_place, kind, allowance):
    place = open_place(kind, faults=Faults(allowance=allowance), largest_page=20)
    numbers = [place.server.add(f"s{n}@elsewhere.org").number for n in range(8)]
    numbers += [place.server.add(NORA).number]
    place.server.drift = without_time(kind, set(numbers))
    said = set()
    for _ in range(12):
        try:
            place.sync(wait=None)
        except (AskedToWait, NotUnderstood) as problem:
            said.add(str(problem).partition(":")[0])
    assert f"None of {len(numbers)} tickets can be read" in said
    assert FeedRun.objects.get().finished_at is None
    place.server.drift = lambda ticket: ticket
    place.sync_through(tries=40)
    assert place.ids() == numbers[-1:]
    assert FeedRun.objects.get().counts["unmatched"] == len(numbers) - 1

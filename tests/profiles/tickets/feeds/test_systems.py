"""Every kind of help desk against a server of our own in its shape."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from profiles.imports import TakenOver
from profiles.models import FeedRun, Ticket, TicketTombstone
from profiles.tickets.feeds import glpi
from profiles.tickets.feeds.line import AskedToWait, LineDropped, NotUnderstood
from profiles.tickets.feeds.systems import SYSTEMS

from ..servers import SHAPES, Faults
from ..servers.engine import START
from .conftest import MAX, NORA, STRANGER

pytestmark = pytest.mark.django_db

#: The field of each shape without which a ticket can't be placed in time.
UPDATED = {
    "rt": "LastUpdated",
    "zendesk": "updated_at",
    "freshdesk": "updated_at",
    "zammad": "updated_at",
    "incident-iq": "ModifiedDate",
    "servicenow": "sys_updated_on",
    "jira": "fields",
    "glpi": "date_mod",
}


@pytest.fixture
def people(new_teacher, mentor_teacher, grade_sync, screen_sharing):
    return new_teacher, mentor_teacher


def test_every_kind_has_a_shape_to_be_tried_against():
    assert sorted(SYSTEMS) == sorted(SHAPES)


def test_tickets_come_in_page_by_page_for_the_person_helped(people, kind, open_place):
    place = open_place(kind)
    first = place.server.add(NORA, subject="How do I cast my screen", category="Screens")
    place.server.add(STRANGER, subject="Kanary")
    second = place.server.add(MAX, subject="Oh", body="Where do I sync grades")
    rest = [place.server.add(NORA, subject="Nothing known").number for _ in range(5)]
    place.server.solve(second.number)
    run = place.sync()
    assert (run.counts["new"], run.counts["changed"], run.counts["gone"]) == (7, 0, 0)
    assert run.counts["unmatched"] >= 1  # more often where pages overlap
    assert place.ids() == sorted([first.number, second.number, *rest])
    fields = ("teacher__given_name", "opened_at", "resolved_at", "skill__name", "category")
    solved_at = START + timedelta(seconds=9)
    category = {
        "rt": "Help",
        "zendesk": "",
        "freshdesk": "",
        "zammad": "Users",
        "incident-iq": "",
        "servicenow": "",
        "jira": "Help",
        "glpi": "0",
    }[kind]
    assert place.held(*fields)[:2] == [
        ("Nora", START + timedelta(seconds=1), None, "Screen sharing", "Screens"),
        ("Max", START + timedelta(seconds=3), solved_at, "Grade sync", category),
    ]
    assert {address.startswith(place.server.address) for (address,) in place.held("address")} == {
        True
    }


def test_second_pass_reads_what_changed_and_nothing_of_long_ago(people, kind, open_place):
    place = open_place(kind)
    old = place.server.add(NORA)
    place.sync()
    place.server.now += timedelta(hours=3)
    fresh = place.server.add(MAX)
    again = place.sync()
    assert (again.counts["new"], again.counts["changed"]) == (1, 0)
    place.server.now += timedelta(hours=3)
    place.server.add(MAX)
    last = place.sync()
    assert (last.counts["new"], last.counts["read"] <= 3) == (1, True)
    assert place.ids() == [old.number, fresh.number, fresh.number + 1]


def test_reopened_is_not_solved(people, kind, open_place):
    place = open_place(kind)
    ticket = place.server.add(NORA)
    place.server.solve(ticket.number)
    place.sync()
    assert Ticket.objects.get().is_solved
    place.server.reopen(ticket.number)
    place.sync()
    assert place.held("is_reopened", "resolved_at") == [(True, None)]
    place.server.solve(ticket.number)
    place.sync()
    again = Ticket.objects.get()
    assert (again.is_reopened, again.resolved_at is not None, again.is_solved) == (
        True,
        True,
        False,
    )


def test_deleted_and_merged_leave_a_number_alone(people, kind, open_place):
    place = open_place(kind)
    tickets = [place.server.add(NORA, subject="Kanary") for _ in range(4)]
    place.sync()
    place.server.change(tickets[0].number, state="deleted")
    place.server.change(tickets[2].number, state="merged")
    run = place.sync()
    assert (run.counts["gone"], place.ids()) == (2, [tickets[1].number, tickets[3].number])
    assert TicketTombstone.objects.count() == 2
    place.server.change(tickets[0].number, state="open")
    place.sync()
    assert (len(place.ids()), TicketTombstone.objects.count()) == (3, 1)


def test_rights_that_went_are_not_taken_for_deleted_tickets(people, kind, open_place):
    place = open_place(kind, largest_page=50)
    for _ in range(12):
        place.server.add(NORA)
    place.sync()
    for number in place.server.tickets:
        place.server.tickets[number].state = "deleted"
    if SYSTEMS[kind].present is None:  # its list says itself what is deleted
        return
    with pytest.raises(NotUnderstood) as refused:
        place.sync()
    assert str(refused.value).startswith("The help desk shows 12 of 12 tickets no more.")
    assert Ticket.objects.count() == 12


def test_ticket_of_another_person_now_is_forgotten_here(people, kind, open_place):
    place = open_place(kind)
    ticket = place.server.add(NORA)
    place.sync()
    place.server.change(ticket.number, requester=STRANGER)
    place.sync()
    assert place.ids() == []
    place.server.change(ticket.number, requester=MAX)
    place.sync()
    assert place.held("teacher__given_name") == [("Max",)]


def test_nothing_is_lost_or_doubled_on_a_bad_line(people, kind, open_place):
    faults = Faults(seed=5, waits=0.05, drops=0.05, errors=0.05, touches=0.2)
    place = open_place(kind, faults=faults, largest_page=3)
    for number in range(14):
        place.server.add((NORA, MAX)[number % 2])
    place.sync_through()
    faults.touches = 0.0
    place.sync_through()
    assert place.ids() == sorted(place.server.tickets)
    assert len(place.server.wrongs) >= 2
    assert FeedRun.objects.filter(finished_at=None).count() == 0


def test_many_tickets_of_one_moment_all_come_in(people, kind, open_place):
    place = open_place(kind, faults=Faults(seed=3, touches=0.15), largest_page=3)
    for _ in range(14):
        place.server.add(NORA)
    for ticket in place.server.tickets.values():
        ticket.updated_at = START + timedelta(minutes=30)
    place.server.now = START + timedelta(minutes=30)
    place.sync()
    place.server.faults.touches = 0.0
    place.sync()
    assert place.ids() == sorted(place.server.tickets)


def test_field_that_vanished_stops_the_sync_and_loses_nothing(people, kind, open_place):
    place = open_place(kind)
    place.server.add(NORA, subject="Kanary")

    def renamed(ticket):
        return {f"{n}_v2" if n == UPDATED[kind] else n: v for n, v in ticket.items()}

    place.server.drift = renamed
    with pytest.raises(NotUnderstood) as refused:
        place.sync()
    assert "is missing or has changed" in str(refused.value)
    assert "anary" not in str(refused.value)
    assert FeedRun.objects.get().problem == str(refused.value)
    place.server.drift = lambda ticket: ticket
    assert place.sync().counts["new"] == 1


def test_extra_fields_and_lost_ones_that_are_not_needed_do_no_harm(people, kind, open_place):
    place = open_place(kind)
    place.server.add(NORA, category="Screens")
    needed = {UPDATED[kind], "id", "TicketId", "sys_id", "key", "status", "status_id"}
    people_fields = {"Requestor", "requester_id", "requester", "customer", "ForId"}
    people_fields |= {"caller_id.email"}
    opened = {"Created", "created_at", "CreatedDate", "opened_at", "date"}

    def changed(ticket):
        kept = needed | people_fields | opened
        return {n: v for n, v in ticket.items() if n in kept} | {"new": [{"deep": None}], "x": 1}

    place.server.drift = changed
    place.sync()
    assert place.held("teacher__given_name") == [("Nora",)]


def test_one_ticket_that_can_not_be_read_is_counted_and_the_rest_come_in(people, kind, open_place):
    place = open_place(kind, largest_page=50)
    numbers = [place.server.add(NORA).number for _ in range(4)]

    def broken(ticket):
        is_second = str(numbers[1]) in str(ticket) or f"{numbers[1]:032x}" in str(ticket)
        return {n: v for n, v in ticket.items() if n != UPDATED[kind]} if is_second else ticket

    place.server.drift = broken
    run = place.sync()
    assert (run.counts["new"], run.counts["unreadable"]) == (3, 1)


def test_sync_that_is_told_to_stop_goes_on_at_its_place(people, kind, open_place):
    place = open_place(kind)
    for _ in range(8):
        place.server.add(NORA)
    first = place.sync(may_go_on=lambda: False)
    assert (first.finished_at, len(place.ids())) == (None, 3)
    asked = len(place.server.asked)
    last = place.sync()
    assert (last.pk, last.finished_at is not None, len(place.ids())) == (first.pk, True, 8)
    assert len(place.server.asked) > asked


def test_process_that_was_taken_over_writes_nothing_more(people, open_place, monkeypatch):
    monkeypatch.setattr("profiles.tickets.feeds.syncing.ROWS_AT_ONCE", 1)  # each page by itself
    place = open_place("rt")
    for _ in range(5):
        place.server.add(NORA)

    def take_over() -> bool:
        type(place.feed).objects.update(turn=99)
        return True

    with pytest.raises(TakenOver):
        place.sync(may_go_on=take_over)
    assert len(place.ids()) == 3


def test_ticket_counts_as_it_was_read_last_among_pages_written_together(people, open_place):
    place = open_place("rt")
    lost, kept = place.server.add(NORA), place.server.add(STRANGER)
    for _ in range(4):
        place.server.add(NORA)
    asked = iter([{"requester": STRANGER}, {"requester": NORA}])

    def change() -> bool:
        for number, values in zip((lost.number, kept.number), asked, strict=False):
            place.server.change(number, **values)
        return True

    place.sync(may_go_on=change)
    assert place.ids() == [
        number for number in sorted(place.server.tickets) if number != lost.number
    ]


def test_pages_before_one_that_must_wait_are_written(people, open_place):
    place = open_place("rt")
    numbers = [place.server.add(NORA).number for _ in range(5)]

    def let_down() -> bool:
        place.server.faults.waits = 1.0
        return True

    with pytest.raises(AskedToWait):
        place.sync(may_go_on=let_down, wait=None)
    assert place.ids() == numbers[:3]


def test_ticket_whose_text_the_line_cuts_off_is_read_again(people, open_place, monkeypatch):
    """Its page counts as read only when all of it is taken."""
    place = open_place("rt", largest_page=10)
    numbers = [place.server.add(NORA, subject="Nothing known").number for _ in range(5)]
    rt = SYSTEMS["rt"]
    cut = [str(numbers[2])]

    def text_of(desk, number: str) -> str:
        if number in cut:
            cut.remove(number)
            raise LineDropped("The line was cut.")
        return rt.body(desk, number)

    monkeypatch.setitem(SYSTEMS, "rt", replace(rt, body=text_of))
    with pytest.raises(LineDropped):
        place.sync()
    assert place.ids() == numbers[:2]
    assert place.sync().counts["read"] == 2 + 5
    assert place.ids() == numbers


@pytest.mark.parametrize("is_one_moment", [False, True])
@pytest.mark.parametrize(("kind", "allowance"), [("glpi", 8), ("incident-iq", 4)])
def test_page_is_gone_on_with_where_the_help_desk_had_enough(
    people, open_place, kind, allowance, is_one_moment
):
    """These two take questions for each ticket: a page may be more than is allowed at once."""
    place = open_place(kind, faults=Faults(allowance=allowance), largest_page=20)
    many = [place.server.add(f"stranger{number}@elsewhere.org") for number in range(12)]
    mine = [place.server.add(NORA).number for _ in range(3)]
    if is_one_moment:
        for number in place.server.tickets:
            place.server.change(number, updated_at=START + timedelta(hours=1))
    stops = place.sync_through(tries=30)
    run = FeedRun.objects.get()
    assert place.ids() == mine
    assert (run.counts["read"], run.counts["unmatched"]) == (len(many) + 3, len(many))
    assert len(place.server.asked) <= (stops + 1) * (allowance + 1)
    again = Counter(path for path in place.server.asked if path[-1:].isdigit())
    assert max(again.values(), default=0) <= 3  # read, let down once, and asked whether it is there


def test_ticket_that_goes_between_the_list_and_the_question_is_gone(
    people, open_place, monkeypatch
):
    place = open_place("glpi")
    going, staying = place.server.add(NORA).number, place.server.add(NORA).number
    place.sync()
    place.server.change(going)
    asked = glpi.fetched
    monkeypatch.setattr(
        glpi, "fetched", lambda desk, n: None if n == str(going) else asked(desk, n)
    )
    run = place.sync()
    assert (place.ids(), run.counts["gone"], run.counts["unreadable"]) == ([staying], 1, 0)

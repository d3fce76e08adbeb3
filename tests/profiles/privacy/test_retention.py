"""Tickets go when they are older than the district keeps them, and after an erasure for good."""

from __future__ import annotations

from datetime import timedelta

from profiles.models import Ticket
from profiles.privacy import forget_old_tickets, operations
from profiles.privacy.operations import erase
from profiles.tickets.deriving import Requesters

from .conftest import NOW


def test_old_tickets_go_in_small_bites(new_teacher, add_ticket, settings, monkeypatch):
    settings.TICKET_MONTHS = 24
    monkeypatch.setattr(operations, "TICKETS_AT_ONCE", 2)
    kept = [add_ticket(new_teacher, days) for days in (1, 700, 729)]
    for days in (732, 800, 900, 4000, 5000):
        add_ticket(new_teacher, days)
    assert forget_old_tickets(now=NOW) == 5
    assert set(Ticket.objects.all()) == set(kept)
    assert forget_old_tickets(now=NOW) == 0
    assert forget_old_tickets(now=NOW + timedelta(days=3)) == 1


def test_nothing_goes_where_the_district_keeps_all(new_teacher, add_ticket, settings):
    settings.TICKET_MONTHS = 0
    add_ticket(new_teacher, 9000)
    assert forget_old_tickets(now=NOW) == 0
    assert Ticket.objects.count() == 1


def test_no_ticket_of_somebody_forgotten_is_kept_again(new_teacher, mentor_teacher):
    new_teacher.identifiers.create(source="roster", external_id="u-7")
    before = Requesters()
    erase(teacher=new_teacher, now=NOW)
    after = Requesters()
    for requester in (new_teacher.email, f"Nora <{new_teacher.email}>", "u-7"):
        assert (before.find(requester), after.find(requester)) == (new_teacher.pk, None)
    assert after.find(mentor_teacher.email) == mentor_teacher.pk

"""Whoever says what a ticket is about says too whether the same was asked before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from profiles.corrections import correct_ticket, hide_ticket, unhide_ticket
from profiles.models import Ticket, TicketSource
from profiles.tickets import learning
from profiles.tickets.operations import map_category
from profiles.tickets.repeating import SOON
from profiles.tickets.sorting import Sorted, sort_tickets, take_back

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 10, 1, 15, tzinfo=UTC)


@pytest.fixture
def asked_again(new_teacher, screen_sharing):
    """The later of two tickets a week apart; the first was closed as one about a skill."""
    source = TicketSource.objects.create(name="csv")

    def add(number, days, **fields):
        opened = NOW - timedelta(days=days)
        return Ticket.objects.create(
            source=source,
            external_id=f"T{number}",
            teacher=new_teacher,
            kind="how-to",
            opened_at=opened,
            resolved_at=opened + timedelta(hours=1),
            category="Projectors",
            words="mirror wall",
            **fields,
        )

    add(1, 9, skill=screen_sharing, skill_origin="category")
    return add(2, 2)


def repeated() -> list[str]:
    marked = Ticket.objects.filter(is_repeated=True).order_by("external_id")
    return list(marked.values_list("external_id", flat=True))


def test_coach_who_sorts_and_takes_it_back(asked_again, screen_sharing):
    before = sort_tickets(answers=[Sorted(asked_again.pk, screen_sharing.pk)], now=NOW)
    assert repeated() == ["T1"]
    take_back(before=before, sorted_at=NOW)
    assert repeated() == []


def test_teacher_who_corrects(asked_again, new_teacher, screen_sharing, grade_sync):
    for skill, marked in ((screen_sharing, ["T1"]), (grade_sync, []), (None, [])):
        correct_ticket(teacher=new_teacher, ticket=asked_again, skill=skill, now=NOW)
        assert repeated() == marked


def test_teacher_who_hides_what_came_again_and_shows_it(asked_again, new_teacher, screen_sharing):
    correct_ticket(teacher=new_teacher, ticket=asked_again, skill=screen_sharing, now=NOW)
    hide_ticket(teacher=new_teacher, ticket=asked_again, now=NOW)
    assert repeated() == []
    unhide_ticket(teacher=new_teacher, ticket=asked_again, now=NOW)
    assert repeated() == ["T1"]


def test_two_weeks_are_soon_as_paths_say():
    assert timedelta(weeks=2) == SOON


def test_category_that_is_given_a_skill(asked_again, screen_sharing, grade_sync):
    for skill, marked in ((screen_sharing.pk, ["T1"]), (grade_sync.pk, ["T1"]), (None, [])):
        map_category(
            source=asked_again.source,
            category="Projectors",
            subcategory="",
            skill_id=skill,
            kind="",
        )
        assert repeated() == marked  # by another skill, both are about that one


def test_night_that_reads_it_anew(asked_again, screen_sharing, monkeypatch):
    class Sure:
        is_learned = True

        def likeliest(self, tickets):
            return [(screen_sharing.pk, 0.9) for _ in tickets]

    monkeypatch.setattr(learning, "newest_classifier", Sure)
    assert learning.read_unsorted_again() == 1
    assert repeated() == ["T1"]

"""Reading tickets for the coaches' desk: by what was kept, never by whose they are.

What a teacher hid, and all of whoever switched the use of their history off, never comes here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, F, Max, QuerySet

from ..models import Skill, Ticket, TicketClassifier, TicketSource
from ..models.tickets import TicketQuerySet
from .classifier import newest_classifier
from .learned import told_by
from .sorting import READ

#: What was read wrong longer ago is not worth a coach's minute.
GUESSED_SINCE = timedelta(days=365)
#: A guess that is right less often than this is none.
LEAST_LIKELY = 0.05
MOST_WORDS = 30


def unsorted_categories() -> QuerySet[Ticket, dict]:
    """Return the categories with unsorted tickets, those with most first."""
    return (
        unsorted()
        .exclude(category="")
        .order_by()
        .values("source", "source__name", "category", "subcategory")
        .annotate(tickets=Count("pk"), last_at=Max("opened_at"))
        .order_by("-tickets", "category", "subcategory", "source")
    )


def unsorted_tickets(
    *, source: TicketSource | None = None, category: str | None = None
) -> QuerySet[Ticket]:
    """Return the unsorted tickets, newest first; of one category when named."""
    tickets = unsorted().select_related("source")
    if source is not None:
        tickets = tickets.filter(source=source)
    if category is not None:
        tickets = tickets.filter(category=category)
    return tickets.order_by("-opened_at", "-pk")


def guessed_tickets(*, now: datetime) -> QuerySet[Ticket]:
    """Return the tickets of a year whose skill was read from their words, least sure first."""
    tickets = Ticket.objects.usable().filter(
        skill_origin__in=READ, sorted_at=None, opened_at__gte=now - GUESSED_SINCE
    )
    return tickets.select_related("source", "skill").order_by(
        F("skill_confidence").asc(nulls_last=True), "-opened_at", "-pk"
    )


def unsorted() -> TicketQuerySet:
    """Return the tickets whose skill nobody knows yet."""
    return Ticket.objects.usable().unsorted()


class Guess(NamedTuple):
    """A skill that a ticket may be about."""

    skill: int
    name: str
    percent: int


class Slip(NamedTuple):
    """A ticket as it lies on the desk."""

    ticket: Ticket
    words: list[str]
    more_words: int
    guesses: list[Guess]


def slips_of(tickets: Sequence[Ticket]) -> list[Slip]:
    """Return these tickets with the words kept of them and the skills they are likely about."""
    kept = [ticket.words.split() for ticket in tickets]
    told = [told_by(ticket.words, ticket.category, ticket.subcategory) for ticket in tickets]
    found = newest_classifier().guesses_of(told) if tickets else []
    names = dict(Skill.objects.values_list("pk", "name"))
    return [
        Slip(
            ticket,
            words[:MOST_WORDS],
            max(0, len(words) - MOST_WORDS),
            [
                Guess(skill, names[skill], round(100 * sure))
                for skill, sure in guesses
                if sure >= LEAST_LIKELY and skill in names
            ],
        )
        for ticket, words, guesses in zip(tickets, kept, found, strict=True)
    ]


class Learned(NamedTuple):
    """What was learned last from the coaches' sorting, in hundredths; None: not measured."""

    at: datetime
    tickets: int
    right: int | None
    sure: int | None


def learned_last() -> Learned | None:
    """Return what the newest classifier says of itself, None before the first."""
    newest = TicketClassifier.objects.defer("parameters").first()
    if newest is None:
        return None
    told = newest.measures
    return Learned(
        newest.trained_at,
        newest.tickets,
        round(100 * told["top1"]) if "top1" in told else None,
        round(100 * (1 - told["not_sure"])) if "not_sure" in told else None,
    )

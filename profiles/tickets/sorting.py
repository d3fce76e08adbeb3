"""What coaches say of single tickets at the sorting desk, and taking the last of it back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q, QuerySet

from ..models import Skill, Ticket
from ..signals import tickets_changed
from .repeating import mark_repeated

#: The skill was read from words: a coach may say otherwise.
READ = (Ticket.Origin.WORDS, Ticket.Origin.LEARNED)
FIELDS = ("skill", "kind", "skill_origin", "skill_confidence", "sorted_at")


class Sorted(NamedTuple):
    """What a coach says of one ticket; no skill leaves it unsorted for good."""

    ticket: int
    skill: int | None
    kind: str = ""  # "": the kind stays


class Before(NamedTuple):
    """What a ticket said before a coach sorted it; JSON can carry it."""

    ticket: int
    skill: int | None
    kind: str
    origin: str
    confidence: float | None


@transaction.atomic
def sort_tickets(*, answers: Iterable[Sorted], now: datetime) -> list[Before]:
    """Keep what a coach says of these tickets; return what those that were open said before."""
    by_ticket = {answer.ticket: answer for answer in answers}
    tickets = list(open_to_coaches().select_for_update(of=("self",)).filter(pk__in=by_ticket))
    before = [
        Before(one.pk, one.skill_id, one.kind, one.skill_origin, one.skill_confidence)
        for one in tickets
    ]
    for ticket in tickets:
        answer = by_ticket[ticket.pk]
        ticket.skill_id = answer.skill
        ticket.kind = answer.kind or ticket.kind
        ticket.skill_origin = Ticket.Origin.COACH if answer.skill else ""
        ticket.skill_confidence = None
        ticket.sorted_at = now
    _write(tickets)
    return before


@transaction.atomic
def take_back(*, before: Sequence[Before], sorted_at: datetime) -> int:
    """Let tickets say again what they said before they were sorted at that moment; return how
    many did: not those that somebody sorted or corrected since."""
    by_ticket = {one.ticket: one for one in before}
    mine = Ticket.objects.filter(pk__in=by_ticket, sorted_at=sorted_at)
    tickets = list(
        mine.exclude(skill_origin=Ticket.Origin.TEACHER).select_for_update().order_by("pk")
    )
    skills = set(Skill.objects.values_list("pk", flat=True))
    for ticket in tickets:
        said = by_ticket[ticket.pk]
        if said.skill is not None and said.skill not in skills:  # deleted since
            said = said._replace(skill=None, origin="", confidence=None)
        ticket.skill_id, ticket.kind = said.skill, said.kind
        ticket.skill_origin, ticket.skill_confidence = said.origin, said.confidence
        ticket.sorted_at = None
    _write(tickets)
    return len(tickets)


def open_to_coaches() -> QuerySet[Ticket]:
    """Return the tickets that a coach may sort: those on the desk, that no person has sorted and
    no category decides."""
    is_open = Q(skill=None) | Q(skill_origin__in=READ)
    return Ticket.objects.usable().filter(is_open, sorted_at=None)


def _write(tickets: Sequence[Ticket]) -> None:
    Ticket.objects.bulk_update(tickets, FIELDS)
    if teachers := sorted(ticket.teacher_id for ticket in tickets):
        mark_repeated(teachers=set(teachers))
        tickets_changed.send(
            sender=Ticket, teacher_ids=teachers, count=len(tickets), cause="sorted"
        )

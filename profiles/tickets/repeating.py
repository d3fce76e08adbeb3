"""Closed is not solved: the same teacher asked about the same skill again soon after."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.db.models import Case, Exists, OuterRef, QuerySet, Value, When

from ..models import Ticket, TicketSource

#: The same question this soon after it was answered: the answer did not solve it.
SOON = timedelta(days=14)
TEACHERS_AT_ONCE = 200


def mark_repeated(*, teachers: Iterable[int]) -> int:
    """Mark the tickets of these teachers that were closed and asked again; return how many changed.

    What a teacher hid makes nothing repeated: it counts for nothing. Two statements for every 200
    teachers, each a transaction of its own: nobody waits for a long one, and whoever is killed
    between two does the same again.
    """
    again = Ticket.objects.visible().filter(
        teacher=OuterRef("teacher"),
        skill=OuterRef("skill"),
        opened_at__gt=OuterRef("resolved_at"),
        opened_at__lte=OuterRef("resolved_at") + SOON,
    )
    return sum(mark(Ticket.objects.filter(teacher__in=some), again) for some in parts(teachers))


def repeated_as_known(end: datetime) -> Case:
    """Return, for a query over tickets, whether each was known before this moment to be repeated:
    the mark, but for what was asked again only later."""
    again = Ticket.objects.visible().filter(
        teacher=OuterRef("teacher"),
        skill=OuterRef("skill"),
        opened_at__gt=OuterRef("resolved_at"),
        opened_at__lt=end,
    )
    return Case(
        When(is_repeated=False, then=Value(False)),
        When(resolved_at__lt=end - SOON, then=Value(True)),
        default=Exists(again),
    )


def mark(tickets: QuerySet[Ticket], again: QuerySet[Ticket]) -> int:
    """Set the mark of these tickets right; return how many changed."""
    closed = tickets.filter(resolved_at__isnull=False, skill__isnull=False)
    marked = closed.filter(Exists(again), is_repeated=False).update(is_repeated=True)
    return marked + tickets.filter(~Exists(again), is_repeated=True).update(is_repeated=False)


def parts(teachers: Iterable[int]) -> Iterator[list[int]]:
    """Yield these teachers in their order, so many at once."""
    wanted = sorted(teachers)
    for start in range(0, len(wanted), TEACHERS_AT_ONCE):
        yield wanted[start : start + TEACHERS_AT_ONCE]


def teachers_of(source: TicketSource) -> Iterable[int]:
    """Return whoever has a ticket of a help desk: all whom a run that was cut off may have met."""
    held = Ticket.objects.filter(source=source).order_by()
    return held.values_list("teacher_id", flat=True).distinct()

"""Reading tickets for the coaches' desk: by what was kept, never by whose they are."""

from __future__ import annotations

from django.db.models import Count, Max, QuerySet

from ..models import Ticket, TicketSource


def unsorted_categories() -> QuerySet[Ticket, dict]:
    """Return the categories with unsorted tickets, those with most first."""
    return (
        Ticket.objects.unsorted()
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
    tickets = Ticket.objects.unsorted().select_related("source")
    if source is not None:
        tickets = tickets.filter(source=source)
    if category is not None:
        tickets = tickets.filter(category=category)
    return tickets.order_by("-opened_at", "-pk")

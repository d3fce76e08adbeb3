"""Tickets as the recommender is told of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q

from pdplanner.recommender.facts import NEED_KINDS, TicketFacts
from profiles.models import Ticket
from profiles.tickets.repeating import repeated_as_known

#: A ticket still open this long after its first answer was not settled by it.
FIRST_ANSWER_GRACE = timedelta(days=1)

EVERYBODY = Q()


def read_tickets(end: datetime, zone: ZoneInfo, mine: Q = EVERYBODY) -> tuple[TicketFacts, ...]:
    """Return the tickets that can make need: of a known skill, visible, of teachers who let them
    count; `mine` narrows to some.

    What a ticket came to after `end` (its answer, minutes, reopening) is not known yet. Closed is
    not solved: neither what was opened again nor what was asked again soon after.
    """
    facts = []
    rows = (
        Ticket.objects.visible()
        .filter(
            mine,
            opened_at__lt=end,
            skill__isnull=False,
            kind__in=NEED_KINDS,
            teacher__uses_tickets=True,
        )
        .order_by("pk")
        .values_list(
            "pk",
            "teacher_id",
            "skill_id",
            "kind",
            "opened_at",
            "first_answered_at",
            "resolved_at",
            "is_reopened",
            repeated_as_known(end),
            "minutes_lost",
        )
    )
    for key, teacher, skill, kind, opened_at, answered_at, resolved_at, *came_to in rows:
        reopened, repeated, minutes = came_to
        settled = None
        if resolved_at is not None and resolved_at >= end:
            reopened, minutes = False, None
        elif resolved_at is not None and answered_at is not None:
            held = not (reopened or repeated)
            settled = held and resolved_at - answered_at <= FIRST_ANSWER_GRACE
        facts.append(
            TicketFacts(
                key,
                teacher,
                skill,
                kind,
                opened_at.astimezone(zone).date(),
                minutes,
                reopened,
                settled,
                repeated,
            )
        )
    return tuple(facts)

"""Trying a help desk: what would be kept of its first tickets, and nothing of their words."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from ...choices import TicketKind
from ...models import Skill, TicketFeed
from ..deriving import Requesters, TicketReader
from .syncing import Clock, Sync

TRIED = 5


class Tried(NamedTuple):
    """What would be kept of one ticket."""

    number: str
    opened_at: datetime
    is_known: bool  # whoever asked is a teacher here
    is_closed: bool
    category: str
    skill: str
    kind: str


def try_feed(feed: TicketFeed, *, clock: Clock) -> list[Tried]:
    """Return what would be kept of the first tickets. Writes nothing. Raises FeedProblem."""
    rows = Sync(feed, clock=clock).first_rows(TRIED)
    requesters, reader = Requesters(), TicketReader(source=feed.source)
    derived = [reader.read(row) for row in rows]
    skills = Skill.objects.in_bulk([one.skill for one in derived if one.skill is not None])
    return [
        Tried(
            number=row.external_id,
            opened_at=row.opened_at,
            is_known=requesters.find(row.requester) is not None,
            is_closed=row.resolved_at is not None,
            category=one.category,
            skill=skills[one.skill].name if one.skill is not None else "",
            kind=TicketKind(one.kind).label,
        )
        for row, one in zip(rows, derived, strict=True)
    ]

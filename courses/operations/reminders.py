"""Lines for the next daily mail: dates that come up, and seats that wait for an answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, cast

from django.db.models import Q

from profiles.models import User
from profiles.notices import known_keys, next_digest_time, owe_notices
from profiles.queries import the_district

from ..models import Enrolment, Offering, OfferingPart, parts_of

State = Enrolment.State


def owe_reminders(*, now: datetime) -> int:
    """Owe the lines that belong into the next daily mail; return how many were not owed before.

    A date is told of in the last daily mail but one before it; in the last, when the seat was
    taken or the date moved since.
    """
    zone = the_district().zone
    digest_at = next_digest_time(now, zone)
    last_date = digest_at.astimezone(zone).date() + timedelta(days=1)
    until = datetime.combine(last_date + timedelta(days=1), time(), zone)
    lines = [*_coming_up(digest_at, until), *_waiting(digest_at)]
    # Most are owed since an earlier sweep: asked for all of them at once.
    known = known_keys(line.key for line in lines)
    return sum(
        owe_notices(users=[line.user], kind=line.kind, key=line.key, facts=line.facts, now=now)
        for line in lines
        if line.key not in known
    )


@dataclass(frozen=True)
class Line:
    """One line to owe."""

    user: User
    kind: str
    key: str
    facts: dict[str, Any]


def _coming_up(start: datetime, end: datetime) -> Iterator[Line]:
    """Yield the parts of runs that begin between two moments, for whoever has a seat."""
    begins = {"starts_at__gte": start, "starts_at__lt": end}
    runs = Q(offering__in=OfferingPart.objects.filter(**begins).values("offering")) | Q(
        **{f"offering__{name}": value for name, value in begins.items()}
    )
    seats = Enrolment.objects.filter(
        runs,
        state=State.SEATED,
        offering__is_cancelled=False,
        teacher__user__wants_reminders=True,
        teacher__user__is_active=True,
    ).select_related("teacher__user", "offering")
    for enrolment in seats.prefetch_related("offering__parts").order_by("pk"):
        run = cast(Offering, enrolment.offering)
        for part in parts_of(run):
            if start <= part.starts_at < end:
                moment = part.starts_at.isoformat()
                facts = {"enrolment": enrolment.pk, "starts_at": moment}
                key = f"run-soon:{enrolment.pk}:{moment}"
                yield Line(cast(User, enrolment.teacher.user), "run-soon", key, facts)


def _waiting(digest_at: datetime) -> Iterator[Line]:
    """Yield the offers that are still open when the mail goes out."""
    for enrolment in (
        Enrolment.objects.filter(
            state=State.OFFERED,
            offered_until_at__gt=digest_at,
            teacher__user__wants_reminders=True,
        )
        .select_related("teacher__user")
        .order_by("pk")
    ):
        key = f"seat-waits:{enrolment.pk}:{enrolment.offered_until_at}"
        yield Line(
            cast(User, enrolment.teacher.user), "seat-waits", key, {"enrolment": enrolment.pk}
        )

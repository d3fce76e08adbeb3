"""Lines for the next daily mail: dates that come up, and seats that wait for an answer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from django.db.models import Q

from profiles.notices import next_digest_time, owe_notices
from profiles.queries import the_district

from ..models import Enrolment, OfferingPart, parts_of

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
    owed = 0
    for enrolment, part in _coming_up(digest_at, until):
        owed += owe_notices(
            users=[enrolment.teacher.user] if enrolment.teacher.user else [],
            kind="run-soon",
            key=f"run-soon:{enrolment.pk}:{part.starts_at.isoformat()}",
            facts={"enrolment": enrolment.pk, "starts_at": part.starts_at.isoformat()},
            now=now,
        )
    for enrolment in Enrolment.objects.filter(
        state=State.OFFERED, offered_until_at__gt=digest_at, teacher__user__wants_reminders=True
    ).select_related("teacher__user"):
        owed += owe_notices(
            users=[enrolment.teacher.user],
            kind="seat-waits",
            key=f"seat-waits:{enrolment.pk}:{enrolment.offered_until_at}",
            facts={"enrolment": enrolment.pk},
            now=now,
        )
    return owed


def _coming_up(start: datetime, end: datetime) -> Iterator[tuple[Enrolment, OfferingPart]]:
    """Yield seats with each part of the run that begins between two moments."""
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
        for part in parts_of(enrolment.offering):
            if start <= part.starts_at < end:
                yield enrolment, part

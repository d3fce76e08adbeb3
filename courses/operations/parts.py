"""Parts of runs as they are stored: rows from before there were parts get theirs here."""

from __future__ import annotations

import uuid

from ..models import Offering, OfferingPart, parts_of

IN_ONE_GO = 500


def ensure_parts(*, offering: Offering) -> list[OfferingPart]:
    """Return the stored parts of a run; one that has none gets one as long as itself."""
    parts = parts_of(offering)
    if parts[0].pk is None:
        OfferingPart.objects.bulk_create(parts, ignore_conflicts=True)  # two may find it missing
        parts = list(offering.parts.order_by("number"))
    return parts


def fill_in_runs() -> int:
    """Give runs what rows from an earlier version or an import lack, parts and a calendar's uid;
    return how many there were. Run again, it finds nothing.
    """
    bare = 0
    while found := list(Offering.objects.filter(parts=None).order_by("pk")[:IN_ONE_GO]):
        OfferingPart.objects.bulk_create(
            (_whole(offering) for offering in found), ignore_conflicts=True
        )
        bare += len(found)
    nameless = list(Offering.objects.filter(uid=None).only("pk"))
    for offering in nameless:
        # Where it is still empty only: a calendar that has read a uid must find it again.
        Offering.objects.filter(pk=offering.pk, uid=None).update(uid=uuid.uuid4())
    return bare + len(nameless)


def _whole(offering: Offering) -> OfferingPart:
    return OfferingPart(
        offering=offering,
        number=1,
        starts_at=offering.starts_at,
        ends_at=offering.ends_at,
        place=offering.place,
        link=offering.link,
    )

"""Invitations by mail: what a teacher's calendar was told of a run, kept equal to what stands.

Nothing that hands out seats knows of this. A look at the rows finds who holds a seat that the
calendar was not told of, whose run has moved since, and who lost a seat that was told. The word is
owed, and what was told is written down, in one transaction: killed anywhere, it is owed once.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import cast

from django.db import transaction
from django.db.models import Q

from profiles.notices import owe_notices

from ..models import CalendarTold, Enrolment, Offering
from ..queries.calendars import parts_as_told, sequences_of, with_parts

State = Enrolment.State

#: A seat that is older when it is looked at for the first time needs no invitation any more: it
#: is written down as told, and the next change of the run is sent.
FRESH = timedelta(days=7)
REQUEST, CANCEL = "REQUEST", "CANCEL"


def owe_invitations(*, now: datetime) -> int:
    """Owe whoever wants them the invitations that are missing; return how many there were."""
    changed = list(_changed(now))
    if not changed:
        return 0
    enrolments = with_parts(Enrolment.objects.filter(pk__in=changed)).select_related(
        "offering__school", "course", "teacher__user"
    )
    moved = sequences_of(
        Q(enrolment__offering__in=enrolments.values("offering"))
        & Q(enrolment__teacher__in=enrolments.values("teacher"))
    )
    return sum(
        _settle(one, run.sequence + moved[one.teacher_id, run.pk], now)
        for one in enrolments.order_by("pk")
        if (run := one.offering) is not None
    )


def _changed(now: datetime) -> Iterator[int]:
    """Yield the enrolments whose calendar does not know what stands, by id."""
    told = {
        (row.teacher_id, row.offering_id): row
        for row in CalendarTold.objects.filter(offering__ends_at__gt=now)
    }
    newest: dict[tuple[int, int], tuple[int, str, int, bool]] = {}
    for pk, teacher, offering, state, sequence, is_cancelled in (
        Enrolment.objects.filter(
            offering__ends_at__gt=now,
            offering__uid__isnull=False,
            teacher__user__is_active=True,
            teacher__user__wants_invitations=True,
        )
        .order_by("pk")
        .values_list(
            "pk",
            "teacher_id",
            "offering_id",
            "state",
            "offering__sequence",
            "offering__is_cancelled",
        )
    ):
        stood = newest.get((teacher, offering or 0))
        if stood is None or stood[1] in Enrolment.ENDED_EARLY:  # given back, and taken again
            newest[teacher, offering or 0] = (pk, state, sequence, is_cancelled)
    for pair, (pk, state, sequence, is_cancelled) in newest.items():
        row = told.get(pair)
        if _is_over(state, is_cancelled):
            if row is not None and row.parts:
                yield pk
        elif state == State.SEATED and (
            row is None or not row.parts or row.run_sequence != sequence
        ):
            yield pk


def _is_over(state: str, is_cancelled: bool) -> bool:
    """Whether the seat is gone; who was marked at the door has had it."""
    return is_cancelled or state in Enrolment.ENDED_EARLY


@transaction.atomic
def _settle(enrolment: Enrolment, sequence: int, now: datetime) -> int:
    """Owe what one calendar lacks, and write down that it was told; return how many words."""
    offering = cast(Offering, enrolment.offering)
    row, is_new = CalendarTold.objects.select_for_update(of=["self"]).get_or_create(
        teacher_id=enrolment.teacher_id, offering=offering, defaults={"sequence": 0}
    )
    is_over = _is_over(enrolment.state, offering.is_cancelled)
    parts = [] if is_over else parts_as_told(offering)
    stood, had_sequence = row.parts, row.sequence
    row.run_sequence = offering.sequence
    if parts == stood:  # another process was here first, or it moved to and fro
        row.save(update_fields=["run_sequence"])
        return 0
    row.parts, row.sequence = parts, max(sequence, had_sequence + 1)
    row.save(update_fields=["run_sequence", "parts", "sequence"])
    if is_new and enrolment.since_at < now - FRESH:
        return 0
    kept = {part[0] for part in parts}
    gone = [part for part in stood if part[0] not in kept]
    if gone:
        _owe(enrolment, CANCEL, row.sequence, gone, now, is_first=False)
    if parts:
        _owe(enrolment, REQUEST, row.sequence, parts, now, is_first=not stood)
    return int(bool(gone)) + int(bool(parts))


def _owe(
    enrolment: Enrolment,
    method: str,
    sequence: int,
    parts: list[list],
    now: datetime,
    *,
    is_first: bool,
) -> None:
    owe_notices(
        users=[enrolment.teacher.user] if enrolment.teacher.user else [],
        kind="invitation",
        key=f"invitation:{enrolment.offering_id}:{sequence}:{method}",
        facts={
            "course": enrolment.course_id,
            "offering": enrolment.offering_id,
            "teacher": enrolment.teacher_id,
            "method": method,
            "sequence": sequence,
            "parts": parts,
            "is_first": is_first,
        },
        now=now,
        is_urgent=True,
    )

"""Looks that are written down, requests to be forgotten, and tickets that are too old to keep."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from ..models import ErasureRequest, SignalLook, Teacher, Ticket, User
from ..signals import profiles_changed, ticket_use_changed
from .held import Erasure, all_held

Outcome = ErasureRequest.Outcome
#: Tickets let go in one transaction: a long one would keep everybody else waiting.
TICKETS_AT_ONCE = 500
DAYS_A_MONTH = 30.44


class AlreadyAnswered(Exception):
    """Somebody has answered this request."""


def record_look(*, teacher: Teacher, by: User, what: str, why: str, now: datetime) -> SignalLook:
    """Write down that somebody looks at a teacher's signals, before they are shown."""
    return SignalLook.objects.create(
        teacher=teacher, by=by, by_name=str(by)[:200], what=what, why=why[:200], looked_at=now
    )


def ask_erasure(*, teacher: Teacher, words: str, now: datetime) -> ErasureRequest:
    """Return the teacher's open request to be forgotten; asked twice, it is the same one."""
    request, _ = ErasureRequest.objects.get_or_create(
        teacher=teacher, closed_at=None, defaults={"asked_at": now, "words": words[:300]}
    )
    return request


@transaction.atomic
def withdraw_erasure(*, teacher: Teacher, now: datetime) -> bool:
    """Take the teacher's open request back; return whether there was one."""
    mine = ErasureRequest.objects.filter(teacher=teacher, closed_at=None)
    return bool(mine.update(outcome=Outcome.WITHDRAWN, closed_at=now, closed_by=teacher.user))


@transaction.atomic
def answer_erasure(
    *, request: ErasureRequest, by: User, erases: bool, reply: str, now: datetime
) -> None:
    """Erase what can be erased, or say why not. Raises AlreadyAnswered.

    What shows that somebody was taught stays: seats, completions, credit. The row of the roster
    stays as long as the roster names the teacher, and no ticket of theirs is kept again.
    """
    closed = ErasureRequest.objects.filter(pk=request.pk, closed_at=None).update(
        outcome=Outcome.ERASED if erases else Outcome.DECLINED,
        reply="" if erases else reply[:300],
        closed_at=now,
        closed_by=by,
    )
    if not closed:
        raise AlreadyAnswered(request)
    if erases:
        erase(teacher=request.teacher, now=now)


@transaction.atomic
def erase(*, teacher: Teacher, now: datetime) -> None:
    """Delete all that is held about a teacher and need not be kept; done twice, it is done."""
    for held in all_held():
        if held.erasure is Erasure.DELETE:
            held.rows_of(teacher).delete()
    teacher.forget(now=now)
    profiles_changed.send(sender=Teacher, teacher_ids=[teacher.pk], cause="erased")
    ticket_use_changed.send(sender=Teacher, teacher_id=teacher.pk, ticket_ids=None, counts=False)


def kept_since(now: datetime) -> datetime | None:
    """Return from when on the district keeps tickets; None: it keeps them all."""
    months = settings.TICKET_MONTHS
    return now - timedelta(days=round(months * DAYS_A_MONTH)) if months else None


def forget_old_tickets(*, now: datetime) -> int:
    """Delete tickets older than the district keeps them; return how many.

    A path that stands is told anew by the next night's rebuild; what older ones cite, plans forget.
    """
    before = kept_since(now)
    if before is None:
        return 0
    gone = 0
    while True:
        with transaction.atomic():
            old = list(
                Ticket.objects.filter(opened_at__lt=before)
                .order_by("opened_at")
                .values_list("pk", flat=True)[:TICKETS_AT_ONCE]
            )
            if not old:
                return gone
            gone += Ticket.objects.filter(pk__in=old).delete()[0]

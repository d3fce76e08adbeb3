"""What falls due about seats by itself: offers that pass, seats nobody handed on, go or no-go."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from ..models import Enrolment, Offering
from . import seats
from .runs import cancel_offering

State = Enrolment.State
TOO_FEW = "Too few people signed up."


def keep_deadlines(*, now: datetime) -> int:
    """Settle every run in which something is due; return how many there were.

    Each run is a transaction of its own: killed in between, the next sweep goes on. Run again, it
    finds nothing.
    """
    due = list(_due(now).values_list("pk", flat=True))
    for pk in due:
        _settle_run(pk, now)
    return len(due)


def _due(now: datetime):
    """Runs with something to do; a seat is free for somebody only before the cut-off."""
    mine = Enrolment.objects.filter(offering=OuterRef("pk"))
    waits = Exists(mine.filter(state=State.WAITING))
    may_fill = (
        Q(seats_taken__lt=F("seats"), is_cancelled=False, starts_at__gt=now)
        & (Q(closes_at=None) | Q(closes_at__gt=now))
        & ~Q(waiting_policy=Offering.WaitingPolicy.COACH)
    )
    undecided = Q(
        decide_by_at__lte=now,
        starts_at__gt=now,
        decided_at=None,
        asked_at=None,
        is_cancelled=False,
    )
    return Offering.objects.filter(
        Q(Exists(mine.filter(state=State.OFFERED, offered_until_at__lte=now)))
        | Q(starts_at__lte=now) & Q(Exists(mine.filter(state=State.REQUESTED)))
        | Q(ends_at__lte=now) & Q(waits)
        | may_fill & Q(waits)
        | undecided
    ).order_by("pk")


@transaction.atomic
def _settle_run(pk: int, now: datetime) -> None:
    offering = Offering(pk=pk)
    seats.lock(offering)
    seats.settle(offering, now=now)
    decide_by_at = offering.decide_by_at
    if decide_by_at is not None and decide_by_at <= now < offering.starts_at:
        _go_or_no_go(offering, now)


def _go_or_no_go(offering: Offering, now: datetime) -> None:
    """Enough people: it takes place. Too few: the coach is asked, or it was told to call itself
    off.
    """
    if offering.is_cancelled or offering.decided_at or offering.asked_at:
        return
    going = Enrolment.objects.filter(offering=offering, state=State.SEATED).count()
    if going >= offering.seats_min:
        Offering.objects.filter(pk=offering.pk).update(decided_at=now)
    elif offering.calls_itself_off:
        cancel_offering(offering=offering, by=None, now=now, why=TOO_FEW)
    else:
        Offering.objects.filter(pk=offering.pk).update(asked_at=now)
        seats.owe_coaches("go-no-go", offering, now=now)

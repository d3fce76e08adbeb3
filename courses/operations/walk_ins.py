"""People who come without having enrolled: let in at the door, with a seat of their own."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F

from profiles.models import Teacher, User

from ..models import Enrolment, Offering, Presence, WalkIn
from .attendance import mark_presence, open_part
from .history import note, tell
from .seats import RunIsFull, lock

State = Enrolment.State


@transaction.atomic
def let_in(
    *,
    offering: Offering,
    teacher: Teacher,
    part: int,
    is_over_the_seats: bool,
    by: User | None,
    now: datetime,
) -> Enrolment:
    """Return the teacher's enrolment in this run, seated and marked as there in this part.

    Takes a free seat; without one, and with the coach's yes (`is_over_the_seats`), the run gets
    one seat more. Somebody who stands in the run already is marked as there, no more. Asked twice,
    it answers the same. Raises RunIsCancelled, RunNotStarted, NoSuchPart, RunIsFull.
    """
    position = lock(offering)
    open_part(offering, part, now)
    standing = (
        Enrolment.objects.filter(teacher=teacher, offering=offering)
        .exclude(state__in=Enrolment.ENDED_EARLY)
        .first()
    )
    enrolment = standing or _seat(
        offering, teacher, position, is_over_the_seats=is_over_the_seats, by=by, now=now
    )
    mark_presence(
        offering=offering,
        minutes={enrolment.pk: None},
        part=part,
        how=Presence.How.DOOR,
        by=by,
        now=now,
    )
    enrolment.refresh_from_db(fields=["state", "since_at"])
    return enrolment


def _seat(
    offering: Offering,
    teacher: Teacher,
    position: int,
    *,
    is_over_the_seats: bool,
    by: User | None,
    now: datetime,
) -> Enrolment:
    """Give somebody a seat at the door; only under the run's lock."""
    is_full = not offering.seats_left
    if is_full and not is_over_the_seats:
        raise RunIsFull(offering)
    # Seats and those taken rise together: the constraint sees no moment with one too many.
    Offering.objects.filter(pk=offering.pk).update(
        seats=F("seats") + int(is_full), seats_taken=F("seats_taken") + 1
    )
    offering.refresh_from_db(fields=["seats", "seats_taken"])
    enrolment = Enrolment.objects.create(
        teacher=teacher,
        course_id=offering.course_id,
        offering=offering,
        state=State.SEATED,
        position=position,
        since_at=now,
    )
    why = "Walked in, one seat more than planned." if is_full else "Walked in."
    note(enrolment, by=by, now=now, why=why)
    WalkIn.objects.create(
        enrolment=enrolment, is_over_the_seats=is_full, let_in_at=now, let_in_by=by
    )
    tell([teacher.pk], "enrolled")
    return enrolment

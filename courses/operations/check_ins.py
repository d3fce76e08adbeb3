"""Checking oneself in with the code on the coach's screen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from profiles.models import Teacher, User

from ..codes import LATE_STEPS, age_of
from ..models import Enrolment, Offering, OfferingPart, Presence, Roster
from .attendance import mark_presence, part_of, roster_of
from .seats import RunIsCancelled, lock

State = Enrolment.State
How = Presence.How


class TooEarly(Exception):
    """The code of this part counts from a moment ahead: `opens_at`."""

    def __init__(self, opens_at: datetime):
        super().__init__(opens_at)
        self.opens_at = opens_at


class TooLate(Exception):
    """The code of this part counted until a moment that has passed: `closed_at`."""

    def __init__(self, closed_at: datetime):
        super().__init__(closed_at)
        self.closed_at = closed_at


class NoSeatHere(Exception):
    """The teacher has no seat in this run: only the coach at the door can let them in."""


class CodeTooOld(Exception):
    """The code was right a while ago; the screen shows another one by now."""


class CodeWrong(Exception):
    """The code was never shown for this part."""


class MarkedAsMissing(Exception):
    """The coach has marked the teacher as not there; only the coach can change that."""


@dataclass(frozen=True)
class CheckIn:
    """Somebody who is in, and whether they were before."""

    presence: Presence
    was_in: bool


def window_of(part: OfferingPart, roster: Roster) -> tuple[datetime, datetime]:
    """Return from when until when the code of a part counts."""
    grace = timedelta(minutes=roster.grace_minutes)
    return part.starts_at - grace, part.starts_at + grace


@transaction.atomic
def check_in(
    *, teacher: Teacher, offering: Offering, part: int, code: str, by: User | None, now: datetime
) -> CheckIn:
    """Return the teacher's presence in this part, made by the code on the coach's screen.

    Whoever is in stays in, whatever code they repeat it with. Raises RunIsCancelled, NoSuchPart,
    NoSeatHere, MarkedAsMissing, TooEarly, TooLate, CodeTooOld, CodeWrong.
    """
    lock(offering)
    if offering.is_cancelled:
        raise RunIsCancelled(offering)
    sitting, roster = part_of(offering, part), roster_of(offering)
    enrolment = Enrolment.objects.filter(
        teacher=teacher,
        offering=offering,
        state__in=(State.SEATED, State.ATTENDED, State.PARTLY, State.NO_SHOW),
    ).first()
    if enrolment is None:
        raise NoSeatHere(offering)
    standing = enrolment.presences.filter(part=part).first()
    if standing is not None and standing.minutes:
        return CheckIn(standing, was_in=True)
    if standing is not None and standing.minutes == 0:
        raise MarkedAsMissing(enrolment)
    opens_at, closes_at = window_of(sitting, roster)
    if now < opens_at:
        raise TooEarly(opens_at)
    if now > closes_at or roster.closed_at is not None:
        raise TooLate(min(closes_at, roster.closed_at or closes_at))
    _weigh(code, roster=roster, part=part, now=now)
    (presence,) = mark_presence(
        offering=offering,
        minutes={enrolment.pk: None},
        part=part,
        how=How.CODE,
        by=by,
        now=now,
    )
    return CheckIn(presence, was_in=False)


def _weigh(code: str, *, roster: Roster, part: int, now: datetime) -> None:
    age = age_of(secret=roster.secret, part=part, code=code, at=now)
    if age is None:
        raise CodeWrong
    if age > LATE_STEPS:
        raise CodeTooOld

"""What happens at the same time: one room twice, one coach twice, one teacher twice."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.db.models import Q

from profiles.models import Teacher, User

from ..models import Enrolment, Offering, OfferingPart, parts_of

State = Enrolment.State
#: Enrolments that keep somebody from being elsewhere.
GOING = (State.SEATED, State.OFFERED)


class Times(Protocol):
    """Anything with a start and an end."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Clash:
    """Another run at the same time. `what`: the room, the coach or you."""

    what: str
    name: str  # of the room or coach
    part: OfferingPart

    @property
    def offering(self) -> Offering:
        """The run it clashes with."""
        return self.part.offering


def overlaps(one: Times, other: Times) -> bool:
    """Whether two stretches of time share more than a moment."""
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at


def clashes_of_run(
    offering: Offering, parts: Collection[OfferingPart], coaches: Collection[User]
) -> tuple[Clash, ...]:
    """Return the runs that have a room or a coach of these parts at the same time, soonest first.

    A room is the same place at the same school; where one of the two names no school, the same
    place. Cancelled runs hold nothing.
    """
    places = {_room(part.place) for part in parts if _room(part.place)}
    names = {coach.pk: str(coach) for coach in coaches}
    others = (
        _at_the_time_of(parts)
        .exclude(pk=offering.pk)
        .select_related("course", "school")
        .prefetch_related("parts", "coaches")
    )
    found: list[Clash] = []
    for other in others:
        shared = {other.coach_id, *(coach.pk for coach in other.coaches.all())} & names.keys()
        same_school = None in (offering.school_id, other.school_id) or (
            offering.school_id == other.school_id
        )
        for part in parts_of(other):
            mine = [own for own in parts if overlaps(own, part)]
            rooms = {_room(own.place) for own in mine} & places & {_room(part.place)}
            if rooms and same_school:
                found.append(Clash("room", part.place, part))
            found.extend(Clash("coach", names[key], part) for key in sorted(shared) if mine)
    return tuple(sorted(found, key=lambda clash: (clash.part.starts_at, clash.what, clash.name)))


def clashes_of_teacher(
    teacher: Teacher, offerings: Iterable[Offering]
) -> dict[int, tuple[Clash, ...]]:
    """Return by run the parts of other runs in which this teacher has a seat at the same time."""
    seats = (
        Enrolment.objects.filter(
            teacher=teacher, state__in=GOING, offering__isnull=False, offering__is_cancelled=False
        )
        .select_related("offering__course")
        .prefetch_related("offering__parts")
    )
    taken = [
        (seat.offering, part)
        for seat in seats
        if seat.offering is not None
        for part in parts_of(seat.offering)
    ]
    return {
        offering.pk: tuple(
            Clash("you", "", part)
            for other, part in taken
            if other.pk != offering.pk and any(overlaps(own, part) for own in parts_of(offering))
        )
        for offering in offerings
    }


def _at_the_time_of(parts: Collection[OfferingPart]):
    when = Q()
    for part in parts:
        when |= Q(starts_at__lt=part.ends_at, ends_at__gt=part.starts_at)
    return Offering.objects.filter(when, is_cancelled=False) if when else Offering.objects.none()


def _room(place: str) -> str:
    return " ".join(place.split()).casefold()

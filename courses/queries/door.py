"""The roster at the door: whose run it is, who is expected, who is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Prefetch, Q, QuerySet

from profiles.choices import Role
from profiles.models import Teacher, User
from profiles.queries import roles_of

from ..models import Enrolment, Offering, OfferingPart, Presence, parts_of

#: More words than this are not looked at.
MOST_WORDS = 4
#: Fewer letters than this find half the district.
FEWEST_LETTERS = 2
#: So many people not in the run are offered as walk-ins.
MOST_STRANGERS = 8


@dataclass(frozen=True)
class DoorLine:
    """One person on the roster of one part."""

    enrolment: Enrolment
    presence: Presence | None
    is_walk_in: bool

    @property
    def mark(self) -> str:
        """How they are marked: here, partly, missing; empty when they are not."""
        if self.presence is None or self.presence.minutes is None:
            return ""
        if not self.presence.minutes:
            return "missing"
        return "partly" if self.presence.minutes < self.minutes_of_part else "here"

    minutes_of_part: int = 0


@dataclass(frozen=True)
class Counts:
    """How the part stands: people marked as there, as missing, and not marked yet."""

    here: int
    missing: int
    unmarked: int

    @property
    def people(self) -> int:
        """Everybody on the roster."""
        return self.here + self.missing + self.unmarked


def runs_to_mark(user: User) -> QuerySet[Offering]:
    """Return the runs whose roster this user keeps: a coach their own and those that name no
    coach, a coordinator all of them, anybody else none.
    """
    roles = roles_of(user)
    runs = Offering.objects.all()
    if user.is_superuser or Role.COORDINATOR in roles:
        return runs
    if Role.COACH not in roles:
        return runs.none()
    own = runs.filter(coaches=user).values("pk")
    return runs.filter(Q(coach=user) | Q(pk__in=own) | Q(coach=None, coaches=None))


def runs_at_the_door(user: User, now: datetime, *, hours: int = 18) -> list[Offering]:
    """Return this user's runs with a part that begins or ends within so many hours."""
    near = timedelta(hours=hours)
    begins = Q(parts__starts_at__range=(now - near, now + near))
    whole = Q(parts=None, starts_at__range=(now - near, now + near))
    return list(
        runs_to_mark(user)
        .filter(begins | whole, is_cancelled=False)
        .select_related("course", "school")
        .prefetch_related("parts")
        .order_by("starts_at", "pk")
        .distinct()
    )


def part_under_way(parts: Sequence[OfferingPart], now: datetime) -> OfferingPart:
    """Return the part whose door is nearest: the last that has begun, or is about to."""
    soon = now + timedelta(hours=1)
    begun = [part for part in parts if part.starts_at <= soon]
    return begun[-1] if begun else parts[0]


def door_lines(offering: Offering, part: OfferingPart) -> list[DoorLine]:
    """Return everybody on the roster of a part by name, in three queries."""
    people = (
        Enrolment.objects.filter(offering=offering)
        .exclude(state__in=Enrolment.ENDED_EARLY)
        .select_related("teacher", "teacher__main_school", "walk_in")
        .prefetch_related(
            Prefetch(
                "presences",
                Presence.objects.filter(part=part.number).select_related("marked_by"),
                to_attr="in_part",
            )
        )
        .order_by("teacher__family_name", "teacher__given_name", "pk")
    )
    return [
        DoorLine(
            enrolment=item,
            presence=item.in_part[0] if item.in_part else None,
            is_walk_in=getattr(item, "walk_in", None) is not None,
            minutes_of_part=part.minutes,
        )
        for item in people
    ]


def counts_of(lines: Sequence[DoorLine]) -> Counts:
    """Return how many of these are there, missing, and not marked."""
    marks = [line.mark for line in lines]
    missing, unmarked = marks.count("missing"), marks.count("")
    return Counts(len(marks) - missing - unmarked, missing, unmarked)


def found_lines(lines: Sequence[DoorLine], words: str) -> list[DoorLine]:
    """Return the lines whose names hold all these words."""
    asked = [word.casefold() for word in words.split()[:MOST_WORDS]]
    return [
        line
        for line in lines
        if all(word in str(line.enrolment.teacher).casefold() for word in asked)
    ]


def strangers(offering: Offering, words: str) -> list[Teacher]:
    """Return active teachers with these words in their names who are not in the run, a few."""
    asked = words.split()[:MOST_WORDS]
    if sum(map(len, asked)) < FEWEST_LETTERS:
        return []
    inside = Enrolment.objects.filter(offering=offering).exclude(state__in=Enrolment.ENDED_EARLY)
    found = Teacher.objects.active().exclude(pk__in=inside.values("teacher"))
    for word in asked:
        found = found.filter(Q(given_name__icontains=word) | Q(family_name__icontains=word))
    return list(
        found.select_related("main_school").order_by("family_name", "given_name", "pk")[
            :MOST_STRANGERS
        ]
    )


# ---- checking in --------------------------------------------------------------------------------


@dataclass(frozen=True)
class OwnPart:
    """A part of a run that a teacher has a seat in."""

    offering: Offering
    part: OfferingPart
    presence: Presence | None


def own_parts(teacher: Teacher, *, start: datetime, end: datetime) -> list[OwnPart]:
    """Return the parts that begin in a span of time of runs this teacher has a seat in."""
    enrolments = (
        Enrolment.objects.filter(
            teacher=teacher,
            state__in=("seated", "attended", "partly"),
            offering__is_cancelled=False,
            offering__ends_at__gte=start,
            offering__starts_at__lte=end,
        )
        .select_related("offering__course", "offering__roster", "offering__coach")
        .prefetch_related("offering__parts", "presences")
    )
    found: list[OwnPart] = []
    for enrolment in enrolments:
        offering = enrolment.offering
        if offering is None:
            continue
        stood = {row.part: row for row in enrolment.presences.all()}
        found.extend(
            OwnPart(offering, part, stood.get(part.number))
            for part in parts_of(offering)
            if start <= part.starts_at <= end
        )
    return sorted(found, key=lambda item: (item.part.starts_at, item.offering.pk))

"""Runs as coaches keep them: made, moved, copied, let go ahead or called off."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import F

from profiles.models import User

from ..models import Enrolment, Offering, OfferingPart, parts_of
from ..queries import Clash, clashes_of_run
from ..signals import catalogue_changed
from ..times import days_later
from . import seats
from .history import move, tell

#: What a coach sets; everything else of a run is counted or came with a feed.
EDITABLE = (
    "course_id",
    "starts_at",
    "ends_at",
    "place",
    "link",
    "school_id",
    "coach_id",
    "seats",
    "seats_min",
    "decide_by_at",
    "calls_itself_off",
    "opens_at",
    "closes_at",
    "cancel_until_at",
    "needs_approval",
    "needs_substitute",
    "waiting_policy",
    "offer_hours",
)
#: What people were promised: they are told when it changes, and calendars move.
PROMISED = ("starts_at", "ends_at", "place", "link")
NO_PARTS = "A run needs a day and an hour."


@dataclass(frozen=True, slots=True)
class PartTimes:
    """One part as it is asked for; without a place or link it has the run's."""

    starts_at: datetime
    ends_at: datetime
    place: str = ""
    link: str = ""


class FewerSeatsThanTaken(Exception):
    """The run would have fewer seats than people who hold one."""

    def __init__(self, taken: int):
        super().__init__(taken)
        self.taken = taken


class RunIsWrong(Exception):
    """The run can't be like this: what is wrong, in words, by field (`parts` for its dates)."""

    def __init__(self, problems: dict[str, str]):
        super().__init__(problems)
        self.problems = problems


class RunClashes(Exception):
    """A room or a coach of the run is taken at the time: the clashes, soonest first."""

    def __init__(self, clashes: tuple[Clash, ...]):
        super().__init__(clashes)
        self.clashes = clashes


def problems_of(offering: Offering, parts: Sequence[PartTimes]) -> dict[str, str]:
    """Return what is wrong with a run, in words, by field; nothing when it can be."""
    problems: dict[str, str] = {}
    if not parts:
        return {"parts": NO_PARTS}
    for one, other in pairwise(parts):
        if other.starts_at < one.ends_at:
            problems["parts"] = "The parts overlap: each has to begin after the one before ends."
    if any(part.ends_at <= part.starts_at for part in parts):
        problems["parts"] = "It has to end after it starts."
    starts_at = parts[0].starts_at
    if offering.seats_taken and offering.seats < offering.seats_taken:
        problems["seats"] = too_few_seats(offering.seats_taken)
    elif offering.seats < 1:
        problems["seats"] = "It takes at least one seat."
    elif offering.seats_min > offering.seats:
        problems["seats_min"] = "There can't be fewer seats than people it needs."
    if offering.offer_hours < 1:
        problems["offer_hours"] = "Give people at least an hour to answer."
    for name, words in (
        ("opens_at", "Registration has to open before it starts."),
        ("closes_at", "Registration has to close by the time it starts."),
        ("cancel_until_at", "That is after it starts."),
        ("decide_by_at", "That is after it starts."),
    ):
        moment = getattr(offering, name)
        if moment is not None and moment > starts_at:
            problems[name] = words
    opens_at, closes_at = offering.opens_at, offering.closes_at
    if opens_at is not None and closes_at is not None and closes_at <= opens_at:
        problems["closes_at"] = "Registration has to close after it opens."
    return problems


def too_few_seats(taken: int) -> str:
    """Return what to say when there would be fewer seats than people on them."""
    return f"{taken} people have a seat already, so there can't be fewer."


@transaction.atomic
def store_offering(
    *,
    offering: Offering,
    by: User | None,
    now: datetime,
    parts: Sequence[PartTimes] | None = None,
    coaches: Collection[User] | None = None,
) -> list[Enrolment]:
    """Store a new or changed run whole; return who moved up because it has more seats now.

    Without `parts` it keeps those it has, moved along with its start; without `coaches` (besides
    the main one) it keeps them. People are told what they were promised and is different now.
    Raises RunIsWrong, FewerSeatsThanTaken, RunClashes.
    """
    _lock_rooms()
    moved_up: list[Enrolment] = []
    if offering.pk is None:
        asked = _asked_parts(offering, parts, stood=[])
        _check(offering, asked, coaches or ())
        offering.save()
        _write_parts(offering, asked)
        offering.coaches.set(coaches or ())
        touched = {offering.course_id}
    else:
        touched, moved_up = _change(offering, parts, coaches, now=now, may_clash=False)
    if touched:
        catalogue_changed.send(sender=Offering, course_ids=sorted(touched), cause="runs")
    return moved_up


@transaction.atomic
def change_run(*, offering: Offering, now: datetime) -> tuple[set[int], list[Enrolment]]:
    """Store what a feed says of a run; return sessions touched and who moved up.

    The feed's rooms and coaches are its own affair: clashes are not looked for. Leaves it to the
    caller to say that the catalogue changed: an import says it once. Raises FewerSeatsThanTaken.
    """
    return _change(offering, None, None, now=now, may_clash=True)


def _change(
    offering: Offering,
    parts: Sequence[PartTimes] | None,
    coaches: Collection[User] | None,
    *,
    now: datetime,
    may_clash: bool,
) -> tuple[set[int], list[Enrolment]]:
    asked = {name: getattr(offering, name) for name in EDITABLE}
    seats.lock(offering)  # reads the row anew: what was asked for is put back below
    stood = {name: getattr(offering, name) for name in EDITABLE}
    row = Offering.objects.prefetch_related("parts", "coaches").get(pk=offering.pk)
    stood_parts = parts_of(row)  # a form may hold others, not stored yet
    stored = {coach.pk for coach in row.coaches.all()}
    wanted = stored if coaches is None else {coach.pk for coach in coaches}
    for name, value in asked.items():
        setattr(offering, name, value)
    asked_parts = _asked_parts(offering, parts, stood_parts, stood_place=stood["place"])
    asked |= {"starts_at": offering.starts_at, "ends_at": offering.ends_at}
    new_times = [_times(part) for part in asked_parts] != [_times(part) for part in stood_parts]
    if asked == stood and not new_times and wanted == stored:
        if stood_parts[0].pk is None:
            _write_parts(offering, asked_parts)
        return set(), []
    if offering.seats_taken and asked["seats"] < offering.seats_taken:
        raise FewerSeatsThanTaken(offering.seats_taken)
    busy = new_times or wanted != stored or asked["coach_id"] != stood["coach_id"]
    if not may_clash:
        people = User.objects.filter(pk__in=wanted)
        _check(offering, asked_parts, people, with_clashes=busy or asked["place"] != stood["place"])
    promised = new_times or any(asked[name] != stood[name] for name in PROMISED)
    if promised:
        offering.sequence = F("sequence") + 1
    if asked["decide_by_at"] != stood["decide_by_at"]:
        offering.decided_at = offering.asked_at = None
    offering.save(update_fields=(*EDITABLE, "sequence", "decided_at", "asked_at"))
    offering.refresh_from_db(fields=["sequence"])
    _write_parts(offering, asked_parts)
    if wanted != stored:
        offering.coaches.set(wanted)
    if promised:
        _tell_moved(offering, now=now)
    moved_up = seats.settle(offering, now=now)
    return {stood["course_id"], asked["course_id"]}, moved_up


def copy_offering(
    *, offering: Offering, to_date: date, zone: ZoneInfo, by: User | None, now: datetime
) -> Offering:
    """Return a new run like this one that begins on another day, all parts at the same hours.

    People, seats taken and the feed's number stay behind; windows move along. Raises RunClashes,
    RunIsWrong, NoSuchHour.
    """
    days = (to_date - offering.starts_at.astimezone(zone).date()).days

    def moved(moment: datetime | None) -> datetime | None:
        return None if moment is None else days_later(moment, days, zone)

    plain = {
        name: getattr(offering, name)
        for name in EDITABLE
        if name not in ("starts_at", "ends_at") and not name.endswith("_at")
    }
    windows = ("decide_by_at", "opens_at", "closes_at", "cancel_until_at")
    copy = Offering(**plain, **{name: moved(getattr(offering, name)) for name in windows})
    parts = [
        PartTimes(
            days_later(part.starts_at, days, zone),
            days_later(part.ends_at, days, zone),
            part.place,
            part.link,
        )
        for part in parts_of(offering)
    ]
    store_offering(offering=copy, by=by, now=now, parts=parts, coaches=list(offering.coaches.all()))
    return copy


@transaction.atomic
def let_go_ahead(*, offering: Offering, by: User | None, now: datetime) -> None:
    """Write down the coach's word that a run takes place with the people it has."""
    seats.lock(offering)
    if offering.is_cancelled:
        raise seats.RunIsCancelled(offering)
    Offering.objects.filter(pk=offering.pk).update(decided_at=now)
    offering.decided_at = now


@transaction.atomic
def cancel_offering(
    *, offering: Offering, by: User | None, now: datetime, why: str = ""
) -> list[Enrolment]:
    """Call a run off; return the enrolments that ended with it. Again: nothing more ends."""
    seats.lock(offering)
    if offering.is_cancelled:
        return []
    ended = list(
        Enrolment.objects.filter(offering=offering, state__in=Enrolment.LIVE)
        .select_related("teacher__user")
        .order_by("position")
    )
    for enrolment in ended:
        move(enrolment, Enrolment.State.CANCELLED, by=by, now=now, why=why)
    Offering.objects.filter(pk=offering.pk).update(
        is_cancelled=True, seats_taken=0, cancelled_why=why, sequence=F("sequence") + 1
    )
    offering.refresh_from_db(fields=["is_cancelled", "seats_taken", "cancelled_why", "sequence"])
    seats.owe_word("run-cancelled", ended, offering, now=now)
    tell((enrolment.teacher_id for enrolment in ended), "cancelled")
    catalogue_changed.send(sender=Offering, course_ids=[offering.course_id], cause="runs")
    return ended


def _check(
    offering: Offering,
    parts: Sequence[OfferingPart],
    coaches: Iterable[User],
    *,
    with_clashes: bool = True,
) -> None:
    problems = problems_of(offering, [PartTimes(part.starts_at, part.ends_at) for part in parts])
    if problems:
        raise RunIsWrong(problems)
    people = {coach.pk: coach for coach in (*coaches, offering.coach) if coach is not None}
    if with_clashes and (clashes := clashes_of_run(offering, parts, people.values())):
        raise RunClashes(clashes)


def _asked_parts(
    offering: Offering,
    asked: Sequence[PartTimes] | None,
    stood: Sequence[OfferingPart],
    *,
    stood_place: str = "",
) -> list[OfferingPart]:
    """The parts as they will be stored, in order of time."""
    if asked is None:
        asked = _moved_along(offering, stood, stood_place)
    ordered = sorted(asked, key=lambda part: (part.starts_at, part.ends_at))
    if not ordered:
        raise RunIsWrong({"parts": NO_PARTS})
    offering.starts_at, offering.ends_at = ordered[0].starts_at, ordered[-1].ends_at
    return [
        OfferingPart(
            offering=offering,
            number=number,
            starts_at=part.starts_at,
            ends_at=part.ends_at,
            place=part.place or offering.place,
            link=part.link or offering.link,
        )
        for number, part in enumerate(ordered, start=1)
    ]


def _moved_along(
    offering: Offering, stood: Sequence[OfferingPart], stood_place: str
) -> list[PartTimes]:
    """The parts that stand, moved as the run's start and end moved; changed otherwise, one part."""
    whole = [PartTimes(offering.starts_at, offering.ends_at)]
    if len(stood) < 2:
        return whole
    by = offering.starts_at - stood[0].starts_at
    if offering.ends_at - stood[-1].ends_at != by:
        return whole
    return [
        PartTimes(
            part.starts_at + by,
            part.ends_at + by,
            "" if part.place == stood_place else part.place,
            part.link,
        )
        for part in stood
    ]


def _write_parts(offering: Offering, parts: Sequence[OfferingPart]) -> None:
    """Store the parts by number: what hangs on a part stays with the part of that number."""
    stored = {part.number: part for part in OfferingPart.objects.filter(offering=offering)}
    for part in parts:
        if (row := stored.pop(part.number, None)) is not None:
            part.pk = row.pk
            if _times(row) == _times(part):
                continue
            part.save(force_update=True)
        else:
            part.offering = offering
            part.save()
    for part in stored.values():
        part.delete()


def _times(part: OfferingPart) -> tuple:
    return (part.starts_at, part.ends_at, part.place, part.link)


def _lock_rooms() -> None:
    """Let one run be stored at a time, so that two can't take one room: of seats it locks none.

    SQLite has one writer at a time anyway: the lock of the run, or its INSERT, comes after.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            table = connection.ops.quote_name(OfferingPart._meta.db_table)
            cursor.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")


def _tell_moved(offering: Offering, *, now: datetime) -> None:
    """Tell everybody who goes or waits that the run is at another time or place."""
    going = list(
        Enrolment.objects.filter(offering=offering, state__in=Enrolment.LIVE).select_related(
            "teacher__user"
        )
    )
    seats.owe_word("run-moved", going, offering, now=now, key=now.isoformat())
    tell((enrolment.teacher_id for enrolment in going), "moved")

"""Seats of dated runs: who has one, who waits, who moved up (docs/decisions/seats.md)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F

from profiles.models import Teacher, User
from profiles.notices import owe_notices

from ..models import Enrolment, Offering
from ..queries import live_sessions
from ..signals import catalogue_changed
from .history import move, note, tell

State = Enrolment.State

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
)
PROMISED = ("starts_at", "ends_at", "place")


class RunIsPast(Exception):
    """The run has begun; nobody enrols or withdraws any more."""


class RunIsCancelled(Exception):
    """The run was called off."""


class SessionNotOpen(Exception):
    """The session is a draft or private: nobody can enrol in it or start it."""


class AlreadyMarked(Exception):
    """The coach has marked who came; only the coach can change that."""


class FewerSeatsThanTaken(Exception):
    """The run would have fewer seats than people who hold one."""

    def __init__(self, taken: int):
        super().__init__(taken)
        self.taken = taken


def lock(offering: Offering) -> int:
    """Take the run's lock until the transaction ends; return the next place in its queue.

    It has to be an UPDATE, and the first statement: it takes the row on PostgreSQL and the
    write lock on SQLite, where SELECT FOR UPDATE takes nothing.
    """
    Offering.objects.filter(pk=offering.pk).update(next_position=F("next_position") + 1)
    offering.refresh_from_db(fields=[field.attname for field in Offering._meta.concrete_fields])
    return offering.next_position - 1


@transaction.atomic
def enrol(*, teacher: Teacher, offering: Offering, by: User | None, now: datetime) -> Enrolment:
    """Return the teacher's enrolment in this run: seated, or waiting when it is full.

    Asked twice, it answers the same. Raises RunIsPast, RunIsCancelled, SessionNotOpen.
    """
    position = lock(offering)
    standing = (
        Enrolment.objects.filter(teacher=teacher, offering=offering)
        .exclude(state__in=Enrolment.ENDED_EARLY)
        .first()
    )
    if standing is not None:
        return standing
    if offering.is_cancelled:
        raise RunIsCancelled(offering)
    if offering.starts_at <= now:
        raise RunIsPast(offering)
    if not live_sessions().filter(pk=offering.course_id).exists():
        raise SessionNotOpen(offering.course)

    enrolment = Enrolment.objects.create(
        teacher=teacher,
        course_id=offering.course_id,
        offering=offering,
        state=State.SEATED if offering.seats_left else State.WAITING,
        position=position,
        since_at=now,
    )
    note(enrolment, by=by, now=now)
    if enrolment.state == State.SEATED:
        _take_seats(offering, 1)
    tell([teacher.pk], "enrolled")
    return enrolment


@transaction.atomic
def withdraw(*, enrolment: Enrolment, by: User | None, now: datetime) -> Enrolment:
    """Return the enrolment withdrawn; who waits first gets the seat in the same transaction.

    Also ends a self-paced session that was started. Asked twice, it answers the same.
    Raises RunIsPast, AlreadyMarked.
    """
    offering = enrolment.offering
    if offering is not None:
        lock(offering)
    enrolment.refresh_from_db(fields=["state", "since_at"])
    if enrolment.state in Enrolment.ENDED_EARLY:
        return enrolment
    if enrolment.state not in Enrolment.LIVE:
        raise AlreadyMarked(enrolment)
    if offering is not None and offering.starts_at <= now:
        raise RunIsPast(offering)

    held_a_seat = enrolment.state == State.SEATED
    move(enrolment, State.WITHDRAWN, by=by, now=now)
    tell([enrolment.teacher_id], "withdrew")
    if held_a_seat and offering is not None:
        _take_seats(offering, -1)
        _promote_waiting(offering, now=now)
    return enrolment


@transaction.atomic
def store_offering(*, offering: Offering, by: User | None, now: datetime) -> list[Enrolment]:
    """Store a new or changed run; return who moved up because it has more seats now.

    What people were promised moved (day, hour or place): they are told. Raises
    FewerSeatsThanTaken.
    """
    if offering.pk is None:
        offering.save()
        touched, moved_up = {offering.course_id}, []
    else:
        touched, moved_up = change_run(offering=offering, now=now)
    if touched:
        catalogue_changed.send(sender=Offering, course_ids=sorted(touched), cause="runs")
    return moved_up


@transaction.atomic
def change_run(*, offering: Offering, now: datetime) -> tuple[set[int], list[Enrolment]]:
    """Store what differs from what stood, under the run's lock; return sessions touched and who
    moved up. Leaves it to the caller to say that the catalogue changed: an import says it once.
    """
    asked = {name: getattr(offering, name) for name in EDITABLE}
    lock(offering)  # reads the row anew: what was asked for is put back below
    stood = {name: getattr(offering, name) for name in EDITABLE}
    if asked == stood:
        return set(), []
    if asked["seats"] < offering.seats_taken:
        raise FewerSeatsThanTaken(offering.seats_taken)
    for name, value in asked.items():
        setattr(offering, name, value)
    offering.save(update_fields=EDITABLE)
    if any(asked[name] != stood[name] for name in PROMISED):
        _tell_moved(offering, now=now)
    return {stood["course_id"], asked["course_id"]}, _promote_waiting(offering, now=now)


@transaction.atomic
def cancel_offering(
    *, offering: Offering, by: User | None, now: datetime, why: str = ""
) -> list[Enrolment]:
    """Call a run off; return the enrolments that ended with it."""
    lock(offering)
    if offering.is_cancelled:
        return []
    ended = list(
        Enrolment.objects.filter(offering=offering, state__in=Enrolment.LIVE)
        .select_related("teacher__user")
        .order_by("position")
    )
    for enrolment in ended:
        move(enrolment, State.CANCELLED, by=by, now=now, why=why)
    Offering.objects.filter(pk=offering.pk).update(is_cancelled=True, seats_taken=0)
    offering.is_cancelled, offering.seats_taken = True, 0
    _owe_word("run-cancelled", ended, offering, now=now)
    tell((enrolment.teacher_id for enrolment in ended), "cancelled")
    catalogue_changed.send(sender=Offering, course_ids=[offering.course_id], cause="runs")
    return ended


def _take_seats(offering: Offering, count: int) -> None:
    """Count seats in or out; only under the lock."""
    Offering.objects.filter(pk=offering.pk).update(seats_taken=F("seats_taken") + count)
    offering.seats_taken += count


def _promote_waiting(offering: Offering, *, now: datetime) -> list[Enrolment]:
    """Seat those who wait, first come first, as far as the seats go; only under the lock."""
    if offering.starts_at <= now or not offering.seats_left:
        return []
    moved = list(
        Enrolment.objects.filter(offering=offering, state=State.WAITING)
        .select_related("teacher__user")
        .order_by("position")[: offering.seats_left]
    )
    for enrolment in moved:
        move(enrolment, State.SEATED, by=None, now=now, why="A seat became free.")
    if moved:
        _take_seats(offering, len(moved))
        _owe_word("seat-free", moved, offering, now=now)
        tell((enrolment.teacher_id for enrolment in moved), "seated")
    return moved


def _tell_moved(offering: Offering, *, now: datetime) -> None:
    """Tell everybody who goes or waits that the run is at another time or place."""
    going = list(
        Enrolment.objects.filter(offering=offering, state__in=Enrolment.LIVE).select_related(
            "teacher__user"
        )
    )
    _owe_word("run-moved", going, offering, now=now, key=now.isoformat())
    tell((enrolment.teacher_id for enrolment in going), "moved")


def _owe_word(
    kind: str, enrolments: Iterable[Enrolment], offering: Offering, *, now: datetime, key: str = ""
) -> None:
    """Owe each of these teachers a word that can't wait for the daily mail."""
    for enrolment in enrolments:
        if (user := enrolment.teacher.user) is not None:
            owe_notices(
                users=[user],
                kind=kind,
                key=f"{kind}:{enrolment.pk}:{key}",
                facts={"course": offering.course_id, "offering": offering.pk},
                now=now,
                is_urgent=True,
            )

"""Seats of dated runs: who has one, who waits, who moves up (docs/decisions/seats.md).

Every change of a seat goes through here, under the run's lock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import IntegrityError, OperationalError, transaction
from django.db.models import F, Q

from profiles.choices import Role
from profiles.models import Teacher, User
from profiles.notices import owe_notices

from ..models import Enrolment, Offering
from ..queries import queue_state
from .history import move, note, tell

P = ParamSpec("P")
R = TypeVar("R")
State = Enrolment.State
Policy = Offering.WaitingPolicy


_TAKE = (
    f"UPDATE {Offering._meta.db_table} SET next_position = next_position + 1"  # noqa: S608
    " WHERE id = %s RETURNING *"
)


class RunIsPast(Exception):
    """The run has begun; nobody enrols or withdraws any more."""


class RunIsCancelled(Exception):
    """The run was called off."""


class SessionNotOpen(Exception):
    """The session is a draft or private: nobody can enrol in it or start it."""


class RegistrationNotOpen(Exception):
    """Registration opens later: the moment is the only argument."""


class RegistrationClosed(Exception):
    """Registration has closed; whoever stands in the run stays in it."""


class TooLateToWithdraw(Exception):
    """Seats of this run could be given back until a moment that has passed."""


class AlreadyMarked(Exception):
    """The coach has marked who came; only the coach can change that."""


class OfferIsGone(Exception):
    """The seat is not offered (any more): the deadline passed, or it was never offered."""


class NotRequested(Exception):
    """The enrolment does not wait for anybody's approval."""


class RunIsFull(Exception):
    """There is no free seat to give."""


class SeatsAreContended(Exception):
    """The database refused the change: somebody else's came in between. Nothing was changed."""


def lock(offering: Offering) -> int:
    """Take the run's lock until the transaction ends; return the next place in its queue.

    It has to be an UPDATE, and the first statement: it takes the row on PostgreSQL and the
    write lock on SQLite, where SELECT FOR UPDATE takes nothing. It gives the row as it stands
    then; the run may have gone meanwhile (Offering.DoesNotExist).
    """
    rows = Offering.objects.raw(_TAKE, [offering.pk])
    if not (now_stands := list(rows)):
        raise Offering.DoesNotExist
    for field in Offering._meta.concrete_fields:
        setattr(offering, field.attname, getattr(now_stands[0], field.attname))
    return offering.next_position - 1


def seat_change(change: Callable[P, R]) -> Callable[P, R]:
    """Make a function one transaction, whole or not at all; raises SeatsAreContended."""

    @wraps(change)
    def whole(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            with transaction.atomic():
                return change(*args, **kwargs)
        except IntegrityError as error:
            # The constraints stand behind the lock; what they refuse is no fault of who asked.
            raise SeatsAreContended from error
        except OperationalError as error:
            if _is_lock_timeout(error):
                raise SeatsAreContended from error
            raise

    return whole


def _is_lock_timeout(error: OperationalError) -> bool:
    """Whether the wait for another's lock took too long: SQLSTATE 55P03, or SQLite's words."""
    state = getattr(error.__cause__, "sqlstate", "")
    return state == "55P03" or "database is locked" in str(error)


# ---- what a teacher does ------------------------------------------------------------------------


@seat_change
def enrol(*, teacher: Teacher, offering: Offering, by: User | None, now: datetime) -> Enrolment:
    """Return the teacher's enrolment in this run: seated, waiting when it is full, or requested
    where a coach has to approve.

    Asked twice, it answers the same. Raises RunIsPast, RunIsCancelled, RegistrationNotOpen,
    RegistrationClosed, SessionNotOpen.
    """
    position = lock(offering)
    stands = queue_state(offering, teacher, now)
    if stands.is_due:
        settle(offering, now=now)
        stands = queue_state(offering, teacher, now)
    if stands.own_id is not None:
        return Enrolment.objects.get(pk=stands.own_id)
    _check_open(offering, now)
    if not stands.is_open:
        raise SessionNotOpen(offering.course_id)
    enrolment = Enrolment(
        teacher=teacher,
        course_id=offering.course_id,
        offering=offering,
        position=position,
        since_at=now,
    )
    if offering.needs_approval:
        enrolment.state = State.REQUESTED
    else:
        enrolment.state = State.SEATED if stands.may_sit(offering) else State.WAITING
    enrolment.save()
    note(enrolment, by=by, now=now)
    if enrolment.state == State.SEATED:
        _take_seats(offering, 1)
    elif enrolment.state == State.REQUESTED:
        owe_coaches("seat-asked", offering, now=now)
    tell([teacher.pk], "enrolled")
    return enrolment


def _check_open(offering: Offering, now: datetime) -> None:
    if offering.is_cancelled:
        raise RunIsCancelled(offering)
    if offering.starts_at <= now:
        raise RunIsPast(offering)
    if offering.opens_at is not None and now < offering.opens_at:
        raise RegistrationNotOpen(offering.opens_at)
    if offering.closes_at is not None and now >= offering.closes_at:
        raise RegistrationClosed(offering)


@seat_change
def accept_offer(*, enrolment: Enrolment, by: User | None, now: datetime) -> Enrolment:
    """Return the enrolment seated: the offered seat is taken. Asked twice, it answers the same.

    Raises RunIsCancelled, OfferIsGone; a deadline that passed is written down by the sweep.
    """
    offering = _lock_run_of(enrolment)
    if enrolment.state == State.SEATED:
        return enrolment
    if offering.is_cancelled:
        raise RunIsCancelled(offering)
    if enrolment.state != State.OFFERED or _is_over(enrolment, now):
        raise OfferIsGone(enrolment)
    move(enrolment, State.SEATED, by=by, now=now, why="Took the offer.")
    tell([enrolment.teacher_id], "seated")
    return enrolment


@seat_change
def withdraw(*, enrolment: Enrolment, by: User | None, now: datetime) -> Enrolment:
    """Return the enrolment withdrawn; the seat goes on to who waits in the same transaction.

    Also declines an offer, takes a request back, and ends a self-paced session that was started.
    Asked twice, it answers the same. Raises RunIsPast, TooLateToWithdraw, AlreadyMarked.
    """
    if enrolment.offering is None:
        enrolment.refresh_from_db(fields=["state", "since_at"])
        offering = None
    else:
        offering = _lock_run_of(enrolment)
    if enrolment.state in Enrolment.ENDED_EARLY:
        return enrolment
    if enrolment.state not in Enrolment.LIVE:
        raise AlreadyMarked(enrolment)
    if offering is None:
        move(enrolment, State.WITHDRAWN, by=by, now=now)
        tell([enrolment.teacher_id], "withdrew")
        return enrolment
    if offering.starts_at <= now:
        raise RunIsPast(offering)
    until = offering.cancel_until_at
    if enrolment.state == State.SEATED and until is not None and now >= until:
        raise TooLateToWithdraw(offering)
    why = "Declined the offer." if enrolment.state == State.OFFERED else ""
    _leave(enrolment, offering, State.WITHDRAWN, by=by, now=now, why=why)
    tell([enrolment.teacher_id], "withdrew")
    settle(offering, now=now)
    return enrolment


# ---- what a coach does --------------------------------------------------------------------------


@seat_change
def approve(*, enrolment: Enrolment, by: User | None, now: datetime) -> Enrolment:
    """Return the enrolment seated, or waiting when it is full; the place in the queue is that of
    the request. Approved before, it answers the same. Raises RunIsCancelled, RunIsPast,
    NotRequested.
    """
    offering = _lock_run_of(enrolment)
    if enrolment.state in (State.SEATED, State.WAITING, State.OFFERED):
        return enrolment
    if enrolment.state != State.REQUESTED:
        raise NotRequested(enrolment)
    if offering.is_cancelled:
        raise RunIsCancelled(offering)
    if offering.starts_at <= now:
        raise RunIsPast(offering)
    move(enrolment, State.APPROVED, by=by, now=now)
    stands = queue_state(offering, enrolment.teacher, now)
    state = State.SEATED if stands.may_sit(offering) else State.WAITING
    move(enrolment, state, by=None, now=now)
    if enrolment.state == State.SEATED:
        _take_seats(offering, 1)
        owe_word("seat-free", [enrolment], offering, now=now)
    tell([enrolment.teacher_id], "approved")
    return enrolment


@seat_change
def refuse(*, enrolment: Enrolment, by: User | None, now: datetime, why: str) -> Enrolment:
    """Return the request refused, with the reason its teacher reads. Asked twice, it answers the
    same. Raises NotRequested.
    """
    offering = _lock_run_of(enrolment)
    if enrolment.state == State.CANCELLED:
        return enrolment
    if enrolment.state != State.REQUESTED:
        raise NotRequested(enrolment)
    _leave(enrolment, offering, State.CANCELLED, by=by, now=now, why=why)
    owe_word("seat-refused", [enrolment], offering, now=now)
    tell([enrolment.teacher_id], "refused")
    return enrolment


@seat_change
def give_seat(*, enrolment: Enrolment, by: User | None, now: datetime) -> Enrolment:
    """Return the enrolment seated by a coach's word, whoever waits before. Asked twice, it answers
    the same. Raises RunIsCancelled, RunIsPast, RunIsFull, OfferIsGone (it doesn't wait).
    """
    offering = _lock_run_of(enrolment)
    if enrolment.state == State.SEATED:
        return enrolment
    if offering.is_cancelled:
        raise RunIsCancelled(offering)
    if offering.starts_at <= now:
        raise RunIsPast(offering)
    if enrolment.state != State.WAITING:
        raise OfferIsGone(enrolment)
    if not offering.seats_left:
        raise RunIsFull(offering)
    move(enrolment, State.SEATED, by=by, now=now, why="A coach gave the seat.")
    _take_seats(offering, 1)
    owe_word("seat-free", [enrolment], offering, now=now)
    tell([enrolment.teacher_id], "seated")
    return enrolment


@seat_change
def remove(*, enrolment: Enrolment, by: User | None, now: datetime, why: str) -> Enrolment:
    """Return the enrolment cancelled by us; the seat goes on to who waits. Asked twice, it answers
    the same. Raises AlreadyMarked, RunIsPast.
    """
    offering = _lock_run_of(enrolment)
    if enrolment.state in Enrolment.ENDED_EARLY:
        return enrolment
    if enrolment.state not in Enrolment.LIVE:
        raise AlreadyMarked(enrolment)
    if offering.starts_at <= now:
        raise RunIsPast(offering)
    _leave(enrolment, offering, State.CANCELLED, by=by, now=now, why=why)
    owe_word("seat-taken-back", [enrolment], offering, now=now)
    tell([enrolment.teacher_id], "cancelled")
    settle(offering, now=now)
    return enrolment


# ---- under the lock -----------------------------------------------------------------------------


def fill(offering: Offering, *, now: datetime) -> list[Enrolment]:
    """Hand free seats on by the run's policy; return who moved up. Only under the lock.

    First come, first served, and nothing after the cut-off. An offer is a seat kept free until its
    deadline, so nobody else can have it meanwhile.
    """
    if offering.is_cancelled or now >= offering.cut_off_at or not offering.seats_left:
        return []
    waiting = Enrolment.objects.filter(offering=offering, state=State.WAITING)
    if offering.waiting_policy == Policy.COACH:
        if waiting.exists():
            owe_coaches("seat-to-give", offering, now=now)
        return []
    moved = list(
        waiting.select_related("teacher__user").order_by("position")[: offering.seats_left]
    )
    offers = offering.waiting_policy == Policy.OFFER
    for enrolment in moved:
        if offers:
            until = min(now + timedelta(hours=offering.offer_hours), offering.cut_off_at)
            enrolment.offered_until_at = until
            enrolment.save(update_fields=["offered_until_at"])
            move(enrolment, State.OFFERED, by=None, now=now, why="A seat became free.")
        else:
            move(enrolment, State.SEATED, by=None, now=now, why="A seat became free.")
    if moved:
        _take_seats(offering, len(moved))
        owe_word("seat-offered" if offers else "seat-free", moved, offering, now=now)
        tell((enrolment.teacher_id for enrolment in moved), "offered" if offers else "seated")
    return moved


def settle(offering: Offering, *, now: datetime) -> list[Enrolment]:
    """End what has run out, offers past their deadline, requests nobody answered and places in a
    line that led nowhere, and hand the seats on; return who moved up. Only under the lock; again,
    it finds nothing.
    """
    over = list(
        Enrolment.objects.filter(
            offering=offering, state=State.OFFERED, offered_until_at__lte=now
        ).select_related("teacher__user")
    )
    for enrolment in over:
        _leave(enrolment, offering, State.EXPIRED, by=None, now=now, why="The deadline passed.")
    left_over = []
    for state, end, why in (
        (State.REQUESTED, offering.starts_at, "It began before a coach answered."),
        # Not at the start: who waits may still be let in at the door.
        (State.WAITING, offering.ends_at, "It is over, and no seat became free."),
    ):
        if end <= now:
            for enrolment in Enrolment.objects.filter(offering=offering, state=state):
                _leave(enrolment, offering, State.EXPIRED, by=None, now=now, why=why)
                left_over.append(enrolment)
    if over:
        owe_word("offer-passed", over, offering, now=now)
    tell((enrolment.teacher_id for enrolment in (*over, *left_over)), "expired")
    return fill(offering, now=now)


def _leave(
    enrolment: Enrolment,
    offering: Offering,
    state: State,
    *,
    by: User | None,
    now: datetime,
    why: str = "",
) -> None:
    """End an enrolment and count its seat out."""
    held_a_seat = enrolment.state in Enrolment.HOLDS_A_SEAT
    move(enrolment, state, by=by, now=now, why=why)
    if held_a_seat:
        _take_seats(offering, -1)


def _lock_run_of(enrolment: Enrolment) -> Offering:
    """Take the lock of the enrolment's run, and read how the enrolment stands under it."""
    offering = enrolment.offering
    if offering is None:
        raise NotRequested(enrolment)
    lock(offering)
    enrolment.refresh_from_db(fields=["state", "since_at", "offered_until_at"])
    return offering


def _is_over(enrolment: Enrolment, now: datetime) -> bool:
    return enrolment.offered_until_at is not None and enrolment.offered_until_at <= now


def _take_seats(offering: Offering, count: int) -> None:
    """Count seats in or out."""
    Offering.objects.filter(pk=offering.pk).update(seats_taken=F("seats_taken") + count)
    offering.seats_taken += count


def owe_word(
    kind: str, enrolments: Iterable[Enrolment], offering: Offering, *, now: datetime, key: str = ""
) -> None:
    """Owe each of these teachers a word that can't wait for the daily mail."""
    for enrolment in enrolments:
        if (user := enrolment.teacher.user) is not None:
            owe_notices(
                users=[user],
                kind=kind,
                key=f"{kind}:{enrolment.pk}:{key}",
                facts={
                    "course": offering.course_id,
                    "offering": offering.pk,
                    "enrolment": enrolment.pk,
                },
                now=now,
                is_urgent=True,
            )


def owe_coaches(kind: str, offering: Offering, *, now: datetime) -> None:
    """Owe whoever coaches the run a word, at most one of a kind in a day; without a coach, the
    coordinators.
    """
    coaches = User.objects.filter(Q(pk=offering.coach_id) | Q(pk__in=offering.coaches.all()))
    if not coaches.exists():
        coaches = User.objects.filter(staff_roles__role=Role.COORDINATOR).distinct()
    owe_notices(
        users=coaches,
        kind=kind,
        key=f"{kind}:{offering.pk}:{now.date()}",
        facts={"course": offering.course_id, "offering": offering.pk},
        now=now,
        is_urgent=True,
    )

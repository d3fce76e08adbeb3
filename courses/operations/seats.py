"""Seats of dated runs: who has one, who waits, who moved up (docs/decisions/seats.md)."""

from __future__ import annotations

from datetime import datetime

from profiles.models import Teacher, User

from ..models import Enrolment, Offering


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


def enrol(*, teacher: Teacher, offering: Offering, by: User | None, now: datetime) -> Enrolment:
    """Return the teacher's enrolment in this run: seated, or waiting when it is full.

    Asked twice, it answers the same. Raises RunIsPast, RunIsCancelled, SessionNotOpen.
    """
    raise NotImplementedError


def withdraw(*, enrolment: Enrolment, by: User | None, now: datetime) -> Enrolment:
    """Return the enrolment withdrawn; who waits first gets the seat in the same transaction.

    Also ends a self-paced session that was started. Asked twice, it answers the same.
    Raises RunIsPast, AlreadyMarked.
    """
    raise NotImplementedError


def change_seats(
    *, offering: Offering, seats: int, by: User | None, now: datetime
) -> list[Enrolment]:
    """Set how many seats a run has; return who moved up from the waiting list.

    Raises FewerSeatsThanTaken.
    """
    raise NotImplementedError


def cancel_offering(
    *, offering: Offering, by: User | None, now: datetime, why: str = ""
) -> list[Enrolment]:
    """Call a run off; return the enrolments that ended with it."""
    raise NotImplementedError

"""What a coach says: who came, and who has finished."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from profiles.models import Teacher, User

from ..models import Completion, CoursePage, Offering


class RunNotStarted(Exception):
    """The run lies ahead: nobody can have come yet."""


@dataclass(frozen=True)
class AttendanceResult:
    """What a mark changed: enrolment ids that now count as came, and as did not come."""

    came: tuple[int, ...]
    missed: tuple[int, ...]
    changed: int


def mark_attendance(
    *, offering: Offering, present_ids: Collection[int], by: User | None, now: datetime
) -> AttendanceResult:
    """Mark who came by enrolment id; everybody else with a seat did not. Can be corrected.

    Whoever came has a Completion; whoever is unmarked again loses the one that this run gave.
    Raises RunNotStarted, RunIsCancelled.
    """
    raise NotImplementedError


def confirm_completion(
    *, teacher: Teacher, course: CoursePage, by: User | None, now: datetime
) -> Completion:
    """Return the teacher's completion of a session, confirmed by a coach; made when missing."""
    raise NotImplementedError


def undo_completion(*, completion: Completion, by: User | None, now: datetime) -> None:
    """Take a completion back; its enrolment goes on where it stood before."""
    raise NotImplementedError

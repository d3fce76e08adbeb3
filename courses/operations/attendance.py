"""What a coach says about a run: who came."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from profiles.models import User

from ..models import Completion, Enrolment, Offering
from .completions import complete
from .history import move, tell
from .seats import RunIsCancelled, lock

State = Enrolment.State


class RunNotStarted(Exception):
    """The run lies ahead: nobody can have come yet."""


@dataclass(frozen=True)
class AttendanceResult:
    """What a mark says: enrolment ids that count as came and as missed, and how many changed."""

    came: tuple[int, ...]
    missed: tuple[int, ...]
    changed: int


@transaction.atomic
def mark_attendance(
    *, offering: Offering, present_ids: Collection[int], by: User | None, now: datetime
) -> AttendanceResult:
    """Mark who came by enrolment id; everybody else with a seat did not. Can be corrected.

    Whoever came has a Completion; whoever is unmarked again loses the one that this run gave.
    Somebody who waited and came all the same counts; unmarked again, they wait again.
    Raises RunNotStarted, RunIsCancelled.
    """
    lock(offering)
    if offering.is_cancelled:
        raise RunIsCancelled(offering)
    if offering.starts_at > now:
        raise RunNotStarted(offering)
    enrolments = list(
        offering.enrolments.exclude(state__in=Enrolment.ENDED_EARLY)
        .select_related("teacher")
        .prefetch_related("events")
        .order_by("position")
    )
    changed: list[Enrolment] = []
    for enrolment in enrolments:
        state = _state_by_mark(enrolment, came=enrolment.pk in present_ids)
        if state != enrolment.state:
            move(enrolment, state, by=by, now=now)
            changed.append(enrolment)

    for enrolment in changed:
        if enrolment.state == State.ATTENDED:
            _complete_by_run(enrolment, offering, by=by, now=now)
        else:
            _uncomplete_by_run(enrolment, offering, by=by, now=now)
    tell((enrolment.teacher_id for enrolment in changed), "attended")
    return AttendanceResult(
        came=tuple(item.pk for item in enrolments if item.state == State.ATTENDED),
        missed=tuple(item.pk for item in enrolments if item.state == State.NO_SHOW),
        changed=len(changed),
    )


def _state_by_mark(enrolment: Enrolment, *, came: bool) -> str:
    """Return the state that the coach's mark gives."""
    if came:
        return State.ATTENDED
    held_a_seat = any(event.state == State.SEATED for event in enrolment.events.all())
    return State.NO_SHOW if held_a_seat else State.WAITING


def _complete_by_run(
    enrolment: Enrolment, offering: Offering, *, by: User | None, now: datetime
) -> Completion:
    return complete(
        teacher=enrolment.teacher,
        course=offering.course,
        ground=Completion.Ground.ATTENDED,
        by=by,
        at=min(offering.ends_at, now),
        offering=offering,
    )


def _uncomplete_by_run(
    enrolment: Enrolment, offering: Offering, *, by: User | None, now: datetime
) -> None:
    """Take back the completion that this run gave, unless another run gives it again."""
    lost, _ = Completion.objects.filter(
        teacher=enrolment.teacher, offering=offering, ground=Completion.Ground.ATTENDED
    ).delete()
    another = (
        Enrolment.objects.filter(
            teacher=enrolment.teacher, course=offering.course, state=State.ATTENDED
        )
        .select_related("offering", "offering__course", "teacher")
        .first()
    )
    if lost and another is not None and another.offering is not None:
        _complete_by_run(another, another.offering, by=by, now=now)

"""One line of history for every change of an enrolment. Lines are only ever added."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from profiles.models import User

from ..models import Enrolment, EnrolmentEvent
from ..signals import enrolments_changed


def move(
    enrolment: Enrolment, state: str, *, by: User | None, now: datetime, why: str = ""
) -> Enrolment:
    """Put the enrolment into a state and write down that it happened."""
    enrolment.state = state
    enrolment.since_at = now
    enrolment.save(update_fields=["state", "since_at"])
    note(enrolment, by=by, now=now, why=why)
    return enrolment


def note(enrolment: Enrolment, *, by: User | None, now: datetime, why: str = "") -> None:
    """Write down the state that the enrolment is in."""
    EnrolmentEvent.objects.create(
        enrolment=enrolment, state=enrolment.state, happened_at=now, by=by, why=why
    )


def tell(teacher_ids: Iterable[int], cause: str) -> None:
    """Let the parts above know whose enrolments changed; nobody's: nothing is sent."""
    if ids := sorted(set(teacher_ids)):
        enrolments_changed.send(sender=Enrolment, teacher_ids=ids, cause=cause)

"""Tasks: handed in by a teacher, accepted or sent back by a coach."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from profiles.models import Teacher, User
from profiles.notices import owe_notices

from ..models import Completion, CoursePage, Enrolment, HandIn, RulePart
from ..queries import live_sessions
from .completions import ReasonMissing, settle
from .history import tell
from .learning import start_self_paced
from .seats import SessionNotOpen

State = HandIn.State


class NothingHandedIn(Exception):
    """A hand-in needs words or a link."""


class NoTaskHere(Exception):
    """The session's rule asks for no task."""


class NoSeatForTask(Exception):
    """The session happens on dates and the teacher is in none of its runs."""


class AlreadyAccepted(Exception):
    """The task was accepted; nothing more is needed."""


@transaction.atomic
def hand_in(
    *, teacher: Teacher, course: CoursePage, words: str, link: str, by: User | None, now: datetime
) -> HandIn:
    """Return the teacher's hand-in; one that still waits is replaced by the new words.

    Starts a self-paced session that was not started yet. Raises NothingHandedIn, NoTaskHere,
    NoSeatForTask, AlreadyAccepted, SessionNotOpen.
    """
    words, link = words.strip(), link.strip()
    if not words and not link:
        raise NothingHandedIn
    if RulePart.TASK not in course.rule.parts:
        raise NoTaskHere(course)
    if not live_sessions().filter(pk=course.pk).exists():
        raise SessionNotOpen(course)
    _stand_in(teacher, course, by=by, now=now)
    fields = {"words": words, "link": link, "sent_at": now}
    standing = HandIn.objects.select_for_update(of=["self"]).filter(
        teacher=teacher, course=course, state__in=(State.SENT, State.ACCEPTED)
    )
    try:
        with transaction.atomic():
            row = standing.first() or HandIn.objects.create(
                teacher=teacher, course=course, **fields
            )
    except IntegrityError:
        # Two tabs at once: the constraint let one in, and this one's words take its place.
        row = standing.get()
    if row.state == State.ACCEPTED:
        raise AlreadyAccepted(row)
    for name, value in fields.items():
        setattr(row, name, value)
    row.save(update_fields=list(fields))
    return row


def _stand_in(teacher: Teacher, course: CoursePage, *, by: User | None, now: datetime) -> None:
    if not course.is_dated:
        if not Completion.objects.filter(teacher=teacher, course=course).exists():
            start_self_paced(teacher=teacher, course=course, by=by, now=now)
        return
    standing = Enrolment.objects.filter(teacher=teacher, course=course).exclude(
        state__in=(*Enrolment.ENDED_EARLY, Enrolment.State.WAITING, Enrolment.State.REQUESTED)
    )
    if not standing.exists():
        raise NoSeatForTask(course)


@transaction.atomic
def accept_task(*, task: HandIn, by: User | None, now: datetime) -> Completion | None:
    """Accept a hand-in; return the completion when nothing else of the rule is missing.

    Accepted twice, it answers the same.
    """
    task = HandIn.objects.select_for_update(of=["self"]).get(pk=task.pk)
    if task.state == State.SENT:
        _decide(task, State.ACCEPTED, by=by, now=now)
    done = settle(course=task.course, teacher_ids=[task.teacher_id], by=by, now=now)
    if done:
        tell([task.teacher_id], "finished")
    return done.get(task.teacher_id)


@transaction.atomic
def return_task(*, task: HandIn, why: str, by: User | None, now: datetime) -> HandIn:
    """Return a hand-in sent back with a reason its teacher reads; an accepted one stays accepted.

    Raises ReasonMissing, AlreadyAccepted.
    """
    if not (why := " ".join(why.split())[:300]):
        raise ReasonMissing
    task = HandIn.objects.select_for_update(of=["self"]).get(pk=task.pk)
    if task.state == State.ACCEPTED:
        raise AlreadyAccepted(task)
    if task.state == State.SENT:
        _decide(task, State.RETURNED, by=by, now=now, why=why)
    return task


def _decide(task: HandIn, state: str, *, by: User | None, now: datetime, why: str = "") -> None:
    task.state, task.decided_at, task.decided_by, task.reason = state, now, by, why
    task.save(update_fields=["state", "decided_at", "decided_by", "reason"])
    if task.teacher.user is not None:
        owe_notices(
            users=[task.teacher.user],
            kind="task-answered",
            key=f"task-answered:{task.pk}:{state}",
            facts={"task": task.pk},
            now=now,
            is_urgent=True,
        )

"""Completions: one for each teacher and session, whatever they rest on."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from profiles.models import Teacher, User

from ..models import Completion, CompletionEvent, Confirmation, CoursePage, Enrolment
from ..queries.finishing import BY_RULE, Change, Earned, earned, parts_met
from ..signals import completion_changed
from .history import move, tell

State = Enrolment.State
What = CompletionEvent.What


class ReasonMissing(Exception):
    """What a person marks by hand needs a reason that others can read later."""


class NotMarkedByHand(Exception):
    """The completion rests on the rule or on a claim: correct those instead."""


def _reason(why: str) -> str:
    """Return a reason as it is stored. Raises ReasonMissing."""
    if not (why := " ".join(why.split())[:300]):
        raise ReasonMissing
    return why


def _give(
    *, teacher_id: int, course: CoursePage, found: Earned, by: User | None, now: datetime
) -> Completion:
    """Return the teacher's completion of this session; an earlier one stands as it is."""
    minutes = found.minutes
    if minutes is None:
        minutes = course.credit_minutes
    if minutes is None:
        minutes = course.minutes or 0
    is_run = found.ground == Completion.Ground.ATTENDED
    completion, is_new = Completion.objects.get_or_create(
        teacher_id=teacher_id,
        course=course,
        defaults={
            "offering_id": found.offering_id,
            "title": found.title or course.title,
            "minutes": minutes,
            "ground": found.ground,
            "why": found.why,
            "completed_at": found.at,
            "marked_by_id": by.pk if is_run and by else found.by_id,
        },
    )
    if is_new:
        _write_down(completion, What.GIVEN, by=by, now=now, why=found.why)
    return completion


def _write_down(
    completion: Completion, what: str, *, by: User | None, now: datetime, why: str
) -> None:
    """Add the line to the history and let the parts that stand on completions know."""
    CompletionEvent.objects.create(
        teacher_id=completion.teacher_id,
        course_id=completion.course_id,
        what=what,
        ground=completion.ground,
        by=by,
        happened_at=now,
        why=why,
    )
    completion_changed.send(sender=Completion, completion=completion, what=str(what), now=now)


def take_back(completion: Completion, *, by: User | None, now: datetime, why: str) -> None:
    """Delete a completion, with a line of why; those who listen hear of it before it is gone."""
    _write_down(completion, What.TAKEN, by=by, now=now, why=_reason(why))
    completion.delete()


@transaction.atomic
def settle(
    *, course: CoursePage, teacher_ids: Collection[int], by: User | None, now: datetime
) -> dict[int, Completion]:
    """Return, by teacher, the completions of those who have met all of the session's rule.

    Missing ones are made; a self-paced session that they started is finished with it. Nothing is
    ever taken back here. Asked twice, it answers the same.
    """
    met = parts_met(course, teacher_ids)
    done = {}
    for teacher_id in sorted(met):
        found = earned(course, met[teacher_id])
        if found is None:
            continue
        done[teacher_id] = _give(teacher_id=teacher_id, course=course, found=found, by=by, now=now)
    started = Enrolment.objects.select_for_update(of=["self"]).filter(
        teacher__in=done, course=course, offering=None, state=State.STARTED
    )
    for enrolment in started:
        move(enrolment, State.FINISHED, by=by, now=now)
    return done


@transaction.atomic
def unsettle_run(
    *,
    course: CoursePage,
    offering_id: int,
    teacher_ids: Collection[int],
    by: User | None,
    now: datetime,
) -> None:
    """Take back what this run gave to teachers who have no longer attended it; what another
    run, or a claim, gives instead is given at once."""
    given = Completion.objects.filter(
        course=course, offering=offering_id, teacher__in=teacher_ids, ground__in=BY_RULE
    )
    for completion in given:
        take_back(completion, by=by, now=now, why="The roster was corrected.")
    settle(course=course, teacher_ids=teacher_ids, by=by, now=now)


@transaction.atomic
def confirm_completion(
    *,
    teacher: Teacher,
    course: CoursePage,
    why: str,
    by: User | None,
    now: datetime,
    is_whole: bool = True,
) -> Completion | None:
    """Write down a coach's word with its reason; return the completion when it is one now.

    With `is_whole` it is finished whatever else the rule asks for; without, the word stands for
    the rule's part “a coach confirms”. Asked twice, the first word stands. Raises ReasonMissing.
    """
    word, is_new = Confirmation.objects.get_or_create(
        teacher=teacher,
        course=course,
        defaults={"why": _reason(why), "by": by, "confirmed_at": now, "is_whole": is_whole},
    )
    if not is_new and is_whole and not word.is_whole:
        word.is_whole, word.why, word.by, word.confirmed_at = True, _reason(why), by, now
        word.save()
    completion = settle(course=course, teacher_ids=[teacher.pk], by=by, now=now).get(teacher.pk)
    if completion is not None:
        tell([teacher.pk], "finished")
    return completion


@transaction.atomic
def undo_completion(
    *, completion: Completion, why: str, by: User | None, now: datetime
) -> Completion | None:
    """Take a coach's word back, with a reason; return the completion if the rest still gives it.

    A self-paced session goes on. Raises ReasonMissing, NotMarkedByHand.
    """
    why = _reason(why)
    mine = {"teacher_id": completion.teacher_id, "course_id": completion.course_id}
    gone, _ = Confirmation.objects.filter(**mine).delete()
    if not gone and completion.ground != Completion.Ground.COACH:
        raise NotMarkedByHand(completion)
    course, teacher_id = completion.course, completion.teacher_id
    take_back(completion, by=by, now=now, why=why)
    again = settle(course=course, teacher_ids=[teacher_id], by=by, now=now).get(teacher_id)
    if again is None:
        finished = Enrolment.objects.select_for_update(of=["self"]).filter(
            **mine, offering=None, state=State.FINISHED
        )
        for enrolment in finished:
            move(enrolment, State.STARTED, by=by, now=now, why=why[:200])
    tell([teacher_id], "unfinished")
    return again


@transaction.atomic
def apply_change(*, change: Change, now: datetime) -> bool:
    """Make one change that recomputing found, if it still holds; return whether it was made."""
    course, teacher_id = change.course, change.teacher.pk
    standing = Completion.objects.filter(course=course, teacher=teacher_id).first()
    if change.is_given:
        done = settle(course=course, teacher_ids=[teacher_id], by=None, now=now)
        is_made = standing is None and bool(done)
    else:
        met = parts_met(course, [teacher_id]).get(teacher_id, {})
        is_made = standing is not None and earned(course, met) is None
        if standing is not None and is_made:
            take_back(standing, by=None, now=now, why=f"Recomputed. {change.why}")
    if is_made:
        tell([teacher_id], "finished" if change.is_given else "unfinished")
    return is_made

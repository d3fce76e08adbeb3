"""The teacher's word on a step. Each answer rebuilds that teacher's path at once."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from courses.models import Completion, CoursePage
from profiles.choices import Role
from profiles.models import Teacher, User
from profiles.notices import owe_notices

from ..models import CoachRequest, Plan, StepAnswer
from .owing import ensure_plans, owe_plans
from .rebuilding import rebuild_at_once


class AnswerRefused(Exception):
    """The answer makes no sense for this session; the message says why, for the teacher."""


def accept_step(*, teacher: Teacher, course: CoursePage, now: datetime) -> StepAnswer:
    """Keep this session on the path whatever comes."""
    return _answer(teacher, course, StepAnswer.Answer.ACCEPTED, now)


def swap_step(*, teacher: Teacher, course: CoursePage, now: datetime) -> StepAnswer:
    """Take this session out for the rest of the term; the next best one comes in."""
    return _answer(teacher, course, StepAnswer.Answer.SWAPPED, now)


def not_a_fit(
    *, teacher: Teacher, course: CoursePage, why: str, words: str = "", now: datetime
) -> StepAnswer:
    """Take this session out for a reason of StepAnswer.Why, with the teacher's own words."""
    if why not in StepAnswer.Why.values:
        raise AnswerRefused("Pick one of the reasons first.")
    return _answer(teacher, course, StepAnswer.Answer.NOT_A_FIT, now, why=why, words=words)


def undo_answer(*, teacher: Teacher, course: CoursePage, now: datetime) -> None:
    """Take back the answer that stands; without one nothing happens."""
    with transaction.atomic():
        undone = StepAnswer.objects.filter(teacher=teacher, course=course, undone_at=None).update(
            undone_at=now
        )
        if undone:
            owe_plans(teacher_ids=[teacher.pk], cause="undone", now=now)
    if undone:
        rebuild_at_once(teacher=teacher, now=now)


def ask_coach(
    *, teacher: Teacher, course: CoursePage, words: str = "", now: datetime
) -> CoachRequest:
    """Ask a coach to walk through the session; asking twice is asking once."""
    if not course.live:
        raise AnswerRefused(f"“{course.title}” is not in the look book now.")
    with transaction.atomic():
        mine = CoachRequest.objects.filter(teacher=teacher, course=course, closed_at=None)
        try:
            with transaction.atomic():
                request = CoachRequest.objects.create(
                    teacher=teacher, course=course, words=words, asked_at=now
                )
        except IntegrityError:  # one is open: this is a second press of the button
            return mine.get()
        owe_notices(
            users=User.objects.filter(staff_roles__role=Role.COACH).distinct(),
            kind="coach-asked",
            key=f"coach-request:{request.pk}",
            facts={"request": request.pk},
            now=now,
        )
    return request


def close_coach_request(
    *, request: CoachRequest, by: User, outcome: str = "", now: datetime
) -> CoachRequest:
    """Close a request as this coach; a closed one stays as it is."""
    CoachRequest.objects.filter(pk=request.pk, closed_at=None).update(
        closed_at=now, closed_by=by, outcome=outcome
    )
    request.refresh_from_db()
    return request


def _answer(
    teacher: Teacher, course: CoursePage, answer: str, now: datetime, *, why: str = "", words=""
) -> StepAnswer:
    """Store an answer in place of the one that stood, and cut the path anew."""
    if Completion.objects.filter(teacher=teacher, course=course).exists():
        raise AnswerRefused(f"You have finished “{course.title}” already.")
    if answer == StepAnswer.Answer.ACCEPTED and not course.live:
        raise AnswerRefused(f"“{course.title}” is not in the look book now.")
    with transaction.atomic():
        _lock(teacher)
        standing = StepAnswer.objects.filter(teacher=teacher, course=course, undone_at=None)
        same = standing.filter(answer=answer, why=why, words=words).first()
        if same is not None:  # a second press of the button
            return same
        standing.update(undone_at=now)
        given = StepAnswer.objects.create(
            teacher=teacher, course=course, answer=answer, why=why, words=words, answered_at=now
        )
        owe_plans(teacher_ids=[teacher.pk], cause=answer, now=now)
    rebuild_at_once(teacher=teacher, now=now)
    return given


def _lock(teacher: Teacher) -> None:
    """Let one answer of a teacher be stored at a time."""
    ensure_plans(teacher_ids=[teacher.pk])
    Plan.objects.select_for_update().get(teacher=teacher)

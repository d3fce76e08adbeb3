"""Completions: one for each teacher and session, whatever they rest on."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from profiles.models import Teacher, User

from ..models import Completion, CoursePage, Enrolment, Offering
from .history import move, tell

State = Enrolment.State


def complete(
    *,
    teacher: Teacher,
    course: CoursePage,
    ground: str,
    by: User | None,
    at: datetime,
    offering: Offering | None = None,
) -> Completion:
    """Return the teacher's completion of this session; an earlier one stands as it is."""
    if course.credit_minutes is not None:
        minutes = course.credit_minutes
    else:
        minutes = course.minutes or (offering.minutes if offering else 0)
    completion, _ = Completion.objects.get_or_create(
        teacher=teacher,
        course=course,
        defaults={
            "offering": offering,
            "title": course.title,
            "minutes": minutes,
            "ground": ground,
            "completed_at": at,
            "marked_by": by,
        },
    )
    return completion


@transaction.atomic
def confirm_completion(
    *, teacher: Teacher, course: CoursePage, by: User | None, now: datetime
) -> Completion:
    """Return the teacher's completion of a session, confirmed by a coach; made when missing."""
    started = Enrolment.objects.select_for_update(of=["self"]).filter(
        teacher=teacher, course=course, offering=None, state=State.STARTED
    )
    for enrolment in started:
        move(enrolment, State.FINISHED, by=by, now=now)
    completion = complete(
        teacher=teacher, course=course, ground=Completion.Ground.COACH, by=by, at=now
    )
    tell([teacher.pk], "finished")
    return completion


@transaction.atomic
def undo_completion(*, completion: Completion, by: User | None, now: datetime) -> None:
    """Take a completion back: a run it came from counts as missed, a self-paced session goes on."""
    enrolments = Enrolment.objects.select_for_update(of=["self"]).filter(
        teacher_id=completion.teacher_id, course_id=completion.course_id
    )
    if completion.ground == Completion.Ground.ATTENDED:
        came = enrolments.filter(offering=completion.offering, state=State.ATTENDED)
        for enrolment in came:
            move(enrolment, State.NO_SHOW, by=by, now=now, why="Taken back.")
    else:
        for enrolment in enrolments.filter(offering=None, state=State.FINISHED):
            enrolment.answers = {}
            enrolment.save(update_fields=["answers"])
            move(enrolment, State.STARTED, by=by, now=now, why="Taken back.")
    teacher_id = completion.teacher_id
    completion.delete()
    tell([teacher_id], "unfinished")

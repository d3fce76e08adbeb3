"""Self-paced sessions: started, checked, finished."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from profiles.models import Teacher, User

from ..models import Completion, CoursePage, Enrolment
from ..queries import live_sessions
from .completions import settle
from .history import note, tell
from .seats import SessionNotOpen

State = Enrolment.State


class SessionIsDated(Exception):
    """The session happens on dates: enrol in a run instead of starting it."""


class NoSuchCheck(Exception):
    """The session has no quick check of this id (it may have changed since the page was shown)."""


class NotUnderWay(Exception):
    """The enrolment was withdrawn or still waits for a seat, so nothing can be answered in it."""


@dataclass(frozen=True)
class CheckResult:
    """What came of one answer: right or not, what the author says to it, what is still open."""

    is_right: bool
    replies: tuple[str, ...]
    checks_left: int
    completion: Completion | None


def start_self_paced(
    *, teacher: Teacher, course: CoursePage, by: User | None, now: datetime
) -> Enrolment:
    """Return the teacher's enrolment in this session, started. Asked twice, it answers the same.

    Raises SessionIsDated, SessionNotOpen.
    """
    standing = Enrolment.objects.filter(teacher=teacher, course=course, offering=None).exclude(
        state__in=Enrolment.ENDED_EARLY
    )
    if (enrolment := standing.first()) is not None:
        return enrolment
    if course.is_dated:
        raise SessionIsDated(course)
    if not live_sessions().filter(pk=course.pk).exists():
        raise SessionNotOpen(course)
    try:
        with transaction.atomic():
            enrolment = Enrolment.objects.create(
                teacher=teacher, course=course, state=State.STARTED, since_at=now
            )
            note(enrolment, by=by, now=now)
            tell([teacher.pk], "started")
    except IntegrityError:
        # A second click came first; the constraint let one of the two in.
        return standing.get()
    return enrolment


@transaction.atomic
def answer_check(
    *,
    enrolment: Enrolment,
    block_id: str,
    answers: Collection[int],
    by: User | None,
    now: datetime,
) -> CheckResult:
    """Weigh the answers (numbers from 0, in the author's order) picked for one quick check.

    Right is: all the right ones and no other. When every check has been answered right and the
    session's rule asks for nothing else, it is finished and the completion is returned.
    Raises NoSuchCheck, NotUnderWay.
    """
    # Two checks answered at once must not each overwrite the other's mark.
    enrolment = Enrolment.objects.select_for_update(of=["self"]).get(pk=enrolment.pk)
    if enrolment.state in (*Enrolment.ENDED_EARLY, State.WAITING):
        raise NotUnderWay(enrolment)
    checks = enrolment.course.checks_by_id
    if block_id not in checks:
        raise NoSuchCheck(block_id)

    options = checks[block_id]["answers"]
    right = {number for number, option in enumerate(options) if option["is_right"]}
    picked = {number for number in answers if 0 <= number < len(options)}
    is_right = picked == right
    if is_right and block_id not in enrolment.answers:
        enrolment.answers[block_id] = now.isoformat()
        enrolment.save(update_fields=["answers"])
    left = len(checks.keys() - enrolment.answers.keys())
    completion = None
    course, teacher_id = enrolment.course, enrolment.teacher_id
    is_done = Completion.objects.filter(teacher=teacher_id, course=course).exists()
    if is_right and not left and (enrolment.state == State.STARTED or not is_done):
        done = settle(course=course, teacher_ids=[teacher_id], by=by, now=now)
        if (completion := done.get(teacher_id)) is not None:
            tell([teacher_id], "finished")
    return CheckResult(
        is_right=is_right,
        replies=tuple(
            options[number]["reply"] for number in sorted(picked) if options[number]["reply"]
        ),
        checks_left=left,
        completion=completion,
    )

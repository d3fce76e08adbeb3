"""Self-paced sessions: started, checked, finished."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from profiles.models import Teacher, User

from ..models import Completion, CoursePage, Enrolment


class SessionIsDated(Exception):
    """The session happens on dates: enrol in a run instead of starting it."""


class NoSuchCheck(Exception):
    """The session has no quick check of this id (it may have changed since the page was shown)."""


class NotUnderWay(Exception):
    """The enrolment is neither started nor seated, so nothing can be answered in it."""


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
    raise NotImplementedError


def answer_check(
    *,
    enrolment: Enrolment,
    block_id: str,
    answers: Collection[int],
    by: User | None,
    now: datetime,
) -> CheckResult:
    """Weigh the answers (numbers from 0, in the author's order) picked for one quick check.

    Right is: all the right ones and no other. When every check of a started session has been
    answered right, the session is finished and the completion is returned. A session without a
    check is finished by a coach. Raises NoSuchCheck, NotUnderWay.
    """
    raise NotImplementedError

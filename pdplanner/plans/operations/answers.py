"""The teacher's word on a step. Each answer rebuilds that teacher's path at once."""

from __future__ import annotations

from datetime import datetime

from courses.models import CoursePage
from profiles.models import Teacher, User

from ..models import CoachRequest, StepAnswer


class AnswerRefused(Exception):
    """The answer makes no sense for this session; the message says why, for the teacher."""


def accept_step(*, teacher: Teacher, course: CoursePage, now: datetime) -> StepAnswer:
    """Keep this session on the path whatever comes."""
    raise NotImplementedError


def swap_step(*, teacher: Teacher, course: CoursePage, now: datetime) -> StepAnswer:
    """Take this session out; the next best one comes in."""
    raise NotImplementedError


def not_a_fit(
    *, teacher: Teacher, course: CoursePage, why: str, words: str = "", now: datetime
) -> StepAnswer:
    """Take this session out for a reason of StepAnswer.Why, with the teacher's own words."""
    raise NotImplementedError


def undo_answer(*, teacher: Teacher, course: CoursePage, now: datetime) -> None:
    """Take back the answer that stands."""
    raise NotImplementedError


def ask_coach(
    *, teacher: Teacher, course: CoursePage, words: str = "", now: datetime
) -> CoachRequest:
    """Ask a coach to walk through the session; asking twice is asking once."""
    raise NotImplementedError


def close_coach_request(
    *, request: CoachRequest, by: User, outcome: str = "", now: datetime
) -> CoachRequest:
    """Close a request as this coach; a closed one stays as it is."""
    raise NotImplementedError

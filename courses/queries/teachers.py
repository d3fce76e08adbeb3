"""A session as one teacher sees it, and what a teacher has done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from profiles.models import Teacher

from ..models import Completion, CoursePage, CourseSkill, Enrolment
from .requirements import RequiredSession
from .runs import RunLine


@dataclass(frozen=True)
class Prerequisite:
    """A session that comes first. `url` is empty when this teacher can't open it (a draft)."""

    course: CoursePage
    title: str
    url: str
    is_required: bool
    is_done: bool


@dataclass(frozen=True)
class RoomChoice:
    """How it looks in this teacher's room (None: no variant is nearer than another), and the rest.

    A variant is the StructBlock value: grade_bands, subjects, tools, text.
    """

    yours: Any | None
    others: tuple[Any, ...]


@dataclass(frozen=True)
class SessionView:
    """All that a session's page shows one reader; without a teacher, the author's preview."""

    course: CoursePage
    teacher: Teacher | None
    skills: tuple[CourseSkill, ...]
    prerequisites: tuple[Prerequisite, ...]
    runs: tuple[RunLine, ...]  # ahead, soonest first, and the teacher's own under way
    enrolment: Enrolment | None  # self-paced: started or finished
    completion: Completion | None
    required: RequiredSession | None  # the one due first
    rooms: Mapping[str, RoomChoice] = field(default_factory=dict)  # by block id
    check_ids: tuple[str, ...] = ()
    answered_ids: frozenset[str] = frozenset()  # quick checks answered right

    @property
    def missing(self) -> tuple[Prerequisite, ...]:
        """What comes first and isn't done yet."""
        return tuple(item for item in self.prerequisites if not item.is_done)

    @property
    def can_start(self) -> bool:
        """Whether this teacher can start it now, without a date."""
        return (
            self.teacher is not None
            and self.enrolment is None
            and self.completion is None
            and not self.course.is_dated
        )

    @property
    def needs_coach(self) -> bool:
        """Whether only a coach can say that it is finished: it has neither dates nor a check."""
        return not self.course.is_dated and not self.check_ids


@dataclass(frozen=True)
class Record:
    """What a teacher has finished and what is under way."""

    completions: tuple[Completion, ...]  # newest first
    under_way: tuple[Enrolment, ...]  # seated, waiting, started
    past: tuple[Enrolment, ...]  # ended without being finished
    required: tuple[RequiredSession, ...]
    minutes: int  # of credit, all completions


def prerequisites_state(course: CoursePage, teacher: Teacher | None) -> tuple[Prerequisite, ...]:
    """Return what comes before a session and whether this teacher has done it."""
    raise NotImplementedError


def room_choice(variants: Any, teacher: Teacher | None, tool_ids: frozenset[int]) -> RoomChoice:
    """Return the variant that matches the teacher's room best, and the others in their order."""
    raise NotImplementedError


def session_view(course: CoursePage, teacher: Teacher | None, now: datetime) -> SessionView:
    """Return what the page of a session shows this reader, in a fixed number of queries."""
    raise NotImplementedError


def record_of(teacher: Teacher, as_of: datetime) -> Record:
    """Return a teacher's record, with each enrolment's history loaded as `events`."""
    raise NotImplementedError

"""What a page shows of a stored path, worded for its teacher, whatever the number of steps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db.models import QuerySet

from courses.models import CoursePage, Enrolment, Offering
from profiles.models import Skill, Teacher, Ticket

from ..models import CoachRequest, PlanVersion, StepAnswer
from ..wording import Sentence


@dataclass(frozen=True, slots=True)
class StepView:
    """One step as the page shows it."""

    order: int  # from 1
    course: CoursePage
    offering: Offering | None  # with `seats_left`; None: any time
    minutes: int
    week_date: dt.date
    date: dt.date | None
    slot: str  # of profiles.choices.Slot, or ""
    reasons: tuple[Sentence, ...]
    fit: Mapping[str, float]  # named parts in (0, 1]: room, tools, format, level, time, place
    answer: StepAnswer | None  # the one that stands
    enrolment: Enrolment | None  # the live one, or the one that finished it
    coach_request: CoachRequest | None  # the open one
    is_done: bool  # finished since this version was built
    opens_after: CoursePage | None  # a required session that stands earlier on this path


@dataclass(frozen=True, slots=True)
class Noticed:
    """A need behind the path: one skill, what it comes from, and what the teacher said to it."""

    skill: Skill
    minutes: float  # expected to be lost over the horizon, if nothing is done
    sentences: tuple[Sentence, ...]
    words: str  # in short: "3 asks · 35 min lost"
    tickets: tuple[Ticket, ...]  # own ones of the last year, newest first; hidden ones too
    answer: str  # of SkillAnswer.Answer, or ""


@dataclass(frozen=True, slots=True)
class Change:
    """One line of what changed between two versions."""

    what: str  # "added", "removed", "moved", "done"
    course_id: int
    title: str
    text: str  # "Added: Grade sync", "Moved: … , now on 3 December"


@dataclass(frozen=True, slots=True)
class Hours:
    """Minutes of this term: what is set aside, finished and planned."""

    set_aside: int
    done: int
    planned: int


@dataclass(frozen=True, slots=True)
class PathView:
    """A teacher's path. `version` is None before the first one was built."""

    teacher: Teacher
    version: PlanVersion | None
    steps: tuple[StepView, ...]
    is_owed: bool  # a newer one is being worked out
    hours: Hours
    nothing_because: str  # "" with steps; no-need, no-hours, nothing-fits, inactive
    nothing_words: str  # the same as a sentence
    noticed: tuple[Noticed, ...]  # the strongest few, without tickets
    changes: tuple[Change, ...]  # against the version before
    why_changed: str  # "three new tickets, you swapped a session"; "" for the first
    swapped: tuple[StepAnswer, ...]  # "not a fit" and swaps that stand and can be undone

    @property
    def next_step(self) -> StepView | None:
        """The first step that is not done."""
        return next((step for step in self.steps if not step.is_done), None)


@dataclass(frozen=True, slots=True)
class FitView:
    """How a session suits a teacher, for the look book."""

    fit: float  # (0, 1]; 0 when it is shut to them
    because: Sentence | None  # "fits you because …"
    on_path: bool
    is_done: bool


@dataclass(frozen=True, slots=True)
class WhyNotView:
    """Why a session is not on the path. `missing` is the session to take first, as a link."""

    rule: str
    text: str
    missing: CoursePage | None = None


def path_of(teacher: Teacher, *, now: dt.datetime) -> PathView:
    """Return the teacher's current path, in at most ten queries."""
    raise NotImplementedError


def noticed_about(teacher: Teacher, *, now: dt.datetime) -> tuple[Noticed, ...]:
    """Return every need behind the teacher's path and every muted skill, with the tickets."""
    raise NotImplementedError


def changes_of(version: PlanVersion) -> tuple[Change, ...]:
    """Return what is different from the version before, in words."""
    raise NotImplementedError


def fits_for(
    teacher: Teacher, course_ids: Collection[int], *, as_of: dt.date
) -> dict[int, FitView]:
    """Return how these sessions suit the teacher: fit and the best reason, for the look book."""
    raise NotImplementedError


def why_not_for(teacher: Teacher, course: CoursePage, *, as_of: dt.date) -> WhyNotView:
    """Return the first rule that keeps a session off the teacher's path, in words."""
    raise NotImplementedError


def open_coach_requests() -> QuerySet[CoachRequest]:
    """Return the requests no coach has closed, oldest first, with teacher and session."""
    return CoachRequest.objects.filter(closed_at=None).select_related(
        "teacher__main_school", "course"
    )

"""A session as one teacher sees it, and what a teacher has done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils import timezone

from profiles.models import Teacher

from ..models import Claim, Completion, CoursePage, CourseSkill, Enrolment, HandIn, RulePart
from .claims import claims_of
from .finishing import RuleLine, rule_lines
from .requirements import RequiredSession, required_for
from .runs import RunLine, run_lines
from .sessions import live_sessions


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
    rule: tuple[RuleLine, ...] = ()  # what finishing it takes, and what is there
    hand_in: HandIn | None = None  # the newest

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
    minutes: int  # of credit, all completions, and claims that are equal to no session
    claims: tuple[Claim, ...] = ()  # newest first


def prerequisites_state(course: CoursePage, teacher: Teacher | None) -> tuple[Prerequisite, ...]:
    """Return what comes before a session and whether this teacher has done it, or its equal."""
    rows = list(course.prerequisites.all())
    prefetch_related_objects(rows, "before", "before__equivalents")
    ids = [row.before_id for row in rows]
    equals = {row.before_id: {page.pk for page in row.before.equivalents.all()} for row in rows}
    open_ids = set(live_sessions().filter(pk__in=ids).values_list("pk", flat=True))
    done: set[int] = set()
    if teacher is not None:
        finished = Completion.objects.filter(
            teacher=teacher, course__in={*ids, *chain.from_iterable(equals.values())}
        )
        done = set(finished.values_list("course_id", flat=True))
    return tuple(
        Prerequisite(
            course=row.before,
            title=row.before.title,
            url=row.before.url if row.before_id in open_ids else "",
            is_required=row.is_required,
            is_done=bool(done & {row.before_id, *equals[row.before_id]}),
        )
        for row in rows
    )


def room_choice(variants: Any, teacher: Teacher | None, tool_ids: frozenset[int]) -> RoomChoice:
    """Return the variant that matches the teacher's room best, and the others in their order.

    What a variant leaves empty fits every room. Of those that contradict nothing about the room
    the one that matches most wins; when all contradict something, the nearest that matches at all.
    """
    variants = list(variants)
    if teacher is None:
        return RoomChoice(None, tuple(variants))
    have: tuple[set, ...] = (set(teacher.grade_bands), set(teacher.subjects), set(tool_ids))

    def nearness(variant: Any) -> tuple[int, int]:
        tools = {tool.pk for tool in variant["tools"] if tool is not None}
        marked: tuple[set, ...] = (
            set(variant["grade_bands"] or ()),
            set(variant["subjects"] or ()),
            tools,
        )
        matches = sum(1 for own, asked in zip(have, marked, strict=True) if own & asked)
        contradictions = sum(
            1 for own, asked in zip(have, marked, strict=True) if asked and not own & asked
        )
        return (-contradictions, matches)

    scores = [nearness(variant) for variant in variants]
    best = max(range(len(variants)), key=lambda number: scores[number], default=None)
    if best is None or (scores[best][0] < 0 and scores[best][1] == 0):
        return RoomChoice(None, tuple(variants))
    return RoomChoice(variants[best], tuple(variants[:best] + variants[best + 1 :]))


def session_view(course: CoursePage, teacher: Teacher | None, now: datetime) -> SessionView:
    """Return what the page of a session shows this reader, in a fixed number of queries."""
    skills = list(course.taught_skills.all())
    prefetch_related_objects(skills, "skill__tool")
    enrolments: list[Enrolment] = []
    tool_ids: frozenset[int] = frozenset()
    completion = required = None
    if teacher is not None and course.pk:
        enrolments = list(
            Enrolment.objects.filter(teacher=teacher, course=course).exclude(
                state__in=Enrolment.ENDED_EARLY
            )
        )
        completion = Completion.objects.filter(teacher=teacher, course=course).first()
        due = required_for(teacher, timezone.localdate(now))
        required = next((item for item in due if item.requirement.course_id == course.pk), None)
        tool_ids = frozenset(teacher.tools.values_list("pk", flat=True))
    alone = next((item for item in enrolments if item.offering_id is None), None)
    return SessionView(
        course=course,
        teacher=teacher,
        skills=tuple(skills),
        prerequisites=prerequisites_state(course, teacher),
        runs=run_lines(course, enrolments, now, teacher) if course.pk else (),
        enrolment=alone,
        completion=completion,
        required=required,
        rooms={
            block.id: room_choice(block.value["variants"], teacher, tool_ids)
            for block in course.body
            if block.block_type == "rooms"
        },
        check_ids=tuple(course.checks_by_id),
        answered_ids=frozenset(chain.from_iterable(item.answers for item in enrolments)),
        rule=rule_lines(course, teacher, enrolments),
        hand_in=newest_hand_in(course, teacher),
    )


def newest_hand_in(course: CoursePage, teacher: Teacher | None) -> HandIn | None:
    """Return what the teacher handed in last for a session whose rule asks for a task."""
    if teacher is None or RulePart.TASK not in course.rule.parts or not course.pk:
        return None
    return HandIn.objects.filter(teacher=teacher, course=course).first()


def record_of(teacher: Teacher, as_of: datetime) -> Record:
    """Return a teacher's record, with each enrolment's history loaded as `events`."""
    completions = tuple(teacher.completions.select_related("course", "offering"))
    enrolments = teacher.enrolments.select_related("course", "offering").prefetch_related("events")
    claims = claims_of(teacher)
    under_way, past = [], []
    for enrolment in enrolments:
        if enrolment.state in Enrolment.LIVE:
            under_way.append(enrolment)
        elif enrolment.state not in (Enrolment.State.ATTENDED, Enrolment.State.FINISHED):
            past.append(enrolment)
    return Record(
        completions=completions,
        under_way=tuple(under_way),
        past=tuple(past),
        required=tuple(required_for(teacher, timezone.localdate(as_of))),
        minutes=sum(item.minutes for item in completions)
        + sum(claim.minutes for claim in claims if counts_for_itself(claim)),
        claims=tuple(claims),
    )


def counts_for_itself(claim: Claim) -> bool:
    """Whether an approved claim is on the record by itself rather than as a session finished."""
    return claim.state == Claim.State.APPROVED and claim.course_id is None

"""What each part of a session's rule rests on, and whether all of it is there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time

from django.utils import timezone

from profiles.models import Teacher

from ..models import (
    Claim,
    Completion,
    Confirmation,
    CoursePage,
    Enrolment,
    HandIn,
    RulePart,
    parts_of,
)

State = Enrolment.State
Ground = Completion.Ground

#: Beside the parts of a rule: a coach's word for all of it, and an approved claim.
WHOLE, CLAIMED = "whole", "claimed"

GROUND_OF = {
    RulePart.ATTENDED: Ground.ATTENDED,
    RulePart.CHECK: Ground.CHECK,
    RulePart.TASK: Ground.TASK,
    RulePart.COACH: Ground.COACH,
}
#: Grounds that the rule gives and recomputing may weigh again; the others are a person's word.
BY_RULE = (Ground.ATTENDED, Ground.CHECK, Ground.TASK, Ground.RULE)


@dataclass(frozen=True)
class Met:
    """When one part was met and what it rests on."""

    at: datetime
    offering_id: int | None = None
    by_id: int | None = None
    why: str = ""
    title: str = ""  # of a claim: what it was called elsewhere
    minutes: int | None = None  # of a claim


@dataclass(frozen=True)
class Earned:
    """On what ground somebody has finished a session."""

    ground: str
    at: datetime
    offering_id: int | None = None
    by_id: int | None = None
    why: str = ""
    title: str = ""
    minutes: int | None = None


@dataclass(frozen=True)
class RuleLine:
    """One part of a session's rule as one teacher sees it."""

    part: str
    words: str
    is_met: bool


PartsMet = dict[int, dict[str, Met]]  # by teacher id and part


def parts_met(course: CoursePage, teacher_ids: Collection[int] | None = None) -> PartsMet:
    """Return what these teachers (None: everybody) have met of a session, in six queries."""
    whose = {} if teacher_ids is None else {"teacher__in": teacher_ids}
    met: PartsMet = defaultdict(dict)
    enrolments = Enrolment.objects.filter(course=course, **whose).exclude(
        state__in=Enrolment.ENDED_EARLY
    )
    _attended(course, enrolments, met)
    _checked(course, enrolments, met)
    for task in HandIn.objects.filter(course=course, state=HandIn.State.ACCEPTED, **whose):
        at = task.decided_at or task.sent_at
        met[task.teacher_id][RulePart.TASK] = Met(at, by_id=task.decided_by_id)
    for word in Confirmation.objects.filter(course=course, **whose):
        said = Met(word.confirmed_at, by_id=word.by_id, why=word.why)
        met[word.teacher_id][RulePart.COACH] = said
        if word.is_whole:
            met[word.teacher_id][WHOLE] = said
    claims = Claim.objects.filter(course=course, state=Claim.State.APPROVED, **whose)
    for claim in claims.order_by("-held_date", "-pk"):  # the earliest stands
        met[claim.teacher_id][CLAIMED] = Met(
            noon_of(claim), by_id=claim.decided_by_id, title=claim.title, minutes=claim.minutes
        )
    return dict(met)


def noon_of(claim: Claim) -> datetime:
    """Return the moment a claim counts from: noon of its day, the same in every zone."""
    return datetime.combine(claim.held_date, time(12), UTC)


def has_attended(enrolment: Enrolment, share: int) -> bool:
    """Whether a marked enrolment holds enough of its run's minutes (`presences` are read).

    Marked before minutes were kept: the mark itself is the word.
    """
    marked = [row.minutes for row in enrolment.presences.all() if row.minutes is not None]
    if not marked or enrolment.offering is None:
        return enrolment.state == State.ATTENDED
    return sum(marked) * 100 >= share * sum(part.minutes for part in parts_of(enrolment.offering))


def _attended(course: CoursePage, enrolments, met: PartsMet) -> None:
    marked = (
        enrolments.filter(state__in=(State.ATTENDED, State.PARTLY), offering__isnull=False)
        .select_related("offering")
        .prefetch_related("presences", "offering__parts")
    )
    for enrolment in marked:
        if not has_attended(enrolment, course.attended_share):
            continue
        at = min(enrolment.offering.ends_at, enrolment.since_at)
        known = met[enrolment.teacher_id].get(RulePart.ATTENDED)
        if known is None or at < known.at:
            met[enrolment.teacher_id][RulePart.ATTENDED] = Met(at, enrolment.offering_id)


def _checked(course: CoursePage, enrolments, met: PartsMet) -> None:
    asked = course.checks_by_id.keys()
    if not asked:
        return
    given: dict[int, dict[str, str]] = defaultdict(dict)
    for teacher_id, answers in enrolments.exclude(answers={}).values_list("teacher_id", "answers"):
        given[teacher_id].update(answers)
    for teacher_id, answers in given.items():
        if asked <= answers.keys():
            at = max(datetime.fromisoformat(answers[key]) for key in asked)
            met[teacher_id][RulePart.CHECK] = Met(at)


def earned(course: CoursePage, met: Mapping[str, Met]) -> Earned | None:
    """Return on what ground a session is finished, None while something is missing."""
    parts = course.rule.parts
    if all(part in met for part in parts):
        last = max((met[part] for part in parts), key=lambda item: item.at)
        run = met.get(RulePart.ATTENDED) if RulePart.ATTENDED in parts else None
        coach = met.get(RulePart.COACH) if RulePart.COACH in parts else None
        return Earned(
            ground=GROUND_OF[RulePart(parts[0])] if len(parts) == 1 else Ground.RULE,
            at=last.at,
            offering_id=run.offering_id if run else None,
            by_id=last.by_id,
            why=coach.why if coach else "",
        )
    if whole := met.get(WHOLE):
        return Earned(ground=Ground.COACH, at=whole.at, by_id=whole.by_id, why=whole.why)
    if claim := met.get(CLAIMED):
        return Earned(
            ground=Ground.CLAIM,
            at=claim.at,
            by_id=claim.by_id,
            title=claim.title,
            minutes=claim.minutes,
        )
    return None


def rule_lines(
    course: CoursePage, teacher: Teacher | None, enrolments: Collection[Enrolment] = ()
) -> tuple[RuleLine, ...]:
    """Return a session's rule, each part with whether this teacher has met it.

    `enrolments` are the teacher's in it: of those no more is read than the rule asks for.
    """
    rule = course.rule
    met: set[str] = set()
    if teacher is not None and course.pk:
        if any(item.state == State.ATTENDED for item in enrolments):
            met.add(RulePart.ATTENDED)
        answered = set().union(*(item.answers for item in enrolments))
        if course.checks_by_id and course.checks_by_id.keys() <= answered:
            met.add(RulePart.CHECK)
        mine = {"teacher": teacher, "course": course}
        accepted = HandIn.objects.filter(state=HandIn.State.ACCEPTED, **mine)
        if RulePart.TASK in rule.parts and accepted.exists():
            met.add(RulePart.TASK)
        if RulePart.COACH in rule.parts and Confirmation.objects.filter(**mine).exists():
            met.add(RulePart.COACH)
    return tuple(RuleLine(part, rule.words_of(part), part in met) for part in rule.parts)


# ---- recomputing --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """One completion that the rule would give or no longer gives, and why."""

    teacher: Teacher
    course: CoursePage
    is_given: bool  # else it would be taken away
    before: str
    after: str
    why: str


def changes_due(course: CoursePage) -> list[Change]:
    """Return where a session's completions differ from what its rule says today, by name.

    What a coach or a coordinator marked by hand stands as it is.
    """
    met = parts_met(course)
    standing = {
        row.teacher_id: row
        for row in Completion.objects.filter(course=course).select_related("teacher")
    }
    people = Teacher.objects.in_bulk(met.keys() - standing.keys())
    changes = []
    for teacher_id in people:
        if found := earned(course, met[teacher_id]):
            after = f"finished on {_day(found.at)} ({Ground(found.ground).label.lower()})"
            why = " ".join(course.rule.sentences) if found.ground in BY_RULE else found.why
            changes.append(
                Change(people[teacher_id], course, True, "not finished", after, why or after)
            )
    for teacher_id, row in standing.items():
        if row.ground not in (*BY_RULE, Ground.CLAIM):
            continue
        theirs = met.get(teacher_id, {})
        if earned(course, theirs) is None:
            before = f"finished on {_day(row.completed_at)} ({row.get_ground_display().lower()})"
            why = _what_is_missing(course, row, theirs)
            changes.append(Change(row.teacher, course, False, before, "not finished", why))
    return sorted(changes, key=lambda item: (str(item.teacher), item.teacher.pk))


def _what_is_missing(course: CoursePage, row: Completion, met: Mapping[str, Met]) -> str:
    if row.ground == Ground.CLAIM:
        return "No approved claim says so any more."
    rule = course.rule
    missing = [rule.words_of(part) for part in rule.parts if part not in met]
    return "The rule asks for this, and it is not there: " + " ".join(missing)


def _day(at: datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d}"

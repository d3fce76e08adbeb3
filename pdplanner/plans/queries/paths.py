"""What a page shows of a stored path, worded for its teacher, whatever the number of steps."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from django.db.models import QuerySet

from courses.models import Completion, CoursePage, Enrolment, Offering
from profiles.models import Skill, SkillAnswer, Teacher, Ticket
from profiles.queries import horizon_on, the_district, today_in_district

from ..models import CoachRequest, Plan, PlanVersion, StepAnswer
from ..wording import (
    Sentence,
    causes_words,
    change_words,
    nothing_words,
    noticed_sentences,
    noticed_words,
    why_not_words,
    word_reason,
)
from .drafts import NOTICED_DAYS

#: How many needs stand beside the path; the page of them all has the rest.
NOTICED_ON_PATH = 5

#: What the page shows of a session on the path: its body and the rest stay in the database.
COURSE_FIELDS = ("title", "slug", "url_path", "format", "picture", "live", "locale", "content_type")


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
    told: Sequence[Mapping[str, Any]]  # the reasons as they are stored, strongest first
    as_of: dt.date  # the day they were told
    fit: Mapping[str, float]  # named parts in (0, 1]: room, tools, format, level, time, place
    answer: StepAnswer | None  # the one that stands
    enrolment: Enrolment | None  # the live one, or the one that finished it
    coach_request: CoachRequest | None  # the open one
    is_done: bool  # finished since this version was built
    opens_after: CoursePage | None  # a required session earlier on this path, not yet done

    @property
    def reasons(self) -> tuple[Sentence, ...]:
        """Every reason in words."""
        return tuple(self._worded(reason) for reason in self.told)

    @property
    def reason(self) -> Sentence | None:
        """The strongest reason in words: all that a closed step shows."""
        return self._worded(self.told[0]) if self.told else None

    def _worded(self, reason: Mapping[str, Any]) -> Sentence:
        return word_reason(reason, as_of=self.as_of, is_run=self.date is not None)


@dataclass(frozen=True, slots=True)
class Noticed:
    """A need behind the path: one skill, what it comes from, and what the teacher said to it."""

    skill: Skill | str  # beside the path its name is enough
    kept: Mapping[str, Any] | None  # as it is stored; None: nothing is needed (any more)
    as_of: dt.date  # the day it was noticed
    tickets: tuple[Ticket, ...]  # own ones of the last year, newest first; hidden ones too
    answer: str  # of SkillAnswer.Answer, or ""

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """What it comes from, a sentence for each source."""
        return noticed_sentences(self.kept, as_of=self.as_of) if self.kept else ()

    @property
    def words(self) -> str:
        """The same in short: "3 asks · 35 min lost"."""
        return noticed_words(self.kept, as_of=self.as_of) if self.kept else ""

    @property
    def is_goal(self) -> bool:
        """Whether the teacher's own goal is the strongest of what it comes from."""
        return bool(self.kept and self.kept["goal"] and not self.kept["asks"])


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
class LeftOut:
    """A required or accepted session that found no place on the path, and why."""

    course_id: int
    title: str
    text: str


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
    left_out: tuple[LeftOut, ...]  # required or accepted sessions that found no place

    @property
    def next_step(self) -> StepView | None:
        """The first step that is not done."""
        return next((step for step in self.steps if not step.is_done), None)


def path_of(teacher: Teacher, *, now: dt.datetime) -> PathView:
    """Return the teacher's current path, in at most seven queries.

    This is the page people wait for: it reads only the columns that it shows.
    """
    plan = Plan.objects.filter(teacher=teacher).select_related("current").first()
    version = plan.current if plan else None
    as_of = version.as_of_date if version else today_in_district(now)
    answers = list(
        StepAnswer.objects.filter(teacher=teacher, undone_at=None)
        .select_related("course")
        .only("answer", "why", "words", "answered_at", "teacher", "course__title")
    )
    completions = list(
        Completion.objects.filter(teacher=teacher)
        .order_by()
        .values_list("course_id", "minutes", "completed_at")
    )
    done = {course for course, _, _ in completions}
    steps = _steps(teacher, version, answers, done) if version else ()
    return PathView(
        teacher=teacher,
        version=version,
        steps=steps,
        is_owed=plan is None or plan.wanted > plan.built,
        hours=_hours(teacher, steps, completions, version, as_of),
        nothing_because=version.nothing_because if version else "",
        nothing_words=nothing_words(version.nothing_because)
        if version and version.nothing_because
        else "",
        noticed=tuple(
            _noticed(need, need["skill_name"], as_of)
            for need in (version.noticed[:NOTICED_ON_PATH] if version else ())
        ),
        changes=changes_of(version) if version else (),
        why_changed=causes_words(version.causes) if version and version.number > 1 else "",
        swapped=tuple(a for a in answers if a.answer != StepAnswer.Answer.ACCEPTED),
        left_out=tuple(
            LeftOut(
                item["course"],
                item["title"],
                why_not_words(item["rule"], item["facts"], as_of=as_of),
            )
            for item in (version.left_out if version else ())
        ),
    )


def noticed_about(teacher: Teacher, *, now: dt.datetime) -> tuple[Noticed, ...]:
    """Return every need behind the teacher's path and every closed skill, with the tickets."""
    today = today_in_district(now)
    plan = Plan.objects.filter(teacher=teacher).select_related("current").first()
    version = plan.current if plan else None
    closed = {
        answer.skill_id: answer
        for answer in SkillAnswer.objects.filter(teacher=teacher).select_related("skill")
    }
    tickets: dict[int, list[Ticket]] = defaultdict(list)
    for ticket in Ticket.objects.filter(
        teacher=teacher,
        skill__isnull=False,
        opened_at__gte=now - dt.timedelta(days=NOTICED_DAYS),
    ).select_related("skill", "source"):
        tickets[cast(int, ticket.skill_id)].append(ticket)
    found = [
        replace(
            need,
            tickets=tuple(tickets.pop(need.skill.pk, ())),
            answer=closed.pop(need.skill.pk).answer if need.skill.pk in closed else "",
        )
        for need in _noticed_of(version, today)
    ]
    for answer in closed.values():
        rest = tuple(tickets.pop(answer.skill_id, ()))
        found.append(Noticed(answer.skill, None, today, rest, answer.answer))
    for others in tickets.values():
        if (skill := others[0].skill) is not None:
            found.append(Noticed(skill, None, today, tuple(others), ""))
    return tuple(found)


def changes_of(version: PlanVersion) -> tuple[Change, ...]:
    """Return what is different from the version before, in words."""
    return tuple(
        Change(
            what=change["what"],
            course_id=change["course"],
            title=change["title"],
            text=change_words(change, as_of=version.as_of_date),
        )
        for change in version.changes
    )


def open_coach_requests() -> QuerySet[CoachRequest]:
    """Return the requests no coach has closed, oldest first, with teacher and session."""
    return CoachRequest.objects.filter(closed_at=None).select_related(
        "teacher__main_school", "course"
    )


def _steps(
    teacher: Teacher, version: PlanVersion, answers: list[StepAnswer], done: set[int]
) -> tuple[StepView, ...]:
    """The steps of a version with what was said and done about each, in three queries."""
    rows = list(
        version.steps.select_related("course", "offering").only(
            *("order", "minutes", "week_date", "date", "slot", "reasons", "fit", "version"),
            *("cloth", "opens_after"),
            *(f"course__{name}" for name in COURSE_FIELDS),
            *("offering__starts_at", "offering__ends_at", "offering__place", "offering__course"),
            *("offering__seats", "offering__seats_taken", "offering__is_cancelled"),
        )
    )
    courses = {row.course_id: row.course for row in rows}
    for row in rows:
        row.course.cloth_name = row.cloth or f"session-{row.course_id}"
    answered = {answer.course_id: answer for answer in answers}
    enrolments = {
        enrolment.course_id: enrolment
        for enrolment in Enrolment.objects.filter(teacher=teacher, course__in=courses)
        .exclude(state__in=Enrolment.ENDED_EARLY)
        .order_by("since_at", "pk")
    }
    requests = {
        request.course_id: request
        for request in CoachRequest.objects.filter(teacher=teacher, closed_at=None).order_by()
    }
    return tuple(
        StepView(
            order=row.order,
            course=row.course,
            offering=row.offering,
            minutes=row.minutes,
            week_date=row.week_date,
            date=row.date,
            slot=row.slot,
            told=row.reasons,
            as_of=version.as_of_date,
            fit=row.fit,
            answer=answered.get(row.course_id),
            enrolment=enrolments.get(row.course_id),
            coach_request=requests.get(row.course_id),
            is_done=row.course_id in done,
            opens_after=courses.get(row.opens_after_id or 0)
            if row.opens_after_id not in done
            else None,
        )
        for row in rows
    )


def _hours(
    teacher: Teacher,
    steps: Iterable[StepView],
    completions: Iterable[tuple[int, int, dt.datetime]],
    version: PlanVersion | None,
    as_of: dt.date,
) -> Hours:
    district = the_district()
    since_date = (version and version.since_date) or horizon_on(as_of).since_date
    since = dt.datetime.combine(since_date, dt.time(), district.zone)
    stated = teacher.minutes_a_term
    return Hours(
        set_aside=district.minutes_a_term if stated is None else stated,
        done=sum(minutes for _, minutes, at in completions if at >= since),
        planned=sum(step.minutes for step in steps if not step.is_done),
    )


def _noticed_of(version: PlanVersion | None, as_of: dt.date) -> tuple[Noticed, ...]:
    """The needs kept with a version; a skill that was taken off the list since is left out."""
    if version is None:
        return ()
    skills = Skill.objects.in_bulk([need["skill"] for need in version.noticed])
    return tuple(
        _noticed(need, skills[need["skill"]], as_of)
        for need in version.noticed
        if need["skill"] in skills
    )


def _noticed(need: Mapping[str, Any], skill: Skill | str, as_of: dt.date) -> Noticed:
    return Noticed(skill=skill, kept=need, as_of=as_of, tickets=(), answer="")

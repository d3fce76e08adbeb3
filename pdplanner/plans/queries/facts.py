"""Rows into frozen facts, in bulk: the one room where the database and the recommender meet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.db.models.functions import Coalesce

from courses.models import Completion, Enrolment, EnrolmentEvent, Evaluation
from pdplanner.recommender.facts import (
    Answer,
    CalendarFacts,
    Dismissal,
    Facts,
    GoalFacts,
    Id,
    Level,
    SpecialDay,
    SupportStyle,
    TeacherFacts,
)
from profiles.choices import BAND_OF_GRADE
from profiles.models import Goal, Practice, Skill, SkillAnswer, Teacher
from profiles.models import SpecialDay as SpecialDayRow
from profiles.queries import Horizon, horizon_on, the_district

from ..models import StepAnswer
from .catalogue import read_courses, read_requirements, read_rollouts
from .tickets import read_tickets

#: Who stands so has said yes to a session and has no seat in it.
HOPES = (Enrolment.State.WAITING, Enrolment.State.REQUESTED)

Rows = Mapping[int, list]


def read_facts(*, as_of: date, teacher_ids: Collection[int] | None = None) -> Facts:
    """Return all that was known at the end of the day, in a fixed number of queries.

    Every teacher is in the facts, for the cohorts; with `teacher_ids` the others are read only as
    far as their cohorts need them. Ids in the facts are primary keys. What has no history (the
    catalogue, seats, a profile) is taken as it stands now; a hidden ticket and an opt-out hold
    for every date, past ones too.
    """
    district = the_district()
    end = datetime.combine(as_of + timedelta(days=1), time(), district.zone)
    horizon = horizon_on(as_of)
    teachers = list(Teacher.objects.order_by("pk"))
    planned = {teacher.pk for teacher in teachers}
    if teacher_ids is not None:
        planned &= set(teacher_ids)
    known = _Known(planned, all_of_them=teacher_ids is None, end=end, zone=district.zone)
    since = datetime.combine(horizon.since_date, time(), district.zone)
    taken = {offering for rows in known.enrolled.values() for _, offering, _, _ in rows}
    tool_of_skill = dict(Skill.objects.order_by("pk").values_list("pk", "tool_id"))
    courses = read_courses(as_of=as_of, zone=district.zone, enrolled_in=taken)
    return Facts(
        as_of=as_of,
        calendar=_calendar(horizon),
        teachers=tuple(
            known.full(teacher, as_of, since, district.minutes_a_term)
            if teacher.pk in planned
            else known.as_colleague(teacher, as_of)
            for teacher in teachers
        ),
        courses=courses,
        tickets=read_tickets(end, district.zone),
        requirements=read_requirements(end=end),
        rollouts=read_rollouts(tool_of_skill),
        answers=(
            *_circle_backs(known.mine, end, district.zone),
            *_practices(known.mine, end, district.zone),
        ),
        skills=frozenset(tool_of_skill),
        minutes_a_term=district.minutes_a_term,
    )


def read_common(*, as_of: date) -> Facts:
    """Return what holds for everybody on the day (catalogue, calendar, requirements, roll-outs),
    with no teachers and no tickets in it, in a fixed number of queries."""
    district = the_district()
    end = datetime.combine(as_of + timedelta(days=1), time(), district.zone)
    seated = Enrolment.objects.filter(Q(state__in=Enrolment.LIVE) | Q(since_at__gte=end))
    tool_of_skill = dict(Skill.objects.order_by("pk").values_list("pk", "tool_id"))
    return Facts(
        as_of=as_of,
        calendar=_calendar(horizon_on(as_of)),
        teachers=(),
        courses=read_courses(
            as_of=as_of,
            zone=district.zone,
            enrolled_in=set(seated.values_list("offering_id", flat=True).distinct()),
        ),
        tickets=(),
        requirements=read_requirements(end=end),
        rollouts=read_rollouts(tool_of_skill),
        skills=frozenset(tool_of_skill),
        minutes_a_term=district.minutes_a_term,
    )


def read_part(*, common: Facts, teacher_ids: Collection[int]) -> Facts:
    """Return the facts of these teachers alone, beside what `read_common` read for everybody, in a
    fixed number of queries: a state is read so, some schools at a time."""
    district = the_district()
    as_of = common.as_of
    end = datetime.combine(as_of + timedelta(days=1), time(), district.zone)
    since = datetime.combine(horizon_on(as_of).since_date, time(), district.zone)
    known = _Known(teacher_ids, all_of_them=False, end=end, zone=district.zone, apart=True)
    return replace(
        common,
        teachers=tuple(
            known.full(teacher, as_of, since, district.minutes_a_term)
            for teacher in Teacher.objects.filter(pk__in=list(teacher_ids)).order_by("pk")
        ),
        tickets=read_tickets(end, district.zone, known.mine),
        requirements=tuple(
            replace(one, teachers=one.teachers & set(teacher_ids)) for one in common.requirements
        ),
        answers=(
            *_circle_backs(known.mine, end, district.zone),
            *_practices(known.mine, end, district.zone),
        ),
    )


class _Known:
    """The rows about teachers, each table read once and grouped by teacher.

    Everybody's schools and tools are read, for the cohorts, unless these teachers stand `apart`.
    """

    def __init__(
        self,
        planned: Collection[int],
        *,
        all_of_them: bool,
        end: datetime,
        zone: ZoneInfo,
        apart: bool = False,
    ) -> None:
        mine = Q() if all_of_them else Q(teacher__in=list(planned))
        room = mine if apart else Q()
        self.mine = mine
        self.zone = zone
        self.schools = _grouped(
            Teacher.schools.through.objects.filter(room)
            .order_by("school_id")
            .values_list("teacher_id", "school_id")
        )
        self.tools = _grouped(
            Teacher.tools.through.objects.filter(room).values_list("teacher_id", "tool_id")
        )
        self.goals = _grouped(
            Goal.objects.filter(mine, Q(ended_at=None) | Q(ended_at__gte=end), set_at__lt=end)
            .order_by("set_at", "pk", "skills")
            .values_list("teacher_id", "pk", "words", "set_at", "skills")
        )
        self.closed = _grouped(
            SkillAnswer.objects.filter(mine, answered_at__lt=end).values_list(
                "teacher_id", "skill_id", "answer"
            )
        )
        self.answers = _grouped(
            StepAnswer.objects.filter(
                mine, Q(undone_at=None) | Q(undone_at__gte=end), answered_at__lt=end
            )
            .order_by("answered_at", "pk")
            .values_list("teacher_id", "course_id", "answer", "why", "answered_at")
        )
        self.done = _grouped(
            Completion.objects.filter(mine, completed_at__lt=end)
            .order_by("pk")
            .values_list("teacher_id", "course_id", "completed_at", "minutes")
        )
        self.levels = _grouped(
            Completion.objects.filter(
                mine,
                completed_at__lt=end,
                course__taught_skills__strength__in=("teaches", "masters"),
            )
            .exclude(course__level="")
            .values_list("teacher_id", "course__taught_skills__skill_id", "course__level")
        )
        self.enrolled = _enrolments(mine, end)

    def as_colleague(self, teacher: Teacher, as_of: date) -> TeacherFacts:
        """The facts that others' cohorts need of this teacher, and no more."""
        return TeacherFacts(**self._room(teacher, as_of))

    def full(
        self, teacher: Teacher, as_of: date, since: datetime, district_minutes: int
    ) -> TeacherFacts:
        """All facts of a teacher who is planned for."""
        key = teacher.pk
        set_aside = district_minutes if teacher.minutes_a_term is None else teacher.minutes_a_term
        spent = sum(minutes for _, at, minutes in self.done.get(key, ()) if at >= since)
        answers = [row for row in self.answers.get(key, ()) if _holds(row, since)]
        closed = self.closed.get(key, ())
        seats = self.enrolled.get(key, ())
        said_yes = {course for course, answer, _, _ in answers if answer == "accepted"}
        waiting = {course for course, _, state, _ in seats if state in HOPES}
        return TeacherFacts(
            **self._room(teacher, as_of),
            support_style=cast(SupportStyle, teacher.support_style) or None,
            formats=tuple(teacher.formats),
            minutes_budget=max(0, set_aside - spent),
            minutes_set_aside=teacher.minutes_a_term,
            weekly_minutes=teacher.minutes_a_week,
            free_slots=frozenset(teacher.free_slots) if teacher.has_stated_slots else None,
            goals=self._goals(key),
            levels=self._levels(key),
            done={course: self._day(at) for course, at, _ in self.done.get(key, ())},
            accepted=frozenset(said_yes | waiting),
            enrolled={
                course: offering for course, offering, state, _ in seats if state not in HOPES
            },
            dismissed=tuple(
                Dismissal(course, why or answer, self._day(at))
                for course, answer, why, at in answers
                if answer != "accepted"
            ),
            muted_skills=frozenset(skill for skill, answer in closed if answer == "not-me"),
            known_skills=frozenset(skill for skill, answer in closed if answer == "know-it"),
            busy_dates=frozenset(
                day
                for _, offering, state, run in seats
                if offering is not None and state in Enrolment.HOLDS_A_SEAT
                for day in self._days(*run)
            ),
        )

    def _room(self, teacher: Teacher, as_of: date) -> dict:
        left = teacher.left_date
        if left is not None and left > as_of and not teacher.is_active:
            left = None  # has left since: nobody knew it on the day
        elif left is None and not teacher.is_active:
            left = as_of
        bands = dict.fromkeys(BAND_OF_GRADE[g] for g in teacher.grades if g in BAND_OF_GRADE)
        return {
            "id": teacher.pk,
            "school": teacher.main_school_id,
            "schools": tuple(row[0] for row in self.schools.get(teacher.pk, ())),
            "grades": tuple(str(band) for band in bands),
            "subjects": tuple(teacher.subjects),
            "tools": frozenset(row[0] for row in self.tools.get(teacher.pk, ())),
            "uses_tickets": teacher.uses_tickets,
            "started_date": teacher.started_date,
            "left_date": left,
        }

    def _goals(self, key: int) -> tuple[GoalFacts, ...]:
        goals: dict[int, tuple[str, datetime, list[int]]] = {}
        for goal, words, at, skill in self.goals.get(key, ()):
            skills = goals.setdefault(goal, (words, at, []))[2]
            if skill is not None:
                skills.append(skill)
        return tuple(
            GoalFacts(words, tuple(skills), self._day(at)) for words, at, skills in goals.values()
        )

    def _levels(self, key: int) -> dict[Id, Level]:
        """The highest level at which a finished session taught each skill."""
        levels: dict[Id, Level] = {}
        for skill, level in self.levels.get(key, ()):
            levels[skill] = max(level, levels.get(skill, level))
        return levels

    def _days(self, starts_at: datetime, ends_at: datetime) -> list[date]:
        first, last = self._day(starts_at), self._day(ends_at)
        return [first + timedelta(days=number) for number in range((last - first).days + 1)]

    def _day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()


def _holds(row: list, since: datetime) -> bool:
    """Whether an answer still counts: "not now" and a swap are for their term only."""
    _, answer, why, at = row
    is_passing = answer == StepAnswer.Answer.SWAPPED or why == StepAnswer.Why.NOT_NOW
    return at >= since or not is_passing


def _enrolments(mine: Q, end: datetime) -> Rows:
    """Live enrolments by teacher: (course, offering, state, (starts_at, ends_at)).

    A state that was reached after `end` is not known yet: the history says which one stood.
    """
    then = {}
    for enrolment, state in (
        EnrolmentEvent.objects.filter(enrolment__since_at__gte=end, happened_at__lt=end)
        .order_by("enrolment_id", "happened_at", "pk")
        .values_list("enrolment_id", "state")
    ):
        then[enrolment] = state
    rows = defaultdict(list)
    for key, teacher, course, offering, state, since_at, starts_at, ends_at in (
        Enrolment.objects.filter(mine)
        .filter(Q(state__in=Enrolment.LIVE) | Q(since_at__gte=end))
        .order_by("pk")
        .values_list(
            "pk",
            "teacher_id",
            "course_id",
            "offering_id",
            "state",
            "since_at",
            # A line to each part: the days between the parts of a series are free.
            Coalesce("offering__parts__starts_at", "offering__starts_at"),
            Coalesce("offering__parts__ends_at", "offering__ends_at"),
        )
    ):
        stood = state if since_at < end else then.get(key)
        if stood in Enrolment.LIVE:
            rows[teacher].append((course, offering, stood, (starts_at, ends_at)))
    return rows


#: What an answer to "is it still working?" is called among the facts.
SAID = {"works": "still-working", "stuck": "not-quite"}


def _circle_backs(mine: Q, end: datetime, zone: ZoneInfo) -> tuple[Answer, ...]:
    """What teachers said of a session some weeks on, for each skill that it teaches."""
    rows = (
        Evaluation.objects.filter(
            mine,
            outcome__in=list(SAID),
            answered_at__lt=end,
            course__taught_skills__strength__in=("teaches", "masters"),
        )
        .order_by("answered_at", "pk")
        .values_list("teacher_id", "course__taught_skills__skill_id", "outcome", "answered_at")
    )
    return tuple(
        Answer(teacher, skill, cast(Any, SAID[outcome]), answered_at.astimezone(zone).date())
        for teacher, skill, outcome, answered_at in rows
    )


def _practices(mine: Q, end: datetime, zone: ZoneInfo) -> tuple[Answer, ...]:
    """What teachers keep doing, or picked up from a colleague."""
    rows = (
        Practice.objects.filter(mine, Q(ended_at=None) | Q(ended_at__gte=end), since_at__lt=end)
        .order_by("since_at", "pk")
        .values_list("teacher_id", "skill_id", "state", "since_at")
    )
    picked = Practice.State.PICKED
    return tuple(
        Answer(
            teacher,
            skill,
            "picked-up" if state == picked else "still-working",
            since_at.astimezone(zone).date(),
        )
        for teacher, skill, state, since_at in rows
    )


def _calendar(horizon: Horizon) -> CalendarFacts:
    schools = _grouped(
        SpecialDayRow.schools.through.objects.values_list("specialday_id", "school_id")
    )
    return CalendarFacts(
        start_date=horizon.start_date,
        end_date=horizon.end_date,
        term_title=horizon.title,
        special_days=tuple(
            SpecialDay(
                kind=cast(Any, day.kind),
                start_date=day.start_date,
                end_date=day.end_date,
                title=day.title,
                schools=frozenset(row[0] for row in schools.get(day.pk, ())),
            )
            for day in SpecialDayRow.objects.order_by("start_date", "pk")
        ),
    )


def _grouped(rows) -> Rows:
    """Group rows by their first column."""
    groups = defaultdict(list)
    for key, *rest in rows:
        groups[key].append(rest)
    return groups

"""What is asked of a teacher, and what came of it: sums of whole totals, never anybody's answer.

A filter chooses among totals of five people or more and never looks inside one. So the difference
between any two views, and between one view on two days, is five people or nobody.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from django.db.models import Count, Q, QuerySet

from profiles.choices import Role
from profiles.models import Teacher, User
from profiles.queries import roles_of

from ..models import CoursePage, Evaluation, EvaluationTotal, EvaluationWords, Offering
from ..models.evaluations import CHANGEABLE_FOR, CLOSES_AFTER, Moment
from ..questions import LEVELS, OF_MOMENT, Question


@dataclass(frozen=True)
class AnswerCount:
    """One answer to a question, and how many people gave it."""

    words: str
    people: int
    percent: int


@dataclass(frozen=True)
class QuestionResult:
    """One question, what the author hoped for, and what was answered."""

    question: Question
    aim: str
    people: int
    answers: tuple[AnswerCount, ...]


@dataclass(frozen=True)
class LevelResult:
    """One of Guskey's levels."""

    number: int
    name: str
    questions: tuple[QuestionResult, ...]


@dataclass(frozen=True)
class Results:
    """What came of one session, or of one run of it; levels from the fifth to the first."""

    people: int  # added up at the close
    later: int  # added up some weeks on
    levels: tuple[LevelResult, ...]
    words: tuple[str, ...]


@dataclass(frozen=True)
class RunCount:
    """How many were asked about a run, how many answered, how many of those are added up."""

    offering: Offering
    asked: int
    answered: int
    people: int


@dataclass(frozen=True)
class SessionCount:
    """The same for a session, with the two figures that say most (None: nobody added up)."""

    course: CoursePage
    asked: int
    answered: int
    people: int
    worth: int | None  # percent: worth the time, or mostly
    works: int | None  # percent: it works, some weeks on


def asked_of(teacher: Teacher, now: datetime) -> list[Evaluation]:
    """Return what a teacher can answer now, or still change, the longest asked first."""
    fresh = Q(answered_at=None, skipped_at=None, asked_at__gt=now - CLOSES_AFTER)
    changeable = Q(answered_at__gt=now - CHANGEABLE_FOR)
    return list(
        teacher.evaluations.filter(fresh | changeable)
        .select_related("course", "offering")
        .order_by("asked_at", "pk")
    )


def evaluated_sessions() -> QuerySet[CoursePage]:
    """Return sessions that somebody was asked about, with counts `asked` and `answered`."""
    return (
        CoursePage.objects.filter(evaluations__isnull=False)
        .annotate(
            asked=Count("evaluations"),
            answered=Count("evaluations", filter=Q(evaluations__answered_at__isnull=False)),
        )
        .order_by("title", "pk")
    )


def session_counts(courses: Sequence[CoursePage]) -> list[SessionCount]:
    """Return the lines of these sessions, in one query for all."""
    totals: dict[int, list[EvaluationTotal]] = defaultdict(list)
    for total in EvaluationTotal.objects.filter(course__in=courses):
        totals[total.course_id].append(total)
    lines = []
    for course in courses:
        counts = _added(totals[course.pk])
        lines.append(
            SessionCount(
                course=course,
                asked=getattr(course, "asked", 0),
                answered=getattr(course, "answered", 0),
                people=sum(one.people for one in totals[course.pk]),
                worth=_share(counts["worth"], ("yes", "mostly")),
                works=_share(counts["use"], ("works",)),
            )
        )
    return lines


def runs_seen_by(user: User, course: CoursePage) -> QuerySet[Offering]:
    """Return the runs whose results this user may see alone: their own; a coordinator's: all."""
    runs = Offering.objects.filter(course=course, evaluations__isnull=False)
    if not (user.is_superuser or Role.COORDINATOR in roles_of(user)):
        runs = runs.filter(Q(coach=user) | Q(coaches=user))
    return runs.distinct().order_by("-starts_at", "-pk")


def run_counts(runs: Iterable[Offering]) -> list[RunCount]:
    """Return the lines of these runs, in two queries for all."""
    runs = list(runs)
    asked: Counter[int | None] = Counter()
    answered: Counter[int | None] = Counter()
    people: Counter[int | None] = Counter()
    for run, answered_at in Evaluation.objects.filter(
        offering__in=runs, moment=Moment.CLOSE
    ).values_list("offering_id", "answered_at"):
        asked[run] += 1
        answered[run] += answered_at is not None
    for run, count in EvaluationTotal.objects.filter(
        offering__in=runs, moment=Moment.CLOSE
    ).values_list("offering_id", "people"):
        people[run] += count
    return [RunCount(run, asked[run.pk], answered[run.pk], people[run.pk]) for run in runs]


def results_of(course: CoursePage, *, run: Offering | None = None) -> Results:
    """Return what came of a session, or of one run. Words are never told by run."""
    totals = EvaluationTotal.objects.filter(course=course)
    if run is not None:
        totals = totals.filter(offering=run)
    return _results(course, list(totals), _words(course) if run is None else ())


def results_to_export(
    user: User,
) -> Iterator[tuple[CoursePage, Offering | None, Results]]:
    """Yield what a user may take along: each own run, and all the rest of each session together.

    Own runs and the rest are sums of whole totals too, and so is what one gets by subtracting.
    """
    for course in evaluated_sessions().iterator(chunk_size=100):
        own = {run.pk: run for run in runs_seen_by(user, course)}
        groups: dict[int | None, list[EvaluationTotal]] = defaultdict(list)
        for total in EvaluationTotal.objects.filter(course=course):
            groups[total.offering_id if total.offering_id in own else None].append(total)
        for key, run in own.items():
            if key in groups:
                yield course, run, _results(course, groups[key], ())
        if None in groups:
            yield course, None, _results(course, groups[None], ())


def _words(course: CoursePage) -> tuple[str, ...]:
    written = EvaluationWords.objects.filter(course=course).values_list("words", flat=True)
    return tuple(sorted(chain.from_iterable(written)))


def _results(
    course: CoursePage, totals: Sequence[EvaluationTotal], words: tuple[str, ...]
) -> Results:
    counts = _added(totals)
    by_level: dict[int, list[QuestionResult]] = defaultdict(list)
    for question in chain.from_iterable(OF_MOMENT.values()):
        by_level[question.level].append(_result(course, question, counts[question.key]))
    return Results(
        people=sum(one.people for one in totals if one.moment == Moment.CLOSE),
        later=sum(one.people for one in totals if one.moment == Moment.LATER),
        levels=tuple(
            LevelResult(number, LEVELS[number], tuple(by_level[number]))
            for number in sorted(LEVELS, reverse=True)
        ),
        words=words,
    )


def _result(course: CoursePage, question: Question, counts: Counter[str]) -> QuestionResult:
    people = sum(counts.values())
    return QuestionResult(
        question=question,
        aim=getattr(course, question.aim) if question.aim else "",
        people=people,
        answers=tuple(
            AnswerCount(words, counts[key], round(100 * counts[key] / people) if people else 0)
            for key, words in question.answers
        ),
    )


def _added(totals: Iterable[EvaluationTotal]) -> defaultdict[str, Counter[str]]:
    """Add totals up: question -> answer -> people."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for total in totals:
        for key, answers in total.counts.items():
            counts[key].update(answers)
    return counts


def _share(counts: Counter[str], good: Sequence[str]) -> int | None:
    people = sum(counts.values())
    return round(100 * sum(counts[key] for key in good) / people) if people else None

"""Asking how it went, keeping what is said, and adding it up once five people have spoken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce

from profiles.notices import owe_notices
from profiles.queries import today_in_district

from ..models import Completion, Enrolment
from ..models.evaluations import (
    CHANGEABLE_FOR,
    CLOSES_AFTER,
    FEWEST_TOGETHER,
    Evaluation,
    EvaluationTotal,
    EvaluationWords,
    Moment,
)
from ..questions import questions_of
from .history import tell

State = Enrolment.State

#: What ended longer ago than this is not asked about any more.
ASK_WITHIN = timedelta(days=14)
#: From the close to the question whether it still works.
LATER_AFTER = timedelta(days=28)
#: From the question to its one reminder.
REMIND_AFTER = timedelta(days=3)
#: An answer that found no company in this time is wiped unseen.
KEPT_FOR = timedelta(days=365)
#: People asked in one sweep; the next goes on.
ASKED_AT_ONCE = 500


class AnswerIsKept(Exception):
    """A day is over since the answer was given: it can't be changed any more."""


class QuestionIsClosed(Exception):
    """It was asked too long ago, or was skipped."""


class AnswerMissing(Exception):
    """A question was left out, or answered by none of its answers."""


# ---- asking -------------------------------------------------------------------------------------


def ask_evaluations(*, now: datetime) -> int:
    """Ask whoever has come or finished, and again some weeks on; return how many were asked."""
    asked = _ask(_closed_runs(now), Moment.CLOSE, now)
    # After the runs: who has been asked about the run is not asked about finishing it.
    asked += _ask(_finished(now), Moment.CLOSE, now)
    asked += _ask(_some_weeks_ago(now), Moment.LATER, now)
    _remind(now)
    return asked


Asked = Iterable[tuple[int, int, int | None]]  # teacher, course, offering


def _closed_runs(now: datetime) -> Asked:
    already = Evaluation.objects.filter(
        teacher=OuterRef("teacher"), offering=OuterRef("offering"), moment=Moment.CLOSE
    )
    return (
        Enrolment.objects.filter(
            ~Exists(already),
            state__in=(State.ATTENDED, State.PARTLY),
            offering__ends_at__lte=now,
            offering__ends_at__gt=now - ASK_WITHIN,
            teacher__is_active=True,
        )
        .order_by("pk")
        .values_list("teacher_id", "course_id", "offering_id")[:ASKED_AT_ONCE]
    )


def _finished(now: datetime) -> Asked:
    already = Evaluation.objects.filter(
        teacher=OuterRef("teacher"), course=OuterRef("course"), moment=Moment.CLOSE
    )
    return (
        Completion.objects.filter(
            ~Exists(already),
            offering=None,
            completed_at__lte=now,
            completed_at__gt=now - ASK_WITHIN,
            teacher__is_active=True,
        )
        .exclude(ground="claim")  # it was learned elsewhere: there is nothing of ours to judge
        .order_by("pk")
        .values_list("teacher_id", "course_id", "offering_id")[:ASKED_AT_ONCE]
    )


def _some_weeks_ago(now: datetime) -> Asked:
    already = Evaluation.objects.filter(
        teacher=OuterRef("teacher"), course=OuterRef("course"), moment=Moment.LATER
    )
    return (
        Evaluation.objects.filter(
            ~Exists(already),
            moment=Moment.CLOSE,
            asked_at__lte=now - LATER_AFTER,
            asked_at__gt=now - LATER_AFTER - CLOSES_AFTER,
            teacher__is_active=True,
        )
        .order_by("pk")
        .values_list("teacher_id", "course_id", "offering_id")[:ASKED_AT_ONCE]
    )


def _ask(asked: Asked, moment: str, now: datetime) -> int:
    rows = [
        Evaluation(
            teacher_id=teacher, course_id=course, offering_id=offering, moment=moment, asked_at=now
        )
        for teacher, course, offering in asked
    ]
    Evaluation.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _remind(now: datetime) -> None:
    """Owe the line in the daily mail that asks, and the one that reminds."""
    still_open = Evaluation.objects.filter(
        answered_at=None, skipped_at=None, asked_at__gt=now - CLOSES_AFTER
    )
    due = still_open.filter(
        Q(reminders=0) | Q(reminders=1, asked_at__lte=now - REMIND_AFTER)
    ).select_related("teacher__user")
    for evaluation in due.order_by("pk")[:ASKED_AT_ONCE]:
        number = evaluation.reminders + 1
        with transaction.atomic():
            user = evaluation.teacher.user
            owe_notices(
                users=[user] if user else [],
                kind="evaluation",
                key=f"evaluation:{evaluation.pk}:{number}",
                facts={"evaluation": evaluation.pk},
                now=now,
            )
            Evaluation.objects.filter(pk=evaluation.pk).update(reminders=number)


# ---- answering ----------------------------------------------------------------------------------


@transaction.atomic
def answer_evaluation(
    *, evaluation: Evaluation, answers: Mapping[str, str], words: str, now: datetime
) -> Evaluation:
    """Keep what a teacher says; said again within a day, it takes the place of what was said.

    Raises AnswerIsKept, QuestionIsClosed, AnswerMissing.
    """
    evaluation = Evaluation.objects.select_for_update(of=["self"]).get(pk=evaluation.pk)
    if evaluation.is_kept(now):
        raise AnswerIsKept(evaluation)
    if not evaluation.answered_at and evaluation.is_closed(now):
        raise QuestionIsClosed(evaluation)
    questions = questions_of(evaluation.moment)
    for question in questions:
        if answers.get(question.key) not in dict(question.answers):
            raise AnswerMissing(question.key)
    evaluation.answers = {question.key: answers[question.key] for question in questions}
    evaluation.words = " ".join(words.split())
    evaluation.answered_at = evaluation.answered_at or now
    evaluation.outcome = evaluation.answers.get("use", "")
    evaluation.save()
    if evaluation.is_later:
        tell([evaluation.teacher_id], "circle-back")
    return evaluation


@transaction.atomic
def skip_evaluation(*, evaluation: Evaluation, now: datetime) -> Evaluation:
    """Let a question go unanswered; it is not asked again. An answer that was given stays."""
    evaluation = Evaluation.objects.select_for_update(of=["self"]).get(pk=evaluation.pk)
    if not evaluation.answered_at and not evaluation.skipped_at:
        evaluation.skipped_at = now
        evaluation.save(update_fields=["skipped_at"])
    return evaluation


# ---- adding up ----------------------------------------------------------------------------------


def count_evaluations(*, now: datetime) -> int:
    """Add up what has been said, five people or more at a time; return how many were added up.

    Who spoke of a run is added up with others of that run. Fewer than five who are left when its
    question has closed are added to the rest of the session, as is what was finished alone.
    """
    kept = Evaluation.objects.filter(
        answered_at__lte=now - CHANGEABLE_FOR, counted_at=None
    ).values_list("course_id", "moment", "offering_id", "asked_at")
    groups: Counter[tuple[int, str, int | None]] = Counter()
    for course, moment, offering, asked_at in kept:
        is_alone = offering is None or now - asked_at >= CLOSES_AFTER + CHANGEABLE_FOR
        groups[course, moment, None if is_alone else offering] += 1
    counted = sum(
        _count(course, moment, offering, now)
        for (course, moment, offering), people in sorted(
            groups.items(), key=lambda item: (item[0][0], item[0][1], item[0][2] or 0)
        )
        if people >= FEWEST_TOGETHER
    )
    if counted:
        _count_words(now)
    _wipe_old(now)
    return counted


def _wipe_old(now: datetime) -> None:
    """Wipe answers and words that have waited for others for too long."""
    Evaluation.objects.filter(answered_at__lt=now - KEPT_FOR).exclude(answers={}, words="").update(
        answers={}, words="", counted_at=Coalesce("counted_at", now)
    )


@transaction.atomic
def _count(course: int, moment: str, offering: int | None, now: datetime) -> int:
    """Add up one group, under a lock: two processes must not count anybody twice."""
    rows = Evaluation.objects.select_for_update(of=["self"]).filter(
        course=course, moment=moment, answered_at__lte=now - CHANGEABLE_FOR, counted_at=None
    )
    if offering is not None:
        rows = rows.filter(offering=offering)
    else:
        closed = Q(asked_at__lte=now - CLOSES_AFTER - CHANGEABLE_FOR)
        rows = rows.filter(Q(offering=None) | closed)
    group = list(rows.order_by("pk"))
    if len(group) < FEWEST_TOGETHER:
        return 0
    EvaluationTotal.objects.create(
        course_id=course,
        offering_id=offering,
        moment=moment,
        people=len(group),
        counts=_added_up(moment, group),
        counted_date=today_in_district(now),
    )
    Evaluation.objects.filter(pk__in=[row.pk for row in group]).update(counted_at=now, answers={})
    return len(group)


def _added_up(moment: str, group: Sequence[Evaluation]) -> dict[str, dict[str, int]]:
    return {
        question.key: {
            answer: sum(row.answers.get(question.key) == answer for row in group)
            for answer, _ in question.answers
        }
        for question in questions_of(moment)
    }


@transaction.atomic
def _count_words(now: datetime) -> None:
    """Take words away from who wrote them, once five people wrote about the same session.

    They are put in the order of the alphabet, which says nothing of who wrote when or in which
    run.
    """
    written = Evaluation.objects.select_for_update(of=["self"]).filter(counted_at__isnull=False)
    groups: dict[tuple[int, str], list[Evaluation]] = {}
    for row in written.exclude(words="").order_by("pk"):
        groups.setdefault((row.course_id, row.moment), []).append(row)
    for (course, moment), rows in groups.items():
        if len(rows) < FEWEST_TOGETHER:
            continue
        EvaluationWords.objects.create(
            course_id=course,
            moment=moment,
            people=len(rows),
            words=sorted(row.words for row in rows),
            counted_date=today_in_district(now),
        )
        Evaluation.objects.filter(pk__in=[row.pk for row in rows]).update(words="")

"""How past sessions went: some with answers enough to be shown, some with too few."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import numpy as np

from courses.models import Completion, Enrolment, Evaluation
from courses.models.evaluations import CLOSES_AFTER, Moment
from courses.operations.evaluations import LATER_AFTER, count_evaluations
from courses.questions import questions_of
from profiles.models import Teacher, User

from .ground import SOURCE, Ground
from .sign_ins import CAST

#: The teacher who is printed: asked about everything, and has not answered yet of late.
PRINTED = CAST[0][0]
#: What is older than this is left out: nobody was asked then.
ASKED_SINCE = timedelta(days=330)
#: Of those asked at the close and some weeks on: who answers.
ANSWERS = {Moment.CLOSE: 0.76, Moment.LATER: 0.5}
#: Of those who finished something alone: who was asked at all.
ASKED_ALONE = 0.25
#: Who writes something besides.
WRITES = 0.3
#: How answers fall off from the best one to the worst, for a session that goes well.
FALLS_OFF = 0.45
WORDS = {
    Moment.CLOSE: (
        "More time to try it ourselves, please.",
        "I left with something I used the same week.",
        "The room was too warm, the rest was good.",
        "Could this be shorter and twice?",
        "Best part: somebody sat down next to me.",
        "The handout is what I needed.",
        "I knew half of it. The other half was worth it.",
        "Please with examples from the lower grades as well.",
        "Clear, calm, on time.",
        "It helped that we did it with our own class lists.",
    ),
    Moment.LATER: (
        "It works as long as the cart is charged.",
        "I use it every week now.",
        "I forgot the second step and had to look it up.",
        "My team does it together on Mondays.",
        "The tool asked me to sign in again every time.",
        "I would like a look at it in my own room.",
    ),
}


def make_evaluations(ground: Ground) -> None:
    """Ask about past sessions, answer as people do, and add up what is ready to be added up."""
    rng = ground.rng("evaluations")
    now, since = ground.midnight, ground.midnight - ASKED_SINCE
    rows = [
        *_of_runs(since, now),
        *_of_those_alone(rng, since, now),
    ]
    later = [_asked_later(row) for row in rows]
    rows += [row for row in later if row.asked_at < now]
    quality: dict[int, float] = {}
    printed = Teacher.objects.filter(email=PRINTED).values_list("pk", flat=True).first()
    for row in rows:
        if row.teacher_id == printed and row.asked_at > now - CLOSES_AFTER:
            continue
        level = quality.setdefault(row.course_id, float(rng.uniform(0.6, 1.4)))
        _answer(rng, row, level, now)
    Evaluation.objects.bulk_create(rows, batch_size=500)
    count_evaluations(now=now)
    # Nobody reads the sample's mail but whoever looks around in it.
    User.objects.filter(teacher__identifiers__source=SOURCE).exclude(
        email__in=[email for email, _, _ in CAST]
    ).update(wants_reminders=False, wants_evaluations=False, wants_invitations=False)


def _of_runs(since: datetime, now: datetime) -> Iterable[Evaluation]:
    for teacher, course, run, ends_at in (
        Enrolment.objects.filter(
            state=Enrolment.State.ATTENDED, offering__ends_at__gt=since, offering__ends_at__lt=now
        )
        .order_by("pk")
        .values_list("teacher_id", "course_id", "offering_id", "offering__ends_at")
    ):
        yield Evaluation(
            teacher_id=teacher,
            course_id=course,
            offering_id=run,
            moment=Moment.CLOSE,
            asked_at=ends_at,
            reminders=2,
        )


def _of_those_alone(
    rng: np.random.Generator, since: datetime, now: datetime
) -> Iterable[Evaluation]:
    for teacher, course, at, email in (
        Completion.objects.filter(offering=None, completed_at__gt=since, completed_at__lt=now)
        .order_by("pk")
        .values_list("teacher_id", "course_id", "completed_at", "teacher__email")
    ):
        if rng.random() < ASKED_ALONE or email == PRINTED:
            yield Evaluation(
                teacher_id=teacher,
                course_id=course,
                moment=Moment.CLOSE,
                asked_at=at,
                reminders=2,
            )


def _asked_later(row: Evaluation) -> Evaluation:
    return Evaluation(
        teacher_id=row.teacher_id,
        course_id=row.course_id,
        offering_id=row.offering_id,
        moment=Moment.LATER,
        asked_at=row.asked_at + LATER_AFTER,
        reminders=2,
    )


def _answer(rng: np.random.Generator, row: Evaluation, quality: float, now: datetime) -> None:
    """Let somebody answer, or not; what was asked lately still waits for some."""
    answered_at = row.asked_at + timedelta(hours=float(rng.uniform(1, 120)))
    is_answered = rng.random() < ANSWERS[Moment(row.moment)]
    says, words = rng.random() < WRITES, WORDS[Moment(row.moment)]
    chosen = words[int(rng.integers(len(words)))]
    picks = {
        question.key: question.answers[_pick(rng, len(question.answers), quality)][0]
        for question in questions_of(row.moment)
    }
    if not is_answered or answered_at > now or answered_at - row.asked_at > CLOSES_AFTER:
        return
    row.answered_at, row.answers = answered_at, picks
    row.words = chosen if says else ""
    row.outcome = picks.get("use", "")


def _pick(rng: np.random.Generator, choices: int, quality: float) -> int:
    weights = np.array([FALLS_OFF ** (number * quality) for number in range(choices)])
    return int(rng.choice(choices, p=weights / weights.sum()))

"""Two sweeps at the same moment: nobody is added up, asked, invited or reminded twice."""

from __future__ import annotations

from datetime import timedelta

import pytest

from courses.models import CalendarTold, Enrolment, Evaluation, EvaluationTotal, EvaluationWords
from courses.operations.evaluations import ask_evaluations, count_evaluations
from courses.operations.invitations import owe_invitations
from courses.operations.reminders import owe_reminders
from courses.questions import questions_of
from profiles.models import Notice, Teacher, User

from .conftest import NOW
from .test_seats_race import at_once

PEOPLE, AT_ONCE = 24, 6

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def people(transactional_db, east) -> list[Teacher]:
    users = User.objects.bulk_create(
        User(email=f"t{number}@example.org") for number in range(PEOPLE)
    )
    return Teacher.objects.bulk_create(
        Teacher(user=user, email=user.email, main_school=east) for user in users
    )


def test_answers_are_added_up_once(people, course_of):
    course = course_of()
    Evaluation.objects.bulk_create(
        Evaluation(
            teacher=teacher,
            course=course,
            moment="close",
            asked_at=NOW - timedelta(days=3),
            answered_at=NOW - timedelta(days=2),
            answers={question.key: question.answers[0][0] for question in questions_of("close")},
            words="Fine.",
        )
        for teacher in people
    )
    assert at_once([lambda: count_evaluations(now=NOW)] * AT_ONCE) == [None] * AT_ONCE
    (total,) = EvaluationTotal.objects.all()
    assert (total.people, total.counts["worth"]["yes"]) == (PEOPLE, PEOPLE)
    assert [len(one.words) for one in EvaluationWords.objects.all()] == [PEOPLE]


def test_questions_invitations_and_reminders_are_owed_once(people, course_of, run_of):
    ahead, over = run_of(course_of("Ahead"), in_days=2), run_of(course_of("Over"), in_days=-1)
    for run, state in ((ahead, "seated"), (over, "attended")):
        Enrolment.objects.bulk_create(
            Enrolment(teacher=teacher, course=run.course, offering=run, state=state, since_at=NOW)
            for teacher in people
        )

    def sweep():
        ask_evaluations(now=NOW)
        owe_invitations(now=NOW)
        owe_reminders(now=NOW)

    assert at_once([sweep] * AT_ONCE) == [None] * AT_ONCE
    for kind in ("evaluation", "invitation", "run-soon"):
        assert Notice.objects.filter(kind=kind).count() == PEOPLE, kind
    assert Evaluation.objects.count() == CalendarTold.objects.count() == PEOPLE
    assert set(Evaluation.objects.values_list("reminders", flat=True)) == {1}

"""Self-paced sessions: started, checked, finished."""

from __future__ import annotations

import json

import pytest

from courses.models import Completion, Enrolment
from courses.operations import (
    NoSuchCheck,
    NotUnderWay,
    SessionIsDated,
    SessionNotOpen,
    answer_check,
    enrol,
    start_self_paced,
    withdraw,
)

from .conftest import CHECK

SECOND = CHECK | {"id": "check-2"}


@pytest.fixture
def self_paced(course_of):
    """A session with two quick checks; right is the first and third answer of each."""
    return course_of(format="self-paced", body=json.dumps([CHECK, SECOND]))


@pytest.fixture
def started(self_paced, new_teacher, now) -> Enrolment:
    return start_self_paced(teacher=new_teacher, course=self_paced, by=new_teacher.user, now=now)


def answer(enrolment: Enrolment, block_id: str, *picked: int, now):
    return answer_check(
        enrolment=enrolment,
        block_id=block_id,
        answers=picked,
        by=enrolment.teacher.user,
        now=now,
    )


def test_starting_twice_is_starting_once(self_paced, new_teacher, started, now, told):
    again = start_self_paced(teacher=new_teacher, course=self_paced, by=None, now=now)
    assert again == started
    assert list(started.events.values_list("state", "by__email")) == [
        ("started", "nora.new@example.org")
    ]
    assert told == []


def test_a_dated_session_is_not_started(course_of, new_teacher, now):
    with pytest.raises(SessionIsDated):
        start_self_paced(teacher=new_teacher, course=course_of(), by=None, now=now)
    assert Enrolment.objects.count() == 0


def test_a_draft_is_not_started(course_of, new_teacher, now):
    draft = course_of(format="self-paced", live=False)
    with pytest.raises(SessionNotOpen):
        start_self_paced(teacher=new_teacher, course=draft, by=None, now=now)
    assert Enrolment.objects.count() == 0


@pytest.mark.parametrize(
    ("picked", "is_right", "replies"),
    [
        ((0, 2), True, ("It reads the roster.",)),
        ((2,), False, ("It reads the roster.",)),
        ((0, 1, 2), False, ("Lunch has no grades.", "It reads the roster.")),
        ((1,), False, ("Lunch has no grades.",)),
        ((), False, ()),
        ((0, 2, 99, -1), True, ("It reads the roster.",)),
    ],
)
def test_right_is_all_the_right_answers_and_no_other(started, picked, is_right, replies, now):
    result = answer(started, "check-1", *picked, now=now)
    assert (result.is_right, result.replies, result.checks_left, result.completion) == (
        is_right,
        replies,
        1 if is_right else 2,
        None,
    )
    started.refresh_from_db()
    assert list(started.answers) == (["check-1"] if is_right else [])


def test_the_last_right_check_finishes_the_session(started, new_teacher, now, told):
    answer(started, "check-2", 0, 2, now=now)
    result = answer(started, "check-1", 0, 2, now=now)
    started.refresh_from_db()
    assert started.state == Enrolment.State.FINISHED
    assert result.completion == Completion.objects.get()
    assert (result.completion.ground, result.completion.marked_by) == ("check", None)
    assert told == [("enrolments", (new_teacher.pk,), "finished")]


def test_answering_after_finishing_changes_nothing(started, now, told):
    for block_id in ("check-1", "check-2"):
        answer(started, block_id, 0, 2, now=now)
    told.clear()
    result = answer(started, "check-1", 1, now=now)
    assert (result.is_right, result.checks_left, result.completion) == (False, 0, None)
    assert Completion.objects.count() == 1
    assert told == []


def test_a_check_that_is_not_in_the_session_is_refused(started, now):
    with pytest.raises(NoSuchCheck):
        answer(started, "check-9", 0, now=now)


def test_a_withdrawn_session_takes_no_answers_and_can_be_started_anew(
    started, self_paced, new_teacher, now
):
    withdraw(enrolment=started, by=None, now=now)
    with pytest.raises(NotUnderWay):
        answer(started, "check-1", 0, 2, now=now)
    again = start_self_paced(teacher=new_teacher, course=self_paced, by=None, now=now)
    assert again.pk != started.pk
    assert again.state == Enrolment.State.STARTED


def test_a_check_in_a_dated_session_answers_but_completes_nothing(
    course_of, run_of, new_teacher, now
):
    run = run_of(course_of(body=json.dumps([CHECK])))
    enrolment = enrol(teacher=new_teacher, offering=run, by=None, now=now)
    result = answer(enrolment, "check-1", 0, 2, now=now)
    assert (result.is_right, result.checks_left, result.completion) == (True, 0, None)
    enrolment.refresh_from_db()
    assert enrolment.state == Enrolment.State.SEATED
    assert Completion.objects.count() == 0

"""The rule of a session: its parts one by one and together, and marks by hand."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from courses.models import Completion, CompletionEvent, Enrolment, HandIn
from courses.operations import (
    AlreadyAccepted,
    NoSeatForTask,
    NoTaskHere,
    NothingHandedIn,
    ReasonMissing,
    accept_task,
    answer_check,
    confirm_completion,
    enrol,
    hand_in,
    mark_attendance,
    return_task,
    start_self_paced,
    undo_completion,
)
from courses.operations.completions import settle
from courses.queries.finishing import rule_lines
from courses.signals import completion_changed

from .conftest import CHECK

RIGHT = [0, 2]


@pytest.fixture
def heard():
    """Collect what listeners hear of completions: (first name, what)."""
    said: list[tuple[str, str]] = []

    def hear(sender, completion, what, **kwargs):
        said.append((completion.teacher.given_name, what))

    completion_changed.connect(hear)
    yield said
    completion_changed.disconnect(hear)


def completions() -> list[tuple]:
    return list(
        Completion.objects.values_list(
            "teacher__given_name", "ground", "completed_at", "why", "marked_by__first_name"
        )
    )


def history() -> list[tuple]:
    return list(CompletionEvent.objects.values_list("what", "ground", "why", "by__first_name"))


@pytest.mark.parametrize(
    ("fields", "parts"),
    [
        ({"format": "live"}, ("attended",)),
        ({"format": "self-paced", "body": json.dumps([CHECK])}, ("check",)),
        ({"format": "coached"}, ("coach",)),
        ({"format": "live", "completion_rule": ["task", "attended"]}, ("attended", "task")),
    ],
)
def test_rule_is_the_authors_else_what_suits_the_format(course_of, fields, parts):
    assert course_of(**fields).rule.parts == parts


def test_rule_is_printed_with_what_this_teacher_has_met(course_of, new_teacher, coach, now):
    course = course_of(format="self-paced", completion_rule=["attended", "task", "coach"])
    confirm_completion(
        teacher=new_teacher, course=course, why="Seen it.", by=coach, now=now, is_whole=False
    )
    assert [(line.words, line.is_met) for line in rule_lines(course, new_teacher)] == [
        ("You were there for at least 80% of the time, as the coach's roster says.", False),
        ("You hand in the task, and a coach accepts it.", False),
        ("A coach confirms that you have done it.", True),
    ]
    assert [line.is_met for line in rule_lines(course, None)] == [False] * 3


def test_check_and_task_and_coach_are_all_needed_and_the_last_gives_the_day(
    course_of, new_teacher, coach, now, heard
):
    course = course_of(
        format="self-paced",
        body=json.dumps([CHECK]),
        completion_rule=["check", "task", "coach"],
    )
    enrolment = start_self_paced(teacher=new_teacher, course=course, by=None, now=now)
    result = answer_check(
        enrolment=enrolment, block_id="check-1", answers=RIGHT, by=new_teacher.user, now=now
    )
    assert (result.is_right, result.completion) == (True, None)
    task = hand_in(teacher=new_teacher, course=course, words="Done.", link="", by=None, now=now)
    assert accept_task(task=task, by=coach, now=now + timedelta(days=1)) is None
    enrolment.refresh_from_db()
    assert (enrolment.state, completions(), heard) == ("started", [], [])
    last = now + timedelta(days=2)
    for _ in range(2):
        confirm_completion(
            teacher=new_teacher, course=course, why="We met.", by=coach, now=last, is_whole=False
        )
    enrolment.refresh_from_db()
    assert enrolment.state == "finished"
    assert completions() == [("Nora", "rule", last, "We met.", "Cora")]
    assert history() == [("given", "rule", "We met.", "Cora")]
    assert heard == [("Nora", "given")]


def test_attending_alone_is_not_enough_when_a_task_is_asked_for(
    course_of, run_of, new_teacher, coach, now
):
    course = course_of(completion_rule=["attended", "task"])
    run = run_of(course)
    seat = enrol(teacher=new_teacher, offering=run, by=None, now=now)
    mark_attendance(offering=run, present_ids=[seat.pk], by=coach, now=run.ends_at)
    assert completions() == []
    later = run.ends_at + timedelta(days=3)
    task = hand_in(
        teacher=new_teacher, course=course, words="", link="https://x.example/y", by=None, now=later
    )
    completion = accept_task(task=task, by=coach, now=later)
    assert (completion.ground, completion.offering, completion.completed_at) == (
        "rule",
        run,
        later,
    )
    # The roster corrected: what rested on it is taken back with a line of why.
    mark_attendance(offering=run, present_ids=[], by=coach, now=later)
    assert completions() == []
    assert history()[-1] == ("taken", "rule", "The roster was corrected.", "Cora")


def test_settling_again_changes_nothing(course_of, new_teacher, coach, now, heard):
    course = course_of(format="coached")
    confirm_completion(teacher=new_teacher, course=course, why="Shown.", by=coach, now=now)
    before = (completions(), history())
    settle(course=course, teacher_ids=[new_teacher.pk], by=coach, now=now + timedelta(days=1))
    assert (completions(), history(), heard) == (*before, [("Nora", "given")])


# ---- marks by hand ------------------------------------------------------------------------------


@pytest.mark.parametrize("why", ["", "  \n "])
def test_a_mark_by_hand_needs_a_reason(course_of, new_teacher, coach, now, why):
    course = course_of(format="coached")
    with pytest.raises(ReasonMissing):
        confirm_completion(teacher=new_teacher, course=course, why=why, by=coach, now=now)
    assert (completions(), history()) == ([], [])
    completion = confirm_completion(
        teacher=new_teacher, course=course, why="Shown.", by=coach, now=now
    )
    with pytest.raises(ReasonMissing):
        undo_completion(completion=completion, why=why, by=coach, now=now)
    assert len(completions()) == 1


def test_a_coach_may_call_it_finished_whatever_the_rule_asks(course_of, new_teacher, coach, now):
    course = course_of(completion_rule=["attended", "task"])
    confirm_completion(
        teacher=new_teacher, course=course, why="Did it in another district.", by=coach, now=now
    )
    assert completions() == [("Nora", "coach", now, "Did it in another district.", "Cora")]


def test_a_word_for_one_part_can_become_a_word_for_all(course_of, new_teacher, coach, now):
    course = course_of(completion_rule=["coach", "task"])
    fields = {"teacher": new_teacher, "course": course, "by": coach, "now": now}
    assert confirm_completion(why="One part.", is_whole=False, **fields) is None
    assert confirm_completion(why="All of it.", is_whole=True, **fields).why == "All of it."


def test_taking_a_word_back_leaves_what_the_rule_gives_without_it(
    course_of, new_teacher, coach, now
):
    course = course_of(format="self-paced", body=json.dumps([CHECK]))
    completion = confirm_completion(
        teacher=new_teacher, course=course, why="Shown.", by=coach, now=now
    )
    Enrolment.objects.create(
        teacher=new_teacher,
        course=course,
        state="started",
        answers={"check-1": now.isoformat()},
    )
    again = undo_completion(completion=completion, why="By its check.", by=coach, now=now)
    assert (again.ground, completions()) == ("check", [("Nora", "check", now, "", None)])
    assert [row[:2] for row in history()] == [
        ("given", "coach"),
        ("taken", "coach"),
        ("given", "check"),
    ]


# ---- tasks --------------------------------------------------------------------------------------


@pytest.fixture
def tasked(course_of):
    return course_of(format="self-paced", completion_rule=["task"], task="Share a lesson plan.")


def test_task_handed_in_starts_the_session_and_waits(tasked, new_teacher, coach, now):
    first = hand_in(teacher=new_teacher, course=tasked, words="v1", link="", by=None, now=now)
    again = hand_in(teacher=new_teacher, course=tasked, words="v2", link="", by=None, now=now)
    assert (first.pk, again.words, HandIn.objects.count()) == (again.pk, "v2", 1)
    assert Enrolment.objects.get().state == "started"
    for _ in range(2):
        completion = accept_task(task=again, by=coach, now=now)
    assert (completion.ground, completion.marked_by) == ("task", coach)
    assert Enrolment.objects.get().state == "finished"
    with pytest.raises(AlreadyAccepted):
        hand_in(teacher=new_teacher, course=tasked, words="v3", link="", by=None, now=now)
    with pytest.raises(AlreadyAccepted):
        return_task(task=again, why="No.", by=coach, now=now)


def test_task_sent_back_keeps_its_reason_and_the_next_one_counts(tasked, new_teacher, coach, now):
    first = hand_in(teacher=new_teacher, course=tasked, words="v1", link="", by=None, now=now)
    with pytest.raises(ReasonMissing):
        return_task(task=first, why=" ", by=coach, now=now)
    return_task(task=first, why="Too short.", by=coach, now=now)
    second = hand_in(teacher=new_teacher, course=tasked, words="v2", link="", by=None, now=now)
    accept_task(task=second, by=coach, now=now)
    assert list(HandIn.objects.order_by("pk").values_list("state", "reason")) == [
        ("returned", "Too short."),
        ("accepted", ""),
    ]


def test_task_that_can_not_be_handed_in_writes_nothing(tasked, course_of, new_teacher, now):
    fields = {"teacher": new_teacher, "link": "", "by": None, "now": now}
    with pytest.raises(NothingHandedIn):
        hand_in(course=tasked, words=" ", **fields)
    with pytest.raises(NoTaskHere):
        hand_in(course=course_of("Plain", format="self-paced"), words="x", **fields)
    with pytest.raises(NoSeatForTask):
        hand_in(course=course_of("Live", completion_rule=["task"]), words="x", **fields)
    assert (HandIn.objects.count(), Enrolment.objects.count()) == (0, 0)

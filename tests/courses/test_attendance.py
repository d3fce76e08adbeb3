"""Who came, who has finished, and taking either back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from courses.models import Completion, Enrolment, EnrolmentEvent, Offering
from courses.operations import (
    NotMarkedByHand,
    RunIsCancelled,
    RunNotStarted,
    confirm_completion,
    enrol,
    mark_attendance,
    start_self_paced,
    undo_completion,
)


def states(offering: Offering) -> dict[str, str]:
    """Return the state of everybody in this run by first name."""
    return dict(offering.enrolments.values_list("teacher__given_name", "state"))


def completions() -> list[tuple]:
    """Return what counts as finished: (first name, title, minutes, ground, when)."""
    return list(
        Completion.objects.order_by("teacher__given_name").values_list(
            "teacher__given_name", "title", "minutes", "ground", "completed_at"
        )
    )


@pytest.fixture
def run(course_of, run_of, new_teacher, mentor_teacher, outsider, now):
    """A run with two seats: Nora and Max sit, Otto waits."""
    run = run_of(course_of(), seats=2)
    for teacher in (new_teacher, mentor_teacher, outsider):
        enrol(teacher=teacher, offering=run, by=None, now=now)
    return run


def ids(run: Offering, *names: str) -> list[int]:
    return list(run.enrolments.filter(teacher__given_name__in=names).values_list("pk", flat=True))


def test_marking_completes_who_came_at_the_end_of_the_run(run, coach, now, told, new_teacher):
    told.clear()
    after = run.ends_at + timedelta(days=2)
    result = mark_attendance(offering=run, present_ids=ids(run, "Nora"), by=coach, now=after)
    assert states(run) == {"Nora": "attended", "Max": "no-show", "Otto": "waiting"}
    assert (result.came, result.missed, result.changed) == (
        tuple(ids(run, "Nora")),
        tuple(ids(run, "Max")),
        2,
    )
    assert completions() == [("Nora", "Grades that sync", 30, "attended", run.ends_at)]
    assert [(name, cause) for name, _, cause in told] == [("enrolments", "attended")]


def test_marking_again_the_same_changes_and_tells_nothing(run, coach, told):
    after = run.ends_at
    mark_attendance(offering=run, present_ids=ids(run, "Nora"), by=coach, now=after)
    events = EnrolmentEvent.objects.count()
    told.clear()
    result = mark_attendance(offering=run, present_ids=ids(run, "Nora"), by=coach, now=after)
    assert (result.changed, EnrolmentEvent.objects.count(), told) == (0, events, [])


def test_a_mark_can_be_corrected_both_ways(run, coach):
    after = run.ends_at
    mark_attendance(offering=run, present_ids=ids(run, "Nora"), by=coach, now=after)
    mark_attendance(offering=run, present_ids=ids(run, "Max"), by=coach, now=after)
    assert states(run) == {"Nora": "no-show", "Max": "attended", "Otto": "waiting"}
    assert [row[0] for row in completions()] == ["Max"]
    nora = EnrolmentEvent.objects.filter(enrolment__teacher__given_name="Nora").order_by("id")
    assert list(nora.values_list("state", "by__email")) == [
        ("seated", None),
        ("attended", "cora.coach@example.org"),
        ("no-show", "cora.coach@example.org"),
    ]


def test_who_waited_and_came_counts_and_waits_again_when_unmarked(run, coach):
    after = run.ends_at
    mark_attendance(offering=run, present_ids=ids(run, "Otto"), by=coach, now=after)
    assert states(run)["Otto"] == "attended"
    assert [row[0] for row in completions()] == ["Otto"]
    mark_attendance(offering=run, present_ids=[], by=coach, now=after)
    assert states(run) == {"Nora": "no-show", "Max": "no-show", "Otto": "waiting"}
    assert completions() == []


def test_marks_of_another_run_count_for_nothing(run, course_of, run_of, outsider, coach, now):
    other = run_of(course_of("Another"))
    stranger = enrol(teacher=outsider, offering=other, by=None, now=now)
    mark_attendance(offering=run, present_ids=[stranger.pk], by=coach, now=run.ends_at)
    stranger.refresh_from_db()
    assert stranger.state == Enrolment.State.SEATED
    assert completions() == []


def test_nobody_came_to_a_run_that_lies_ahead_or_was_cancelled(run, coach, now):
    with pytest.raises(RunNotStarted):
        mark_attendance(offering=run, present_ids=ids(run, "Nora"), by=coach, now=now)
    Offering.objects.filter(pk=run.pk).update(is_cancelled=True)
    with pytest.raises(RunIsCancelled):
        mark_attendance(offering=run, present_ids=ids(run, "Nora"), by=coach, now=run.ends_at)
    assert completions() == []


def test_a_second_run_of_the_same_session_gives_the_completion_when_the_first_is_unmarked(
    run, run_of, new_teacher, coach, now
):
    second = run_of(run.course, in_days=14)
    enrol(teacher=new_teacher, offering=second, by=None, now=now)
    mark_attendance(offering=run, present_ids=ids(run, "Nora"), by=coach, now=run.ends_at)
    mark_attendance(offering=second, present_ids=ids(second, "Nora"), by=coach, now=second.ends_at)
    assert completions()[0][-1] == run.ends_at
    mark_attendance(offering=run, present_ids=[], by=coach, now=second.ends_at)
    assert completions() == [("Nora", "Grades that sync", 30, "attended", second.ends_at)]


def test_credit_is_what_the_author_says_else_how_long_it_takes(course_of, new_teacher, coach, now):
    for title, credit in (("Short", None), ("With credit", 90), ("No credit", 0)):
        course = course_of(title, format="self-paced", credit_minutes=credit)
        confirm_completion(
            teacher=new_teacher, course=course, why="Shown to me.", by=coach, now=now
        )
    assert sorted(row[1:3] for row in completions()) == [
        ("No credit", 0),
        ("Short", 30),
        ("With credit", 90),
    ]


def test_a_coach_finishes_a_started_session_and_takes_it_back(
    course_of, new_teacher, coach, now, told
):
    course = course_of(format="self-paced")
    enrolment = start_self_paced(teacher=new_teacher, course=course, by=None, now=now)
    completion = confirm_completion(
        teacher=new_teacher, course=course, why="Shown to me.", by=coach, now=now
    )
    again = confirm_completion(
        teacher=new_teacher, course=course, why="Shown to me.", by=coach, now=now
    )
    assert again == completion
    assert completions() == [("Nora", "Grades that sync", 30, "coach", now)]
    enrolment.refresh_from_db()
    assert enrolment.state == Enrolment.State.FINISHED
    told.clear()
    undo_completion(completion=completion, why="Mixed up.", by=coach, now=now)
    enrolment.refresh_from_db()
    assert enrolment.state == Enrolment.State.STARTED
    assert completions() == []
    assert told == [("enrolments", (new_teacher.pk,), "unfinished")]
    assert list(enrolment.events.values_list("state", "why")) == [
        ("started", ""),
        ("finished", ""),
        ("started", "Mixed up."),
    ]


def test_what_the_roster_gave_is_taken_back_on_the_roster_alone(run, coach):
    mark_attendance(offering=run, present_ids=ids(run, "Nora"), by=coach, now=run.ends_at)
    with pytest.raises(NotMarkedByHand):
        undo_completion(
            completion=Completion.objects.get(), why="Wrong.", by=coach, now=run.ends_at
        )
    assert states(run)["Nora"] == "attended"
    assert Completion.objects.count() == 1

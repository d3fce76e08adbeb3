from __future__ import annotations

from datetime import timedelta

import pytest

from courses.models import Completion
from pdplanner.plans.models import CoachRequest, Plan, StepAnswer
from pdplanner.plans.operations import (
    AnswerRefused,
    accept_step,
    ask_coach,
    close_coach_request,
    not_a_fit,
    rebuild_plans,
    rebuilding,
    swap_step,
    undo_answer,
)
from pdplanner.plans.queries import open_coach_requests, path_of
from pdplanner.recommender import BadFacts

from .conftest import NOW, TODAY, at

LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def two_ways(asker, add_session, grade_sync):
    """Nora's path holds one session on grade sync; a second one would do nearly as well."""
    add_session("Grade sync, the short card", grade_sync, minutes=10, strength="touches")
    rebuild_plans(as_of=TODAY, now=NOW)
    return asker


def on_path(teacher) -> list[str]:
    return [step.course.title for step in path_of(teacher, now=NOW).steps]


def first_step(teacher):
    return path_of(teacher, now=NOW).steps[0].course


def test_swapped_session_goes_and_the_next_best_comes(two_ways):
    course = first_step(two_ways)
    others = [title for title in on_path(two_ways) if title != course.title]
    swap_step(teacher=two_ways, course=course, now=LATER)
    assert course.title not in on_path(two_ways)
    assert set(others) <= set(on_path(two_ways))
    shown = path_of(two_ways, now=LATER)
    assert (shown.is_owed, shown.why_changed) == (False, "you swapped a session")
    assert [change.what for change in shown.changes if change.title == course.title] == ["declined"]
    assert [answer.course_id for answer in shown.swapped] == [course.pk]


def test_undone_answer_brings_the_session_back(two_ways):
    before, course = on_path(two_ways), first_step(two_ways)
    not_a_fit(teacher=two_ways, course=course, why="format", words="Too long", now=NOW)
    assert course.title not in on_path(two_ways)
    undo_answer(teacher=two_ways, course=course, now=LATER)
    assert on_path(two_ways) == before
    answer = StepAnswer.objects.get()
    assert (answer.why, answer.words, answer.undone_at) == ("format", "Too long", LATER)


def test_undo_without_an_answer_changes_nothing(two_ways):
    undo_answer(teacher=two_ways, course=first_step(two_ways), now=LATER)
    assert Plan.objects.get().wanted == 1


def test_accepted_session_stays_when_its_need_goes(two_ways, grade_sync):
    course = first_step(two_ways)
    accept_step(teacher=two_ways, course=course, now=LATER)
    two_ways.uses_tickets = False
    two_ways.save()
    rebuild_plans(as_of=TODAY, now=LATER)
    assert on_path(two_ways) == [course.title]


def test_answer_given_twice_is_stored_once(two_ways):
    course = first_step(two_ways)
    given = accept_step(teacher=two_ways, course=course, now=NOW)
    assert accept_step(teacher=two_ways, course=course, now=LATER) == given
    assert (StepAnswer.objects.count(), Plan.objects.get().wanted) == (1, 2)


def test_new_answer_takes_the_place_of_the_old_one(two_ways):
    course = first_step(two_ways)
    accept_step(teacher=two_ways, course=course, now=NOW)
    swap_step(teacher=two_ways, course=course, now=LATER)
    assert list(
        StepAnswer.objects.order_by("pk").values_list("answer", "answered_at", "undone_at")
    ) == [("accepted", NOW, LATER), ("swapped", LATER, None)]


def test_answer_to_a_finished_session_is_refused(two_ways):
    course = first_step(two_ways)
    Completion.objects.create(
        teacher=two_ways, course=course, title=course.title, minutes=45, ground="check"
    )
    with pytest.raises(AnswerRefused) as refusal:
        swap_step(teacher=two_ways, course=course, now=NOW)
    assert str(refusal.value) == f"You have finished “{course.title}” already."


def test_answer_without_a_reason_of_ours_is_refused(two_ways):
    with pytest.raises(AnswerRefused):
        not_a_fit(teacher=two_ways, course=first_step(two_ways), why="bored", now=NOW)
    assert not StepAnswer.objects.exists()


def test_answer_is_kept_when_the_catalogue_is_broken(two_ways, monkeypatch, caplog):
    course = first_step(two_ways)

    def refuse(**arguments):
        raise BadFacts("course 1 has effect 2.0 on skill 1")

    monkeypatch.setattr(rebuilding, "draft_paths", refuse)
    swap_step(teacher=two_ways, course=course, now=LATER)
    assert StepAnswer.objects.get().answer == "swapped"
    assert path_of(two_ways, now=LATER).is_owed
    assert "course 1 has effect 2.0 on skill 1" in caplog.text


def test_coach_is_asked_once_and_the_request_stays_until_closed(two_ways, coach):
    course = first_step(two_ways)
    request = ask_coach(teacher=two_ways, course=course, words="Fridays", now=NOW)
    assert ask_coach(teacher=two_ways, course=course, now=LATER) == request
    assert list(open_coach_requests()) == [request]
    assert path_of(two_ways, now=NOW).steps[0].coach_request == request
    close_coach_request(request=request, by=coach, outcome="Met on Friday", now=LATER)
    assert list(open_coach_requests()) == []
    closed = CoachRequest.objects.get()
    assert (closed.closed_at, closed.closed_by, closed.outcome) == (LATER, coach, "Met on Friday")


def test_closed_request_stays_as_it_was_closed(two_ways, coach, coordinator):
    request = ask_coach(teacher=two_ways, course=first_step(two_ways), now=NOW)
    close_coach_request(request=request, by=coach, outcome="Met", now=NOW)
    close_coach_request(request=request, by=coordinator, outcome="Again", now=LATER)
    closed = CoachRequest.objects.get()
    assert (closed.closed_by, closed.outcome) == (coach, "Met")


def test_not_now_comes_back_with_the_next_term(two_ways, term):
    course = first_step(two_ways)
    not_a_fit(teacher=two_ways, course=course, why="not-now", now=NOW)
    assert course.title not in on_path(two_ways)
    StepAnswer.objects.update(answered_at=at(term.start_date - timedelta(days=1)))
    rebuild_plans(as_of=TODAY, now=LATER)
    assert course.title in on_path(two_ways)

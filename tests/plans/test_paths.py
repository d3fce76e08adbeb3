from __future__ import annotations

from datetime import date, timedelta

import pytest

from courses.models import Completion, CoursePrerequisite, Enrolment, Requirement
from pdplanner.plans.models import Plan
from pdplanner.plans.operations import accept_step, rebuild_plans
from pdplanner.plans.queries import Hours, noticed_about, path_of
from profiles.corrections import answer_skill, hide_ticket
from profiles.models import Skill

from .conftest import NOW, TODAY, at

QUERIES = 7


def test_path_shows_steps_reasons_and_hours(asker):
    rebuild_plans(as_of=TODAY, now=NOW)
    shown = path_of(asker, now=NOW)
    assert (shown.is_owed, shown.hours, shown.nothing_because) == (
        False,
        Hours(set_aside=480, done=0, planned=45),
        "",
    )
    (step,) = shown.steps
    assert (step.order, step.course.title, step.minutes, step.offering, step.answer) == (
        1,
        "Gradebook sync without double entry",
        45,
        None,
        None,
    )
    assert [reason.html for reason in step.reasons] == [
        "You asked about <b>Grade sync</b> <b>3 times</b> since <b>4 September</b>; the last time,"
        " on 17 November, cost about 20 minutes of class."
    ]
    assert [(str(need.skill), need.words) for need in shown.noticed] == [
        ("Grade sync", "3 asks · 60 min lost")
    ]
    assert shown.next_step == step


def test_path_before_the_first_rebuild_is_owed_and_empty(new_teacher):
    shown = path_of(new_teacher, now=NOW)
    assert (shown.version, shown.steps, shown.is_owed, shown.nothing_because) == (
        None,
        (),
        True,
        "",
    )


def test_path_with_nothing_says_why(new_teacher, term, add_session):
    rebuild_plans(as_of=TODAY, now=NOW)
    shown = path_of(new_teacher, now=NOW)
    assert (shown.nothing_because, shown.nothing_words) == (
        "no-need",
        "Nothing to recommend: nothing you asked or wished for calls for a session now.",
    )


def test_path_shows_what_was_done_since(asker):
    rebuild_plans(as_of=TODAY, now=NOW)
    course = path_of(asker, now=NOW).steps[0].course
    Completion.objects.create(
        teacher=asker,
        course=course,
        title=course.title,
        minutes=45,
        ground="check",
        completed_at=NOW,
    )
    shown = path_of(asker, now=NOW)
    assert (shown.steps[0].is_done, shown.next_step, shown.hours) == (
        True,
        None,
        Hours(set_aside=480, done=45, planned=0),
    )


def test_path_shows_seat_answer_and_what_comes_first(
    asker, add_session, add_run, grade_sync, screen_sharing
):
    first = add_session("First", screen_sharing)
    second = add_session("Second", screen_sharing, format="live", strength="masters", minutes=60)
    CoursePrerequisite.objects.create(course=second, before=first, is_required=True)
    run = add_run(second, date(2026, 12, 8), seats=7)
    Requirement.objects.create(course=second, due_date=date(2026, 12, 18), set_at=at(TODAY, 8))
    enrolment = Enrolment.objects.create(
        teacher=asker, course=second, offering=run, state="seated", since_at=at(TODAY, 8)
    )
    rebuild_plans(as_of=TODAY, now=NOW)
    answer = accept_step(teacher=asker, course=first, now=NOW)
    steps = {step.course.title: step for step in path_of(asker, now=NOW).steps}
    assert (steps["Second"].enrolment, steps["Second"].offering, steps["Second"].date) == (
        enrolment,
        run,
        date(2026, 12, 8),
    )
    assert steps["Second"].opens_after == steps["First"].course
    assert (steps["First"].answer, steps["First"].opens_after) == (answer, None)


def test_path_takes_the_same_queries_whatever_its_length(
    asker, add_session, add_ticket, add_run, django_assert_num_queries
):
    rebuild_plans(as_of=TODAY, now=NOW)
    with django_assert_num_queries(QUERIES):
        path_of(asker, now=NOW)
    for number in range(6):
        skill = Skill.objects.create(name=f"Skill {number}")
        add_session(f"Session {number}", skill)
        for days in (3, 10, 20):
            add_ticket(asker, skill, TODAY - timedelta(days=days))
    rebuild_plans(as_of=TODAY, now=NOW)
    with django_assert_num_queries(QUERIES):
        assert len(path_of(asker, now=NOW).steps) == 7


def test_noticed_lists_needs_with_their_tickets_and_what_was_said(
    asker, add_ticket, grade_sync, screen_sharing
):
    lone = add_ticket(asker, screen_sharing, TODAY - timedelta(days=2), kind="break")
    rebuild_plans(as_of=TODAY, now=NOW)
    tickets = list(asker.tickets.filter(skill=grade_sync))
    hide_ticket(teacher=asker, ticket=tickets[0], now=NOW)
    answer_skill(teacher=asker, skill=screen_sharing, answer="not-me", now=NOW)
    rebuild_plans(as_of=TODAY, now=NOW)
    told = noticed_about(asker, now=NOW)
    assert [(n.skill, n.answer, [t.pk for t in n.tickets]) for n in told] == [
        (grade_sync, "", [ticket.pk for ticket in tickets]),
        (screen_sharing, "not-me", [lone.pk]),
    ]
    assert [str(sentence) for sentence in told[0].sentences] == [
        "You asked about Grade sync twice since 4 September; about 40 minutes of class went with"
        " it."
    ]
    assert told[0].tickets[0].hidden_at == NOW


def test_noticed_shows_nothing_of_others(asker, outsider, add_ticket, grade_sync):
    rebuild_plans(as_of=TODAY, now=NOW)
    add_ticket(outsider, grade_sync, TODAY - timedelta(days=1))
    assert [len(need.tickets) for need in noticed_about(asker, now=NOW)] == [3]
    (theirs,) = noticed_about(outsider, now=NOW)
    assert [ticket.teacher for ticket in theirs.tickets] == [outsider]


@pytest.mark.parametrize("wanted", [1, 2])
def test_path_says_when_a_newer_one_is_owed(asker, wanted):
    rebuild_plans(as_of=TODAY, now=NOW)
    Plan.objects.update(wanted=wanted)
    assert path_of(asker, now=NOW).is_owed == (wanted > 1)

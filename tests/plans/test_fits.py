from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

import pytest
from django.core.cache import cache

from courses.models import Completion, CoursePrerequisite, Requirement
from courses.operations import enrol
from pdplanner.plans.operations import not_a_fit, rebuild_plans
from pdplanner.plans.queries import fits_for, path_of, why_not_for

from .conftest import NOW, TODAY, at


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()


@pytest.fixture
def built(asker):
    rebuild_plans(as_of=TODAY, now=NOW)
    return asker


def test_fits_tell_the_best_reason_and_what_is_on_the_path(built, add_session, screen_sharing):
    other = add_session("Cast your screen", screen_sharing)
    course = built.plan.current.steps.get().course
    fits = fits_for(built, [course.pk, other.pk], as_of=TODAY)
    assert (fits[course.pk].on_path, fits[other.pk].on_path) == (True, False)
    assert fits[course.pk].because.text.startswith("You asked about Grade sync 3 times")
    assert fits[other.pk].because is None
    assert 0 < fits[course.pk].fit <= 1
    assert set(fits[course.pk].parts) == {"room", "tools", "format", "level", "time", "place"}


def test_fit_of_what_is_done_or_shut_is_nought(built, add_session, screen_sharing):
    done = add_session("Done", screen_sharing)
    shut = add_session("For the little ones", screen_sharing, grade_bands=["pk-2"])
    Completion.objects.create(
        teacher=built,
        course=done,
        title="Done",
        minutes=5,
        ground="check",
        completed_at=at(TODAY, 8),
    )
    fits = fits_for(built, [done.pk, shut.pk], as_of=TODAY)
    assert [(fit.fit, fit.is_done) for fit in fits.values()] == [(0.0, True), (0.0, False)]


def test_fits_are_worked_out_once_until_something_is_owed(built, django_assert_max_num_queries):
    course = built.plan.current.steps.get().course
    fits_for(built, [course.pk], as_of=TODAY)
    with django_assert_max_num_queries(3):
        assert fits_for(built, [course.pk], as_of=TODAY)[course.pk].on_path
    not_a_fit(teacher=built, course=course, why="know-it", now=NOW)
    assert not fits_for(built, [course.pk], as_of=TODAY)[course.pk].on_path


def test_why_not_names_the_rule_in_words(built, add_session, screen_sharing, grade_sync):
    shut = add_session("For the little ones", grade_sync, grade_bands=["pk-2"])
    idle = add_session("Cast your screen", screen_sharing)
    assert {
        course.title: (answer.rule, answer.text, answer.missing)
        for course in (shut, idle)
        for answer in [why_not_for(built, course, as_of=TODAY)]
    } == {
        "For the little ones": (
            "not-your-grades",
            "It is made for prekindergarten to grade 2.",
            None,
        ),
        "Cast your screen": (
            "no-need",
            "Nothing you asked or wished for calls for it now.",
            None,
        ),
    }


def test_why_not_leads_to_the_session_that_comes_first(built, add_session, grade_sync):
    first = add_session("First", grade_bands=["pk-2"])
    second = add_session("Second", grade_sync)
    CoursePrerequisite.objects.create(course=second, before=first, is_required=True)
    answer = why_not_for(built, second, as_of=TODAY)
    assert (answer.rule, answer.text, answer.missing) == (
        "missing-prerequisite",
        "It needs “First” first.",
        first,
    )


def test_why_not_of_a_required_session_without_room_agrees_with_the_path(
    asker, grade_sync, screen_sharing, add_session, add_run
):
    asker.minutes_a_term = 360
    asker.save()
    whole_day = add_session("A day on grades", grade_sync, format="live", minutes=360)
    day = TODAY + timedelta(days=2)
    run = add_run(whole_day, day, 9, ends_at=at(day, 15))
    enrol(teacher=asker, offering=run, by=None, now=NOW)
    due = add_session("Cast your screen", screen_sharing)
    Requirement.objects.create(course=due, due_date=TODAY + timedelta(days=4), set_at=NOW)
    rebuild_plans(as_of=TODAY, now=NOW)
    words = "The hours, weeks or dates that are left have no room for it."
    left_out = path_of(asker, now=NOW).left_out
    assert [(one.course_id, one.text) for one in left_out] == [(due.pk, words)]
    answer = why_not_for(asker, due, as_of=TODAY)
    assert (answer.rule, answer.text) == ("no-room", words)


def test_why_not_of_an_answer_holds_until_something_is_owed(built, django_assert_max_num_queries):
    course = built.plan.current.steps.get().course
    assert why_not_for(built, course, as_of=TODAY).rule == "on-path"
    with django_assert_max_num_queries(3):
        why_not_for(built, course, as_of=TODAY)
    not_a_fit(teacher=built, course=course, why="know-it", now=NOW)
    assert why_not_for(built, course, as_of=TODAY).rule == "dismissed"


def test_answers_of_another_day_are_another_answer(built):
    course = built.plan.current.steps.get().course
    fits_for(built, [course.pk], as_of=TODAY)
    past = fits_for(built, [course.pk], as_of=TODAY - timedelta(days=100))
    assert past[course.pk].because is None


def test_web_process_rebuilds_a_path_without_scipy_and_numba():
    program = (
        "import django, sys; django.setup();"
        "import pdplanner.urls, pdplanner.plans.operations, pdplanner.plans.queries;"
        "from datetime import date; from pdplanner.recommender import *;"
        "facts = Facts(date(2026, 11, 23), CalendarFacts(date(2026, 11, 23), date(2026, 12, 18)),"
        " (TeacherFacts(1, goals=(GoalFacts('g', (1,), date(2026, 9, 1)),)),),"
        " (CourseFacts(1, 'c', 30, 'self-paced', effects={1: 0.4}),));"
        "assert recommend_paths(facts, only=[1])[1].steps;"
        "print([name for name in ('scipy', 'numba') if name in sys.modules])"
    )
    told = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout == "[]\n"

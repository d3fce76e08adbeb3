"""The look book searched, a session as one teacher sees it, a record and a calendar."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from wagtail.models import PageViewRestriction

from courses.models import CoursePrerequisite
from courses.operations import (
    add_requirement,
    confirm_completion,
    enrol,
    mark_attendance,
    start_self_paced,
    withdraw,
)
from courses.queries import (
    SessionFilters,
    calendar_of,
    filter_choices,
    live_sessions,
    offerings_ahead,
    prerequisites_state,
    record_of,
    room_choice,
    search_sessions,
    session_view,
)
from profiles.models import Skill, SpecialDay, Tool

from .conftest import CHECK


def titles(**asked) -> list[str]:
    return [page.title for page in search_sessions(**asked)]


@pytest.fixture
def shelf(course_of, grade_sync, screen_sharing, run_of, now):
    """Four sessions, one draft, one private."""
    sync = course_of(
        "Grades that sync",
        skills=[grade_sync],
        format="self-paced",
        minutes=20,
        level="A2",
        grade_bands=["6-8"],
        subjects=["math"],
    )
    cast = course_of("Onto the wall", skills=[screen_sharing], minutes=60, grade_bands=["9-12"])
    cast.tools.set([grade_sync.tool])
    cast.save()
    run_of(cast)
    run_of(course_of("Long ago", objectives="read a gradebook report"), in_days=-7)
    course_of("For everybody", format="quick-card", minutes=5)
    course_of("Secret draft", live=False, skills=[grade_sync])
    private = course_of("Secret meeting", skills=[grade_sync])
    PageViewRestriction.objects.create(page=private, restriction_type="login")
    return {"sync": sync, "cast": cast}


def test_only_live_and_public_sessions_are_listed(shelf):
    assert titles() == ["For everybody", "Grades that sync", "Long ago", "Onto the wall"]
    assert titles(words="secret") == []
    assert live_sessions().count() == 4
    assert filter_choices()["skill"] == [
        ("grade-sync", "Grade sync"),
        ("screen-sharing", "Screen sharing"),
    ]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("sync", ["Grades that sync"]),
        ("SYNC grade", ["Grades that sync"]),
        ("syncs", ["Grades that sync"]),
        ("airplay", ["Onto the wall"]),  # a word of its skill
        ("grade", ["Grades that sync", "Onto the wall", "Long ago"]),  # title, tool, objective
        ("report gradebook", ["Long ago"]),
        ("grade airplay sync", []),
        ("%", []),
        ("  ", ["For everybody", "Grades that sync", "Long ago", "Onto the wall"]),
        ("nul\0byte", []),
    ],
)
def test_search_finds_all_words_best_first(shelf, words, found):
    assert titles(words=words) == found


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"skill": "grade-sync"}, ["Grades that sync"]),
        ({"tool": "gradebook"}, ["Onto the wall"]),
        ({"format": "quick-card"}, ["For everybody"]),
        ({"level": "A2"}, ["Grades that sync"]),
        ({"grade_band": "6-8"}, ["For everybody", "Grades that sync", "Long ago"]),
        ({"subject": "ela"}, ["For everybody", "Long ago", "Onto the wall"]),
        ({"max_minutes": 20}, ["For everybody", "Grades that sync"]),
        ({"max_minutes": 20, "format": "self-paced"}, ["Grades that sync"]),
        ({"skill": "no-such"}, []),
    ],
)
def test_filters_narrow_the_list_down(shelf, filters, found):
    assert titles(filters=SessionFilters(**filters)) == found


def test_a_run_ahead_can_be_asked_for(shelf, now):
    assert titles(filters=SessionFilters(runs_after=now)) == ["Onto the wall"]


@pytest.mark.parametrize("rows", [1, 3])
def test_a_page_of_the_look_book_costs_seven_queries(
    rows, course_of, grade_sync, django_assert_num_queries
):
    for number in range(rows):
        page = course_of(f"Session {number}", skills=[grade_sync])
        page.tools.set([grade_sync.tool])
        page.save()
    with django_assert_num_queries(7):
        for page in search_sessions(words="session", filters=SessionFilters(grade_band="6-8")):
            assert [row.skill.tool.name for row in page.taught_skills.all()] == ["Gradebook"]
            assert [tool.name for tool in page.tools.all()] == ["Gradebook"]
            assert page.url.startswith("/look-book/session-")


def test_pages_of_the_list_are_bounded(course_of):
    for number in range(5):
        course_of(f"Session {number}")
    page = search_sessions(page=2, size=2)
    assert ([item.title for item in page], page.paginator.count) == (["Session 2", "Session 3"], 5)
    assert search_sessions(page="nonsense", size=2).number == 1
    assert search_sessions(page=99, size=2).number == 3


# ---- one session ---------------------------------------------------------------------------------


def variant(bands=(), subjects=(), tools=(), text="<p>So.</p>") -> dict:
    return {
        "grade_bands": list(bands),
        "subjects": list(subjects),
        "tools": [{"type": "item", "value": tool, "id": f"t{tool}"} for tool in tools],
        "text": text,
    }


def rooms_of(*variants: dict) -> dict:
    items = [{"type": "item", "value": one, "id": f"v{n}"} for n, one in enumerate(variants)]
    return {"type": "rooms", "id": "rooms-1", "value": {"heading": "Rooms", "variants": items}}


@pytest.mark.parametrize(
    ("variants", "yours"),
    [
        ([variant(["9-12"]), variant(["6-8"]), variant()], 1),
        ([variant(), variant(["6-8"], ["science"]), variant(["6-8"])], 1),
        ([variant(["9-12"]), variant()], 1),  # what is left empty fits every room
        ([variant(["9-12"], ["science"]), variant(["9-12"])], 0),  # the nearest of the strange
        ([variant(["9-12"]), variant(["3-5"])], None),
        ([variant(["6-8"]), variant(["6-8"])], 0),
    ],
)
def test_the_room_nearest_to_the_teachers_comes_first(course_of, new_teacher, variants, yours):
    page = course_of(body=json.dumps([rooms_of(*variants)]))
    values = list(page.body[0].value["variants"])
    choice = room_choice(values, new_teacher, frozenset())
    assert choice.yours == (None if yours is None else values[yours])
    assert list(choice.others) == [one for n, one in enumerate(values) if n != yours]


def test_a_tool_of_the_teacher_decides_between_rooms(course_of, new_teacher):
    ours, theirs = Tool.objects.create(name="Ours"), Tool.objects.create(name="Theirs")
    page = course_of(
        body=json.dumps([rooms_of(variant(tools=[theirs.pk]), variant(tools=[ours.pk]))])
    )
    values = list(page.body[0].value["variants"])
    assert room_choice(values, new_teacher, frozenset([ours.pk])).yours == values[1]
    assert room_choice(values, None, frozenset()).yours is None


def test_prerequisites_are_done_by_an_equal_too_and_drafts_have_no_address(
    course_of, new_teacher, coach, now
):
    course, first, equal, draft = (course_of(title) for title in ("Main", "First", "Equal", "Dr"))
    draft.unpublish()
    first.equivalents.set([equal])
    first.save()
    for order, (before, required) in enumerate(((first, True), (draft, False))):
        CoursePrerequisite.objects.create(
            course=course, before=before, is_required=required, sort_order=order
        )
    course.refresh_from_db()

    def said() -> list[tuple]:
        return [
            (item.title, item.url, item.is_required, item.is_done)
            for item in prerequisites_state(course, new_teacher)
        ]

    assert said() == [("First", first.url, True, False), ("Dr", "", False, False)]
    confirm_completion(teacher=new_teacher, course=equal, why="Shown to me.", by=coach, now=now)
    assert said() == [("First", first.url, True, True), ("Dr", "", False, False)]
    assert [item.title for item in session_view(course, new_teacher, now).missing] == ["Dr"]


def test_a_session_shows_its_runs_and_who_waits_before_me(
    course_of, run_of, new_teacher, mentor_teacher, outsider, now
):
    course = course_of()
    full, later, past = run_of(course, seats=1), run_of(course, in_days=9), run_of(course)
    run_of(course, in_days=3, is_cancelled=True)
    for teacher in (mentor_teacher, outsider, new_teacher):
        enrol(teacher=teacher, offering=full, by=None, now=now)
    mine = enrol(teacher=new_teacher, offering=past, by=None, now=now)
    during = past.starts_at + timedelta(minutes=5)
    assert [line.offering for line in session_view(course, None, now).runs] == [full, past, later]
    view = session_view(course, new_teacher, during)
    assert [
        (line.offering, line.enrolment and line.enrolment.state, line.waiting_before)
        for line in view.runs
    ] == [(full, "waiting", 1), (past, "seated", 0), (later, None, 0)]
    assert view.runs[1].enrolment == mine
    assert list(offerings_ahead(course, now)) == [full, past, later]
    assert list(offerings_ahead(course, during)) == [later]
    assert (view.can_start, view.needs_coach) == (False, False)


def test_a_self_paced_session_is_started_then_answered_then_done(
    course_of, new_teacher, coach, now
):
    course = course_of(format="self-paced", body=json.dumps([CHECK]))
    view = session_view(course, new_teacher, now)
    assert (view.can_start, view.needs_coach, view.check_ids) == (True, False, ("check-1",))
    enrolment = start_self_paced(teacher=new_teacher, course=course, by=None, now=now)
    view = session_view(course, new_teacher, now)
    assert (view.enrolment, view.can_start) == (enrolment, False)
    completion = confirm_completion(
        teacher=new_teacher, course=course, why="Shown to me.", by=coach, now=now
    )
    view = session_view(course, new_teacher, now)
    assert (view.completion, view.can_start) == (completion, False)
    plain = session_view(course_of("No check", format="self-paced"), new_teacher, now)
    assert (plain.can_start, plain.needs_coach) == (True, True)


def test_another_teachers_enrolment_shows_nowhere(course_of, run_of, new_teacher, outsider, now):
    course = course_of()
    run = run_of(course)
    enrol(teacher=outsider, offering=run, by=None, now=now)
    (line,) = session_view(course, new_teacher, now).runs
    assert line.enrolment is None
    assert record_of(new_teacher, now).under_way == ()
    assert calendar_of(new_teacher, date(2026, 1, 1), date(2026, 12, 31)) == []


@pytest.mark.parametrize("rows", [1, 3])
def test_a_session_costs_as_many_queries_with_one_row_as_with_three(
    rows, course_of, run_of, new_teacher, grade_sync, now, django_assert_num_queries
):
    more = [Skill.objects.create(name=f"Skill {n}") for n in range(rows - 1)]
    course = course_of(skills=[grade_sync, *more])
    for number in range(rows):
        enrol(teacher=new_teacher, offering=run_of(course, in_days=number + 1), by=None, now=now)
        CoursePrerequisite.objects.create(course=course, before=course_of(f"Before {number}"))
    course = type(course).objects.get(pk=course.pk)
    with django_assert_num_queries(20):
        view = session_view(course, new_teacher, now)
        assert (len(view.runs), len(view.skills), len(view.prerequisites)) == (rows, rows, rows)


# ---- record and calendar ------------------------------------------------------------------------


def test_the_record_holds_what_was_finished_and_what_is_under_way(
    course_of, run_of, new_teacher, coach, now
):
    done = course_of("Done", credit_minutes=45)
    run, missed, left = run_of(done), run_of(course_of("Missed")), run_of(course_of("Left"))
    ahead = run_of(course_of("Ahead"), in_days=30)
    came, _, gone, going = (
        enrol(teacher=new_teacher, offering=one, by=None, now=now)
        for one in (run, missed, left, ahead)
    )
    withdraw(enrolment=gone, by=None, now=now)
    mark_attendance(offering=run, present_ids=[came.pk], by=coach, now=run.ends_at)
    mark_attendance(offering=missed, present_ids=[], by=coach, now=missed.ends_at)
    record = record_of(new_teacher, run.ends_at)
    assert [(item.title, item.minutes) for item in record.completions] == [("Done", 45)]
    assert record.minutes == 45
    assert list(record.under_way) == [going]
    assert {(str(item.course), item.state) for item in record.past} == {
        ("Missed", "no-show"),
        ("Left", "withdrawn"),
    }
    with_history = next(item for item in record.past if item == gone)
    assert [event.state for event in with_history.events.all()] == ["seated", "withdrawn"]


def test_the_calendar_merges_runs_due_dates_and_days_in_order(
    course_of, run_of, new_teacher, east, north, coach, now
):
    run = run_of(course_of("A run"), in_days=7, place="Library")
    enrol(teacher=new_teacher, offering=run, by=None, now=now)
    given_back = enrol(
        teacher=new_teacher, offering=run_of(course_of("Given back")), by=None, now=now
    )
    withdraw(enrolment=given_back, by=None, now=now)
    required = course_of("Required", format="self-paced")
    add_requirement(course=required, due_date=date(2026, 9, 21), now=now)
    add_requirement(course=required, due_date=date(2026, 12, 1), now=now)
    confirm_completion(teacher=new_teacher, course=required, why="Shown to me.", by=coach, now=now)
    day = SpecialDay.objects.create(
        kind="pd", title="PD day", start_date=date(2026, 9, 18), end_date=date(2026, 9, 18)
    )
    elsewhere = SpecialDay.objects.create(
        kind="testing", start_date=date(2026, 9, 18), end_date=date(2026, 9, 18)
    )
    elsewhere.schools.set([north])
    entries = calendar_of(new_teacher, date(2026, 9, 18), date(2026, 9, 30))
    assert [(e.kind, e.start_date, e.title, e.place, e.state) for e in entries] == [
        ("day", date(2026, 9, 18), str(day), "", "pd"),
        ("due", date(2026, 9, 21), "Required", "", "done"),
        ("run", date(2026, 9, 21), "A run", "Library", "seated"),
    ]
    assert calendar_of(new_teacher, date(2026, 9, 22), date(2026, 9, 30)) == []

"""Required sessions: whom they touch and who hears of it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from courses.models import Completion, Requirement
from courses.operations import (
    RequirementEnded,
    add_requirement,
    change_requirement,
    confirm_completion,
    withdraw_requirement,
)
from courses.queries import audience_of, audiences_of, required_for, teachers_matching

DUE = date(2026, 10, 1)


@pytest.fixture
def everybody(new_teacher, mentor_teacher, outsider):
    """Nora (East, grade 7, science), Max (East, 6 and 7, math), Otto (North, 10, ELA)."""
    return {"Nora": new_teacher.pk, "Max": mentor_teacher.pk, "Otto": outsider.pk}


@pytest.mark.parametrize(
    ("school", "bands", "subjects", "names"),
    [
        (None, [], [], {"Nora", "Max", "Otto"}),
        ("east", [], [], {"Nora", "Max"}),
        (None, ["9-12"], [], {"Otto"}),
        (None, [], ["math", "ela"], {"Max", "Otto"}),
        ("east", ["6-8"], ["math"], {"Max"}),
        ("north", ["6-8"], [], set()),
    ],
)
def test_audience_is_the_meeting_of_what_is_marked(
    everybody, east, north, school, bands, subjects, names
):
    schools = {"east": [east.pk], "north": [north.pk], None: []}[school]
    found = teachers_matching(school_ids=schools, grade_bands=bands, subjects=subjects)
    assert found == {everybody[name] for name in names}


def test_audience_leaves_out_who_left_and_knows_a_second_school(
    everybody, new_teacher, mentor_teacher, north
):
    mentor_teacher.is_active = False
    mentor_teacher.save()
    new_teacher.schools.add(north)
    assert teachers_matching(school_ids=[north.pk]) == {everybody["Nora"], everybody["Otto"]}
    assert teachers_matching() == {everybody["Nora"], everybody["Otto"]}


def test_adding_tells_the_audience_alone(everybody, course_of, east, now, told):
    requirement = add_requirement(course=course_of(), due_date=DUE, schools=[east], now=now)
    assert audience_of(requirement) == {everybody["Nora"], everybody["Max"]}
    assert told == [
        ("requirements", tuple(sorted([everybody["Nora"], everybody["Max"]])), "required")
    ]


def test_changing_tells_who_was_and_who_is_in_the_audience(
    everybody, course_of, east, north, now, told
):
    course = course_of()
    requirement = add_requirement(course=course, due_date=DUE, schools=[north], now=now)
    told.clear()
    changed = change_requirement(
        requirement=requirement,
        course=course,
        due_date=DUE + timedelta(days=7),
        schools=[east],
        grade_bands=[],
        subjects=["math"],
        note="State law",
    )
    assert audience_of(changed) == {everybody["Max"]}
    assert told == [
        ("requirements", tuple(sorted([everybody["Otto"], everybody["Max"]])), "required")
    ]


def test_a_withdrawn_requirement_ends_once_and_can_not_be_changed(everybody, course_of, now, told):
    course = course_of()
    requirement = add_requirement(course=course, due_date=DUE, now=now)
    told.clear()
    withdraw_requirement(requirement=requirement, now=now)
    withdraw_requirement(requirement=requirement, now=now + timedelta(days=1))
    assert [cause for _, _, cause in told] == ["withdrawn"]
    assert Requirement.objects.get().ended_at == now
    with pytest.raises(RequirementEnded):
        change_requirement(
            requirement=requirement,
            course=course,
            due_date=DUE,
            schools=[],
            grade_bands=[],
            subjects=[],
            note="",
        )


def test_audiences_of_many_cost_four_queries(
    everybody, course_of, east, now, django_assert_num_queries
):
    course = course_of()
    wanted = {
        add_requirement(course=course, due_date=DUE, schools=schools, subjects=subjects, now=now).pk
        for schools, subjects in (([], []), ([east], []), ([], ["ela"]))
    }
    with django_assert_num_queries(4):
        audiences = audiences_of(Requirement.objects.order_by("pk"))
    assert set(audiences) == wanted
    assert [audiences[pk] for pk in sorted(audiences)] == [
        set(everybody.values()),
        {everybody["Nora"], everybody["Max"]},
        {everybody["Otto"]},
    ]


def test_required_for_says_what_is_done_and_what_is_late(
    new_teacher, outsider, course_of, north, coach, now
):
    done, late, ahead = (course_of(title) for title in ("Done", "Late", "Ahead"))
    draft = course_of("Draft", live=False)
    today = now.date()
    for course, days in ((ahead, 30), (late, -1), (done, -2), (draft, 5)):
        add_requirement(course=course, due_date=today + timedelta(days=days), now=now)
    add_requirement(course=course_of("North only"), due_date=DUE, schools=[north], now=now)
    ended = add_requirement(course=course_of("Ended"), due_date=DUE, now=now)
    withdraw_requirement(requirement=ended, now=now)
    later = add_requirement(course=course_of("Later"), due_date=DUE, now=now + timedelta(days=1))
    confirm_completion(teacher=new_teacher, course=done, why="Shown to me.", by=coach, now=now)

    rows = required_for(new_teacher, today)
    assert [(row.requirement.course.title, bool(row.completion), row.is_late) for row in rows] == [
        ("Done", True, False),
        ("Late", False, True),
        ("Ahead", False, False),
    ]
    assert rows[0].completion == Completion.objects.get()
    assert later.pk in {
        row.requirement.pk for row in required_for(new_teacher, today + timedelta(days=1))
    }

"""Completion as the coordinator and a school leader see it."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from courses.models import Completion, CoursePage, Requirement
from courses.operations.look_book import look_book
from pdplanner.insights.queries import overview, scope_of
from profiles.models import School, SchoolYear, Teacher

TODAY = timezone.now().date()


@pytest.fixture
def captions(db) -> CoursePage:
    page = CoursePage(title="Captions on everything", summary="For all.", minutes=30)
    return look_book().add_child(instance=page)


@pytest.fixture
def forms(db) -> CoursePage:
    page = CoursePage(title="Quizzes that mark themselves", summary="For all.", minutes=20)
    return look_book().add_child(instance=page)


def finish(teacher: Teacher, course: CoursePage, minutes: int = 30) -> Completion:
    return Completion.objects.create(
        teacher=teacher, course=course, title=course.title, minutes=minutes, ground="check"
    )


def require(course: CoursePage, **fields) -> Requirement:
    return Requirement.objects.create(
        course=course, **{"due_date": TODAY + timedelta(days=30), **fields}
    )


def numbers(client, address: str) -> list[list[str]]:
    content = b"".join(client.get(address).streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(content)))


def test_overview_counts_required_and_finished_by_school(
    new_teacher, mentor_teacher, outsider, coordinator, captions, forms
):
    require(captions)
    SchoolYear.objects.create(
        title="This year", start_date=TODAY - timedelta(days=9), end_date=TODAY + timedelta(days=9)
    )
    finish(new_teacher, captions)
    finish(new_teacher, forms, minutes=20)
    early = finish(outsider, captions)
    Completion.objects.filter(pk=early.pk).update(completed_at=timezone.now() - timedelta(days=20))
    found = overview(scope=scope_of(coordinator), as_of=TODAY)
    rows = [
        (r.school.name, r.teachers, r.finished, r.minutes, r.required, r.required_done, r.percent)
        for r in found.schools
    ]
    assert rows == [
        ("East Middle", 2, 2, 50, 2, 1, 50),
        ("North High", 1, 0, 0, 1, 1, 100),  # done before this year: done, but not counted in it
    ]
    assert [(r.teachers, r.done, r.is_over) for r in found.sessions] == [(3, 2, False)]


def test_overview_leaves_out_the_inactive_and_the_withdrawn(
    new_teacher, mentor_teacher, coordinator, captions, forms
):
    require(captions)
    require(forms, ended_at=timezone.now())
    Teacher.objects.filter(pk=mentor_teacher.pk).update(is_active=False, left_date=TODAY)
    finish(mentor_teacher, captions)
    found = overview(scope=scope_of(coordinator), as_of=TODAY)
    assert [(row.teachers, row.finished, row.required) for row in found.schools] == [(1, 0, 1)]
    assert [row.requirement.course_id for row in found.sessions] == [captions.pk]


def test_teachers_in_no_open_school_have_a_row_and_a_list(
    new_teacher, outsider, east, coordinator, leader, captions, signed_in
):
    requirement = require(captions)
    finish(outsider, captions)
    Teacher.objects.filter(pk=outsider.pk).update(main_school=None)
    School.objects.filter(pk=east.pk).update(is_active=False)
    found = overview(scope=scope_of(coordinator), as_of=TODAY)
    rows = [(r.school and r.school.name, r.teachers, r.finished, r.required) for r in found.schools]
    assert rows == [("North High", 0, 0, 0), (None, 2, 1, 2)]
    client = signed_in(coordinator)
    pages = ["/completion/no-school/", f"/completion/sessions/{requirement.pk}/?school=none"]
    for address in pages:
        shown = client.get(address).content.decode()
        assert ("Outsider" in shown, "Nora New" in shown) == (True, True)
    assert len(numbers(client, "/completion/people.csv?school=none")) == 3
    leading = signed_in(leader)
    assert leading.get("/completion/no-school/").status_code == 403
    assert len(numbers(leading, "/completion/people.csv?school=none")) == 1


def test_completion_moves_when_a_teacher_finishes(new_teacher, coordinator, captions, signed_in):
    require(captions)
    client = signed_in(coordinator)
    assert "0 of 1" in client.get("/completion/").content.decode()
    finish(new_teacher, captions)
    assert "1 of 1" in client.get("/completion/").content.decode()


def test_leader_sees_the_own_school_alone(
    new_teacher, outsider, leader, north, captions, signed_in
):
    requirement = require(captions)
    finish(outsider, captions)
    client = signed_in(leader)
    pages = [
        "/completion/",
        f"/completion/schools/{new_teacher.main_school_id}/",
        f"/completion/sessions/{requirement.pk}/",
        f"/completion/sessions/{requirement.pk}/?school={north.pk}",
    ]
    for address in pages:
        shown = client.get(address)
        assert shown.status_code == 200
        assert "Outsider" not in shown.content.decode()
        assert "North High" not in shown.content.decode()
    assert client.get(f"/completion/schools/{north.pk}/").status_code == 404
    assert numbers(client, "/completion/people.csv")[1:] == [
        ["East Middle", "New", "Nora", "nora.new@example.org", "0", "0", "1", "0", ""]
    ]
    assert len(numbers(client, f"/completion/people.csv?school={north.pk}")) == 1


def test_exports_hold_the_rows_of_the_page(new_teacher, outsider, coordinator, captions, signed_in):
    require(captions, due_date=date(2026, 12, 11))
    finish(new_teacher, captions)
    client = signed_in(coordinator)
    assert [row[:7] for row in numbers(client, "/completion/schools.csv")[1:]] == [
        ["East Middle", "1", "1", "30", "1", "1", "100"],
        ["North High", "1", "0", "0", "1", "0", "0"],
    ]
    assert numbers(client, "/completion/sessions.csv") == [
        ["Session", "Due", "Teachers", "Done", "Percent"],
        ["Captions on everything", "2026-12-11", "2", "1", "50"],
    ]


def test_export_tells_days_as_the_district_counts_them(
    new_teacher, coordinator, district, captions, signed_in
):
    done = finish(new_teacher, captions)
    late = datetime(2026, 11, 20, 23, 30, tzinfo=ZoneInfo(district.time_zone))
    assert late.astimezone(UTC).date() == date(2026, 11, 21)
    Completion.objects.filter(pk=done.pk).update(completed_at=late)
    assert numbers(signed_in(coordinator), "/completion/people.csv")[1][-1] == "2026-11-20"


def test_export_disarms_formulas(new_teacher, coordinator, signed_in):
    Teacher.objects.filter(pk=new_teacher.pk).update(family_name="=HYPERLINK(1)")
    rows = numbers(signed_in(coordinator), "/completion/people.csv")
    assert rows[1][1] == "'=HYPERLINK(1)"


def test_required_list_narrows_to_those_not_done(
    new_teacher, mentor_teacher, coordinator, captions, signed_in
):
    requirement = require(captions)
    finish(mentor_teacher, captions)
    client = signed_in(coordinator)
    shown = client.get(f"/completion/sessions/{requirement.pk}/?done=open").content.decode()
    assert "Nora New" in shown
    assert "Max Mentor" not in shown


@pytest.mark.parametrize("many", [1, 60])
def test_pages_keep_their_number_of_queries(
    many, east, coordinator, captions, signed_in, django_assert_num_queries
):
    School.objects.bulk_create(School(name=f"School {n}") for n in range(many))
    teachers = Teacher.objects.bulk_create(
        Teacher(given_name="T", family_name=str(n), email=f"t{n}@example.org", main_school=east)
        for n in range(many)
    )
    requirement = require(captions)
    for teacher in teachers[::2]:
        finish(teacher, captions)
    client = signed_in(coordinator)
    for address, queries in {
        "/completion/": 14,
        f"/completion/schools/{east.pk}/": 16,
        f"/completion/sessions/{requirement.pk}/": 15,
    }.items():
        with django_assert_num_queries(queries):
            assert client.get(address).status_code == 200

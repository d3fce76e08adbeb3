"""The coordinator's and the school leader's look at completion."""

from __future__ import annotations

from datetime import date

from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from courses.models import Requirement
from profiles.access import SignedInRequest, role_required
from profiles.choices import Role
from profiles.exports import csv_response
from profiles.models import School

from . import queries

PER_PAGE = 50
may_see_completion = role_required(Role.COORDINATOR, Role.LEADER)


def today() -> date:
    """Return the day it is in the district: the middleware made its zone the current one."""
    return timezone.localdate()


def page_of(rows, request: SignedInRequest) -> Page:
    """Return the asked-for page of a list; the nearest one when there is no such page."""
    return Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))


@may_see_completion
def completion(request: SignedInRequest) -> HttpResponse:
    """All schools in view, and every required session."""
    found = queries.overview(scope=queries.scope_of(request.user), as_of=today())
    words = request.GET.get("q", "").strip()
    schools = [
        row
        for row in found.schools
        if not words or (row.school and words.lower() in row.school.name.lower())
    ]
    return render(
        request,
        "insights/completion.html",
        {"found": found, "page": page_of(schools, request), "words": words},
    )


@may_see_completion
def school(request: SignedInRequest, school_id: int) -> HttpResponse:
    """One school's teachers."""
    scope = queries.scope_of(request.user)
    shown = get_object_or_404(scope.schools, pk=school_id)
    return _teachers(request, shown, scope.only(shown))


@role_required(Role.COORDINATOR)
def no_school(request: SignedInRequest) -> HttpResponse:
    """The teachers who stand in no school, or in one that is closed."""
    return _teachers(request, None, queries.scope_of(request.user).schoolless())


def _teachers(request: SignedInRequest, shown: School | None, only: queries.Scope) -> HttpResponse:
    words = request.GET.get("q", "").strip()
    since = queries.since_on(today())
    now = queries.standing(only)
    page = page_of(queries.teachers_in(only, words=words), request)
    return render(
        request,
        "insights/school.html",
        {
            "school": shown,
            "page": page,
            "rows": queries.people_of(page.object_list, now=now, since=since),
            "since": since,
            "words": words,
            "sessions": [
                queries.required_row(requirement, now, today()) for requirement in now.requirements
            ],
        },
    )


#: What the list of a required session can be narrowed to.
DONE_FILTERS = {"": None, "done": True, "open": False}


@may_see_completion
def required(request: SignedInRequest, requirement_id: int) -> HttpResponse:
    """One required session: who has taken it and who has not yet."""
    requirement = get_object_or_404(
        Requirement.objects.select_related("course"), pk=requirement_id, ended_at=None
    )
    scope = queries.scope_of(request.user)
    chosen = request.GET.get("school", "")
    now = queries.standing(_narrowed(scope, chosen))
    done = request.GET.get("done", "")
    page = page_of(
        queries.teachers_of_requirement(requirement, now=now, is_done=DONE_FILTERS.get(done)),
        request,
    )
    return render(
        request,
        "insights/required.html",
        {
            "requirement": requirement,
            "row": queries.required_row(requirement, now, today()),
            "page": page,
            "rows": [
                (teacher, (teacher.pk, requirement.course_id) in now.done)
                for teacher in page.object_list
            ],
            "schools": scope.schools.order_by("name"),
            "has_schoolless": scope.has_schoolless,
            "school_chosen": chosen,
            "done": done,
        },
    )


def _narrowed(scope: queries.Scope, chosen: str) -> queries.Scope:
    """Narrow to the school that was chosen: its id, "none", or "" for all in view."""
    if chosen == "none":
        return scope.schoolless()
    if chosen.isdecimal():
        return queries.Scope(scope.schools.filter(pk=int(chosen)), has_schoolless=False)
    return scope


@may_see_completion
def export_schools(request: SignedInRequest) -> HttpResponseBase:
    """Completion by school as CSV."""
    found = queries.overview(scope=queries.scope_of(request.user), as_of=today())
    return csv_response(
        "completion-by-school.csv",
        [
            "School",
            "Teachers",
            "Sessions finished",
            "Minutes of credit",
            "Required",
            "Required done",
            "Percent",
            "Counted since",
        ],
        (
            [
                row.school.name if row.school else "",
                row.teachers,
                row.finished,
                row.minutes,
                row.required,
                row.required_done,
                row.percent,
                found.since.start_date.isoformat(),
            ]
            for row in found.schools
        ),
    )


@may_see_completion
def export_required(request: SignedInRequest) -> HttpResponseBase:
    """Completion by required session as CSV."""
    now = queries.standing(queries.scope_of(request.user))
    rows = [queries.required_row(requirement, now, today()) for requirement in now.requirements]
    return csv_response(
        "completion-by-required-session.csv",
        ["Session", "Due", "Teachers", "Done", "Percent"],
        (
            [
                row.requirement.course.title,
                row.requirement.due_date.isoformat(),
                row.teachers,
                row.done,
                row.percent,
            ]
            for row in rows
        ),
    )


@may_see_completion
def export_people(request: SignedInRequest) -> HttpResponseBase:
    """Every teacher in view as CSV; `school` narrows to one, or to those in none."""
    scope = _narrowed(queries.scope_of(request.user), request.GET.get("school", ""))
    since = queries.since_on(today())
    rows = queries.people_of(queries.teachers_in(scope), now=queries.standing(scope), since=since)
    return csv_response(
        "completion-by-teacher.csv",
        [
            "School",
            "Family name",
            "Given name",
            "Email",
            "Sessions finished",
            "Minutes of credit",
            "Required",
            "Required done",
            "Last finished",
        ],
        (
            [
                row.teacher.main_school.name if row.teacher.main_school else "",
                row.teacher.family_name,
                row.teacher.given_name,
                row.teacher.email,
                row.finished,
                row.minutes,
                row.required,
                row.required_done,
                timezone.localtime(row.last_at).date().isoformat() if row.last_at else "",
            ]
            for row in rows
        ),
    )

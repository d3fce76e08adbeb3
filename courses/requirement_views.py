"""The coordinator's screen for required sessions."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from profiles.access import SignedInRequest, role_required
from profiles.choices import GradeBand, Role, Subject

from .forms import RequirementForm
from .models import Completion, Requirement
from .operations import (
    RequirementEnded,
    add_requirement,
    change_requirement,
    withdraw_requirement,
)
from .queries import audience_of, audiences_of, teachers_matching

PER_PAGE = 40
coordinator_only = role_required(Role.COORDINATOR)


@dataclass(frozen=True)
class Line:
    """One requirement in the list, with how far its audience is."""

    requirement: Requirement
    audience: str
    teachers: int
    done: int


@coordinator_only
@require_safe
def requirements(request: SignedInRequest) -> HttpResponse:
    """Required sessions, soonest due first."""
    ended = request.GET.get("ended") == "1"
    rows = Requirement.objects.filter(ended_at__isnull=not ended)
    rows = rows.select_related("course").prefetch_related("schools")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "courses/desk/requirements.html",
        {"page": page, "lines": _lines(list(page)), "ended": ended},
    )


@coordinator_only
@require_http_methods(["GET", "POST"])
def add(request: SignedInRequest) -> HttpResponse:
    """Require a session."""
    form = RequirementForm(request.POST or None, today=timezone.localdate())
    if _is_to_be_stored(request, form):
        requirement = add_requirement(**form.cleaned_data, now=timezone.now())
        touched = len(audience_of(requirement))
        messages.success(request, f"Required. It touches {_teachers(touched)}.")
        return redirect("courses:requirements")
    return _edit(request, form, None)


@coordinator_only
@require_http_methods(["GET", "POST"])
def change(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change what is required."""
    requirement = get_object_or_404(Requirement.objects.select_related("course"), pk=pk)
    form = RequirementForm(request.POST or None, instance=requirement, today=timezone.localdate())
    if _is_to_be_stored(request, form):
        try:
            change_requirement(requirement=Requirement.objects.get(pk=pk), **form.cleaned_data)
        except RequirementEnded:
            messages.error(request, "It was withdrawn meanwhile, so nothing was changed.")
        else:
            messages.success(request, "Saved.")
        return redirect("courses:requirements")
    return _edit(request, form, requirement)


@coordinator_only
@require_POST
def withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Require it no longer."""
    withdraw_requirement(requirement=get_object_or_404(Requirement, pk=pk), now=timezone.now())
    messages.success(request, "Withdrawn. What people finished stays on their record.")
    return redirect("courses:requirements")


def _is_to_be_stored(request: SignedInRequest, form: RequirementForm) -> bool:
    """Whether this is a sound form that was sent to be stored, not to be counted."""
    return request.method == "POST" and form.is_valid() and "count" not in request.POST


def _edit(
    request: SignedInRequest, form: RequirementForm, requirement: Requirement | None
) -> HttpResponse:
    """Show the form, and how many teachers it touches as it stands."""
    if form.is_bound:
        form.is_valid()
        marked = form.cleaned_data
        touched = teachers_matching(
            school_ids=[school.pk for school in marked.get("schools", ())],
            grade_bands=marked.get("grade_bands", ()),
            subjects=marked.get("subjects", ()),
        )
    else:
        touched = audience_of(requirement) if requirement else teachers_matching()
    return render(
        request,
        "courses/desk/requirement.html",
        {"form": form, "requirement": requirement, "touched": _teachers(len(touched))},
    )


def _lines(requirements: list[Requirement]) -> list[Line]:
    """Return the lines of one page, in a fixed number of queries."""
    audiences = audiences_of(requirements)
    done: dict[int, set[int]] = {}
    finished = Completion.objects.filter(course__in={item.course_id for item in requirements})
    for course_id, teacher_id in finished.values_list("course_id", "teacher_id"):
        done.setdefault(course_id, set()).add(teacher_id)
    return [
        Line(
            requirement=item,
            audience=_audience_words(item),
            teachers=len(audiences[item.pk]),
            done=len(audiences[item.pk] & done.get(item.course_id, set())),
        )
        for item in requirements
    ]


def _audience_words(requirement: Requirement) -> str:
    """Return whom a requirement is for, as one phrase."""
    bands, subjects = dict(GradeBand.choices), dict(Subject.choices)
    parts = [
        [school.name for school in requirement.schools.all()],
        [bands[band] for band in requirement.grade_bands if band in bands],
        [subjects[subject] for subject in requirement.subjects if subject in subjects],
    ]
    return " · ".join(", ".join(part) for part in parts if part) or "Everybody"


def _teachers(count: int) -> str:
    return "1 teacher" if count == 1 else f"{count:,} teachers"

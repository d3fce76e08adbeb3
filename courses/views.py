"""What a teacher does in a session and sees of it later: seats, checks, calendar, record."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from profiles.access import SignedInRequest, teacher_required
from profiles.queries import horizon_on, today_in_district

from . import operations
from .models import Completion, CoursePage, Enrolment
from .queries import calendar_of, live_sessions, record_of
from .queries.licences import licences_of
from .weeks import weeks_of

COMPLETIONS_A_PAGE = 25


def back_from(request: SignedInRequest, course: CoursePage, anchor: str = "") -> HttpResponse:
    """Lead back to the page of ours that a form stood on, else to the session."""
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()):
        target = f"{course.get_url(request)}{anchor}"
    return redirect(target)


# ---- learning -----------------------------------------------------------------------------------


@teacher_required
@require_POST
def start(request: SignedInRequest, pk: int) -> HttpResponse:
    """Start a session that needs no date."""
    course = get_object_or_404(live_sessions(), pk=pk)
    try:
        operations.start_self_paced(
            teacher=request.teacher, course=course, by=request.user, now=timezone.now()
        )
    except operations.SessionIsDated:
        messages.warning(request, "This one happens on dates: reserve a seat instead.")
    else:
        messages.success(request, "Started. Take your time; it stays where you leave it.")
    return redirect(course.get_url(request))


@teacher_required
@require_POST
def check(request: SignedInRequest, pk: int, block_id: str) -> HttpResponse:
    """Answer one quick check; the first answer starts a session that was not started yet."""
    course = get_object_or_404(live_sessions(), pk=pk)
    picked = [int(number) for number in request.POST.getlist("answer") if number.isdecimal()]
    enrolment = enrolment_to_answer_in(request, course)
    if not picked:
        messages.warning(request, "Pick an answer first.")
    elif enrolment is None:
        messages.warning(request, "The check is for those who have a seat.")
    else:
        try:
            result = operations.answer_check(
                enrolment=enrolment,
                block_id=block_id,
                answers=picked,
                by=request.user,
                now=timezone.now(),
            )
        except operations.NoSuchCheck:
            messages.warning(request, "This check has changed meanwhile. Here is the new one.")
        except operations.NotUnderWay:
            messages.warning(request, "Start the session first; then your answer counts.")
        else:
            # Shown beside the question on the page that follows, once.
            request.session["check"] = {
                "block": block_id,
                "picked": picked,
                "is_right": result.is_right,
                "replies": list(result.replies),
            }
            if result.completion is not None:
                messages.success(request, f"You have finished “{course.title}”.")
    return back_from(request, course, f"#check-{block_id}")


def enrolment_to_answer_in(request: SignedInRequest, course: CoursePage) -> Enrolment | None:
    """Return the enrolment an answer counts in; None when there is none and can be none."""
    standing = Enrolment.objects.filter(teacher=request.teacher, course=course).exclude(
        state__in=Enrolment.ENDED_EARLY
    )
    enrolment = standing.order_by("-since_at").first()
    if enrolment is not None:
        return enrolment
    done = Completion.objects.filter(teacher=request.teacher, course=course)
    if course.is_dated or done.exists():
        return None
    return operations.start_self_paced(
        teacher=request.teacher, course=course, by=request.user, now=timezone.now()
    )


# ---- calendar and record ------------------------------------------------------------------------


@teacher_required
@require_GET
def calendar(request: SignedInRequest) -> HttpResponse:
    """The rest of the term, week by week."""
    today = today_in_district(timezone.now())
    horizon = horizon_on(today)
    monday = today - timedelta(days=today.weekday())
    entries = calendar_of(request.teacher, monday, horizon.end_date)
    return render(
        request,
        "courses/calendar.html",
        {
            "horizon": horizon,
            "today": today,
            "weeks": weeks_of(entries, monday, horizon.end_date),
            "has_entries": bool(entries),
        },
    )


@teacher_required
@require_GET
def record(request: SignedInRequest) -> HttpResponse:
    """What was finished, what is under way, and the hours of it."""
    shown = record_of(request.teacher, timezone.now())
    page = Paginator(shown.completions, COMPLETIONS_A_PAGE).get_page(request.GET.get("page"))
    everything = "all" in request.GET  # for the printer
    return render(
        request,
        "courses/record.html",
        {
            "record": shown,
            "page": page,
            "completions": shown.completions if everything else page.object_list,
            "everything": everything,
            "licences": licences_of(request.teacher, timezone.now()),
        },
    )

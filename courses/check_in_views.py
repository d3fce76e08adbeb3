"""Checking oneself in: by the QR code on the coach's screen, or the digits below it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib import messages
from django.core.cache import cache
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from profiles.access import SignedInRequest, teacher_required
from profiles.templatetags.words import clock

from . import operations
from .door_forms import CodeForm
from .models import Enrolment, Offering, OfferingPart, Roster
from .queries.door import own_parts

#: So many tries in so many seconds, and then a pause: a code can't be guessed in between.
MOST_TRIES, TRIES_SECONDS = 10, 300
#: How far around now one's parts are listed.
NEAR = timedelta(hours=14)


def has_tries_left(user_id: int) -> bool:
    """Count one more try of this person; return whether it may still be made."""
    key = f"check-in-tries:{user_id}"
    if cache.add(key, 1, TRIES_SECONDS):
        return True
    try:
        return cache.incr(key) <= MOST_TRIES
    except ValueError:  # it ran out between the two lines
        return True


@teacher_required
@never_cache
@require_GET
def check_ins(request: SignedInRequest) -> HttpResponse:
    """The parts of today that one can check into, and those one has."""
    now = timezone.now()
    own = own_parts(request.teacher, start=now - NEAR, end=now + NEAR)
    rows = [(item, open_at(item.offering, item.part, now=now)) for item in own]
    return render(request, "courses/check_in/parts.html", {"own": own, "rows": rows})


@dataclass(frozen=True, slots=True)
class Window:
    """Whether the code of a part counts now, from when, until when, and whom to ask if not."""

    opens_at: datetime
    closes_at: datetime
    is_early: bool
    is_over: bool
    coach: str  # "": nobody is named


def open_at(offering: Offering, part: OfferingPart, *, now: datetime) -> Window:
    """Return whether one can check in now. A run that nobody has opened the door of has the usual
    window, and one whose list is closed none any more."""
    roster = getattr(offering, "roster", None) or Roster(offering=offering)
    opens_at, closes_at = operations.window_of(part, roster)
    if roster.closed_at is not None:
        closes_at = min(closes_at, roster.closed_at)
    return Window(
        opens_at,
        closes_at,
        is_early=now < opens_at,
        is_over=now > closes_at,
        coach=str(offering.coach) if offering.coach else "",
    )


@teacher_required
@never_cache
def check_in(request: SignedInRequest, pk: int, part: int) -> HttpResponse:
    """Ask for the code once, and say honestly what came of it."""
    found = Offering.objects.select_related("course", "roster", "coach")
    offering = get_object_or_404(found, pk=pk)
    try:
        sitting = operations.part_of(offering, part)
    except operations.NoSuchPart:
        raise Http404 from None
    form = CodeForm(request.POST or None, initial={"code": request.GET.get("code", "")[:6]})
    refused = ""
    if request.method == "POST" and form.is_valid():
        refused = try_code(request, offering, part, form.cleaned_data["code"])
        if not refused:
            return redirect("courses:check-in", pk=pk, part=part)
    return render(
        request,
        "courses/check_in/part.html",
        standing(request, offering, sitting) | {"form": form, "refused": refused},
        status=429 if refused == TOO_MANY else 200,
    )


def standing(request: SignedInRequest, offering: Offering, sitting: OfferingPart) -> dict:
    """Return what the page shows: the session's name only to whoever stands in its run."""
    enrolment = (
        Enrolment.objects.filter(teacher=request.teacher, offering=offering)
        .exclude(state__in=Enrolment.ENDED_EARLY)
        .first()
    )
    presence = enrolment.presences.filter(part=sitting.number).first() if enrolment else None
    return {
        "run": offering,
        "part": sitting,
        "enrolment": enrolment,
        "presence": presence if presence is not None and presence.minutes else None,
        "window": open_at(offering, sitting, now=timezone.now()),
        "scanned": "code" in request.GET,
    }


TOO_MANY = "Too many tries. Wait five minutes, or ask the coach to mark you."


def try_code(request: SignedInRequest, offering: Offering, part: int, code: str) -> str:
    """Check the teacher in; return why not, in words, or nothing."""
    if not has_tries_left(request.user.pk):
        return TOO_MANY
    try:
        result = operations.check_in(
            teacher=request.teacher,
            offering=offering,
            part=part,
            code=code,
            by=request.user,
            now=timezone.now(),
        )
    except operations.RunIsCancelled:
        return "This run was cancelled."
    except operations.NoSeatHere:
        return "You have no seat in this run. Ask the coach at the door: they can let you in."
    except operations.MarkedAsMissing:
        return "The coach has marked you as not here. Ask them to correct it."
    except operations.TooEarly as early:
        return f"It is too early. The code counts from {clock(early.opens_at)}; try again then."
    except operations.TooLate as late:
        return f"It is too late. The code counted until {clock(late.closed_at)}; ask the coach."
    except operations.CodeTooOld:
        return "This code is too old. The screen shows a new one by now."
    except operations.CodeWrong:
        return "This is not the code. Look at the screen again."
    if result.was_in:
        messages.success(request, "You were in already. Nothing was changed.")
    return ""


urlpatterns = [
    path("check-in/", check_ins, name="check-ins"),
    path("runs/<int:pk>/check-in/<int:part>/", check_in, name="check-in"),
]

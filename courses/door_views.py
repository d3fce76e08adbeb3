"""The roster at the door: who is there, one tap a person, on whatever the coach has in hand."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.core import signing
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from profiles.access import SignedInRequest, role_required
from profiles.choices import Role
from profiles.models import Teacher

from . import operations
from .codes import STEP_SECONDS, code_at
from .door_forms import GraceForm, SheetForm
from .models import Offering, OfferingPart, Presence, parts_of
from .operations.attendance import DOOR_OPENS
from .operations.seats import RunIsFull
from .qr import qr_svg
from .queries.door import (
    counts_of,
    door_lines,
    found_lines,
    part_under_way,
    runs_at_the_door,
    runs_to_mark,
    strangers,
)
from .queries.sheets import read_sheet

PEOPLE_A_PAGE = 60
#: A sheet that was checked can be applied for so long, in seconds.
SHEET_HOLDS = 3600

keepers_only = role_required(Role.COACH, Role.COORDINATOR)


def run_and_part(request: SignedInRequest, pk: int, part: int) -> tuple[Offering, OfferingPart]:
    """Return a run whose roster this user keeps, and one of its parts; 404 for any other."""
    runs = runs_to_mark(request.user).select_related("course", "school", "coach")
    offering = get_object_or_404(runs.prefetch_related("parts"), pk=pk)
    try:
        return offering, operations.part_of(offering, part)
    except operations.NoSuchPart:
        raise Http404 from None


@keepers_only
@require_GET
def door(request: SignedInRequest) -> HttpResponse:
    """Lead to the door of the run that is on; several or none: list them."""
    now = timezone.now()
    runs = [
        (offering, part_under_way(parts_of(offering), now))
        for offering in runs_at_the_door(request.user, now)
    ]
    return render(request, "courses/door/runs.html", {"runs": runs, "now": now})


@keepers_only
@never_cache
@require_GET
def roster(request: SignedInRequest, pk: int, part: int) -> HttpResponse:
    """The people of one part, with one tap for each."""
    offering, sitting = run_and_part(request, pk, part)
    now = timezone.now()
    words = request.GET.get("q", "")[:60]
    show = request.GET.get("show", "")
    lines = door_lines(offering, sitting)
    shown = found_lines(lines, words)
    if show == "unmarked":
        shown = [line for line in shown if not line.mark]
    parts = parts_of(offering)
    return render(
        request,
        "courses/door/roster.html",
        {
            "run": offering,
            "part": sitting,
            "parts": parts,
            "roster": operations.roster_of(offering),
            "counts": counts_of(lines),
            "page": Paginator(shown, PEOPLE_A_PAGE).get_page(request.GET.get("page")),
            "words": words,
            "show": show,
            "strangers": strangers(offering, words) if not offering.is_cancelled else [],
            "opens_at": sitting.starts_at - DOOR_OPENS,
            "is_open": not offering.is_cancelled and now >= sitting.starts_at - DOOR_OPENS,
            "can_close": not offering.is_cancelled and now >= parts[-1].starts_at,
        },
    )


def back_to_roster(
    request: SignedInRequest, run: Offering, part: int, who: str = ""
) -> HttpResponse:
    """Lead back to the roster as it was looked at, to the person just marked."""
    kept = {name: request.POST[name] for name in ("q", "show", "page") if request.POST.get(name)}
    address = reverse("courses:roster", args=[run.pk, part])
    query = f"?{urlencode(kept)}" if kept else ""
    return redirect(f"{address}{query}{who}")


@keepers_only
@require_POST
def mark(request: SignedInRequest, pk: int, part: int) -> HttpResponse:
    """Mark one person as here, here for some minutes, or not; or take the last mark back."""
    offering, _ = run_and_part(request, pk, part)
    number = request.POST.get("enrolment", "")
    if not number.isdecimal():
        raise Http404
    enrolment_id, how = int(number), request.POST.get("mark", "")
    try:
        if how == "undo":
            operations.undo_mark(
                offering=offering,
                enrolment_id=enrolment_id,
                part=part,
                by=request.user,
                now=timezone.now(),
            )
        else:
            operations.mark_presence(
                offering=offering,
                minutes={enrolment_id: minutes_of(how, request.POST.get("minutes", ""))},
                part=part,
                how=Presence.How.DOOR,
                by=request.user,
                now=timezone.now(),
            )
    except operations.NotInThisRun:
        raise Http404 from None
    except operations.NotSoManyMinutes:
        messages.warning(
            request, "Give the minutes as a number, no more than it lasts. Nothing was changed."
        )
    except operations.RunNotStarted:
        messages.warning(request, "The door is not open yet. Nothing was changed.")
    except operations.RunIsCancelled:
        messages.warning(request, "This run was cancelled. Nothing was changed.")
    return back_to_roster(request, offering, part, f"#person-{enrolment_id}")


def minutes_of(how: str, typed: str) -> int | None:
    """Return the minutes that a button means. Raises NotSoManyMinutes."""
    if how == "here":
        return None
    if how == "missing":
        return 0
    if how != "partly" or not (typed.isascii() and typed.isdecimal() and len(typed) < 5):
        raise operations.NotSoManyMinutes(typed)
    return int(typed)


@keepers_only
@require_POST
def let_in(request: SignedInRequest, pk: int, part: int) -> HttpResponse:
    """Give somebody who came without a seat one, over the seats only with the coach's yes."""
    offering, _ = run_and_part(request, pk, part)
    number = request.POST.get("teacher", "")
    teacher = get_object_or_404(
        Teacher.objects.active(), pk=int(number) if number.isdecimal() else 0
    )
    who = ""
    try:
        enrolment = operations.let_in(
            offering=offering,
            teacher=teacher,
            part=part,
            is_over_the_seats=request.POST.get("over") == "1",
            by=request.user,
            now=timezone.now(),
        )
    except RunIsFull:
        messages.warning(
            request,
            f"Every seat is taken meanwhile. Let {teacher} in over the seats if there is room.",
        )
    except operations.RunNotStarted:
        messages.warning(request, "The door is not open yet. Nothing was changed.")
    except operations.RunIsCancelled:
        messages.warning(request, "This run was cancelled. Nothing was changed.")
    else:
        messages.success(request, f"{teacher} is in.")
        who = f"#person-{enrolment.pk}"
        return redirect(reverse("courses:roster", args=[offering.pk, part]) + who)
    return back_to_roster(request, offering, part)


@keepers_only
@require_POST
def close(request: SignedInRequest, pk: int, part: int) -> HttpResponse:
    """Turn the marks into who attended."""
    offering, _ = run_and_part(request, pk, part)
    try:
        result = operations.close_roster(offering=offering, by=request.user, now=timezone.now())
    except operations.RunNotStarted:
        messages.warning(request, "The last part has not begun yet. Nothing was changed.")
    except operations.RunIsCancelled:
        messages.warning(request, "This run was cancelled. Nothing was changed.")
    else:
        messages.success(
            request,
            f"Closed: {len(result.came)} came, {len(result.missed)} did not. "
            "You can still correct it.",
        )
    return back_to_roster(request, offering, part)


@keepers_only
@never_cache
def code(request: SignedInRequest, pk: int, part: int) -> HttpResponse:
    """The code to check in with, large, for a screen that everybody sees."""
    offering, sitting = run_and_part(request, pk, part)
    kept = operations.roster_of(offering)
    form = GraceForm(request.POST or None, instance=kept)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, f"The code counts {kept.grace_minutes} minutes around the start.")
        return redirect("courses:door-code", pk=pk, part=part)
    now = timezone.now()
    opens_at, closes_at = operations.window_of(sitting, kept)
    digits = code_at(secret=kept.secret, part=part, at=now)
    address = request.build_absolute_uri(reverse("courses:check-in", args=[pk, part]))
    return render(
        request,
        "courses/door/code.html",
        {
            "run": offering,
            "part": sitting,
            "parts": parts_of(offering),
            "form": form,
            "digits": digits,
            "qr": qr_svg(f"{address}?code={digits}"),
            "counts": counts_of(door_lines(offering, sitting)),
            "opens_at": opens_at,
            "closes_at": closes_at,
            "is_on": opens_at <= now <= closes_at and not offering.is_cancelled,
            "is_over": now > closes_at,
            "refresh_seconds": STEP_SECONDS // 2,
        },
    )


@keepers_only
@require_GET
def sign_in_sheet(request: SignedInRequest, pk: int, part: int) -> HttpResponse:
    """The sheet to print and lay out, with lines for whoever walks in."""
    offering, sitting = run_and_part(request, pk, part)
    return render(
        request,
        "courses/door/print.html",
        {
            "run": offering,
            "part": sitting,
            "parts": parts_of(offering),
            "lines": door_lines(offering, sitting),
            "empty": range(6),
        },
    )


@keepers_only
def sheet(request: SignedInRequest, pk: int, part: int) -> HttpResponse:
    """Read a paper sheet typed into a table: first what it would mark, then the marks."""
    offering, sitting = run_and_part(request, pk, part)
    if request.method == "POST" and "rows" in request.POST:
        return apply_sheet(request, offering, part)
    form = SheetForm(request.POST or None, request.FILES or None)
    read = None
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        read = read_sheet(file, offering=offering, part=sitting, file="the sheet")
    rows = ""
    if read is not None and read.people and not read.problems.forbid:
        rows = signing.dumps([pk, part, sorted(read.minutes.items())], salt="sheet")
    return render(
        request,
        "courses/door/sheet.html",
        {
            "run": offering,
            "part": sitting,
            "parts": parts_of(offering),
            "form": form,
            "read": read,
            "rows": rows,
        },
    )


def apply_sheet(request: SignedInRequest, offering: Offering, part: int) -> HttpResponse:
    """Mark what a checked sheet said, all of it or nothing."""
    try:
        run_id, number, rows = signing.loads(
            request.POST["rows"], salt="sheet", max_age=SHEET_HOLDS
        )
        if (run_id, number) != (offering.pk, part):
            raise signing.BadSignature
        operations.mark_presence(
            offering=offering,
            minutes=dict(rows),
            part=part,
            how=Presence.How.SHEET,
            by=request.user,
            now=timezone.now(),
        )
    except signing.BadSignature:
        messages.warning(request, "The sheet was checked too long ago. Send it in again.")
    except (operations.NotInThisRun, operations.NotSoManyMinutes):
        messages.warning(
            request, "The run has changed since the sheet was checked. Send it in again."
        )
    except operations.RunNotStarted:
        messages.warning(request, "The door is not open yet. Nothing was changed.")
    except operations.RunIsCancelled:
        messages.warning(request, "This run was cancelled. Nothing was changed.")
    else:
        messages.success(request, f"{len(rows)} people are marked from the sheet.")
        return redirect("courses:roster", pk=offering.pk, part=part)
    return redirect("courses:door-sheet", pk=offering.pk, part=part)


urlpatterns = [
    path("door/", door, name="door"),
    path("runs/<int:pk>/door/<int:part>/", roster, name="roster"),
    path("runs/<int:pk>/door/<int:part>/mark/", mark, name="door-mark"),
    path("runs/<int:pk>/door/<int:part>/let-in/", let_in, name="door-let-in"),
    path("runs/<int:pk>/door/<int:part>/close/", close, name="door-close"),
    path("runs/<int:pk>/door/<int:part>/code/", code, name="door-code"),
    path("runs/<int:pk>/door/<int:part>/print/", sign_in_sheet, name="door-print"),
    path("runs/<int:pk>/door/<int:part>/sheet/", sheet, name="door-sheet"),
]

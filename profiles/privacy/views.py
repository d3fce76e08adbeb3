"""Your data: what is held, who looked, take it with you, be forgotten."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ..access import SignedInRequest, role_required, teacher_required
from ..choices import Role
from ..models import ErasureRequest
from . import operations, queries
from .export import write_export

LOOKS_A_PAGE = 20
REQUESTS_A_PAGE = 25


@require_GET
def privacy(request: HttpRequest) -> HttpResponse:
    """What is held, for how long and who sees it, in plain words, for everybody."""
    return render(request, "profiles/privacy/privacy.html", {"months": settings.TICKET_MONTHS})


@teacher_required
@require_GET
def my_data(request: SignedInRequest) -> HttpResponse:
    """All that is held about the teacher who asks, and who looked at it."""
    looks = Paginator(queries.looks_at(request.teacher), LOOKS_A_PAGE)
    return render(
        request,
        "profiles/privacy/my_data.html",
        {
            "holdings": queries.holdings_of(request.teacher),
            "page": looks.get_page(request.GET.get("page")),
            "asked": ErasureRequest.objects.filter(teacher=request.teacher).first(),
            "months": settings.TICKET_MONTHS,
        },
    )


@teacher_required
@require_GET
def download(request: SignedInRequest) -> StreamingHttpResponse:
    """All of it as one JSON file."""
    return StreamingHttpResponse(
        write_export(request.teacher, now=timezone.now()),
        content_type="application/json",
        headers={
            "Content-Disposition": 'attachment; filename="my-data.json"',
            "Cache-Control": "no-store",
        },
    )


@teacher_required
@require_POST
def ask_erasure(request: SignedInRequest) -> HttpResponse:
    """Ask to be forgotten, or take that back."""
    now = timezone.now()
    if "back" in request.POST:
        operations.withdraw_erasure(teacher=request.teacher, now=now)
        messages.success(request, "Taken back. Nothing was erased.")
    else:
        words = " ".join(request.POST.get("words", "").split())
        operations.ask_erasure(teacher=request.teacher, words=words, now=now)
        messages.success(request, "Asked. A coordinator answers you here.")
    return redirect("profiles:my-data")


@role_required(Role.COORDINATOR)
@require_http_methods(["GET", "POST"])
def erasures(request: SignedInRequest) -> HttpResponse:
    """Teachers who ask to be forgotten, until a coordinator answers."""
    if request.method == "POST":
        return _answer(request)
    page = Paginator(queries.open_erasures(), REQUESTS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "profiles/privacy/erasures.html", {"page": page})


def _answer(request: SignedInRequest) -> HttpResponse:
    pk = request.POST.get("request", "")
    asked = ErasureRequest.objects.filter(pk=int(pk) if pk.isdecimal() else 0).first()
    if asked is None:
        messages.warning(request, "There is no such request.")
        return redirect("profiles:erasures")
    erases = request.POST.get("answer") == "erase"
    reply = " ".join(request.POST.get("reply", "").split())
    if not erases and not reply:
        messages.error(request, f"Say why, so that {asked.teacher} can read it.")
        return redirect("profiles:erasures")
    try:
        operations.answer_erasure(
            request=asked, by=request.user, erases=erases, reply=reply, now=timezone.now()
        )
    except operations.AlreadyAnswered:
        messages.warning(request, "Somebody had answered it already.")
    else:
        done = "Erased" if erases else "Answered"
        messages.success(request, f"{done}: {asked.teacher}.")
    return redirect("profiles:erasures")

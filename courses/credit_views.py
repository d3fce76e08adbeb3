"""A teacher's own credit: transcript, licence, certificates and badges."""

from __future__ import annotations

import json
from datetime import datetime

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from profiles.access import SignedInRequest, posted, teacher_required
from profiles.exports import csv_response
from profiles.queries import today_in_district

from .badges.addresses import certificate_address
from .documents.papers import certificate_pdf, transcript_pdf
from .documents.printing import PrintingUnavailable
from .licence_forms import LicenceForm
from .models import Certificate, LicenceCycle
from .operations.certificates import signed_badge
from .operations.licences import store_licence
from .queries.credit import certificates, transcript_of

ON_A_PAGE = 25
CSV_HEADER = (
    "Finished", "What", "Credit type", "Amount", "Unit", "Minutes", "Awarded", "Certificate",
    "Address",
)  # fmt: skip


# ---- transcript ---------------------------------------------------------------------------------


@teacher_required
@require_GET
def transcript(request: SignedInRequest) -> HttpResponse:
    """Every award that stands, and what they add up to."""
    shown = transcript_of(request.teacher)
    page = Paginator(shown.awards, ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "courses/transcript.html", {"transcript": shown, "page": page})


@teacher_required
@require_GET
def transcript_csv(request: SignedInRequest) -> HttpResponseBase:
    """The same for a spreadsheet."""
    rows = [
        (
            award.earned_date,
            award.title,
            award.credit_type.name,
            award.amount,
            award.unit,
            award.minutes,
            f"{timezone.localdate(award.awarded_at):%Y-%m-%d}",
            award.certificate.number,
            certificate_address(award.certificate),
        )
        for award in transcript_of(request.teacher).awards
    ]
    return csv_response("transcript.csv", CSV_HEADER, rows)


@teacher_required
@require_GET
def transcript_as_pdf(request: SignedInRequest) -> HttpResponse:
    """The same to print or to send."""
    today = today_in_district(timezone.now())
    try:
        pdf = transcript_pdf(request.teacher, transcript_of(request.teacher), today)
    except PrintingUnavailable as missing:
        messages.error(request, str(missing))
        return redirect("courses:transcript")
    return download(pdf, "application/pdf", f"transcript-{today:%Y-%m-%d}.pdf")


# ---- licence ------------------------------------------------------------------------------------


@teacher_required
@require_http_methods(["GET", "POST"])
def licence_add(request: SignedInRequest) -> HttpResponse:
    """Tell of a licence and what it asks for."""
    return _licence(request, LicenceForm(posted(request), teacher=request.teacher), None)


@teacher_required
@require_http_methods(["GET", "POST"])
def licence(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change one's own licence."""
    cycle = get_object_or_404(LicenceCycle, pk=pk, teacher=request.teacher)
    form = LicenceForm(posted(request), instance=cycle, teacher=request.teacher)
    return _licence(request, form, cycle)


@teacher_required
@require_POST
def licence_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Forget a licence. What was earned stays."""
    get_object_or_404(LicenceCycle, pk=pk, teacher=request.teacher).delete()
    messages.success(request, "Forgotten. What you have earned stays on your record.")
    return redirect("courses:record")


def _licence(
    request: SignedInRequest, form: LicenceForm, cycle: LicenceCycle | None
) -> HttpResponse:
    if form.is_bound and form.is_valid():
        store_licence(cycle=form.instance, amounts=form.amounts)
        messages.success(request, "Saved. Your record shows how far you are.")
        return redirect("courses:record")
    return render(request, "courses/licence.html", {"form": form, "cycle": cycle})


# ---- certificates and badges --------------------------------------------------------------------


@teacher_required
@require_GET
def certificate_as_pdf(request: SignedInRequest, pk: int) -> HttpResponse:
    """One's own certificate, to print."""
    mine = own_certificate(request, pk)
    try:
        pdf = certificate_pdf(mine)
    except PrintingUnavailable as missing:
        messages.error(request, str(missing))
        return redirect("courses:transcript")
    name = slugify(mine.award.title)[:60] or "session"
    return download(pdf, "application/pdf", f"certificate-{name}.pdf")


@teacher_required
@require_GET
def badge_as_jwt(request: SignedInRequest, pk: int) -> HttpResponse:
    """One's own badge as a signed JWT."""
    mine = badge_of(request, pk, timezone.now())
    return download(mine.badge_jwt.encode(), "application/vc+jwt", f"badge-{mine.number}.jwt")


@teacher_required
@require_GET
def badge_as_json(request: SignedInRequest, pk: int) -> HttpResponse:
    """One's own badge as JSON with its proof within."""
    mine = badge_of(request, pk, timezone.now())
    text = json.dumps(mine.badge, indent=2, ensure_ascii=False)
    return download(text.encode(), "application/vc+ld+json", f"badge-{mine.number}.json")


def own_certificate(request: SignedInRequest, pk: int) -> Certificate:
    """Return the teacher's own certificate; 404 for anybody else's."""
    return get_object_or_404(
        certificates().select_related("award__course", "award__teacher"),
        pk=pk,
        award__teacher=request.teacher,
    )


def badge_of(request: SignedInRequest, pk: int, now: datetime) -> Certificate:
    """Return the teacher's own certificate with its badge signed."""
    return signed_badge(certificate=own_certificate(request, pk), now=now)


def download(content: bytes, kind: str, name: str) -> HttpResponse:
    """Return something to keep, in no shared cache."""
    return HttpResponse(
        content,
        content_type=kind,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-store",
        },
    )


urlpatterns = [
    path("record/transcript/", transcript, name="transcript"),
    path("record/transcript.csv", transcript_csv, name="transcript-csv"),
    path("record/transcript.pdf", transcript_as_pdf, name="transcript-pdf"),
    path("record/licences/add/", licence_add, name="licence-add"),
    path("record/licences/<int:pk>/", licence, name="licence"),
    path("record/licences/<int:pk>/remove/", licence_remove, name="licence-remove"),
    path("record/certificates/<int:pk>.pdf", certificate_as_pdf, name="certificate-pdf"),
    path("record/certificates/<int:pk>.jwt", badge_as_jwt, name="badge-jwt"),
    path("record/certificates/<int:pk>.json", badge_as_json, name="badge-json"),
]

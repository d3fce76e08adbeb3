"""Claims on screen: a teacher sends one in, a coordinator answers, both can open the evidence."""

from __future__ import annotations

from pathlib import PurePath

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from profiles.access import SignedInRequest, role_required, teacher_required
from profiles.choices import Role
from profiles.queries import roles_of, teacher_of, today_in_district

from . import operations
from .claim_forms import AnswerForm, ClaimForm
from .evidence import SUFFIXES
from .models import Claim, ClaimEvent
from .operations.claims import SAID
from .queries.claims import SHOWN, claims_to_answer

CLAIMS_A_PAGE = 25
CHANGEABLE = (Claim.State.SENT, Claim.State.RETURNED)

coordinators_only = role_required(Role.COORDINATOR)


# ---- the teacher's ------------------------------------------------------------------------------


@teacher_required
def add(request: SignedInRequest) -> HttpResponse:
    """Send in what was learned elsewhere."""
    return _form(request, None)


@teacher_required
def change(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change one's own claim until it is approved, and send it in again."""
    return _form(request, get_object_or_404(Claim, pk=pk, teacher=request.teacher))


def _form(request: SignedInRequest, claim: Claim | None) -> HttpResponse:
    can_change = claim is None or claim.state in CHANGEABLE
    form = ClaimForm(
        request.POST or None,
        request.FILES or None,
        instance=claim,
        today=today_in_district(timezone.now()),
    )
    if request.method == "POST" and can_change and form.is_valid():
        try:
            operations.send_claim(
                teacher=request.teacher,
                said={name: form.cleaned_data[name] for name in SAID},
                evidence=form.cleaned_data["file"],
                by=request.user,
                now=timezone.now(),
                claim=Claim.objects.get(pk=claim.pk) if claim else None,
            )
        except operations.AlreadyDecided:
            messages.warning(request, "It was answered meanwhile. Nothing was changed.")
        else:
            messages.success(request, "Sent in. You see the answer on your record.")
        return redirect("courses:record")
    return render(
        request,
        "courses/claims/claim.html",
        {
            "form": form,
            "claim": claim,
            "can_change": can_change,
            "history": _history(claim) if claim else [],
        },
    )


@teacher_required
@require_POST
def withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take one's own claim back."""
    claim = get_object_or_404(Claim, pk=pk, teacher=request.teacher)
    try:
        operations.withdraw_claim(claim=claim, by=request.user, now=timezone.now())
    except operations.AlreadyDecided:
        messages.warning(request, "It is approved already, so it stays on your record.")
    else:
        messages.success(request, "Taken back.")
    return redirect("courses:record")


@role_required(Role.TEACHER, Role.COORDINATOR)
@never_cache
@require_GET
def evidence(request: SignedInRequest, pk: int) -> FileResponse:
    """Hand out the file of a claim to its teacher and to coordinators; nobody else learns of it."""
    claims = Claim.objects.exclude(evidence="")
    if Role.COORDINATOR not in roles_of(request.user):
        claims = claims.filter(teacher=teacher_of(request.user))
    claim = get_object_or_404(claims, pk=pk)
    try:
        file = claim.evidence.open()
    except FileNotFoundError:
        raise Http404 from None
    name = PurePath(claim.evidence_name).stem + SUFFIXES[claim.evidence_type]
    # As a download, never shown from our own address: what is in it is the sender's.
    answer = FileResponse(file, as_attachment=True, filename=name, content_type=claim.evidence_type)
    answer["Content-Security-Policy"] = "sandbox"
    return answer


def _history(claim: Claim) -> list[ClaimEvent]:
    return list(claim.events.select_related("by"))


# ---- the coordinator's --------------------------------------------------------------------------


@coordinators_only
@require_GET
def queue(request: SignedInRequest) -> HttpResponse:
    """What waits for an answer, longest first; and what was answered."""
    state = request.GET.get("state", "")
    state = state if state in dict(SHOWN) else SHOWN[0][0]
    words = request.GET.get("q", "")[:100]
    claims = claims_to_answer(state=state, words=words)
    page = Paginator(claims, CLAIMS_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "courses/claims/queue.html",
        {"page": page, "state": state, "words": words, "shown": SHOWN},
    )


@coordinators_only
def answer(request: SignedInRequest, pk: int) -> HttpResponse:
    """One claim with its evidence; approve it, or send it back with a reason."""
    claim = get_object_or_404(
        Claim.objects.select_related("teacher", "teacher__main_school", "course", "decided_by"),
        pk=pk,
    )
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _answered(request, claim, form):
        return redirect("courses:claims")
    return render(
        request,
        "courses/claims/answer.html",
        {"claim": claim, "form": form, "history": _history(claim)},
    )


def _answered(request: SignedInRequest, claim: Claim, form: AnswerForm) -> bool:
    """Answer a claim by the button pressed; return whether there is nothing left to say."""
    by, now, why = request.user, timezone.now(), form.cleaned_data["why"]
    teacher = claim.teacher
    try:
        if request.POST.get("answer") == "approve":
            operations.approve_claim(
                claim=claim, course=form.cleaned_data["course"], by=by, now=now, why=why
            )
            messages.success(request, f"Approved. It stands on {teacher}'s record.")
        else:
            operations.return_claim(claim=claim, why=why, by=by, now=now)
            messages.success(request, f"Sent back to {teacher} with your reason.")
    except operations.ReasonMissing:
        form.add_error("why", "Say why you send it back: the teacher reads it.")
        return False
    except operations.OwnClaim:
        messages.warning(request, "This is your own claim: another coordinator answers it.")
    except operations.AlreadyDecided:
        messages.warning(request, "It was answered or taken back meanwhile. Nothing was changed.")
    return True


urlpatterns = [
    path("record/claims/add/", add, name="claim-add"),
    path("record/claims/<int:pk>/", change, name="claim"),
    path("record/claims/<int:pk>/withdraw/", withdraw, name="claim-withdraw"),
    path("claims/<int:pk>/evidence/", evidence, name="claim-evidence"),
    path("claims/", queue, name="claims"),
    path("claims/<int:pk>/", answer, name="claim-answer"),
]

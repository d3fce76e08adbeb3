"""The coordinator's screens for credit: types and their rules, and the correction of awards."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from profiles.access import SignedInRequest, posted, role_required
from profiles.choices import Role

from .credit_forms import CorrectionForm, CreditRuleForm, CreditTypeForm
from .models import CreditAward, CreditRule, CreditType
from .operations.credit import AwardSuperseded, correct_award
from .operations.credit_rules import RuleInUse, RulesOverlap, store_rule, store_type
from .queries.credit import awards_for_desk

ON_A_PAGE = 40
coordinator_only = role_required(Role.COORDINATOR)


@coordinator_only
@require_safe
def credit(request: SignedInRequest) -> HttpResponse:
    """Credit types, each with its rules, the newest first."""
    rules = Prefetch("rules", CreditRule.objects.order_by("-from_date"))
    types = CreditType.objects.prefetch_related(rules).order_by("-is_active", "-is_default", "name")
    page = Paginator(types, ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "courses/credit/types.html", {"page": page})


@coordinator_only
@require_http_methods(["GET", "POST"])
def type_add(request: SignedInRequest) -> HttpResponse:
    """Count something apart."""
    return _type(request, CreditTypeForm(posted(request)))


@coordinator_only
@require_http_methods(["GET", "POST"])
def type_change(request: SignedInRequest, pk: int) -> HttpResponse:
    """Rename a credit type, or put it out of use."""
    credit_type = get_object_or_404(CreditType, pk=pk)
    return _type(request, CreditTypeForm(posted(request), instance=credit_type))


def _type(request: SignedInRequest, form: CreditTypeForm) -> HttpResponse:
    if form.is_bound and form.is_valid():
        stored = store_type(credit_type=form.instance, now=timezone.now())
        messages.success(request, f"Saved. “{stored}” earns by its rules.")
        return redirect("courses:credit")
    return render(
        request,
        "courses/credit/form.html",
        {"form": form, "what": "credit type", "is_new": form.instance.pk is None},
    )


@coordinator_only
@require_http_methods(["GET", "POST"])
def rule_add(request: SignedInRequest) -> HttpResponse:
    """Say how minutes become units from a day on."""
    initial = {"credit_type": request.GET.get("type")}
    return _rule(request, CreditRuleForm(posted(request), initial=initial))


@coordinator_only
@require_http_methods(["GET", "POST"])
def rule_change(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change a rule; one that gave credit can only be ended."""
    rule = get_object_or_404(CreditRule, pk=pk)
    return _rule(request, CreditRuleForm(posted(request), instance=rule))


def _rule(request: SignedInRequest, form: CreditRuleForm) -> HttpResponse:
    is_new = form.instance.pk is None
    if form.is_bound and form.is_valid():
        try:
            store_rule(rule=form.instance, now=timezone.now())
        except RulesOverlap as clash:
            form.add_error("from_date", _overlap_words(clash.other))
        except RuleInUse:
            form.add_error(
                None,
                "Credit was given by this rule, so only its last day can be set, on or after the "
                "last day it gave credit for. End it, and add the new one from the day after.",
            )
        else:
            messages.success(
                request, "Saved. What was finished before and is owed by it is given shortly."
            )
            return redirect("courses:credit")
    return render(
        request, "courses/credit/form.html", {"form": form, "what": "rule", "is_new": is_new}
    )


def _overlap_words(other: CreditRule) -> str:
    until = f"to {other.until_date:%Y-%m-%d}" if other.until_date else "on, with no last day"
    return f"Another rule of this type holds from {other.from_date:%Y-%m-%d} {until}. End it first."


@coordinator_only
@require_safe
def awards(request: SignedInRequest) -> HttpResponse:
    """Standing awards, newest first, to find the one to correct."""
    words = request.GET.get("q", "")[:100]
    page = Paginator(awards_for_desk(words), ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "courses/credit/awards.html", {"page": page, "words": words})


@coordinator_only
@require_http_methods(["GET", "POST"])
def award(request: SignedInRequest, pk: int) -> HttpResponse:
    """One award with what came before it; corrected by a new one that takes its place."""
    found = get_object_or_404(
        CreditAward.objects.select_related("teacher", "credit_type", "rule"), pk=pk
    )
    chain = list(
        CreditAward.objects.filter(
            teacher=found.teacher_id, credit_type=found.credit_type_id, source=found.source
        )
        .select_related("awarded_by", "certificate")
        .order_by("-version")
    )
    stands = chain[0] == found and not found.is_revoked
    form = CorrectionForm(posted(request), award=found)
    if form.is_bound and form.is_valid():
        try:
            new = correct_award(
                award=found, by=request.user, now=timezone.now(), **form.cleaned_data
            )
        except AwardSuperseded:
            messages.error(request, "It was corrected meanwhile. Here is what stands now.")
            return redirect("courses:award", chain[0].pk)
        words = "Taken back." if new.is_revoked else f"Corrected: {new.amount_words}."
        messages.success(request, f"{words} The certificate before it says so.")
        return redirect("courses:award", new.pk)
    return render(
        request,
        "courses/credit/award.html",
        {"award": found, "chain": chain, "stands": stands, "form": form},
    )


urlpatterns = [
    path("credit/", credit, name="credit"),
    path("credit/types/add/", type_add, name="credit-type-add"),
    path("credit/types/<int:pk>/", type_change, name="credit-type"),
    path("credit/rules/add/", rule_add, name="credit-rule-add"),
    path("credit/rules/<int:pk>/", rule_change, name="credit-rule"),
    path("credit/awards/", awards, name="awards"),
    path("credit/awards/<int:pk>/", award, name="award"),
]

"""The coordinator's calendar: what moves needs and makes room for sessions."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from .access import SignedInRequest, role_required
from .choices import Role
from .models import SchoolYear, SpecialDay, Term
from .queries import the_district, today_in_district
from .signals import surroundings_changed
from .year_forms import DistrictForm, SchoolYearForm, SpecialDayForm, TermForm

PER_PAGE = 40
coordinator_only = role_required(Role.COORDINATOR)


@dataclass(frozen=True)
class Entry:
    """One kind of thing in the calendar."""

    model: type[SpecialDay | Term | SchoolYear]
    form: type[SpecialDayForm | TermForm | SchoolYearForm]
    noun: str


ENTRIES = {
    "day": Entry(SpecialDay, SpecialDayForm, "special day"),
    "term": Entry(Term, TermForm, "term"),
    "school-year": Entry(SchoolYear, SchoolYearForm, "school year"),
}


def entry_of(what: str) -> Entry:
    """Return the kind of thing an address speaks of."""
    if what not in ENTRIES:
        raise Http404
    return ENTRIES[what]


@coordinator_only
@require_http_methods(["GET", "POST"])
def year(request: SignedInRequest) -> HttpResponse:
    """The whole calendar, and the district it is for."""
    form = DistrictForm(request.POST or None, instance=the_district())
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            form.save()
            surroundings_changed.send(sender=None, cause="the district's settings")
        messages.success(request, "Saved.")
        return redirect("profiles:year")
    days = SpecialDay.objects.prefetch_related("schools")
    if request.GET.get("past") != "1":
        days = days.filter(end_date__gte=today_in_district(timezone.now()))
    return render(
        request,
        "profiles/year/year.html",
        {
            "form": form,
            "years": SchoolYear.objects.prefetch_related("terms"),
            "loose_terms": Term.objects.filter(school_year=None),
            "page": Paginator(days, PER_PAGE).get_page(request.GET.get("page")),
            "shows_past": request.GET.get("past") == "1",
        },
    )


@coordinator_only
@require_http_methods(["GET", "POST"])
def add(request: SignedInRequest, what: str) -> HttpResponse:
    """Add a term, a school year or a special day."""
    entry = entry_of(what)
    return edit(request, what, entry, entry.form(request.POST or None))


@coordinator_only
@require_http_methods(["GET", "POST"])
def change(request: SignedInRequest, what: str, pk: int) -> HttpResponse:
    """Change one."""
    entry = entry_of(what)
    row = get_object_or_404(entry.model, pk=pk)
    return edit(request, what, entry, entry.form(request.POST or None, instance=row))


def edit(request: SignedInRequest, what: str, entry: Entry, form: forms.ModelForm) -> HttpResponse:
    """Show a form, or save what it says and let the plans know."""
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            form.save()
            surroundings_changed.send(sender=entry.model, cause="the calendar")
        messages.success(request, "Saved. Paths that it touches are being looked at again.")
        return redirect("profiles:year")
    return render(
        request,
        "profiles/year/edit.html",
        {"form": form, "noun": entry.noun, "what": what, "row": form.instance},
        status=422 if form.is_bound else 200,
    )


@coordinator_only
@require_POST
def remove(request: SignedInRequest, what: str, pk: int) -> HttpResponse:
    """Take one out of the calendar; removing it twice is no error."""
    entry = entry_of(what)
    with transaction.atomic():
        gone, _ = entry.model.objects.filter(pk=pk).delete()
        if gone:
            surroundings_changed.send(sender=entry.model, cause="the calendar")
    messages.success(request, f"The {entry.noun} is out of the calendar.")
    return redirect("profiles:year")

"""Who asks the help desk for others: tech contacts, whose tickets are not their own needs."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from .access import SignedInRequest, posted, role_required
from .choices import Role
from .corrections import set_asking_for_others
from .models import Teacher

PER_PAGE = 20

coordinator_only = role_required(Role.COORDINATOR)


class ContactForm(forms.Form):
    """The address of a teacher who asks for others."""

    email = forms.EmailField(label="Their address", help_text="As it is in the roster.")

    def clean_email(self) -> str:
        email = self.cleaned_data["email"]
        self.teacher = Teacher.objects.active().filter(email__iexact=email).first()
        if self.teacher is None:
            raise ValidationError("No teacher here has this address.")
        return email


@coordinator_only
@require_http_methods(["GET", "POST"])
def contacts(request: SignedInRequest) -> HttpResponse:
    """Everybody who asks for others, and one more."""
    form = ContactForm(posted(request), label_suffix="")
    if form.is_bound and form.is_valid() and form.teacher is not None:
        set_asking_for_others(teacher=form.teacher, asks=True, now=timezone.now())
        messages.success(request, f"{form.teacher} asks for others from now on.")
        return redirect("profiles:contacts")
    asking = Teacher.objects.active().filter(asks_for_others=True)
    page = Paginator(asking, PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "profiles/feeds/contacts.html",
        {"form": form, "page": page},
        status=422 if form.is_bound else 200,
    )


@coordinator_only
@require_POST
def contact_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say that a teacher asks for themselves again."""
    teacher = get_object_or_404(Teacher, pk=pk)
    set_asking_for_others(teacher=teacher, asks=False, now=timezone.now())
    messages.success(request, f"{teacher}’s tickets are their own again.")
    return redirect("profiles:contacts")

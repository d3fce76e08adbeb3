"""My closet."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from ..access import SignedInRequest, posted, teacher_required
from ..models import Practice, Skill
from . import operations, queries

PACKED_A_PAGE = 20


class PracticeForm(forms.Form):
    """Something one does, and the skill it shows."""

    words = forms.CharField(
        label="What do you do?",
        max_length=200,
        help_text="In a few words, so that a colleague knows what to come and see.",
    )
    skill = forms.ModelChoiceField(Skill.objects.order_by("name"), label="Skill")

    def clean_words(self) -> str:
        """Fold white space, so that the same said twice is the same."""
        return " ".join(self.cleaned_data["words"].split())


@teacher_required
@require_http_methods(["GET", "POST"])
def closet(request: SignedInRequest) -> HttpResponse:
    """What hangs in the teacher's closet, and what colleagues have packed."""
    skill = request.GET.get("skill", "")
    form = PracticeForm(
        posted(request),
        label_suffix="",
        initial={
            "skill": int(skill) if skill.isdecimal() else None,
            "words": request.GET.get("words", "")[:200],
        },
    )
    if request.method == "POST" and form.is_valid():
        operations.keep(teacher=request.teacher, **form.cleaned_data, now=timezone.now())
        messages.success(request, "Kept. It counts as something you do.")
        return redirect("profiles:closet")
    words = request.GET.get("q", "").strip()[:100]
    packed = Paginator(queries.packed_for(request.teacher, words=words), PACKED_A_PAGE)
    return render(
        request,
        "profiles/closet/closet.html",
        {
            "form": form,
            "mine": list(queries.practices_of(request.teacher)),
            "page": packed.get_page(request.GET.get("page")),
            "words": words,
        },
    )


@teacher_required
@require_POST
def change(request: SignedInRequest, pk: int) -> HttpResponse:
    """Pack, unpack, take up for good, or let go of one of one's own."""
    practice = get_object_or_404(Practice, pk=pk, teacher=request.teacher)
    now = timezone.now()
    match request.POST.get("to"):
        case "pack":
            operations.pack(practice=practice, packs=True, now=now)
            messages.success(request, "Packed. Colleagues see that you can show them this.")
        case "unpack":
            operations.pack(practice=practice, packs=False, now=now)
            messages.success(request, "Unpacked. It stays yours.")
        case "adopt":
            operations.adopt(practice=practice, now=now)
            messages.success(request, "Kept. It counts as something you do.")
        case "let-go":
            operations.let_go(practice=practice, now=now)
            messages.success(request, "Gone from your closet.")
    return redirect("profiles:closet")


@teacher_required
@require_POST
def pick_up(request: SignedInRequest, pk: int) -> HttpResponse:
    """Want to try what a colleague packed."""
    practice = get_object_or_404(
        Practice.objects.exclude(teacher=request.teacher), pk=pk, state=Practice.State.PACKED
    )
    try:
        operations.pick_up(teacher=request.teacher, practice=practice, now=timezone.now())
    except operations.NotPacked:
        messages.warning(request, "Your colleague has unpacked that since.")
    else:
        messages.success(request, f"Picked up. {practice.teacher} is told that you would like it.")
    return redirect("profiles:closet")

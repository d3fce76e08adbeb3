"""My path, the teacher's answers to it, and what we noticed."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from courses.models import CoursePage
from courses.queries import load_pictures
from profiles import corrections
from profiles.access import SignedInRequest, View, posted, teacher_required
from profiles.models import Skill, SkillAnswer, Ticket

from . import operations, queries
from .forms import NotAFitForm, TicketForm
from .models import StepAnswer

SKILLS_A_PAGE = 10
TICKETS_A_PAGE = 25


@teacher_required
@require_GET
def path(request: SignedInRequest) -> HttpResponse:
    """The teacher's path: the next step large, then the rest of the thread."""
    shown = queries.path_of(request.teacher, now=timezone.now())
    courses = [step.course for step in shown.steps]
    load_pictures(courses)
    opened = request.GET.get("step", "")
    return render(
        request,
        "plans/path.html",
        {
            "path": shown,
            "whys": StepAnswer.Why.choices,
            "opened": int(opened) if opened.isdecimal() else None,
        },
    )


def back_from(request: SignedInRequest, fallback: str) -> HttpResponse:
    """Lead back to the page of ours that a form stood on."""
    target = request.POST.get("next", "")
    if target.startswith("/") and url_has_allowed_host_and_scheme(
        target, {request.get_host()}, request.is_secure()
    ):
        return redirect(target)
    return redirect(fallback)


# ---- answers to a step --------------------------------------------------------------------------


def answering(act: Callable[[SignedInRequest, CoursePage], str]) -> View:
    """Make a view of an answer: it acts, says what came of it, and leads back."""

    @teacher_required
    @require_POST
    def view(request: SignedInRequest, course_id: int) -> HttpResponse:
        course = get_object_or_404(CoursePage, pk=course_id)
        try:
            messages.success(request, act(request, course))
        except operations.AnswerRefused as refusal:
            messages.warning(request, str(refusal))
        return back_from(request, "plans:path")

    return view


@answering
def accept(request: SignedInRequest, course: CoursePage) -> str:
    """Keep a step."""
    operations.accept_step(teacher=request.teacher, course=course, now=timezone.now())
    return f"“{course.title}” stays on your path."


@answering
def swap(request: SignedInRequest, course: CoursePage) -> str:
    """Take something else instead."""
    operations.swap_step(teacher=request.teacher, course=course, now=timezone.now())
    return f"“{course.title}” is out. You can undo that below."


@answering
def not_a_fit(request: SignedInRequest, course: CoursePage) -> str:
    """Say that a session is not a fit, and why."""
    form = NotAFitForm(request.POST)
    if not form.is_valid():
        raise operations.AnswerRefused("Pick a reason first; nothing was changed.")
    operations.not_a_fit(
        teacher=request.teacher, course=course, now=timezone.now(), **form.cleaned_data
    )
    return f"“{course.title}” is off your path. You can undo that at any time."


@answering
def undo(request: SignedInRequest, course: CoursePage) -> str:
    """Take an answer back."""
    operations.undo_answer(teacher=request.teacher, course=course, now=timezone.now())
    return f"Taken back: “{course.title}” may come onto your path again."


@answering
def ask(request: SignedInRequest, course: CoursePage) -> str:
    """Ask a coach to walk through a session."""
    words = request.POST.get("words", "").strip()[:300]
    operations.ask_coach(teacher=request.teacher, course=course, words=words, now=timezone.now())
    return f"A coach knows that you would like to walk through “{course.title}” together."


# ---- what we noticed ----------------------------------------------------------------------------


@teacher_required
@require_GET
def noticed(request: SignedInRequest) -> HttpResponse:
    """Every need behind the path, with what it comes from."""
    found = queries.noticed_about(request.teacher, now=timezone.now())
    page = Paginator(found, SKILLS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "plans/noticed.html", {"page": page})


@teacher_required
@require_GET
def tickets(request: SignedInRequest) -> HttpResponse:
    """Every ticket of the teacher's that we know of, newest first."""
    known = Ticket.objects.filter(teacher=request.teacher).select_related("skill", "source")
    page = Paginator(known, TICKETS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "plans/tickets.html", {"page": page})


@teacher_required
@require_http_methods(["GET", "POST"])
def ticket(request: SignedInRequest, pk: int) -> HttpResponse:
    """One ticket of one's own: say what it was really about."""
    row = get_object_or_404(
        Ticket.objects.select_related("skill", "source"), pk=pk, teacher=request.teacher
    )
    form = TicketForm(posted(request), initial={"skill": row.skill_id}, label_suffix="")
    if request.method == "POST" and form.is_valid():
        corrections.correct_ticket(
            teacher=request.teacher,
            ticket=row,
            skill=form.cleaned_data["skill"],
            now=timezone.now(),
        )
        return recut(request, "Corrected. Your path counts it that way from now on.")
    return render(request, "plans/ticket.html", {"ticket": row, "form": form})


@teacher_required
@require_POST
def ticket_use(request: SignedInRequest, pk: int) -> HttpResponse:
    """Hide one of one's own tickets from the path, show it again, or say it was one's own."""
    row = get_object_or_404(Ticket, pk=pk, teacher=request.teacher)
    if "hide" in request.POST:
        corrections.hide_ticket(teacher=request.teacher, ticket=row, now=timezone.now())
        return recut(request, "Hidden: that ticket counts for nothing now.")
    if "mine" in request.POST:
        corrections.claim_ticket(teacher=request.teacher, ticket=row, now=timezone.now())
        return recut(request, "That ticket counts as yours.")
    corrections.unhide_ticket(teacher=request.teacher, ticket=row, now=timezone.now())
    return recut(request, "That ticket counts again.")


@teacher_required
@require_POST
def skill_answer(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say of a whole skill that it is not about oneself, or known already; or take that back."""
    skill = get_object_or_404(Skill, pk=pk)
    answer = request.POST.get("answer", "")
    if answer in SkillAnswer.Answer.values:
        corrections.answer_skill(
            teacher=request.teacher, skill=skill, answer=answer, now=timezone.now()
        )
        return recut(request, f"Noted: {skill} no longer shapes your path.")
    corrections.unmute_skill(teacher=request.teacher, skill=skill, now=timezone.now())
    return recut(request, f"Taken back: {skill} may shape your path again.")


@teacher_required
@require_POST
def history_use(request: SignedInRequest) -> HttpResponse:
    """Switch the use of one's own help-desk history on or off."""
    uses = request.POST.get("uses") == "yes"
    corrections.set_ticket_use(teacher=request.teacher, uses=uses, now=timezone.now())
    words = (
        "Your help-desk history counts again."
        if uses
        else "Your help-desk history is switched off. It counts for nobody's path now."
    )
    return recut(request, words, fallback="profiles:settings")


def recut(request: SignedInRequest, words: str, *, fallback: str = "plans:noticed") -> HttpResponse:
    """Rebuild the path of whoever just corrected something, say so, and lead back."""
    operations.rebuild_at_once(teacher=request.teacher, now=timezone.now())
    messages.success(request, words)
    return back_from(request, fallback)

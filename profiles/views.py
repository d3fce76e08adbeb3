"""The front door, the questions that the fitting asks, and My settings."""

from __future__ import annotations

from collections.abc import Collection

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from .access import SignedInRequest, posted, teacher_required
from .choices import Role
from .fitting import end_goal, set_goal, suggest_skills
from .forms import GoalForm, MailForm, RoomForm, StyleForm, TeacherForm, WeekForm
from .models import Goal, Teacher
from .queries import roles_of, the_district

#: Goals are a list of their own and have no one form.
FORMS: dict[str, type[TeacherForm]] = {"room": RoomForm, "style": StyleForm, "week": WeekForm}

#: Where each role's work begins; the first that somebody holds counts.
ROOMS = (
    (Role.TEACHER, "plans:path"),
    (Role.COACH, "wagtailadmin_home"),
    (Role.COORDINATOR, "insights:completion"),
    (Role.LEADER, "insights:completion"),
)


@login_required
@require_GET
def home(request: SignedInRequest) -> HttpResponse:
    """Lead everybody to where their work is."""
    roles = roles_of(request.user)
    if Role.TEACHER in roles and request.user.teacher.fitted_at is None:
        return redirect("profiles:fitting")
    for role, room in ROOMS:
        if role in roles:
            return redirect(room)
    if request.user.is_superuser:
        return redirect("wagtailadmin_home")
    return render(request, "profiles/no_role.html")


# ---- one question, in the fitting and in My settings --------------------------------------------


def form_of(request: SignedInRequest, screen: str, only: Collection[str] = ()) -> TeacherForm:
    """Return the form of a screen, bound to what was posted; of the room `only` some questions."""
    more: dict = {"minutes_usual": the_district().minutes_a_term} if screen == "week" else {}
    if screen == "room":
        more["only"] = only
    return FORMS[screen](posted(request), teacher=request.teacher, **more)


# ---- goals --------------------------------------------------------------------------------------


def goals_screen(request: SignedInRequest, template: str, frame: dict) -> HttpResponse:
    """Show a teacher's goals and take a new one: words first, then the skills they are about."""
    teacher: Teacher = request.teacher
    form = GoalForm(posted(request))
    suggested = None
    if request.method == "POST" and form.is_valid():
        words = form.cleaned_data["words"].strip()
        suggested = suggest_skills(words)
        if not words:
            form.add_error("words", "Write a few words first.")
        elif "save" in request.POST or not suggested:
            set_goal(
                teacher=teacher,
                words=words,
                skills=form.cleaned_data["skills"],
                now=timezone.now(),
            )
            messages.success(request, "Your goal is kept.")
            return redirect(request.path)
    standing = teacher.goals.filter(ended_at=None).prefetch_related("skills")
    return render(
        request,
        template,
        {"form": form, "goals": standing, "suggested": suggested, **frame},
    )


@teacher_required
@require_POST
def goal_suggestions(request: SignedInRequest) -> HttpResponse:
    """The skills that the words so far speak of, for the goal form (htmx)."""
    words = request.POST.get("words", "")[:300]
    return render(
        request, "profiles/fitting/suggestions.html", {"suggested": suggest_skills(words)}
    )


@teacher_required
@require_POST
def goal_end(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let one of one's own goals go."""
    goal = get_object_or_404(Goal, pk=pk, teacher=request.teacher)
    end_goal(goal=goal, now=timezone.now())
    messages.success(request, "That goal is gone; your path no longer counts it.")
    back = "profiles:settings-goals" if "settings" in request.POST else "profiles:fitting-screen"
    return redirect(back, *([] if "settings" in request.POST else ["goals"]))


# ---- My settings --------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "POST"])
def settings(request: SignedInRequest) -> HttpResponse:
    """What we know of somebody and what they chose, each with a way to change it."""
    form = MailForm(posted(request), instance=request.user, label_suffix="")
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Saved.")
        return redirect("profiles:settings")
    return render(
        request,
        "profiles/settings.html",
        {"form": form, "minutes_usual": the_district().minutes_a_term},
    )


@teacher_required
@require_http_methods(["GET", "POST"])
def settings_screen(request: SignedInRequest, screen: str) -> HttpResponse:
    """One part of the profile, as in the fitting."""
    if screen not in FORMS:
        raise Http404
    form = form_of(request, screen)
    if request.method == "POST" and form.is_valid():
        form.store(now=timezone.now())
        messages.success(request, "Saved. Your path is being cut again.")
        return redirect("profiles:settings")
    return render(request, form.template, {"form": form, "base": "profiles/settings_frame.html"})


@teacher_required
@require_http_methods(["GET", "POST"])
def settings_goals(request: SignedInRequest) -> HttpResponse:
    """Goals, outside the fitting."""
    return goals_screen(
        request, "profiles/fitting/goals.html", {"base": "profiles/settings_frame.html"}
    )

"""The fitting: asks only what nobody has told yet, and shows the rest to be changed."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from .access import SignedInRequest, teacher_required
from .fitting import finish_fitting
from .known import SCREENS, Known, known_of
from .queries import today_in_district
from .views import FORMS, form_of, goals_screen

GOALS_SHORT = "your goals"
#: Under these names the session holds which screens are asked, and the one now open.
WALK, HERE = "fitting_walk", "fitting"


@teacher_required
@require_GET
def fitting(request: SignedInRequest) -> HttpResponse:
    """Go on where the fitting was left; show all that is known when there is nothing to ask."""
    known = known_now(request)
    walk = walk_of(request, known)
    if not walk:
        return render(request, "profiles/fitting/known.html", {"known": known})
    here = request.session.get(HERE)
    return redirect("profiles:fitting-screen", here if here in walk else walk[0])


@teacher_required
@require_http_methods(["GET", "POST"])
def fitting_screen(request: SignedInRequest, screen: str) -> HttpResponse:
    """One question of the fitting, or with `?change` what was not asked because it is known."""
    if screen not in SCREENS:
        raise Http404
    known = known_now(request)
    walk = walk_of(request, known)
    is_asked = screen in walk and "change" not in request.GET
    if is_asked and request.method == "GET":
        request.session[HERE] = screen
    frame = frame_of(screen, walk) if is_asked else frame_of_change()
    frame["known"] = known if frame["number"] == 1 else None
    if screen == "goals":
        return goals_screen(request, "profiles/fitting/goals.html", frame)
    form = form_of(request, screen, only=known.unknown_on(screen) if is_asked else ())
    if request.method == "POST" and form.is_valid():
        form.store(now=timezone.now())
        return go_on(request, frame["following"] if is_asked else None)
    return render(request, form.template, {"form": form, **frame})


@teacher_required
@require_POST
def fitting_end(request: SignedInRequest) -> HttpResponse:
    """Take the fitting as done, however far it went."""
    return end(request)


def end(request: SignedInRequest) -> HttpResponse:
    """Finish the fitting and lead to the path."""
    finish_fitting(teacher=request.teacher, now=timezone.now())
    for name in (WALK, HERE):
        request.session.pop(name, None)
    return redirect("plans:path")


def go_on(request: SignedInRequest, following: str | None) -> HttpResponse:
    """Lead on from an answer: to the next question, "" to the end; None back to where one was."""
    if following is None:
        return redirect("profiles:fitting")
    if not following:
        return end(request)
    request.session[HERE] = following
    return redirect("profiles:fitting-screen", following)


def known_now(request: SignedInRequest) -> Known:
    """Return what is known of the teacher today."""
    return known_of(request.teacher, as_of=today_in_district(timezone.now()))


def walk_of(request: SignedInRequest, known: Known) -> list[str]:
    """Return the screens of this fitting: those with something to ask when it began."""
    walk: list[str] = request.session.get(WALK) or known.open_screens
    if walk and WALK not in request.session:
        request.session[WALK] = walk
    return [screen for screen in SCREENS if screen in walk]


def frame_of(screen: str, walk: list[str]) -> dict:
    """Return what surrounds a question of the fitting: its number, the one before, the next."""
    place = walk.index(screen)
    following = walk[place + 1] if place + 1 < len(walk) else ""
    return {
        "base": "profiles/fitting/frame.html",
        "number": place + 1,
        "total": len(walk),
        "back": walk[place - 1] if place else "",
        "following": following,
        "next_short": FORMS[following].short if following in FORMS else GOALS_SHORT,
    }


def frame_of_change() -> dict:
    """Return what surrounds a screen that is opened to change what is known."""
    return {"base": "profiles/fitting/frame.html", "number": 0, "following": ""}

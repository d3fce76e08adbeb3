"""The desk's pages that need paths: who asks for a coach, and whom a session reaches."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils import timezone
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from courses.desk_views import ON_A_PAGE, may_open_desk
from courses.models import CoursePage
from courses.operations import look_book
from profiles.choices import Format, Role
from profiles.models import User
from profiles.privacy import record_look
from profiles.queries import roles_of, the_district, today_in_district

from .forms import RunIdeaForm
from .models import CoachRequest
from .operations import close_coach_request
from .queries import noticed_about, open_coach_requests
from .queries.reach import FEWEST_SHOWN, Promise, RunIdea, reach_of
from .queries.unmet import unmet_skills

#: Why a session can't be on somebody's path, as a coach reads it.
WHY_SHUT = {
    "done": "have finished it",
    "equivalent-done": "have finished one that teaches the same",
    "enrolled": "are enrolled in it",
    "dismissed": "said it is not a fit",
    "not-your-school": "work at another school than it is for",
    "not-your-grades": "teach other grades than it is for",
    "not-your-subjects": "teach other subjects than it is for",
    "missing-tool": "lack a tool that it needs",
    "too-long": "have fewer hours than it takes",
    "no-run": "find no date to come to",
    "no-school": "have no school when it is held",
    "no-seat": "find no free seat",
    "no-free-slot": "are free on none of its dates",
    "missing-prerequisite": "lack a session that must come before",
    "no-need": "show no need for it",
    "less-helpful": "have steps on their path that help them more",
}

#: What a need comes from, as a coach reads it.
WHY_NEEDED = {
    "own": "what they asked themselves",
    "cohort": "what colleagues like them asked",
    "rollout": "a tool that is coming to them",
    "goal": "goals they set",
    "said": "what they said since",
}


class DeskPage(WagtailAdminTemplateMixin, TemplateView):
    """One page of the desk, in Wagtail's frame."""

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponseBase:
        if not may_open_desk(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict]:
        return [
            *self.breadcrumbs_items,
            {"url": "", "label": self.get_page_title(), "sublabel": self.get_page_subtitle()},
        ]


class RequestsView(DeskPage):
    """Teachers who asked for a coach, until one of you closes it."""

    template_name = "plans/desk/requests.html"
    page_title = "Who asks for a coach"
    header_icon = "comment"

    def get_context_data(self, **kwargs) -> dict:
        page = Paginator(open_coach_requests(), ON_A_PAGE).get_page(self.request.GET.get("p"))
        is_coach = Role.COACH in roles_of(cast(User, self.request.user))
        return super().get_context_data(page=page, is_coach=is_coach, **kwargs)

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        pk = request.POST.get("request", "")
        asked = get_object_or_404(CoachRequest, pk=pk if pk.isdecimal() else 0)
        outcome = " ".join(request.POST.get("outcome", "").split())[:300]
        by = cast(User, request.user)
        closed = close_coach_request(request=asked, by=by, outcome=outcome, now=timezone.now())
        if closed.closed_by == request.user:
            messages.success(request, f"Closed: {asked.teacher}, “{asked.course}”.")
        else:
            messages.warning(request, f"{closed.closed_by} had closed it already.")
        return redirect("coach-requests")


class AskerView(DeskPage):
    """What was noticed about a teacher who asked for a coach, while that is open; it is logged."""

    template_name = "plans/desk/asker.html"
    page_title = "What was noticed"
    header_icon = "comment"

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponseBase:
        if Role.COACH not in roles_of(cast(User, request.user)):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def setup(self, request: HttpRequest, *args, **kwargs) -> None:
        super().setup(request, *args, **kwargs)
        self.asked = CoachRequest.objects.filter(pk=kwargs["pk"], closed_at=None).first()

    def get_page_subtitle(self) -> str:
        return str(self.asked.teacher) if self.asked else ""

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if self.asked is None:
            raise Http404
        now = timezone.now()
        record_look(
            teacher=self.asked.teacher,
            by=cast(User, request.user),
            what="what was noticed about you",
            why=f"You asked for a coach for “{self.asked.course}”.",
            now=now,
        )
        noticed = noticed_about(self.asked.teacher, now=now)
        needs = [need for need in noticed if need.kept and not need.answer]
        return self.render_to_response(self.get_context_data(asked=self.asked, needs=needs))


class ReachView(DeskPage):
    """Whom one session reaches: counts by school, never names."""

    template_name = "plans/desk/reach.html"
    page_title = "Who it reaches"
    header_icon = "group"

    def setup(self, request: HttpRequest, *args, **kwargs) -> None:
        super().setup(request, *args, **kwargs)
        page = get_object_or_404(CoursePage, pk=kwargs["pk"])
        self.course = page if page.live else page.get_latest_revision_as_object()

    def get_page_subtitle(self) -> str:
        return self.course.title

    def get_context_data(self, **kwargs) -> dict:
        as_of = today_in_district(timezone.now())
        is_asked = "day" in self.request.GET
        form = RunIdeaForm(
            self.request.GET if is_asked else None, initial={"seats": 20}, as_of=as_of
        )
        run = _run_idea(form.cleaned_data) if is_asked and form.is_valid() else None
        reach = reach_of(self.course, as_of=as_of, run=run)
        return super().get_context_data(
            reach=reach,
            could=_told(reach.could),
            one_more=reach.one_more and _told(reach.one_more),
            run=run,
            form=form if self.course.format == Format.LIVE and self.course.minutes else None,
            fewest=FEWEST_SHOWN,
            **kwargs,
        )


def _run_idea(answers: dict) -> RunIdea:
    starts_at = datetime.combine(answers["day"], answers["starts"], the_district().zone)
    return RunIdea(starts_at, answers["school"], answers["seats"])


def _told(promise: Promise) -> dict:
    """Return what a session could do in a coach's words."""
    return {
        "crowd": promise.crowd,
        "why": [(share, WHY_NEEDED[part]) for part, share in promise.why],
        "shut": [(n, WHY_SHUT[rule]) for rule, n in promise.shut_out if rule in WHY_SHUT],
    }


class UnmetView(DeskPage):
    """Needs that no session meets yet, by skill: what to write next."""

    template_name = "plans/desk/unmet.html"
    page_title = "Needs nobody meets yet"
    header_icon = "help"

    def get_context_data(self, **kwargs) -> dict:
        found = unmet_skills(as_of=today_in_district(timezone.now()))
        page = Paginator(found, ON_A_PAGE).get_page(self.request.GET.get("p"))
        return super().get_context_data(page=page, fewest=FEWEST_SHOWN, book=look_book(), **kwargs)


urlpatterns = [
    path("desk/requests/", RequestsView.as_view(), name="coach-requests"),
    path("desk/requests/<int:pk>/", AskerView.as_view(), name="coach-asker"),
    path("desk/unmet/", UnmetView.as_view(), name="unmet-needs"),
    path("desk/reach/<int:pk>/", ReachView.as_view(), name="session-reach"),
]

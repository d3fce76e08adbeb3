"""The coaches' desk inside the Wagtail admin: who comes, who came, who has finished."""

from __future__ import annotations

from typing import cast
from urllib.parse import quote

from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView, View
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from profiles.choices import Role
from profiles.models import User
from profiles.queries import roles_of

from .models import Completion, Enrolment, HandIn, parts_of
from .operations import (
    AlreadyAccepted,
    ReasonMissing,
    RunIsCancelled,
    RunNotStarted,
    accept_task,
    cancel_offering,
    confirm_completion,
    mark_attendance,
    return_task,
    undo_completion,
)
from .queries import confirmed_lately, people_in, runs_on_desk, started_to_confirm
from .queries.desk import tasks_on_desk
from .queries.door import part_under_way, runs_to_mark

ON_A_PAGE = 50
WHEN = (("unmarked", "To mark"), ("ahead", "Ahead"), ("past", "All past"))


def may_open_desk(user: User | AnonymousUser) -> bool:
    """Whether the desk is this user's: coaches and coordinators."""
    if user.is_anonymous:
        return False
    return user.is_superuser or bool(roles_of(user) & {Role.COACH, Role.COORDINATOR})


class DeskMixin(View):
    """Lets in coaches and coordinators."""

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponseBase:
        if not may_open_desk(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class DeskPage(DeskMixin, WagtailAdminTemplateMixin, TemplateView):
    """One page of the desk, in Wagtail's frame."""

    crumbs: tuple[tuple[str, str], ...] = ()

    def get_breadcrumbs_items(self) -> list[dict]:
        trail = [{"url": reverse(name), "label": label} for name, label in self.crumbs]
        return [
            *self.breadcrumbs_items,
            *trail,
            {"url": "", "label": self.get_page_title(), "sublabel": self.get_page_subtitle()},
        ]

    def page_of(self, rows):
        """Return the page of these rows that the address asks for."""
        return Paginator(rows, ON_A_PAGE).get_page(self.request.GET.get("p"))


class RunsView(DeskPage):
    """Runs, those to mark first."""

    template_name = "courses/desk/runs.html"
    page_title = "Who came"
    header_icon = "group"

    def get_context_data(self, **kwargs):
        when = self.request.GET.get("when")
        when = when if when in dict(WHEN) else "unmarked"
        runs = self.page_of(
            runs_on_desk(user=cast(User, self.request.user), when=when, now=timezone.now())
        )
        return super().get_context_data(runs=runs, when=when, choices=WHEN, **kwargs)


class RunView(DeskPage):
    """Who comes to one run; once it has begun, who came."""

    template_name = "courses/desk/run.html"
    page_title = "Who comes"
    header_icon = "group"
    crumbs = (("desk:runs", "Who came"),)

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        if may_open_desk(request.user):  # the answer to others is the mixin's
            runs = runs_to_mark(request.user).select_related("course", "school", "coach")
            self.run = get_object_or_404(runs, pk=kwargs["pk"])

    def get_page_subtitle(self):
        return self.run.course.title

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            run=self.run,
            people=list(people_in(self.run)),
            part=part_under_way(parts := parts_of(self.run), timezone.now()),
            has_begun=parts[-1].starts_at <= timezone.now(),
            **kwargs,
        )

    def post(self, request, *args, **kwargs):
        ids = {int(value) for value in request.POST.getlist("came") if value.isdecimal()}
        try:
            result = mark_attendance(
                offering=self.run, present_ids=ids, by=request.user, now=timezone.now()
            )
        except RunNotStarted:
            messages.error(request, "This run has not begun yet. Nothing was changed.")
        except RunIsCancelled:
            messages.error(request, "This run was cancelled. Nothing was changed.")
        else:
            messages.success(request, f"{len(result.came)} came, {len(result.missed)} did not.")
        return redirect("desk:run", pk=self.run.pk)


class CancelRunView(DeskPage):
    """Asks before a run is called off."""

    template_name = "courses/desk/cancel.html"
    page_title = "Cancel a run"
    header_icon = "cross"
    crumbs = (("desk:runs", "Who came"),)

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        if may_open_desk(request.user):
            runs = runs_to_mark(request.user).select_related("course")
            self.run = get_object_or_404(runs, pk=kwargs["pk"])

    def get_context_data(self, **kwargs):
        people = people_in(self.run).filter(state__in=Enrolment.LIVE)
        return super().get_context_data(run=self.run, people=people.count(), **kwargs)

    def post(self, request, *args, **kwargs):
        ended = cancel_offering(
            offering=self.run,
            by=request.user,
            now=timezone.now(),
            why=request.POST.get("why", "").strip()[:200],
        )
        told = "1 person is told" if len(ended) == 1 else f"{len(ended)} people are told"
        messages.success(request, f"The run is cancelled; {told}.")
        return redirect("desk:runs")


class FinishedView(DeskPage):
    """Started sessions that a coach calls finished."""

    template_name = "courses/desk/finished.html"
    page_title = "Confirm finished"
    header_icon = "check"

    def get_context_data(self, **kwargs):
        everything = self.request.GET.get("all") == "1"
        words = self.request.GET.get("q", "")[:100]
        started = started_to_confirm(words=words, everything=everything)
        return super().get_context_data(
            started=self.page_of(started),
            confirmed=confirmed_lately(),
            everything=everything,
            words=words,
            kept_words=quote(words),
            **kwargs,
        )

    def post(self, request, *args, **kwargs):
        enrolment = get_object_or_404(
            Enrolment.objects.select_related("teacher", "course"),
            pk=pk if (pk := request.POST.get("enrolment", "")).isdecimal() else 0,
            offering=None,
            state__in=(Enrolment.State.STARTED, Enrolment.State.FINISHED),
        )
        try:
            completion = confirm_completion(
                teacher=enrolment.teacher,
                course=enrolment.course,
                why=request.POST.get("why", ""),
                by=request.user,
                now=timezone.now(),
                is_whole=request.POST.get("part") != "1",
            )
        except ReasonMissing:
            messages.error(request, "Say in a few words what you saw. Nothing was changed.")
            return redirect(request.get_full_path())
        if completion is None:
            messages.success(request, "Your word is kept. The rest of what it asks is still open.")
        else:
            messages.success(request, f"{enrolment.teacher} has finished “{enrolment.course}”.")
        return redirect("desk:finished")


class UndoFinishedView(DeskMixin):
    """Takes a confirmation back."""

    http_method_names = ["post"]

    def post(self, request, pk: int):
        completion = get_object_or_404(Completion, pk=pk, ground=Completion.Ground.COACH)
        try:
            undo_completion(
                completion=completion,
                why=request.POST.get("why", ""),
                by=request.user,
                now=timezone.now(),
            )
        except ReasonMissing:
            messages.error(request, "Say in a few words why. Nothing was changed.")
        else:
            messages.success(request, "Taken back.")
        return redirect("desk:finished")


class TasksView(DeskPage):
    """Tasks that teachers handed in: accept them, or send them back with a reason."""

    template_name = "courses/desk/tasks.html"
    page_title = "Tasks handed in"
    header_icon = "doc-full"

    def get_context_data(self, **kwargs):
        words = self.request.GET.get("q", "")[:100]
        state = self.request.GET.get("state", "")
        state = state if state in HandIn.State.values else HandIn.State.SENT
        return super().get_context_data(
            tasks=self.page_of(tasks_on_desk(state=state, words=words)),
            state=state,
            states=HandIn.State.choices,
            words=words,
            kept=f"state={state}&q={quote(words)}",
            **kwargs,
        )

    def post(self, request, *args, **kwargs):
        task = get_object_or_404(
            HandIn.objects.select_related("teacher", "course"),
            pk=pk if (pk := request.POST.get("task", "")).isdecimal() else 0,
        )
        try:
            if request.POST.get("answer") == "accept":
                done = accept_task(task=task, by=request.user, now=timezone.now())
                words = " and has finished the session" if done else ""
                messages.success(request, f"Accepted: {task.teacher}{words}.")
            else:
                return_task(
                    task=task,
                    why=request.POST.get("why", ""),
                    by=request.user,
                    now=timezone.now(),
                )
                messages.success(request, f"Sent back to {task.teacher} with your reason.")
        except ReasonMissing:
            messages.error(request, "Say what is missing before you send it back.")
        except AlreadyAccepted:
            messages.error(request, "It was accepted meanwhile. Nothing was changed.")
        return redirect(request.get_full_path())

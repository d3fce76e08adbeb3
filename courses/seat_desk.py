"""The desk's pages about seats: who asks, who waits, go or no-go, copies, and the month of runs."""

from __future__ import annotations

from datetime import date, timedelta
from typing import cast

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone

from profiles.models import User

from . import operations
from .desk_views import DeskPage
from .models import Enrolment, EnrolmentEvent, Offering
from .queries import runs_of_month
from .run_snippets import clash_words, coaches
from .times import NoSuchHour

State = Enrolment.State
#: Lines of the history that stand on the page, newest first.
LINES = 100
LATEST = date(2100, 1, 1)

REFUSED = {
    operations.RunIsFull: "There is no free seat to give. Nothing was changed.",
    operations.RunIsPast: "It has begun already. Nothing was changed.",
    operations.RunIsCancelled: "This run was cancelled. Nothing was changed.",
    operations.NotRequested: "That was answered already. Nothing was changed.",
    operations.OfferIsGone: "They don't wait any more. Nothing was changed.",
    operations.AlreadyMarked: "The coach has marked who came. Nothing was changed.",
    operations.SeatsAreContended: "Somebody else was faster. Nothing was changed; try it again.",
}


class SeatsView(DeskPage):
    """Who has a seat, who asks and who waits, with the history of it all."""

    template_name = "courses/desk/seats.html"
    page_title = "Seats"
    header_icon = "tasks"
    crumbs = (("desk:runs", "Who came"),)

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.run = get_object_or_404(
            Offering.objects.select_related("course", "school", "coach"), pk=kwargs["pk"]
        )

    def get_page_subtitle(self):
        return self.run.course.title

    def get_context_data(self, **kwargs):
        now = timezone.now()
        people = list(
            self.run.enrolments.filter(state__in=Enrolment.LIVE)
            .select_related("teacher", "teacher__main_school")
            .order_by("position")
        )
        lines = EnrolmentEvent.objects.filter(enrolment__offering=self.run).select_related(
            "enrolment__teacher", "by"
        )
        return super().get_context_data(
            run=self.run,
            asking=[item for item in people if item.state == State.REQUESTED],
            holding=[item for item in people if item.state in Enrolment.HOLDS_A_SEAT],
            waiting=[item for item in people if item.state == State.WAITING],
            lines=lines.order_by("-happened_at", "-pk")[:LINES],
            may_change=not self.run.is_cancelled and self.run.starts_at > now,
            asks_go=self.run.asked_at is not None
            and self.run.decided_at is None
            and not self.run.is_cancelled,
            **kwargs,
        )

    def post(self, request, *args, **kwargs):
        try:
            said = self._do(request.POST)
        except tuple(REFUSED) as refusal:
            messages.error(request, REFUSED[type(refusal)])
        else:
            messages.success(request, said)
        return redirect("desk:seats", pk=self.run.pk)

    def _do(self, asked) -> str:
        """Do what a button asks for; return what to say."""
        by = cast(User, self.request.user)  # whoever is not signed in never comes this far
        now, what = timezone.now(), asked.get("do", "")
        if what == "go":
            operations.let_go_ahead(offering=self.run, by=by, now=now)
            return "It takes place."
        pk = key if (key := asked.get("enrolment", "")).isdecimal() else 0
        enrolment = get_object_or_404(
            Enrolment.objects.select_related("teacher", "offering"), pk=pk, offering=self.run
        )
        why = asked.get("why", "").strip()[:200]
        if what == "approve":
            operations.approve(enrolment=enrolment, by=by, now=now)
            seated = enrolment.state == State.SEATED
            return f"{enrolment.teacher} {'has a seat' if seated else 'has a waiting place'}."
        if what == "refuse":
            operations.refuse(enrolment=enrolment, by=by, now=now, why=why)
            return f"{enrolment.teacher} is told."
        if what == "give":
            operations.give_seat(enrolment=enrolment, by=by, now=now)
            return f"{enrolment.teacher} has the seat."
        operations.remove(enrolment=enrolment, by=by, now=now, why=why)
        return f"{enrolment.teacher} is out of it and is told."


class CopyForm(forms.Form):
    """The day that a copy begins on."""

    to_date = forms.DateField(
        label="Begins on", widget=forms.DateInput(attrs={"type": "date"}), required=True
    )

    def clean_to_date(self) -> date:
        """Refuse a day that no calendar of ours reaches."""
        day = self.cleaned_data["to_date"]
        if not date(2000, 1, 1) <= day <= LATEST:
            raise forms.ValidationError("That day is too far away.")
        return day


class CopyRunView(DeskPage):
    """Asks for a day, and makes the run once more, all its parts at the same hours."""

    template_name = "courses/desk/copy.html"
    page_title = "Copy to another day"
    header_icon = "copy"
    crumbs = (("desk:runs", "Who came"),)

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.run = get_object_or_404(Offering.objects.select_related("course"), pk=kwargs["pk"])

    def get_page_subtitle(self):
        return self.run.course.title

    def get_context_data(self, **kwargs):
        kwargs.setdefault("form", CopyForm())
        return super().get_context_data(run=self.run, **kwargs)

    def post(self, request, *args, **kwargs):
        form = CopyForm(request.POST)
        if form.is_valid():
            try:
                copy = operations.copy_offering(
                    offering=self.run,
                    to_date=form.cleaned_data["to_date"],
                    zone=timezone.get_current_timezone(),
                    by=request.user,
                    now=timezone.now(),
                )
            except NoSuchHour as refusal:
                form.add_error("to_date", str(refusal))
            except operations.RunClashes as refusal:
                for clash in refusal.clashes:
                    form.add_error("to_date", clash_words(clash))
            except operations.RunIsWrong as refusal:
                for words in refusal.problems.values():
                    form.add_error("to_date", words)
            else:
                messages.success(request, "Copied. Check the dates of signing up.")
                return redirect(reverse("wagtailsnippets_courses_offering:edit", args=[copy.pk]))
        return self.render_to_response(self.get_context_data(form=form))


class RunCalendarView(DeskPage):
    """A month of runs, week by week, part by part."""

    template_name = "courses/desk/calendar.html"
    page_title = "Month of runs"
    header_icon = "date"

    def get_context_data(self, **kwargs):
        first = month_of(self.request.GET.get("month", ""), timezone.localdate())
        asked = self.request.GET.get("coach", "")
        coach: User | None = coaches().filter(pk=asked).first() if asked.isdecimal() else None
        only = Q(coach=coach) | Q(coaches=coach) if coach else Q()
        return super().get_context_data(
            weeks=runs_of_month(first, only=only),
            first=first,
            today=timezone.localdate(),
            before=(first - timedelta(days=1)).replace(day=1),
            after=(first + timedelta(days=31)).replace(day=1),
            coach=coach,
            coaches=coaches().order_by("last_name", "first_name"),
            **kwargs,
        )


def month_of(words: str, today: date) -> date:
    """Return the first day of the month named like 2026-11; anything else is this month."""
    try:
        return min(max(date.fromisoformat(f"{words}-01"), date(2000, 1, 1)), LATEST)
    except ValueError:
        return today.replace(day=1)


urlpatterns = [
    path("runs/<int:pk>/seats/", SeatsView.as_view(), name="seats"),
    path("runs/<int:pk>/copy/", CopyRunView.as_view(), name="copy"),
    path("runs/calendar/", RunCalendarView.as_view(), name="run-calendar"),
]

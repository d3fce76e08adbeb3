"""Runs in the Wagtail admin: made, moved and found again."""

from __future__ import annotations

import django_filters
from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Count, F, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.views.generic.edit import FormMixin
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    InlinePanel,
    MultiFieldPanel,
    ObjectList,
    PageChooserPanel,
)
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import Button
from wagtail.snippets.views.snippets import (
    CopyView,
    CreateView,
    EditView,
    IndexView,
    SnippetViewSet,
)

from profiles.choices import Role
from profiles.models import School, User

from .models import Enrolment, Offering, OfferingPart, parts_of
from .operations import (
    FewerSeatsThanTaken,
    PartTimes,
    RunClashes,
    RunIsWrong,
    problems_of,
    store_offering,
    too_few_seats,
)
from .queries import Clash
from .wall_field import read_by_the_wall

State = Enrolment.State
read_by_the_wall()


def clash_words(clash: Clash) -> str:
    """Return what a clash is, with the other run named."""
    part = clash.part
    starts_at, ends_at = timezone.localtime(part.starts_at), timezone.localtime(part.ends_at)
    when = f"{date_format(starts_at, 'D j M Y, H:i')} to {date_format(ends_at, 'H:i')}"
    title = clash.offering.course.title
    if clash.what == "room":
        return f"“{clash.name}” is taken then by “{title}”, {when}."
    return f"{clash.name} coaches “{title}” then, {when}."


def coaches() -> QuerySet[User]:
    """Return who can coach a run."""
    return User.objects.filter(
        Q(staff_roles__role__in=(Role.COACH, Role.COORDINATOR)), is_active=True
    ).distinct()


class OfferingForm(WagtailAdminModelForm):
    """A run as the coach sees it. Storing goes through the seats' lock."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["coach"].queryset = coaches()
        self.fields["coaches"].queryset = coaches()
        self.fields["school"].queryset = School.objects.filter(is_active=True)
        for part in self.formsets["parts"].initial_forms:
            for name in ("place", "link"):  # shown where it differs from the run's
                if part.initial.get(name) == getattr(self.instance, name):
                    part.initial[name] = ""

    def clean(self):
        cleaned = super().clean()
        if self.instance.pk and "course" in self.changed_data and self._has_people():
            self.add_error(
                "course", "People are enrolled in this run: cancel it and make another one."
            )
        return cleaned

    def _post_clean(self):
        super()._post_clean()
        if not self.errors and self.formsets["parts"].is_valid():
            for field, words in problems_of(self.instance, self.asked_parts()).items():
                self.add_error(None if field == "parts" else field, words)

    def validate_constraints(self):
        """Leave it to `problems_of`, which says it in words."""

    def asked_parts(self) -> list[PartTimes]:
        """Return the parts as typed, in order of time."""
        kept = [part for part in self.formsets["parts"].cleaned_data if not part.get("DELETE")]
        asked = [
            PartTimes(part["starts_at"], part["ends_at"], part["place"], part["link"])
            for part in kept
            if part
        ]
        return sorted(asked, key=lambda part: part.starts_at)

    def save(self, commit=True):
        # Wagtail's views always commit, within a transaction of theirs.
        store_offering(
            offering=self.instance,
            by=self.for_user,
            now=timezone.now(),
            parts=self.asked_parts(),
            coaches=self.cleaned_data["coaches"],
        )
        return self.instance

    def _has_people(self) -> bool:
        return Enrolment.objects.filter(offering_id=self.instance.pk).exists()


class OfferingFilters(WagtailFilterSet):
    """Which runs are listed."""

    when = django_filters.ChoiceFilter(
        label="When",
        choices=[("ahead", "Ahead"), ("past", "Past"), ("cancelled", "Cancelled")],
        method="filter_when",
        widget=forms.RadioSelect,
        empty_label="All",
    )
    standing = django_filters.ChoiceFilter(
        label="Seats",
        choices=[
            ("free", "Seats left"),
            ("full", "Full"),
            ("few", "Fewer people than it needs"),
            ("asked", "Somebody asks for a seat"),
        ],
        method="filter_standing",
        widget=forms.RadioSelect,
        empty_label="All",
    )
    coach = django_filters.ModelChoiceFilter(
        label="Coach", queryset=lambda request: coaches(), method="filter_coach"
    )

    class Meta:
        model = Offering
        fields = ["when", "standing", "coach", "school", "needs_substitute"]

    def filter_when(self, offerings, name, value):
        """Keep the runs ahead, past or cancelled."""
        now = timezone.now()
        if value == "cancelled":
            return offerings.filter(is_cancelled=True)
        offerings = offerings.filter(is_cancelled=False)
        return offerings.filter(**{"starts_at__gt" if value == "ahead" else "starts_at__lte": now})

    def filter_standing(self, offerings, name, value):
        """Keep runs by how their seats stand."""
        kept = {
            "free": Q(seats_taken__lt=F("seats")),
            "full": Q(seats_taken__gte=F("seats")),
            "few": Q(seats_taken__lt=F("seats_min")),
            "asked": Q(enrolments__state=State.REQUESTED),
        }[value]
        return offerings.filter(kept, is_cancelled=False).distinct()

    def filter_coach(self, offerings, name, value):
        """Keep runs that this person coaches, first or besides."""
        return offerings.filter(Q(coach=value) | Q(coaches=value)).distinct()


class OfferingIndexView(IndexView):
    """Runs with the way to who comes."""

    def get_base_queryset(self):
        waiting = Count("enrolments", filter=Q(enrolments__state=State.WAITING), distinct=True)
        return (
            super()
            .get_base_queryset()
            .select_related("course", "school", "coach")
            .annotate(waiting=waiting)
        )

    def get_list_more_buttons(self, instance):
        buttons = super().get_list_more_buttons(instance)
        links = [("Who comes", "run", "group"), ("Seats", "seats", "tasks")]
        links.append(("Copy to another day", "copy", "copy"))
        if not instance.is_cancelled:
            links.append(("Cancel it", "cancel", "cross"))
        buttons.extend(
            Button(label, reverse(f"desk:{name}", args=[instance.pk]), icon_name=icon)
            for label, name, icon in links
        )
        return buttons


class StoresRun(FormMixin):
    """Says in words what only storing can find out: clashes, and who came in between."""

    def form_valid(self, form):
        try:
            return super().form_valid(form)
        except FewerSeatsThanTaken as refusal:
            form.add_error("seats", too_few_seats(refusal.taken))
        except RunIsWrong as refusal:
            for field, words in refusal.problems.items():
                form.add_error(None if field == "parts" else field, words)
        except RunClashes as refusal:
            for clash in refusal.clashes:
                form.add_error(None, clash_words(clash))
        self.produced_error_code = "validation_error"
        self.produced_error_message = "Nothing was stored: see what is wrong below."
        return self.form_invalid(form)


class OfferingCreateView(StoresRun, CreateView):
    """A new run."""


class OfferingCopyView(StoresRun, CopyView):
    """A new run like this one: people, seats taken and the feed's number stay behind."""

    def get_initial_form_instance(self):
        if not self.permission_policy.user_has_permission(self.request.user, "add"):
            raise PermissionDenied
        like = self.get_object()
        plain = ("course", "place", "link", "school", "coach", "seats", "seats_min")
        rules = ("needs_approval", "needs_substitute", "waiting_policy", "offer_hours")
        copy = Offering(**{name: getattr(like, name) for name in plain + rules})
        copy.parts = [
            OfferingPart(
                number=part.number,
                starts_at=part.starts_at,
                ends_at=part.ends_at,
                place=part.place,
                link=part.link,
            )
            for part in parts_of(like)
        ]
        return copy


class OfferingEditView(StoresRun, EditView):
    """Changing a run; somebody may take a seat at the same moment."""

    def get_object(self, *args, **kwargs):
        run = super().get_object(*args, **kwargs)
        if not run.parts.exists():
            run.parts = parts_of(run)
        return run


class OfferingViewSet(SnippetViewSet):
    """Dated runs."""

    model = Offering
    icon = "calendar-alt"
    menu_label = "Runs"
    menu_order = 110
    add_to_admin_menu = True
    list_display = [
        "course",
        Column("when", label="Starts", sort_key="starts_at"),
        "place",
        "coach",
        Column("taken", label="Seats taken"),
        Column("waiting", label="Waiting"),
    ]
    list_per_page = 50
    ordering = ["-starts_at"]
    search_fields = ["course__title", "place"]
    filterset_class = OfferingFilters
    inspect_view_enabled = False
    index_view_class = OfferingIndexView
    add_view_class = OfferingCreateView
    copy_view_class = OfferingCopyView
    edit_view_class = OfferingEditView
    edit_handler = ObjectList(
        [
            PageChooserPanel("course", "courses.CoursePage", heading="Session"),
            InlinePanel(
                "parts",
                heading="Days and hours",
                label="Part",
                min_num=1,
                help_text="Most runs have one part. In a series, one seat is for all of them.",
                panels=[
                    FieldRowPanel([FieldPanel("starts_at"), FieldPanel("ends_at")]),
                    FieldRowPanel(
                        [
                            FieldPanel("place", help_text="Empty: where the run is."),
                            FieldPanel("link", help_text="Empty: the run's."),
                        ]
                    ),
                ],
            ),
            FieldPanel("place"),
            FieldPanel("link"),
            FieldRowPanel([FieldPanel("school"), FieldPanel("coach")]),
            FieldPanel("coaches", widget=forms.CheckboxSelectMultiple),
            FieldPanel("needs_substitute"),
            MultiFieldPanel(
                [
                    FieldPanel("seats"),
                    FieldRowPanel([FieldPanel("seats_min"), FieldPanel("decide_by_at")]),
                    FieldPanel("calls_itself_off"),
                ],
                heading="Seats",
            ),
            MultiFieldPanel(
                [
                    FieldRowPanel([FieldPanel("opens_at"), FieldPanel("closes_at")]),
                    FieldPanel("cancel_until_at"),
                    FieldPanel("needs_approval"),
                    FieldRowPanel([FieldPanel("waiting_policy"), FieldPanel("offer_hours")]),
                ],
                heading="Signing up",
            ),
        ],
        base_form_class=OfferingForm,
    )

"""The lists that coaches keep in the Wagtail admin: runs, skills, tools, roll-outs, categories."""

from __future__ import annotations

import django_filters
from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList, PageChooserPanel
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import Button
from wagtail.snippets.views.snippets import (
    CopyView,
    EditView,
    IndexView,
    SnippetViewSet,
    SnippetViewSetGroup,
)

from profiles.choices import Role
from profiles.models import School, Skill, TicketCategory, Tool, ToolAtSchool, User
from profiles.models.skills import lines_of
from profiles.signals import surroundings_changed

from .models import Enrolment, Offering
from .operations import FewerSeatsThanTaken, store_offering


class OfferingForm(WagtailAdminModelForm):
    """A run as the coach sees it. Storing goes through the seats' lock."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["coach"].queryset = User.objects.filter(
            Q(staff_roles__role__in=(Role.COACH, Role.COORDINATOR)), is_active=True
        ).distinct()
        self.fields["school"].queryset = School.objects.filter(is_active=True)

    def clean(self):
        cleaned = super().clean()
        starts_at, ends_at = cleaned.get("starts_at"), cleaned.get("ends_at")
        if starts_at and ends_at and ends_at <= starts_at:
            self.add_error("ends_at", "It has to end after it starts.")
        seats = cleaned.get("seats")
        if seats is not None and seats < self.instance.seats_taken:
            self.add_error("seats", self.too_few(self.instance.seats_taken))
        if self.instance.pk and "course" in self.changed_data and self._has_people():
            self.add_error(
                "course", "People are enrolled in this run: cancel it and make another one."
            )
        return cleaned

    def save(self, commit=True):
        # Wagtail's views always commit, within a transaction of theirs.
        store_offering(offering=self.instance, by=self.for_user, now=timezone.now())
        return self.instance

    @staticmethod
    def too_few(taken: int) -> str:
        """Return what to say when there would be fewer seats than people on them."""
        return f"{taken} people have a seat already, so there can't be fewer."

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

    class Meta:
        model = Offering
        fields = ["when", "school"]

    def filter_when(self, offerings, name, value):
        """Keep the runs ahead, past or cancelled."""
        now = timezone.now()
        if value == "cancelled":
            return offerings.filter(is_cancelled=True)
        offerings = offerings.filter(is_cancelled=False)
        return offerings.filter(**{"starts_at__gt" if value == "ahead" else "starts_at__lte": now})


class OfferingIndexView(IndexView):
    """Runs with the way to who comes."""

    def get_base_queryset(self):
        return super().get_base_queryset().select_related("course", "school")

    def get_list_more_buttons(self, instance):
        buttons = super().get_list_more_buttons(instance)
        buttons.append(
            Button("Who comes", reverse("desk:run", args=[instance.pk]), icon_name="group")
        )
        if not instance.is_cancelled:
            buttons.append(
                Button("Cancel it", reverse("desk:cancel", args=[instance.pk]), icon_name="cross")
            )
        return buttons


class OfferingCopyView(CopyView):
    """A new run like this one: people, seats taken and the feed's number stay behind."""

    def get_initial_form_instance(self):
        if not self.permission_policy.user_has_permission(self.request.user, "add"):
            raise PermissionDenied
        like = self.get_object()
        return Offering(
            course=like.course,
            starts_at=like.starts_at,
            ends_at=like.ends_at,
            place=like.place,
            link=like.link,
            school=like.school,
            coach=like.coach,
            seats=like.seats,
        )


class OfferingEditView(EditView):
    """Changing a run; somebody may take a seat at the same moment."""

    def form_valid(self, form):
        try:
            return super().form_valid(form)
        except FewerSeatsThanTaken as refusal:
            form.add_error("seats", form.too_few(refusal.taken))
            return self.form_invalid(form)


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
        Column("taken", label="Seats taken"),
    ]
    list_per_page = 50
    ordering = ["-starts_at"]
    search_fields = ["course__title", "place"]
    filterset_class = OfferingFilters
    inspect_view_enabled = False
    index_view_class = OfferingIndexView
    copy_view_class = OfferingCopyView
    edit_view_class = OfferingEditView
    edit_handler = ObjectList(
        [
            PageChooserPanel("course", "courses.CoursePage"),
            FieldRowPanel([FieldPanel("starts_at"), FieldPanel("ends_at")]),
            FieldPanel("seats"),
            FieldPanel("place"),
            FieldPanel("link"),
            FieldRowPanel([FieldPanel("school"), FieldPanel("coach")]),
        ],
        base_form_class=OfferingForm,
    )


class SurroundingsForm(WagtailAdminModelForm):
    """A row that everybody's path may depend on: storing it says so, in the same transaction."""

    def save(self, commit=True):
        instance = super().save(commit=commit)
        surroundings_changed.send(sender=type(instance), cause="skills")
        return instance


class NamedForm(SurroundingsForm):
    """A skill or tool: its name may not be another's name or alias, or tickets can't be sorted."""

    def clean(self):
        cleaned = super().clean()
        own = {
            name.casefold()
            for name in (cleaned.get("name", ""), *lines_of(cleaned.get("aliases", "")))
            if name
        }
        others = self._meta.model.objects.exclude(pk=self.instance.pk)
        for other in others.only("name", "aliases"):
            shared = own & {name.casefold() for name in (other.name, *lines_of(other.aliases))}
            if shared:
                self.add_error(
                    "name", f"“{sorted(shared)[0]}” is a name of “{other.name}” already."
                )
                break
        return cleaned


class RollOutForm(SurroundingsForm):
    """A tool reaching a school."""

    def clean(self):
        cleaned = super().clean()
        start, end = cleaned.get("from_date"), cleaned.get("until_date")
        if start and end and end < start:
            self.add_error("until_date", "It can't leave before it comes.")
        return cleaned


class SkillViewSet(SnippetViewSet):
    """What a session can teach and a ticket can be about."""

    model = Skill
    icon = "pick"
    menu_label = "Skills"
    chooser_per_page = 50
    list_display = ["name", "area", "tool"]
    list_filter = ["area", "tool"]
    list_per_page = 50
    edit_handler = ObjectList(Skill.panels, base_form_class=NamedForm)


class ToolViewSet(SnippetViewSet):
    """Software and hardware that classes work with."""

    model = Tool
    icon = "desktop"
    menu_label = "Tools"
    list_display = ["name", "description"]
    list_per_page = 50
    edit_handler = ObjectList(Tool.panels, base_form_class=NamedForm)


class RollOutViewSet(SnippetViewSet):
    """Which tool reaches which school when."""

    model = ToolAtSchool
    icon = "date"
    menu_label = "Roll-outs"
    list_display = ["tool", "school", "from_date", "until_date"]
    list_filter = ["tool", "school"]
    list_per_page = 50
    edit_handler = ObjectList(ToolAtSchool.panels, base_form_class=RollOutForm)


class TicketCategoryViewSet(SnippetViewSet):
    """Which skill a category of the help desk is about."""

    model = TicketCategory
    icon = "tag"
    menu_label = "Ticket categories"
    list_display = ["category", "subcategory", "skill", "kind", "source"]
    list_filter = ["source", "kind"]
    list_per_page = 50
    search_fields = ["category", "subcategory"]
    edit_handler = ObjectList(
        [
            FieldPanel("source"),
            FieldPanel("category"),
            FieldPanel("subcategory"),
            FieldPanel("skill"),
            FieldPanel("kind"),
        ]
    )


class SkillsAndToolsGroup(SnippetViewSetGroup):
    """What everything else refers to."""

    menu_label = "Skills and tools"
    menu_icon = "pick"
    menu_order = 120
    items = (SkillViewSet, ToolViewSet, RollOutViewSet, TicketCategoryViewSet)

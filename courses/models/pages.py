"""The pages of the look book: one for the whole catalogue, one for each session."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.urls import reverse
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from wagtail.admin.panels import (
    FieldPanel,
    InlinePanel,
    MultiFieldPanel,
    ObjectList,
    TabbedInterface,
)
from wagtail.blocks import StructValue
from wagtail.fields import StreamField
from wagtail.models import Orderable, Page
from wagtail.search import index

from profiles.choices import Format, GradeBand, Level, Subject
from profiles.models.fields import ChoiceListField

from ..blocks import SessionBody
from ..page_forms import SessionForm
from ..signals import catalogue_changed
from .aims import SessionAims
from .rules import CompletionRule, RulePart


class LookBookPage(Page):
    """The catalogue: every session hangs below it."""

    intro = models.CharField(max_length=300, blank=True)

    content_panels = [*Page.content_panels, FieldPanel("intro")]
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["courses.CoursePage"]
    max_count = 1
    template = "courses/look_book.html"


@lru_cache(maxsize=4096)  # a list asks for dozens, and looking a name up costs more than the rest
def _address(slug: str) -> str:
    return reverse("wagtail_serve", args=[f"{slug}/"])


class CoursePage(SessionAims, Page):
    """One session a teacher can take."""

    summary = models.CharField(max_length=400, help_text="What it gives the teacher, in two lines.")
    body = StreamField(SessionBody(), blank=True)
    picture = models.ForeignKey(
        "courses.TrainingImage",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Takes the place of the woven cover.",
    )
    minutes = models.PositiveIntegerField(  # not blank: asked for at publishing, not for a draft
        null=True,
        validators=[MinValueValidator(1), MaxValueValidator(6000)],
        help_text="How long it takes. Needed before it can be published.",
    )
    format = models.CharField(max_length=20, choices=Format.choices, default=Format.SELF_PACED)
    level = models.CharField(max_length=2, choices=Level.choices, blank=True)
    credit_minutes = models.PositiveIntegerField(
        null=True, blank=True, help_text="Minutes of credit; empty: as long as it takes."
    )

    completion_rule = ChoiceListField(
        verbose_name="it counts as done when",
        choices=RulePart.choices,
        help_text="All that you mark is needed. None marked: a live session is done when somebody "
        "was there; any other when its quick checks are answered right, or, without a check, when "
        "a coach confirms it.",
    )
    attended_share = models.PositiveSmallIntegerField(
        "share of the time",
        default=80,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text="In percent: who was there for so much of a run's minutes has attended it.",
    )
    task = models.CharField(
        max_length=400,
        blank=True,
        help_text="What to hand in, in a sentence or two, when the rule asks for a task.",
    )

    grade_bands = ChoiceListField(choices=GradeBand.choices, help_text="None marked: everybody.")
    subjects = ChoiceListField(choices=Subject.choices, help_text="None marked: everybody.")
    schools = ParentalManyToManyField(
        "profiles.School", blank=True, related_name="+", help_text="None marked: every school."
    )
    tools = ParentalManyToManyField(
        "profiles.Tool", blank=True, related_name="courses", help_text="All that it needs."
    )
    equivalents = ParentalManyToManyField(
        "self", blank=True, symmetrical=True, help_text="Sessions that teach the same."
    )

    source = models.CharField(max_length=50, blank=True, editable=False)
    external_id = models.CharField(max_length=255, blank=True, editable=False)

    content_panels = [
        *Page.content_panels,
        FieldPanel("summary"),
        MultiFieldPanel(
            [
                FieldPanel("minutes"),
                FieldPanel("format"),
                FieldPanel("level"),
                FieldPanel("credit_minutes"),
            ],
            heading="How long and how",
        ),
        MultiFieldPanel(
            [
                FieldPanel("completion_rule"),
                FieldPanel("attended_share"),
                FieldPanel("task"),
            ],
            heading="When it counts as done",
        ),
        InlinePanel("taught_skills", label="Skill", heading="Skills it teaches"),
        InlinePanel(
            "credits", label="Credit", heading="Credit it earns, when it is not the usual one"
        ),
        FieldPanel("body"),
        FieldPanel("picture"),
    ]
    audience_panels = [
        FieldPanel("grade_bands"),
        FieldPanel("subjects"),
        FieldPanel("schools", widget=forms.CheckboxSelectMultiple),
        FieldPanel("tools", widget=forms.CheckboxSelectMultiple),
        InlinePanel("prerequisites", label="Session", heading="What comes first"),
        FieldPanel("equivalents"),
    ]
    edit_handler = TabbedInterface(
        [
            ObjectList(content_panels, heading="Session"),
            ObjectList(SessionAims.aims_panels, heading="What it is for"),
            ObjectList(audience_panels, heading="For whom"),
            ObjectList(Page.promote_panels, heading="Promote"),
            ObjectList(Page.settings_panels, heading="Settings"),
        ]
    )

    search_fields = [
        *Page.search_fields,
        index.SearchField("summary", boost=2),
        index.SearchField("objectives"),
        index.SearchField("body"),
        index.FilterField("format"),
        index.FilterField("level"),
        index.FilterField("minutes"),
    ]

    parent_page_types = ["courses.LookBookPage"]
    subpage_types: list[str] = []
    template = "courses/session.html"
    base_form_class = SessionForm

    #: Set by whoever changes many sessions at once and says so once.
    is_told_together = False

    class Meta:
        verbose_name = "session"
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"],
                condition=~models.Q(external_id=""),
                name="course_once",
            ),
        ]

    @transaction.atomic
    def save(self, *args, **kwargs) -> None:
        """Store it; when readers will see a difference, say so in the same transaction."""
        is_bookkeeping = kwargs.get("update_fields") is not None
        was_live = bool(
            self.pk
            and not is_bookkeeping
            and CoursePage.objects.filter(pk=self.pk, live=True).exists()
        )
        super().save(*args, **kwargs)
        if (self.live or was_live) and not is_bookkeeping and not self.is_told_together:
            catalogue_changed.send(sender=CoursePage, course_ids=[self.pk], cause="session")

    def get_url(self, request=None, current_site=None) -> str:
        """Return its address without asking the database: it hangs right below the look book."""
        return _address(self.slug)

    url = property(get_url)

    def required_ids(self) -> set[int]:
        """The sessions that must come before this one, and before those, as far back as it goes."""
        rows = CoursePrerequisite.objects.filter(is_required=True)
        requires: dict[int, set[int]] = defaultdict(set)
        for course_id, before_id in rows.values_list("course_id", "before_id"):
            requires[course_id].add(before_id)
        found: set[int] = set()
        left = {self.pk}
        while left:
            found |= left
            left = set().union(*(requires[pk] for pk in left)) - found
        return found - {self.pk}

    @property
    def checks_by_id(self) -> dict[str, StructValue]:
        """The quick checks of the body by block id, in reading order."""
        return {block.id: block.value for block in self.body if block.block_type == "check"}

    @property
    def rule(self) -> CompletionRule:
        """What finishing it takes: the author's rule, else what suits its format."""
        parts = tuple(part for part in RulePart.values if part in self.completion_rule)
        if not parts and self.is_dated:
            parts = (RulePart.ATTENDED.value,)
        elif not parts:
            parts = ((RulePart.CHECK if self.checks_by_id else RulePart.COACH).value,)
        return CompletionRule(parts=parts, attended_share=self.attended_share)

    @property
    def is_dated(self) -> bool:
        """Whether it happens on dates (a live run) rather than any time."""
        return self.format == Format.LIVE


class CourseSkill(Orderable):
    """A skill a session teaches, and how much of the need it takes away."""

    class Strength(models.TextChoices):
        TOUCHES = "touches", "Touches it"
        TEACHES = "teaches", "Teaches it"
        MASTERS = "masters", "Masters it"

    course = ParentalKey(CoursePage, on_delete=models.CASCADE, related_name="taught_skills")
    skill = models.ForeignKey("profiles.Skill", on_delete=models.CASCADE, related_name="taught_by")
    strength = models.CharField(max_length=10, choices=Strength.choices, default=Strength.TEACHES)

    panels = [FieldPanel("skill"), FieldPanel("strength")]

    class Meta(Orderable.Meta):
        constraints = [
            models.UniqueConstraint(fields=["course", "skill"], name="course_skill_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_strength_display()}: {self.skill}"


class CoursePrerequisite(Orderable):
    """A session that comes first: advised, or required."""

    course = ParentalKey(CoursePage, on_delete=models.CASCADE, related_name="prerequisites")
    before = models.ForeignKey(CoursePage, on_delete=models.CASCADE, related_name="opens")
    is_required = models.BooleanField("required", default=False)

    panels = [FieldPanel("before"), FieldPanel("is_required")]

    class Meta(Orderable.Meta):
        constraints = [
            models.UniqueConstraint(fields=["course", "before"], name="prerequisite_once"),
            models.CheckConstraint(
                condition=~models.Q(course=models.F("before")), name="prerequisite_of_another"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.before} before {self.course}"

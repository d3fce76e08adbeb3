"""Skills and tools: what a teacher can need, a session can teach, a ticket can be about."""

from __future__ import annotations

from django.db import models
from django.utils.text import slugify
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.search import index


def lines_of(text: str) -> list[str]:
    """Return the non-empty lines of a text field, trimmed."""
    return [line.strip() for line in text.splitlines() if line.strip()]


class Named(index.Indexed, models.Model):
    """A name with the other names people use for it."""

    name = models.CharField(max_length=100, unique=True)
    slug = models.SlugField(max_length=100, unique=True, editable=False)
    description = models.CharField(max_length=300, blank=True)
    aliases = models.TextField(
        blank=True, help_text="Other names for the same thing, one to a line."
    )
    words = models.TextField(
        blank=True,
        help_text="Words and phrases tickets use when they are about this, one to a line.",
    )

    search_fields = [
        index.SearchField("name", boost=5),
        index.AutocompleteField("name"),
        index.SearchField("aliases"),
    ]

    class Meta:
        abstract = True
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args, **kwargs) -> None:
        if not self.slug:
            stem = slugify(self.name)[:90] or "item"
            taken = set(
                type(self).objects.filter(slug__startswith=stem).values_list("slug", flat=True)
            )
            self.slug = next(
                slug
                for slug in (stem, *(f"{stem}-{number}" for number in range(2, len(taken) + 3)))
                if slug not in taken
            )
        super().save(*args, **kwargs)

    @property
    def names(self) -> list[str]:
        """The name, its aliases and the ticket words: all that points here."""
        return [self.name, *lines_of(self.aliases), *lines_of(self.words)]


class Tool(Named):
    """A piece of software or hardware that classes here work with."""

    panels = [
        FieldPanel("name"),
        FieldPanel("description"),
        FieldPanel("aliases"),
        FieldPanel("words"),
    ]


class Skill(Named):
    """Something a teacher can learn to do with technology."""

    tool = models.ForeignKey(
        Tool, null=True, blank=True, on_delete=models.SET_NULL, related_name="skills"
    )
    area = models.CharField(max_length=60, blank=True, help_text="Where it stands in the list.")
    digcompedu = models.CharField(
        "DigCompEdu codes", max_length=60, blank=True, help_text="Such as 2.2, 4.1"
    )
    iste = models.CharField("ISTE codes", max_length=60, blank=True, help_text="Such as 2.5, 2.6")

    panels = [
        FieldPanel("name"),
        FieldPanel("description"),
        FieldPanel("area"),
        FieldPanel("tool"),
        FieldPanel("aliases"),
        FieldPanel("words"),
        MultiFieldPanel([FieldPanel("digcompedu"), FieldPanel("iste")], heading="Framework codes"),
    ]


class ToolAtSchool(models.Model):
    """A tool reaches a school (none named: every school) on a date, and may leave it again."""

    tool = models.ForeignKey(Tool, on_delete=models.CASCADE, related_name="at_schools")
    school = models.ForeignKey(
        "profiles.School", null=True, blank=True, on_delete=models.CASCADE, related_name="tools"
    )
    from_date = models.DateField()
    until_date = models.DateField(null=True, blank=True)

    panels = [
        FieldPanel("tool"),
        FieldPanel("school"),
        FieldPanel("from_date"),
        FieldPanel("until_date"),
    ]

    class Meta:
        ordering = ["from_date", "id"]
        verbose_name = "roll-out"
        verbose_name_plural = "roll-outs"

    def __str__(self) -> str:
        return f"{self.tool} at {self.school or 'every school'} from {self.from_date}"

"""What a session is for, planned from the end: students first, the feeling in the room last."""

from __future__ import annotations

from django.db import models
from wagtail.admin.panels import FieldPanel, HelpPanel


class SessionAims(models.Model):
    """Guskey's five levels as an author states them, from the fifth back to the first."""

    for_students = models.CharField(
        "what students will do",
        max_length=400,
        blank=True,
        help_text="5. Begin here: what will be different for students when it works?",
    )
    in_use = models.CharField(
        "what use looks like",
        max_length=400,
        blank=True,
        help_text="4. What does a teacher do, in class, weeks later?",
    )
    support_needed = models.CharField(
        "what support is needed",
        max_length=400,
        blank=True,
        help_text="3. Time, tools and backing without which it will not last.",
    )
    objectives = models.TextField(
        "what is learned",
        blank=True,
        help_text="2. What you will be able to do: one sentence to a line.",
    )
    should_feel = models.CharField(
        "how it should feel",
        max_length=400,
        blank=True,
        help_text="1. What should somebody say at the door?",
    )

    aims_panels = [
        HelpPanel(
            "Plan it from the end. Teachers are asked about each of these when they have finished,"
            " and what you write stands beside the question."
        ),
        FieldPanel("for_students"),
        FieldPanel("in_use"),
        FieldPanel("support_needed"),
        FieldPanel("objectives"),
        FieldPanel("should_feel"),
    ]

    class Meta:
        abstract = True

    @property
    def objective_lines(self) -> list[str]:
        """What one will be able to do, a sentence each."""
        return [line.strip() for line in self.objectives.splitlines() if line.strip()]

"""Tickets as far as they are kept: who, when, about which skill. Never their text."""

from __future__ import annotations

from django.db import models

from ..choices import DateOrder, TicketKind
from .people import Teacher

#: What a ticket of a kind likely cost a class where nobody says: rules of thumb, in minutes, the
#: first two those that a forecast starts from (`PathRules.minutes_default`). Told as such and never
#: stored: no sum and no forecast can take them for something that was seen.
USUAL_MINUTES = {
    TicketKind.HOW_TO: 15,
    TicketKind.PEDAGOGY: 15,
    TicketKind.ACCESS: 10,
    TicketKind.BREAK: 20,
    TicketKind.OUTAGE: 45,  # a period
    TicketKind.REQUEST: 0,
}


class TicketSource(models.Model):
    """A help desk, and how its export is read."""

    name = models.CharField(max_length=50, unique=True)
    columns = models.JSONField(default=dict, blank=True)  # our name -> column of the export
    #: Of its dates that are not ISO 8601; "": there are none.
    date_order = models.CharField(max_length=3, blank=True, choices=DateOrder.choices)
    address_template = models.CharField(
        max_length=300,
        blank=True,
        help_text="Where a ticket is read in the help desk, with {id} for its number.",
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class TicketCategory(models.Model):
    """A category of the help desk and the skill and kind that a coach gave it."""

    source = models.ForeignKey(TicketSource, on_delete=models.CASCADE, related_name="categories")
    category = models.CharField(max_length=200)
    subcategory = models.CharField(max_length=200, blank=True)  # "": any subcategory
    skill = models.ForeignKey(
        "profiles.Skill", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    kind = models.CharField(max_length=20, blank=True, choices=TicketKind.choices)

    class Meta:
        ordering = ["category", "subcategory"]
        verbose_name_plural = "ticket categories"
        constraints = [
            models.UniqueConstraint(
                fields=["source", "category", "subcategory"], name="category_once"
            ),
        ]

    def __str__(self) -> str:
        return " / ".join(part for part in (self.category, self.subcategory) if part)


class TicketQuerySet(models.QuerySet):
    def unsorted(self) -> TicketQuerySet:
        """Tickets whose skill nobody knows yet."""
        return self.filter(skill=None, sorted_at=None)

    def visible(self) -> TicketQuerySet:
        """Tickets that may make a need: about what their teachers do, and not hidden by them."""
        return self.own().filter(hidden_at=None)

    def own(self) -> TicketQuerySet:
        """Tickets about what their teachers do themselves: nothing shared, and of whoever usually
        asks for others only what the help desk or they say is theirs."""
        told = models.Q(whose__in=(Ticket.Whose.NAMED, Ticket.Whose.MINE))
        # Looked up once, not joined: with a join PostgreSQL reads all tickets for each.
        contacts = Teacher.objects.filter(asks_for_others=True).order_by().values("pk")
        return self.filter(told | models.Q(whose="") & ~models.Q(teacher__in=contacts))

    def usable(self) -> TicketQuerySet:
        """Tickets that their teachers let anybody see and learn from."""
        return self.visible().filter(teacher__uses_tickets=True)


class Ticket(models.Model):
    """One ticket of a teacher, derived fields only."""

    class Origin(models.TextChoices):
        CATEGORY = "category", "from its category"
        WORDS = "words", "from its words"
        LEARNED = "learned", "from its words, as coaches sort them"
        COACH = "coach", "sorted by a coach"
        TEACHER = "teacher", "corrected by the teacher"

    class MinutesOrigin(models.TextChoices):
        FIELD = "field", "said in the help desk"
        WORDS = "words", "from its words"
        KIND = "kind", "usual for its kind"

    class Whose(models.TextChoices):
        NAMED = "named", "the help desk names you as the one to help"
        SHARED = "shared", "about something shared, or for somebody else"
        MINE = "mine", "yours: you said so"

    source = models.ForeignKey(TicketSource, on_delete=models.PROTECT, related_name="tickets")
    external_id = models.CharField(max_length=100)
    teacher = models.ForeignKey(
        "profiles.Teacher", on_delete=models.CASCADE, related_name="tickets"
    )
    opened_at = models.DateTimeField(db_index=True)
    first_answered_at = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    is_reopened = models.BooleanField(default=False)
    #: Asked about the same skill again soon after this one was closed: closed, but not solved.
    is_repeated = models.BooleanField(default=False)
    kind = models.CharField(max_length=20, choices=TicketKind.choices)
    category = models.CharField(max_length=200, blank=True)
    subcategory = models.CharField(max_length=200, blank=True)
    skill = models.ForeignKey(
        "profiles.Skill", null=True, blank=True, on_delete=models.SET_NULL, related_name="tickets"
    )
    skill_origin = models.CharField(max_length=20, blank=True, choices=Origin.choices)
    skill_confidence = models.FloatField(null=True, blank=True)  # 0 to 1; null: no guess was made
    #: The words of a short list (skills, tools, the catalogue) that it held, in the order of the
    #: alphabet, with a blank between two: what the classifier learns from. Never its text.
    words = models.TextField(blank=True)
    minutes_lost = models.PositiveIntegerField(null=True, blank=True)  # of instruction
    minutes_origin = models.CharField(max_length=20, blank=True, choices=MinutesOrigin.choices)
    need_by_date = models.DateField(null=True, blank=True)
    address = models.URLField(max_length=500, blank=True)  # in the help desk
    #: "": of whoever asked, unless they usually ask for others (`Teacher.asks_for_others`).
    whose = models.CharField(max_length=20, blank=True, choices=Whose.choices)
    sorted_at = models.DateTimeField(null=True, blank=True)  # by a coach; also when left unsorted
    hidden_at = models.DateTimeField(null=True, blank=True)  # by the teacher
    imported_at = models.DateTimeField(auto_now_add=True)

    objects = TicketQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="ticket_once"),
        ]
        indexes = [models.Index(fields=["teacher", "opened_at"])]

    def __str__(self) -> str:
        return f"{self.source} {self.external_id}"

    @property
    def minutes_in_words(self) -> str:
        """The minutes of class it cost and how that is known, "" when it likely cost none."""
        if self.minutes_lost is not None:
            origin = self.MinutesOrigin(self.minutes_origin or self.MinutesOrigin.FIELD)
            return f"{self.minutes_lost} min of class, {origin.label}" if self.minutes_lost else ""
        usual = USUAL_MINUTES[TicketKind(self.kind)]
        return f"about {usual} min of class, {self.MinutesOrigin.KIND.label}" if usual else ""

    @property
    def is_solved(self) -> bool:
        """Whether it was closed and stayed so, and the same was not asked again soon after."""
        return self.resolved_at is not None and not (self.is_reopened or self.is_repeated)


class TicketClassifier(models.Model):
    """What was learned on one night from tickets that coaches sorted: the newest one is used."""

    trained_at = models.DateTimeField()
    tickets = models.PositiveIntegerField()  # that it learned from
    parameters = models.BinaryField()  # NumPy arrays, without pickled objects
    measures = models.JSONField(default=dict)  # by cross-validation, on the night it was trained

    class Meta:
        ordering = ["-trained_at", "-id"]
        get_latest_by = ["trained_at", "id"]

    def __str__(self) -> str:
        return f"trained on {self.tickets:,} tickets at {self.trained_at:%Y-%m-%d %H:%M}"

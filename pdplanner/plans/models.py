"""A teacher's stored path, its versions, and the teacher's answers to it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone


class Plan(models.Model):
    """One teacher's path, and whether a newer one is owed.

    `wanted` rises with every cause, in the cause's own transaction; a rebuild writes the number
    it read into `built`. Wanted above built means: owed. So a cause that arrives during a rebuild
    is never lost, and a rebuild that runs twice stores nothing twice.
    """

    teacher = models.OneToOneField(
        "profiles.Teacher", on_delete=models.CASCADE, related_name="plan"
    )
    wanted = models.PositiveIntegerField(default=1)
    built = models.PositiveIntegerField(default=0)
    causes = models.JSONField(default=dict, blank=True)  # cause -> how many times since `built`
    owed_since = models.DateTimeField(null=True, blank=True, db_index=True)
    failures = models.PositiveIntegerField(default=0)  # rebuilds in a row that came to nothing
    retry_at = models.DateTimeField(null=True, blank=True)  # not before, after a failure
    current = models.ForeignKey(
        "plans.PlanVersion", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    def __str__(self) -> str:
        return f"Path of {self.teacher}"


class DailyRun(models.Model):
    """Daily work that was seen to on a day of the district: once, and caught up when missed."""

    name = models.CharField(max_length=40)
    date = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "date"], name="once_a_day")]

    def __str__(self) -> str:
        return f"{self.name} of {self.date}"


class RulesFit(models.Model):
    """Weights of the need rules fitted to this district, and how the fit did on the past."""

    number = models.PositiveIntegerField(unique=True)
    as_of_date = models.DateField()  # nothing after it was known
    fitted_at = models.DateTimeField(default=timezone.now)
    tickets = models.PositiveIntegerField(null=True)  # it was fitted on; null in older fits
    weights = models.JSONField()  # [[name of the signal, weight]]
    back_test = models.JSONField()

    class Meta:
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"Fit no. {self.number} of {self.as_of_date}"


class ForecastRun(models.Model):
    """A fit of the rules, or a measuring of them, that is owed, at work, or over with its figures.

    One is open at a time. One that was killed is taken up again after a while; its fit, once
    stored, is not made twice.
    """

    class What(models.TextChoices):
        FIT = "fit", "Fit"  # and measure afterwards
        MEASURE = "measure", "Measure"

    class State(models.TextChoices):
        OWED = "owed", "Waiting for its turn"
        AT_WORK = "at-work", "Being worked out"
        DONE = "done", "Done"
        TOO_LITTLE = "too-little", "Too little history"
        FAILED = "failed", "Failed"

    what = models.CharField(max_length=20, choices=What.choices)
    state = models.CharField(max_length=20, choices=State.choices, default=State.OWED)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )  # null: nobody asked, or from the command line
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveIntegerField(default=0)
    stage = models.PositiveIntegerField(default=0)  # how far it is, out of `STAGES`
    as_of_date = models.DateField(null=True, blank=True)  # nothing after it was known
    fit = models.ForeignKey(  # made here, or measured; null: the documented defaults
        RulesFit, null=True, blank=True, on_delete=models.SET_NULL, related_name="runs"
    )
    figures = models.JSONField(null=True, blank=True)  # recommender.figures.as_document

    class Meta:
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                models.Value(1),
                condition=models.Q(state__in=["owed", "at-work"]),
                name="one_open_forecast_run",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_what_display()} of {self.asked_at:%Y-%m-%d %H:%M}"

    @property
    def is_open(self) -> bool:
        """Whether it is still to be done."""
        return self.state in (self.State.OWED, self.State.AT_WORK)


class PlanVersion(models.Model):
    """One computed path. Kept, so that a teacher sees what changed and why."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    as_of_date = models.DateField()
    built_at = models.DateTimeField(default=timezone.now)
    causes = models.JSONField(default=dict, blank=True)
    changes = models.JSONField(default=list, blank=True)  # [{"what", "course", "title", ...}]
    nothing_because = models.CharField(max_length=40, blank=True)
    term_title = models.CharField(max_length=100, blank=True)  # "": no term is known around it
    start_date = models.DateField()
    end_date = models.DateField()
    #: From when finished minutes count towards the hours; null in versions older than the field.
    since_date = models.DateField(null=True)
    minutes_budget = models.PositiveIntegerField()
    value = models.FloatField(default=0)  # minutes of instruction it is expected to save
    noticed = models.JSONField(default=list, blank=True)  # needs behind it, strongest first
    #: required or accepted sessions that found no room, and why: [{"course", "rule", "facts"}]
    left_out = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="plan_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.plan} no. {self.number}"


class PlanStep(models.Model):
    """One step of a version, with its reasons as data."""

    version = models.ForeignKey(PlanVersion, on_delete=models.CASCADE, related_name="steps")
    order = models.PositiveIntegerField()
    course = models.ForeignKey("courses.CoursePage", on_delete=models.CASCADE, related_name="+")
    offering = models.ForeignKey(
        "courses.Offering", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    minutes = models.PositiveIntegerField()
    week_date = models.DateField()  # the Monday of the week it is planned for
    date = models.DateField(null=True, blank=True)  # of the run, when it is dated
    slot = models.CharField(max_length=20, blank=True)
    value = models.FloatField(default=0)
    reasons = models.JSONField(default=list)
    fit = models.JSONField(default=dict)
    # Kept with the step, so that the page people wait for need not work it out anew.
    cloth = models.CharField(max_length=255, blank=True)  # slug of the skill it is most about
    opens_after = models.ForeignKey(  # a required session that stands earlier on this path
        "courses.CoursePage", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["version", "order"], name="plan_step_once"),
            models.UniqueConstraint(fields=["version", "course"], name="plan_course_once"),
        ]

    def __str__(self) -> str:
        return f"{self.order}. {self.course}"


class StepAnswer(models.Model):
    """What a teacher said to a proposed session. The newest one not undone counts."""

    class Answer(models.TextChoices):
        ACCEPTED = "accepted", "Yes, keep it"
        SWAPPED = "swapped", "Something else instead"
        NOT_A_FIT = "not-a-fit", "Not a fit"

    class Why(models.TextChoices):
        KNOW_IT = "know-it", "I know this already"
        NOT_MY_ROOM = "not-my-room", "It does not suit my classes"
        NOT_NOW = "not-now", "Not this term"
        FORMAT = "format", "I would rather learn it another way"
        OTHER = "other", "Something else"

    teacher = models.ForeignKey(
        "profiles.Teacher", on_delete=models.CASCADE, related_name="step_answers"
    )
    course = models.ForeignKey("courses.CoursePage", on_delete=models.CASCADE, related_name="+")
    answer = models.CharField(max_length=20, choices=Answer.choices)
    why = models.CharField(max_length=20, blank=True, choices=Why.choices)
    words = models.CharField(max_length=300, blank=True)
    answered_at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-answered_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["teacher", "course"],
                condition=models.Q(undone_at=None),
                name="one_answer_standing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.teacher}: {self.course}: {self.get_answer_display()}"


class CoachRequest(models.Model):
    """A teacher asks a coach to walk through a session with them. Open until a coach closes it."""

    teacher = models.ForeignKey(
        "profiles.Teacher", on_delete=models.CASCADE, related_name="coach_requests"
    )
    course = models.ForeignKey("courses.CoursePage", on_delete=models.CASCADE, related_name="+")
    words = models.CharField(max_length=300, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    outcome = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["asked_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["teacher", "course"],
                condition=models.Q(closed_at=None),
                name="one_open_request",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.teacher} asks about {self.course}"

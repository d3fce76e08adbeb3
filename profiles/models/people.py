"""People: who may sign in, who teaches, and what each said about themselves."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from ..choices import BAND_OF_GRADE, Format, Grade, Role, RoomFact, Slot, Subject, SupportStyle
from .fields import ChoiceListField


class UserManager(BaseUserManager["User"]):
    """Users by address; without a password they sign in by code or choose one by mail."""

    def create_user(self, email: str, password: str | None = None, **extra) -> User:
        """Return a new user with this address, stored in lower case."""
        user = self.model(email=normalise_email(email), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **extra) -> User:
        """Return a new user who may do everything."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **extra)

    def get_by_natural_key(self, username: str | None) -> User:
        """Return the user with this address, however it is written."""
        return self.get(email=normalise_email(username or ""))


def normalise_email(email: str) -> str:
    """Return the address as it is stored and compared: trimmed, in lower case."""
    return email.strip().lower()


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who may sign in, by email address."""

    email = models.EmailField(unique=True)
    first_name = models.CharField(max_length=100, blank=True)
    last_name = models.CharField(max_length=100, blank=True)
    is_active = models.BooleanField(default=True)  # type: ignore[misc]
    is_staff = models.BooleanField(default=False, help_text="May open Django's own admin pages.")
    date_joined = models.DateTimeField(default=timezone.now)
    wants_digest = models.BooleanField(
        default=False, help_text="On days when something on it changed."
    )
    wants_reminders = models.BooleanField(
        default=True, help_text="The day before, and while a seat is offered to you."
    )
    wants_evaluations = models.BooleanField(
        default=True, help_text="When a session is over, and some weeks on."
    )
    wants_invitations = models.BooleanField(
        default=True, help_text="At once, so that your calendar follows your seats by itself."
    )

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []  # type: ignore[misc]

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once")]

    def __str__(self) -> str:
        return self.get_full_name() or self.email

    def save(self, *args, **kwargs) -> None:
        self.email = normalise_email(self.email)
        super().save(*args, **kwargs)

    def get_full_name(self) -> str:
        """Return the name as written on screen, or an empty string."""
        return f"{self.first_name} {self.last_name}".strip()

    def get_short_name(self) -> str:
        """Return the first name, or the address."""
        return self.first_name or self.email


class StaffRole(models.Model):
    """A granted role. A leader's role names the school whose completion they may see."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="staff_roles")
    role = models.CharField(
        max_length=20, choices=[choice for choice in Role.choices if choice[0] != Role.TEACHER]
    )
    school = models.ForeignKey(
        "profiles.School", null=True, blank=True, on_delete=models.CASCADE, related_name="leaders"
    )
    granted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "school"], nulls_distinct=False, name="staff_role_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"


class TeacherQuerySet(models.QuerySet):
    def active(self) -> TeacherQuerySet:
        """Teachers who work here now."""
        return self.filter(is_active=True)


class Teacher(models.Model):
    """A teacher on the roster, with what they told us in the fitting."""

    user = models.OneToOneField(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="teacher"
    )
    email = models.EmailField(blank=True, db_index=True)
    given_name = models.CharField(max_length=100, blank=True)
    family_name = models.CharField(max_length=100, blank=True)
    is_active = models.BooleanField(default=True)
    started_date = models.DateField(null=True, blank=True)
    left_date = models.DateField(null=True, blank=True)

    main_school = models.ForeignKey(
        "profiles.School", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    schools = models.ManyToManyField("profiles.School", blank=True, related_name="teachers")
    grades = ChoiceListField(choices=Grade.choices)
    subjects = ChoiceListField(choices=Subject.choices)
    tools = models.ManyToManyField("profiles.Tool", blank=True, related_name="teachers")

    support_style = models.CharField(max_length=20, blank=True, choices=SupportStyle.choices)
    formats = ChoiceListField(choices=Format.choices)
    minutes_a_term = models.PositiveIntegerField(null=True, blank=True)  # null: the district's
    minutes_a_week = models.PositiveIntegerField(null=True, blank=True)  # null: no weekly limit
    free_slots = ChoiceListField(choices=Slot.choices)
    has_stated_slots = models.BooleanField(default=False)
    uses_tickets = models.BooleanField(
        default=True, help_text="Off: the help-desk history is used for nothing, nobody's path."
    )
    asks_for_others = models.BooleanField(
        default=False,
        help_text="A school's tech contact: tickets are about colleagues unless somebody says so.",
    )
    fitted_at = models.DateTimeField(null=True, blank=True)  # when the fitting was taken
    said_of_room = ChoiceListField(
        choices=RoomFact.choices
    )  # what is the teacher's word; a roster no longer changes that

    #: What could be erased about them was, at their wish; no ticket of theirs is kept since.
    erased_at = models.DateTimeField(null=True, blank=True)

    objects = TeacherQuerySet.as_manager()

    class Meta:
        ordering = ["family_name", "given_name", "id"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"), condition=~models.Q(email=""), name="teacher_email_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.given_name} {self.family_name}".strip() or self.email or f"Teacher {self.pk}"

    def forget(self, *, now: datetime) -> None:
        """Take back what the teacher told us; what the roster says stays."""
        self.support_style, self.formats = "", []
        self.minutes_a_term = self.minutes_a_week = None
        self.free_slots, self.has_stated_slots = [], False
        self.uses_tickets, self.fitted_at, self.erased_at = False, None, now
        self.said_of_room = []  # the roster tells it anew
        self.save()
        self.tools.clear()

    @property
    def grade_bands(self) -> tuple[str, ...]:
        """The bands of the grades taught, in school order."""
        bands = {BAND_OF_GRADE[grade] for grade in self.grades if grade in BAND_OF_GRADE}
        return tuple(band for band in ("pk-2", "3-5", "6-8", "9-12") if band in bands)


class TeacherIdentifier(models.Model):
    """One of the ids under which a feed knows a teacher: one person may have many rows there."""

    teacher = models.ForeignKey(Teacher, on_delete=models.CASCADE, related_name="identifiers")
    source = models.CharField(max_length=50)
    external_id = models.CharField(max_length=255)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="identifier_once"),
        ]

    def __str__(self) -> str:
        return f"{self.source}:{self.external_id}"


class Goal(models.Model):
    """What a teacher wants, in their own words, with the skills it was mapped to."""

    teacher = models.ForeignKey(Teacher, on_delete=models.CASCADE, related_name="goals")
    words = models.CharField(max_length=300)
    skills = models.ManyToManyField("profiles.Skill", blank=True, related_name="goals")
    set_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["set_at", "id"]

    def __str__(self) -> str:
        return self.words


class SkillAnswer(models.Model):
    """A teacher's correction of a whole skill: it makes no need while it stands."""

    class Answer(models.TextChoices):
        NOT_ME = "not-me", "This is not about me"
        KNOW_IT = "know-it", "I know this already"

    teacher = models.ForeignKey(Teacher, on_delete=models.CASCADE, related_name="skill_answers")
    skill = models.ForeignKey("profiles.Skill", on_delete=models.CASCADE, related_name="+")
    answer = models.CharField(max_length=20, choices=Answer.choices)
    answered_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["teacher", "skill"], name="skill_answer_once"),
        ]

    def __str__(self) -> str:
        return f"{self.skill}: {self.get_answer_display()}"

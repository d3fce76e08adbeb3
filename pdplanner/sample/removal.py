"""Taking the sample away again: all of it, and nothing that anybody else brought or made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from wagtail.models import PageLogEntry

from courses.models import (
    Completion,
    CourseCredit,
    CoursePage,
    CourseSkill,
    CreditAward,
    CreditRule,
    CreditType,
    Enrolment,
    EvaluationTotal,
    EvaluationWords,
    Offering,
)
from pdplanner.plans.models import ForecastRun, RulesFit
from profiles.models import (
    District,
    Goal,
    School,
    SchoolYear,
    Skill,
    SpecialDay,
    Teacher,
    Ticket,
    TicketClassifier,
    TicketSource,
    Tool,
    User,
)

from . import content
from .calendar import year_from
from .credit import LEARNERS
from .ground import SOURCE, Ground
from .tickets import HELP_DESK


class NoSampleHere(Exception):
    """The district is not the sample's."""


@dataclass(frozen=True, slots=True)
class Removed:
    """How much went, and the titles of sessions that stay for somebody's record."""

    teachers: int
    tickets: int
    sessions: int
    kept: tuple[str, ...]


@transaction.atomic
def remove_sample() -> Removed:
    """Take the sample away. Raises NoSampleHere.

    A session that a teacher of your own has finished or is enrolled in stays for the record, taken
    down; a skill or tool that is in use elsewhere stays too.
    """
    district = District.objects.filter(is_sample=True).first()
    if district is None:
        raise NoSampleHere
    teachers = Teacher.objects.filter(identifiers__source=SOURCE)
    users = list(_users().values_list("pk", flat=True))
    counts = teachers.count(), Ticket.objects.filter(source__name=HELP_DESK).count()
    Ticket.objects.filter(source__name=HELP_DESK).delete()
    TicketSource.objects.filter(name=HELP_DESK).delete()
    Teacher.objects.filter(pk__in=list(teachers.values_list("pk", flat=True))).delete()
    removed, kept = _remove_sessions()
    _remove_credit()
    _remove_calendar()
    School.objects.filter(source=SOURCE).delete()
    _remove_skills_and_tools()
    # What was learned from the sample's tickets says nothing of anybody else's.
    ForecastRun.objects.all().delete()
    RulesFit.objects.all().delete()
    TicketClassifier.objects.all().delete()
    User.objects.filter(pk__in=users).delete()
    # The row stays: an empty district is one that somebody has begun, and not filled by itself.
    fresh = District()
    for field in ("name", "time_zone", "minutes_a_term", "email_domain", "is_sample"):
        setattr(district, field, getattr(fresh, field))
    district.save()
    return Removed(teachers=counts[0], tickets=counts[1], sessions=removed, kept=kept)


def _users() -> QuerySet[User]:
    """Those who came with the sample: they all joined in the same minute, two summers ago."""
    first = SchoolYear.objects.filter(source=SOURCE).order_by("start_date").first()
    if first is None:
        return User.objects.none()
    joined_at: datetime = Ground(today=first.start_date).at(first.start_date, 8, 0)
    return User.objects.filter(date_joined=joined_at, email__endswith="@example.org")


def _remove_sessions() -> tuple[int, tuple[str, ...]]:
    """Delete the sessions; called when the sample's teachers are gone."""
    mine = CoursePage.objects.filter(source=SOURCE)
    used = mine.filter(
        Exists(Completion.objects.filter(course=OuterRef("pk")))
        | Exists(Enrolment.objects.filter(course=OuterRef("pk")))
    )
    # What the sample's teachers said went with them; what it added up to can't be told apart.
    for model in (EvaluationTotal, EvaluationWords):
        model.objects.filter(course__in=mine).delete()
    kept = list(used)
    for page in kept:
        page.unpublish()
    gone = list(mine.exclude(pk__in=[page.pk for page in kept]))
    keys = [page.pk for page in gone]  # a page that is deleted forgets its key
    for page in gone:
        page.delete()
    PageLogEntry.objects.filter(page__in=keys).delete()
    Offering.objects.filter(source=SOURCE, enrolments=None).delete()
    return len(gone), tuple(sorted(page.title for page in kept))


def _remove_credit() -> None:
    """Delete the sample's own credit type, unless something of others is counted by it."""
    mine = CreditType.objects.filter(name=LEARNERS)
    if CourseCredit.objects.filter(credit_type__in=mine).exists():
        return
    if not CreditAward.objects.filter(credit_type__in=mine).exists():
        CreditRule.objects.filter(credit_type__in=mine).delete()
        mine.delete()


def _remove_calendar() -> None:
    years = SchoolYear.objects.filter(source=SOURCE)
    for start in years.values_list("start_date", flat=True):
        for mark in year_from(start.year).marks:
            SpecialDay.objects.filter(
                kind=mark.kind,
                title=mark.title,
                start_date=mark.start_date,
                end_date=mark.end_date,
            ).delete()
    years.delete()


def _remove_skills_and_tools() -> None:
    """Delete what nothing of anybody else's refers to any more."""
    skills = Skill.objects.filter(name__in=[skill.name for skill in content.skills()])
    for skill in skills.exclude(
        Q(pk__in=CourseSkill.objects.values("skill"))
        | Q(pk__in=Ticket.objects.exclude(skill=None).values("skill"))
        | Q(pk__in=Goal.skills.through.objects.values("skill"))
    ):
        skill.delete()
    tools = Tool.objects.filter(name__in=[tool.name for tool in content.tools()])
    for tool in tools.exclude(
        Q(pk__in=Skill.objects.exclude(tool=None).values("tool"))
        | Q(pk__in=Teacher.tools.through.objects.values("tool"))
        | Q(pk__in=CoursePage.tools.through.objects.values("tool"))
    ):
        tool.delete()

"""What lies on the coaches' desk: runs to mark, sessions to confirm."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from profiles.models import User

from ..models import Completion, Confirmation, CoursePage, Enrolment, HandIn, Offering, RulePart
from .door import runs_to_mark

State = Enrolment.State


def runs_on_desk(*, user: User, when: str, now: datetime) -> QuerySet[Offering]:
    """Return the runs whose roster this user keeps, with counts of people: `unmarked` (begun,
    somebody unmarked), `ahead`, `past`.
    """
    runs = (
        runs_to_mark(user)
        .filter(is_cancelled=False)
        .select_related("course", "school", "coach")
        .annotate(
            seated=Count("enrolments", filter=Q(enrolments__state=State.SEATED)),
            waiting=Count("enrolments", filter=Q(enrolments__state=State.WAITING)),
            came=Count(
                "enrolments", filter=Q(enrolments__state__in=(State.ATTENDED, State.PARTLY))
            ),
            missed=Count("enrolments", filter=Q(enrolments__state=State.NO_SHOW)),
        )
    )
    if when == "ahead":
        return runs.filter(starts_at__gt=now).order_by("starts_at", "pk")
    runs = runs.filter(starts_at__lte=now).order_by("-starts_at", "-pk")
    return runs.filter(seated__gt=0) if when == "unmarked" else runs


def started_to_confirm(*, words: str = "", everything: bool = False) -> QuerySet[Enrolment]:
    """Return started sessions, oldest first: those that wait for a coach's word, or all of them."""
    started = (
        Enrolment.objects.filter(state=State.STARTED, offering=None)
        .select_related("teacher", "teacher__main_school", "course")
        .order_by("since_at", "pk")
    )
    if not everything:
        pages = CoursePage.objects.filter(pk__in=started.values("course")).only(
            "body", "format", "completion_rule", "attended_share"
        )
        wait = [page.pk for page in pages if RulePart.COACH in page.rule.parts]
        said = Confirmation.objects.filter(teacher=OuterRef("teacher"), course=OuterRef("course"))
        started = started.filter(~Exists(said), course__in=wait)
    for word in words.split()[:5]:
        started = started.filter(
            Q(teacher__given_name__icontains=word)
            | Q(teacher__family_name__icontains=word)
            | Q(course__title__icontains=word)
        )
    return started


def confirmed_lately(*, count: int = 20) -> QuerySet[Completion]:
    """Return the newest completions that a coach confirmed."""
    return (
        Completion.objects.filter(ground=Completion.Ground.COACH)
        .select_related("teacher", "course", "marked_by")
        .order_by("-completed_at", "-pk")[:count]
    )


def tasks_on_desk(*, state: str, words: str = "") -> QuerySet[HandIn]:
    """Return hand-ins in a state, what waits longest first."""
    tasks = HandIn.objects.filter(state=state).select_related(
        "teacher", "teacher__main_school", "course", "decided_by"
    )
    for word in words.split()[:5]:
        tasks = tasks.filter(
            Q(teacher__given_name__icontains=word)
            | Q(teacher__family_name__icontains=word)
            | Q(course__title__icontains=word)
        )
    if state == HandIn.State.SENT:
        return tasks.order_by("sent_at", "pk")
    return tasks.order_by("-decided_at", "-pk")

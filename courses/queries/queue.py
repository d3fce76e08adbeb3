"""How a run stands for one teacher, read in one question under its lock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q, Subquery
from wagtail.models import PageViewRestriction

from profiles.models import Teacher

from ..models import CoursePage, Enrolment, Offering

State = Enrolment.State


@dataclass(frozen=True, slots=True)
class QueueState:
    """What decides about the next one to come."""

    own_id: int | None  # the enrolment in which this teacher stands in it
    is_due: bool  # something has run out: an offer, or the time to answer a request
    somebody_waits: bool
    is_open: bool  # its session is live, and public in Wagtail's sense

    def may_sit(self, offering: Offering) -> bool:
        """Whether there is a seat, and nobody waits for it already: nobody is overtaken."""
        return bool(offering.seats_left) and not self.somebody_waits


def queue_state(offering: Offering, teacher: Teacher, now: datetime) -> QueueState:
    """Return how the run stands for this teacher, in one query."""
    own = Enrolment.objects.filter(teacher=teacher, offering=OuterRef("pk")).exclude(
        state__in=Enrolment.ENDED_EARLY
    )
    others = Enrolment.objects.filter(offering=OuterRef("pk"))
    over = Q(state=State.OFFERED, offered_until_at__lte=now)
    if offering.starts_at <= now:
        over |= Q(state=State.REQUESTED)
    waits = Exists(others.filter(state=State.WAITING))
    # Private is what stands at or below a page with a restriction; see PageQuerySet.public.
    private = PageViewRestriction.objects.annotate(
        course_path=ExpressionWrapper(OuterRef("path"), output_field=CharField()),
        its_path=F("page__path"),
    ).filter(course_path__startswith=F("its_path"))
    open_course = (
        CoursePage.objects.filter(pk=OuterRef("course_id"), live=True)
        .annotate(is_private=Exists(private))
        .filter(is_private=False)
    )
    row = (
        Offering.objects.filter(pk=offering.pk)
        .values_list(
            Subquery(own.order_by().values("pk")[:1]),
            Exists(others.filter(over)),
            waits,
            Exists(open_course),
        )
        .get()
    )
    own_id, is_due, somebody_waits, is_open = row
    return QueueState(own_id, is_due, somebody_waits, is_open)

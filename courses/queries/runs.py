"""Dated runs, who goes there, and a teacher's calendar."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from profiles.models import SpecialDay, Teacher

from ..models import CoursePage, Enrolment, Offering, OfferingPart, parts_of
from .clashes import Clash, clashes_of_teacher
from .requirements import required_for

State = Enrolment.State


@dataclass(frozen=True)
class RunLine:
    """One run as a teacher sees it: their own enrolment, and how many wait before them."""

    offering: Offering
    enrolment: Enrolment | None
    waiting_before: int = 0
    clashes: tuple[Clash, ...] = ()  # seats of theirs at the same time
    opens_at: datetime | None = None  # registration; None: it has opened
    is_closed: bool = False  # registration has ended, or it was called off
    may_leave: bool = True  # a seat can still be given back
    others_wait: bool = False  # before whoever comes now

    @property
    def parts(self) -> list[OfferingPart]:
        """Its sittings, in order."""
        return parts_of(self.offering)

    @property
    def is_full(self) -> bool:
        """Whether whoever comes now has to wait."""
        return not self.offering.seats_left or self.others_wait


@dataclass(frozen=True)
class CalendarEntry:
    """One thing on a teacher's calendar. `kind`: run, due or day; whole days have no times."""

    kind: str
    start_date: date
    end_date: date
    title: str
    url: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    place: str = ""
    state: str = ""  # of the enrolment; "done" when what is required is finished; a day's kind


def offerings_ahead(course: CoursePage, now: datetime) -> QuerySet[Offering]:
    """Return the runs of a session that one can still enrol in, soonest first."""
    return (
        Offering.objects.filter(course_id=course.pk, is_cancelled=False, starts_at__gt=now)
        .select_related("school", "coach")
        .order_by("starts_at", "pk")
    )


def people_in(offering: Offering) -> QuerySet[Enrolment]:
    """Return who has a seat, came, missed it or waits, in order of arrival."""
    return (
        Enrolment.objects.filter(offering=offering)
        .exclude(state__in=Enrolment.ENDED_EARLY)
        .select_related("teacher", "teacher__main_school")
        .order_by("position")
    )


def run_lines(
    course: CoursePage,
    enrolments: list[Enrolment],
    now: datetime,
    teacher: Teacher | None = None,
) -> tuple[RunLine, ...]:
    """Return the runs ahead, and those that one of these enrolments (of one teacher) is in."""
    own = {item.offering_id: item for item in enrolments if item.offering_id}
    own_live = [pk for pk, item in own.items() if item.state in Enrolment.LIVE]
    offerings = list(
        Offering.objects.filter(
            Q(is_cancelled=False, starts_at__gt=now) | Q(pk__in=own_live), course_id=course.pk
        )
        .select_related("school", "coach")
        .prefetch_related("parts")
        .order_by("starts_at", "pk")
    )
    queues: dict[int | None, list[int]] = defaultdict(list)
    waiting = Enrolment.objects.filter(
        offering__in=[offering.pk for offering in offerings], state=State.WAITING
    )
    for run, position in waiting.values_list("offering_id", "position"):
        queues[run].append(position or 0)
    clashes = clashes_of_teacher(teacher, offerings) if teacher and offerings else {}

    def line(offering: Offering) -> RunLine:
        enrolment = own.get(offering.pk)
        before = 0
        if enrolment is not None and enrolment.state == State.WAITING:
            before = sum(place < (enrolment.position or 0) for place in queues[offering.pk])
        opens_at, until = offering.opens_at, offering.cancel_until_at
        return RunLine(
            offering,
            enrolment,
            waiting_before=before,
            clashes=clashes.get(offering.pk, ()),
            opens_at=opens_at if opens_at is not None and now < opens_at else None,
            is_closed=offering.is_cancelled or now >= offering.cut_off_at,
            may_leave=until is None or now < until,
            others_wait=bool(queues[offering.pk]),
        )

    return tuple(line(offering) for offering in offerings)


def calendar_of(teacher: Teacher, start: date, end: date) -> list[CalendarEntry]:
    """Return a teacher's runs, due dates and special days between two days, both included."""
    entries = [*_runs(teacher, start, end), *_due(teacher, start, end), *_days(teacher, start, end)]
    return sorted(entries, key=_in_order)


def _in_order(entry: CalendarEntry) -> tuple:
    return (entry.start_date, entry.starts_at is not None, entry.starts_at, entry.title)


def _runs(teacher: Teacher, start: date, end: date) -> list[CalendarEntry]:
    first, after = _midnight(start), _midnight(end + timedelta(days=1))
    enrolments = (
        Enrolment.objects.filter(
            teacher=teacher, offering__starts_at__lt=after, offering__ends_at__gte=first
        )
        .exclude(state__in=Enrolment.ENDED_EARLY)
        .select_related("offering", "course")
        .prefetch_related("offering__parts")
    )
    return [
        CalendarEntry(
            kind="run",
            start_date=timezone.localdate(part.starts_at),
            end_date=timezone.localdate(part.ends_at),
            title=item.course.title,
            url=item.course.url,
            starts_at=part.starts_at,
            ends_at=part.ends_at,
            place=part.place,
            state=item.state,
        )
        for item in enrolments
        if item.offering is not None
        for part in parts_of(item.offering)
        if part.starts_at < after and part.ends_at >= first
    ]


def _due(teacher: Teacher, start: date, end: date) -> list[CalendarEntry]:
    return [
        CalendarEntry(
            kind="due",
            start_date=item.requirement.due_date,
            end_date=item.requirement.due_date,
            title=item.requirement.course.title,
            url=item.requirement.course.url,
            state="done" if item.completion else "",
        )
        for item in required_for(teacher, end)
        if start <= item.requirement.due_date <= end
    ]


def _days(teacher: Teacher, start: date, end: date) -> list[CalendarEntry]:
    days = SpecialDay.objects.filter(
        Q(schools=None) | Q(schools__teachers=teacher) | Q(schools=teacher.main_school_id),
        start_date__lte=end,
        end_date__gte=start,
    ).distinct()
    return [
        CalendarEntry(
            kind="day",
            start_date=day.start_date,
            end_date=day.end_date,
            title=str(day),
            state=day.kind,
        )
        for day in days
    ]


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))

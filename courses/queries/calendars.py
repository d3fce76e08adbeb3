"""What stands in somebody's calendar: the runs they hold or wait for, and those they lead."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Prefetch, Q, QuerySet

from profiles.models import Teacher, User
from profiles.queries import teacher_of

from ..calendars import CalendarEvent, Status
from ..models import CoursePage, Enrolment, EnrolmentEvent, Offering, OfferingPart, parts_of

State = Enrolment.State

#: What is over stays in a feed for so long, and so does what was called off or given back.
KEPT_FOR = timedelta(days=90)
#: How an enrolment stands in a calendar: the status, the words before the title, and those below.
SHOWN: dict[str, tuple[Status, str, str]] = {
    State.SEATED: (Status.CONFIRMED, "", "You have a seat."),
    State.ATTENDED: (Status.CONFIRMED, "", "You were there."),
    State.PARTLY: (Status.CONFIRMED, "", "You were there for a part of it."),
    State.NO_SHOW: (Status.CONFIRMED, "", "You had a seat."),
    State.WAITING: (Status.TENTATIVE, "Waiting: ", "You wait for a seat."),
    State.OFFERED: (
        Status.TENTATIVE,
        "Offered: ",
        "A seat is offered to you. Say if you come.",
    ),
    State.REQUESTED: (Status.TENTATIVE, "Asked: ", "You asked for a seat. A coach will answer."),
    State.APPROVED: (Status.TENTATIVE, "Asked: ", "You asked for a seat, and may have one."),
    State.WITHDRAWN: (Status.CANCELLED, "", "You gave your seat back."),
    State.EXPIRED: (Status.CANCELLED, "", "The offer has passed."),
    State.CANCELLED: (Status.CANCELLED, "", "It was called off."),
}


def events_of(user: User, now: datetime) -> list[CalendarEvent]:
    """Return all that this person's feed holds, in the order of time; of nobody else anything."""
    events = _led_events(user, now)
    if (teacher := teacher_of(user)) is not None:
        events += _own_events(teacher, now)
    return sorted(events, key=lambda event: (event.starts_at, event.uid))


def event_uid(offering: Offering, number: int, whose: str) -> str:
    """Return the name for ever of one part of a run in one person's calendar."""
    return f"{offering.uid}.{number}.{whose}@pdplanner"


def whose(teacher: Teacher) -> str:
    """Return what stands for a teacher in the names of events."""
    return f"t{teacher.pk}"


def sequences_of(pairs: Q) -> Counter[tuple[int, int]]:
    """Return by (teacher, run) how often the enrolment has moved, from its history.

    Lines of the history are only ever added, and a run's own number only rises: the sum of both
    is a sequence that rises with every change, wherever it is worked out.
    """
    moved: Counter[tuple[int, int]] = Counter()
    lines = EnrolmentEvent.objects.filter(pairs).values_list(
        "enrolment__teacher_id", "enrolment__offering_id"
    )
    for teacher, offering in lines:
        moved[teacher, offering] += 1
    return moved


def with_parts(enrolments: QuerySet[Enrolment]) -> QuerySet[Enrolment]:
    """Return enrolments with what their events are made of."""
    parts = Prefetch("offering__parts", OfferingPart.objects.order_by("number"))
    return enrolments.select_related("offering", "offering__school", "course").prefetch_related(
        parts
    )


def parts_as_told(offering: Offering) -> list[list]:
    """Return the parts of a run as a calendar is told them: number, start, end, place."""
    return [
        [part.number, part.starts_at.isoformat(), part.ends_at.isoformat(), place_of(part)]
        for part in parts_of(offering)
    ]


def place_of(part: OfferingPart) -> str:
    """Return where a part takes place."""
    offering = part.offering
    return part.place or offering.place or (offering.school.name if offering.school else "")


def title_of(course: CoursePage, number: int, parts: int) -> str:
    """Return a session's title, with the part when there are several."""
    return course.title if parts == 1 else f"{course.title} ({number} of {parts})"


def page_address(course: CoursePage) -> str:
    """Return the whole address of a session's page."""
    return f"{settings.WAGTAILADMIN_BASE_URL}{course.url}"


def told_events(facts: Mapping[str, Any]) -> list[CalendarEvent]:
    """Return the events of an invitation as it was owed; nothing when the run is gone since."""
    offering = Offering.objects.filter(pk=facts["offering"]).select_related("course").first()
    if offering is None:
        return []
    is_cancelled = facts["method"] == "CANCEL"
    count = max(len(facts["parts"]), len(parts_of(offering)))
    return [
        CalendarEvent(
            uid=event_uid(offering, number, f"t{facts['teacher']}"),
            sequence=facts["sequence"],
            starts_at=datetime.fromisoformat(starts_at),
            ends_at=datetime.fromisoformat(ends_at),
            summary=title_of(offering.course, number, count),
            status=Status.CANCELLED if is_cancelled else Status.CONFIRMED,
            place=place,
            words="" if is_cancelled or not offering.link else f"Join: {offering.link}",
            address=page_address(offering.course),
        )
        for number, starts_at, ends_at, place in facts["parts"]
    ]


def _own_events(teacher: Teacher, now: datetime) -> list[CalendarEvent]:
    rows = with_parts(
        Enrolment.objects.filter(
            teacher=teacher, offering__ends_at__gt=now - KEPT_FOR, offering__uid__isnull=False
        )
    ).order_by("pk")
    newest: dict[int | None, Enrolment] = {}
    for row in rows:  # who gave a seat back and came again has two
        stood = newest.get(row.offering_id)
        if stood is None or stood.state in Enrolment.ENDED_EARLY:
            newest[row.offering_id] = row
    moved = sequences_of(Q(enrolment__teacher=teacher, enrolment__offering__in=list(newest)))
    events: list[CalendarEvent] = []
    for row in newest.values():
        status, before, words = SHOWN[row.state]
        run = row.offering
        if run is None or (status == Status.CANCELLED and row.since_at < now - KEPT_FOR):
            continue
        if run.is_cancelled:
            status, before, words = SHOWN[State.CANCELLED]
        events += _events(
            run,
            row.course,
            whose=whose(teacher),
            sequence=run.sequence + moved[teacher.pk, run.pk],
            status=status,
            before=before,
            words=words,
            may_join=row.state == State.SEATED,
        )
    return events


def _led_events(user: User, now: datetime) -> list[CalendarEvent]:
    runs = (
        Offering.objects.filter(
            Q(coach=user) | Q(coaches=user), ends_at__gt=now - KEPT_FOR, uid__isnull=False
        )
        .distinct()
        .select_related("course", "school")
        .prefetch_related(Prefetch("parts", OfferingPart.objects.order_by("number")))
    )
    events: list[CalendarEvent] = []
    for run in runs:
        events += _events(
            run,
            run.course,
            whose=f"c{user.pk}",
            sequence=run.sequence,
            status=Status.CANCELLED if run.is_cancelled else Status.CONFIRMED,
            before="You lead: ",
            words="It was called off." if run.is_cancelled else "You lead this run.",
            may_join=True,
        )
    return events


def _events(
    offering: Offering,
    course: CoursePage,
    *,
    whose: str,
    sequence: int,
    status: Status,
    before: str,
    words: str,
    may_join: bool,
) -> Iterable[CalendarEvent]:
    parts = parts_of(offering)
    for part in parts:
        link = part.link or offering.link
        yield CalendarEvent(
            uid=event_uid(offering, part.number, whose),
            sequence=sequence,
            starts_at=part.starts_at,
            ends_at=part.ends_at,
            summary=before + title_of(course, part.number, len(parts)),
            status=status,
            place=place_of(part) or ("Online" if link else ""),
            words=f"{words}\nJoin: {link}" if link and may_join else words,
            address=page_address(course),
        )

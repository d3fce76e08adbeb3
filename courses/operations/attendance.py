"""Who was there: marks at the door, their undoing, and the close of a run's roster."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from profiles.models import User

from ..models import (
    Enrolment,
    Offering,
    OfferingPart,
    Presence,
    PresenceMark,
    Roster,
    parts_of,
)
from .completions import settle, unsettle_run
from .history import move, tell
from .seats import RunIsCancelled, lock

State = Enrolment.State
How = Presence.How

#: The coach stands at the door so long before a part begins.
DOOR_OPENS = timedelta(hours=1)


class RunNotStarted(Exception):
    """The run lies ahead: nobody can have come yet."""


class NoSuchPart(Exception):
    """The run has no part of this number."""


class NotInThisRun(Exception):
    """The enrolment is of another run, or ended before the run began."""


class NotSoManyMinutes(Exception):
    """Nobody is there for fewer than no minutes, or for longer than the part lasts."""


@dataclass(frozen=True)
class AttendanceResult:
    """What a mark says: enrolment ids that count as came and as missed, and how many changed."""

    came: tuple[int, ...]
    missed: tuple[int, ...]
    changed: int


def part_of(offering: Offering, number: int) -> OfferingPart:
    """Return a part of a run by its number. Raises NoSuchPart."""
    for part in parts_of(offering):
        if part.number == number:
            return part
    raise NoSuchPart(number)


def roster_of(offering: Offering) -> Roster:
    """Return a run's roster, made when missing."""
    return Roster.objects.get_or_create(offering=offering)[0]


# ---- single marks -------------------------------------------------------------------------------


@transaction.atomic
def mark_presence(
    *,
    offering: Offering,
    minutes: Mapping[int, int | None],
    part: int,
    how: str,
    by: User | None,
    now: datetime,
) -> list[Presence]:
    """Mark people as there in a part: minutes by enrolment id (None: all of it, 0: not there).

    Marked the same again, nothing is added. On a closed roster their states follow at once.
    Raises RunIsCancelled, RunNotStarted, NoSuchPart, NotSoManyMinutes, NotInThisRun.
    """
    lock(offering)
    sitting = open_part(offering, part, now)
    enrolments = _people(offering, minutes)
    marked = []
    for enrolment in enrolments:
        asked = minutes[enrolment.pk]
        there = sitting.minutes if asked is None else asked
        if not 0 <= there <= sitting.minutes:
            raise NotSoManyMinutes(there)
        marked.append(_mark(enrolment, part, there, how=how, by=by, now=now))
    _follow(offering, enrolments, by=by, now=now)
    return marked


@transaction.atomic
def undo_mark(
    *, offering: Offering, enrolment_id: int, part: int, by: User | None, now: datetime
) -> Presence | None:
    """Put somebody's newest mark in a part back to what stood before it; None: there was none."""
    lock(offering)
    (enrolment,) = _people(offering, [enrolment_id])
    presence = enrolment.presences.filter(part=part).first()
    if presence is None or presence.minutes is None:
        return None
    stood: list[int | None] = []
    for mark in presence.marks.all():
        if not mark.is_undo:
            stood.append(mark.minutes)
        elif stood:
            stood.pop()
    before = stood[-2] if len(stood) > 1 else None
    _write(presence, before, how=How.DOOR, by=by, now=now, is_undo=True)
    _follow(offering, [enrolment], by=by, now=now)
    return presence


def open_part(offering: Offering, part: int, now: datetime) -> OfferingPart:
    """Return a part whose door is open. Raises RunIsCancelled, NoSuchPart, RunNotStarted."""
    if offering.is_cancelled:
        raise RunIsCancelled(offering)
    sitting = part_of(offering, part)
    if now < sitting.starts_at - DOOR_OPENS:
        raise RunNotStarted(offering)
    return sitting


def _people(offering: Offering, enrolment_ids: Collection[int]) -> list[Enrolment]:
    """Return these enrolments of the run, in order of arrival. Raises NotInThisRun."""
    found = [item for item in _everybody(offering) if item.pk in set(enrolment_ids)]
    if len(found) != len(set(enrolment_ids)):
        raise NotInThisRun(enrolment_ids)
    return found


def _everybody(offering: Offering) -> list[Enrolment]:
    return list(
        offering.enrolments.exclude(state__in=Enrolment.ENDED_EARLY)
        .select_related("teacher", "walk_in")
        .prefetch_related("events", "presences")
        .order_by("position")
    )


def _mark(
    enrolment: Enrolment, part: int, minutes: int, *, how: str, by: User | None, now: datetime
) -> Presence:
    presence, _ = Presence.objects.get_or_create(
        enrolment=enrolment, part=part, defaults={"how": how, "marked_at": now, "marked_by": by}
    )
    if presence.minutes != minutes:
        _write(presence, minutes, how=how, by=by, now=now)
    return presence


def _write(
    presence: Presence,
    minutes: int | None,
    *,
    how: str,
    by: User | None,
    now: datetime,
    is_undo: bool = False,
) -> None:
    presence.minutes, presence.how = minutes, how
    presence.marked_at, presence.marked_by = now, by
    presence.save()
    PresenceMark.objects.create(
        presence=presence, minutes=minutes, how=how, is_undo=is_undo, marked_at=now, marked_by=by
    )


# ---- the close ----------------------------------------------------------------------------------


@transaction.atomic
def close_roster(*, offering: Offering, by: User | None, now: datetime) -> AttendanceResult:
    """Turn marks into states: attended, in part, not come. Whoever is unmarked did not come.

    A closed roster can still be corrected; its states then follow each mark. Closed twice, it
    answers the same. Raises RunIsCancelled, RunNotStarted.
    """
    lock(offering)
    _refuse_before_last_part(offering, now)
    return _close(offering, by=by, now=now)


def _close(offering: Offering, *, by: User | None, now: datetime) -> AttendanceResult:
    roster = roster_of(offering)
    if roster.closed_at is None:
        roster.closed_at, roster.closed_by = now, by
        roster.save()
    return _put_into_states(offering, _everybody(offering), by=by, now=now)


def _refuse_before_last_part(offering: Offering, now: datetime) -> None:
    if offering.is_cancelled:
        raise RunIsCancelled(offering)
    if parts_of(offering)[-1].starts_at > now:
        raise RunNotStarted(offering)


def _follow(
    offering: Offering, enrolments: Sequence[Enrolment], *, by: User | None, now: datetime
) -> None:
    """On a closed roster, put these people into the states that their marks say."""
    if Roster.objects.filter(offering=offering, closed_at__isnull=False).exists():
        _put_into_states(offering, _people(offering, [e.pk for e in enrolments]), by=by, now=now)


def _put_into_states(
    offering: Offering, enrolments: Sequence[Enrolment], *, by: User | None, now: datetime
) -> AttendanceResult:
    course = offering.course
    needed = course.attended_share * sum(part.minutes for part in parts_of(offering))
    changed: list[Enrolment] = []
    for enrolment in enrolments:
        state = _state_by_marks(enrolment, needed=needed)
        if state == enrolment.state:
            continue
        why = "Let in by mistake." if state == State.WITHDRAWN else ""
        move(enrolment, state, by=by, now=now, why=why)
        if state == State.WITHDRAWN:
            Offering.objects.filter(pk=offering.pk).update(seats_taken=F("seats_taken") - 1)
        changed.append(enrolment)

    attended = {item.teacher_id for item in changed if item.state == State.ATTENDED}
    others = {item.teacher_id for item in changed} - attended
    if attended:
        settle(course=course, teacher_ids=attended, by=by, now=now)
    if others:
        unsettle_run(course=course, offering_id=offering.pk, teacher_ids=others, by=by, now=now)
    tell((enrolment.teacher_id for enrolment in changed), "attended")
    return AttendanceResult(
        came=_ids(enrolments, State.ATTENDED, State.PARTLY),
        missed=_ids(enrolments, State.NO_SHOW),
        changed=len(changed),
    )


def _ids(enrolments: Iterable[Enrolment], *states: str) -> tuple[int, ...]:
    return tuple(item.pk for item in enrolments if item.state in states)


def _state_by_marks(enrolment: Enrolment, *, needed: int) -> str:
    """Return the state that the marks give; `needed` is in hundredths of a minute."""
    presences = enrolment.presences.all()
    if not presences and enrolment.state in (State.ATTENDED, State.PARTLY, State.NO_SHOW):
        return enrolment.state  # marked before minutes were kept: the mark itself is the word
    minutes = sum(row.minutes or 0 for row in presences)
    if minutes * 100 >= needed:
        return State.ATTENDED
    if minutes:
        return State.PARTLY
    if getattr(enrolment, "walk_in", None) is not None:
        return State.WITHDRAWN
    if enrolment.state in (State.REQUESTED, State.WAITING, State.OFFERED):
        return enrolment.state
    held_a_seat = any(event.state == State.SEATED for event in enrolment.events.all())
    return State.NO_SHOW if held_a_seat else State.WAITING


@transaction.atomic
def mark_attendance(
    *, offering: Offering, present_ids: Collection[int], by: User | None, now: datetime
) -> AttendanceResult:
    """Mark who came by enrolment id, and close the roster: everybody else with a seat did not.

    Whoever was marked as there for some of the time keeps those minutes; else it counts as all.
    Can be corrected: whoever is unmarked loses the completion that this run gave. Somebody who
    waited and came all the same counts; unmarked again, they wait again.
    Raises RunNotStarted, RunIsCancelled.
    """
    lock(offering)
    _refuse_before_last_part(offering, now)
    parts = parts_of(offering)
    for enrolment in _everybody(offering):
        stood = {row.part: row.minutes for row in enrolment.presences.all()}
        is_here = enrolment.pk in present_ids
        if is_here and any(stood.values()):
            continue
        if not is_here and not stood and enrolment.state in (State.WAITING, State.REQUESTED):
            continue
        for part in parts:
            _mark(
                enrolment,
                part.number,
                part.minutes if is_here else 0,
                how=How.LIST,
                by=by,
                now=now,
            )
    return _close(offering, by=by, now=now)

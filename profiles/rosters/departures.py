"""Who leaves by a roster, and what leaving ends."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import NamedTuple

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db.models import Max

from ..imports import ImportRefused
from ..models import ImportRun, Teacher, TeacherIdentifier, User
from .matching import Names, is_address, is_same_person, names_of
from .shape import Roster

#: A file that would make a larger share of the active teachers inactive needs a person's yes.
LARGEST_DEPARTURE = 0.15


class Departures(NamedTuple):
    """Active teachers whom a roster named and names no more, by primary key."""

    gone: list[int]
    elsewhere: list[int]  # another roster names them still
    active: int  # how many active teachers this source knew


def departing(*, roster: Roster) -> Departures:
    """Return who is not in the file any more."""
    by_id = {identifier: row for row in roster.teachers for identifier in row.external_ids}
    by_address = {row.email: row for row in roster.teachers if row.email}
    kept: set[int] = set()
    active: set[int] = set()
    for pk, email, given, family, identifier in TeacherIdentifier.objects.filter(
        source=roster.source, teacher__is_active=True
    ).values_list(
        "teacher_id", "teacher__email", "teacher__given_name", "teacher__family_name", "external_id"
    ):
        active.add(pk)
        row = by_id.get(identifier)
        is_named = row is not None and not is_address(identifier)
        row = row or by_address.get(email.lower())
        if is_named or (row and is_same_person(Names(given, family), names_of(row))):
            kept.add(pk)
    missing = active - kept
    elsewhere = named_elsewhere(source=roster.source, missing=missing, kept=kept)
    return Departures(sorted(missing - elsewhere), sorted(elsewhere), len(active))


def named_elsewhere(*, source: str, missing: set[int], kept: set[int]) -> set[int]:
    """Return those of the missing whom a roster of another source still names.

    A source of which this one names most teachers too is no neighbour but what the district
    exported before: it counts only when it came in since this one did last.
    """
    if not missing:
        return set()
    known: dict[str, set[int]] = defaultdict(set)
    for other, pk in (
        TeacherIdentifier.objects.exclude(source=source)
        .filter(teacher__is_active=True)
        .values_list("source", "teacher_id")
    ):
        known[other].add(pk)
    came_at = dict(
        ImportRun.objects.filter(kind=ImportRun.Kind.ROSTER, state=ImportRun.State.APPLIED)
        .order_by()
        .values_list("source")
        .annotate(Max("finished_at"))
    )
    found: set[int] = set()
    for other, theirs in known.items():
        others = theirs - missing
        is_neighbour = 2 * len(others & kept) < len(others)
        ours_at, theirs_at = came_at.get(source), came_at.get(other)
        is_newer = theirs_at is not None and (ours_at is None or theirs_at > ours_at)
        if is_neighbour or is_newer:
            found |= theirs & missing
    return found


def refuse_mass_departure(*, roster: Roster) -> None:
    """Raise ImportRefused when too many teachers would leave at once. One may always leave."""
    if claim := mass_departure(roster=roster):
        raise ImportRefused.because(
            roster.people_file,
            claim,
            "More than 15 % at once is more often a broken export than the truth. If they have "
            "left, import with --allow-inactive.",
        )


def mass_departure(*, roster: Roster) -> str:
    """Return what somebody must confirm before so many teachers leave, "" when it is few."""
    gone, _, active = departing(roster=roster)
    if len(gone) > 1 and len(gone) > LARGEST_DEPARTURE * active:
        return f"{len(gone)} of {active} active teachers are not in this file"
    return ""


def let_go(*, teachers: list[int], as_of: date) -> int:
    """Make teachers inactive and end their sessions; return how many. Their history stays.

    Whoever also holds a granted role (a coach, say) keeps the account for that.
    """
    if not teachers:
        return 0
    left = Teacher.objects.filter(pk__in=teachers, is_active=True)
    users = [pk for pk in left.values_list("user_id", flat=True) if pk is not None]
    count = left.update(is_active=False, left_date=as_of)
    User.objects.filter(pk__in=users, staff_roles=None, is_superuser=False).update(is_active=False)
    sign_out(users=users)
    return count


def sign_out(*, users: list[int]) -> None:
    """End every session of these users."""
    if not users:
        return
    wanted = {str(pk) for pk in users}
    ended = [
        session.pk
        for session in Session.objects.iterator()
        if str(session.get_decoded().get(SESSION_KEY)) in wanted
    ]
    for start in range(0, len(ended), 500):
        Session.objects.filter(pk__in=ended[start : start + 500]).delete()

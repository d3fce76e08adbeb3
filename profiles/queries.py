"""Reading who people are: the district, roles, and what a page needs to know of its visitor."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import QuerySet

from .choices import Role
from .models import District, School, Teacher, Term, User

#: How long a plan looks ahead when no term is known around the date.
WEEKS_WITHOUT_TERM = 18


#: The district as the request now being answered has read it.
_district_of_request: ContextVar[District | None] = ContextVar("district", default=None)


def the_district() -> District:
    """Return the one district; an unsaved one with the defaults before anything is set up."""
    return _district_of_request.get() or District.objects.order_by("pk").first() or District()


@contextmanager
def same_district() -> Iterator[District]:
    """Read the district once for all that is done inside."""
    district = the_district()
    token = _district_of_request.set(district)
    try:
        yield district
    finally:
        _district_of_request.reset(token)


def today_in_district(now: datetime) -> date:
    """Return the calendar day that `now` falls on in the district."""
    return now.astimezone(the_district().zone).date()


class Horizon(NamedTuple):
    """What a plan made on a day looks ahead to. `title` is empty without a term."""

    start_date: date
    end_date: date
    title: str
    since_date: date  # when the term began; as long ago as the horizon is long without one


def horizon_on(as_of: date) -> Horizon:
    """Return the rest of the shortest term around the day, or eighteen weeks without one."""
    terms = [term for term in Term.objects.all() if term.start_date <= as_of <= term.end_date]
    if terms:
        term = min(terms, key=lambda term: (term.end_date - term.start_date, term.pk))
        return Horizon(as_of, term.end_date, term.title, term.start_date)
    span = timedelta(weeks=WEEKS_WITHOUT_TERM)
    return Horizon(as_of, as_of + span - timedelta(days=1), "", as_of - span)


def roles_of(user: User) -> frozenset[str]:
    """Return the roles of a user: `teacher` for whoever has an active Teacher row."""
    if not user.is_authenticated:
        return frozenset()
    # Read once a request: the user object lives no longer than that.
    known: frozenset[str] | None = getattr(user, "_roles_read", None)
    if known is None:
        known = frozenset(user.staff_roles.values_list("role", flat=True))
        if teacher_of(user) is not None:
            known |= {Role.TEACHER.value}
        setattr(user, "_roles_read", known)  # noqa: B010 (not a field of the model)
    return known


def teacher_of(user: User) -> Teacher | None:
    """Return the active teacher that this user is, if any."""
    teacher = getattr(user, "teacher", None) if user.is_authenticated else None
    return teacher if teacher is not None and teacher.is_active else None


def schools_led_by(user: User) -> QuerySet[School]:
    """Return the schools whose completion a leader may see."""
    return School.objects.filter(leaders__user=user, leaders__role=Role.LEADER)

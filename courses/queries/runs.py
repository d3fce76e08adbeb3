"""Dated runs, who goes there, and a teacher's calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from profiles.models import Teacher

from ..models import CoursePage, Enrolment, Offering


@dataclass(frozen=True)
class RunLine:
    """One run as a teacher sees it: their own enrolment, and how many wait before them."""

    offering: Offering
    enrolment: Enrolment | None
    waiting_before: int = 0


@dataclass(frozen=True)
class CalendarEntry:
    """One thing on a teacher's calendar. `kind`: run, due or day; `at` is None for whole days."""

    kind: str
    start_date: date
    end_date: date
    title: str
    url: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    place: str = ""
    state: str = ""  # of the enrolment, or done/late for what is required


def offerings_ahead(course: CoursePage, now: datetime) -> QuerySet[Offering]:
    """Return the runs of a session that one can still enrol in, soonest first."""
    raise NotImplementedError


def people_in(offering: Offering) -> QuerySet[Enrolment]:
    """Return who has a seat, came or waits, with their teachers and schools, in order of arrival."""
    raise NotImplementedError


def calendar_of(teacher: Teacher, start: date, end: date) -> list[CalendarEntry]:
    """Return a teacher's runs, due dates and special days between two days, both included."""
    raise NotImplementedError

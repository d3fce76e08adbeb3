"""A small district in which paths can be worked out."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from courses.models import CoursePage, CourseSkill, LookBookPage, Offering
from courses.operations import look_book
from profiles.models import Skill, Teacher, Ticket, TicketSource

ZONE = ZoneInfo("America/New_York")
TODAY = date(2026, 11, 23)  # a Monday
NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)


def at(day: date, hour: int = 10, minute: int = 0) -> datetime:
    """A moment of a day in the district's zone."""
    return datetime.combine(day, time(hour, minute), ZONE)


@pytest.fixture
def book(district) -> LookBookPage:
    return look_book()


@pytest.fixture
def add_session(book):
    """Return a function: a published session that teaches a skill."""

    def add(title: str, skill: Skill | None = None, **fields) -> CoursePage:
        strength = fields.pop("strength", "teaches")
        course = CoursePage(
            **{
                "title": title,
                "summary": f"{title}, in short.",
                "minutes": 30,
                "format": "self-paced",
                **fields,
            }
        )
        if skill is not None:
            course.taught_skills = [CourseSkill(skill=skill, strength=strength)]
        return book.add_child(instance=course)

    return add


@pytest.fixture
def add_run(db):
    """Return a function: a dated run of an hour."""

    def add(course: CoursePage, day: date, hour: int = 15, **fields) -> Offering:
        return Offering.objects.create(
            **{
                "course": course,
                "starts_at": at(day, hour),
                "ends_at": at(day, hour + 1),
                **fields,
            }
        )

    return add


@pytest.fixture
def add_ticket(db):
    """Return a function: a how-to ticket of a teacher about a skill."""
    source, _ = TicketSource.objects.get_or_create(name="Help desk")

    def add(teacher: Teacher, skill: Skill | None, day: date, **fields) -> Ticket:
        return Ticket.objects.create(
            **{
                "source": source,
                "external_id": f"T-{Ticket.objects.count() + 1}",
                "teacher": teacher,
                "skill": skill,
                "opened_at": at(day),
                "kind": "how-to",
                "minutes_lost": 20,
                **fields,
            }
        )

    return add


@pytest.fixture
def asker(new_teacher, term, grade_sync, add_session, add_ticket) -> Teacher:
    """Nora asked about grade sync three times, and there is a session for it."""
    add_session("Gradebook sync without double entry", grade_sync, minutes=45)
    for day in (date(2026, 9, 4), date(2026, 10, 6), date(2026, 11, 17)):
        add_ticket(new_teacher, grade_sync, day)
    return new_teacher

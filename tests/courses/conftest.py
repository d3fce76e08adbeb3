"""Sessions and runs to test with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from courses.models import CoursePage, CourseSkill, Offering
from courses.operations import look_book
from courses.signals import catalogue_changed, enrolments_changed, requirements_changed

NOW = datetime(2026, 9, 14, 15, 0, tzinfo=UTC)

CHECK = {
    "type": "check",
    "id": "check-1",
    "value": {
        "question": "Which two go together?",
        "answers": [
            {"text": "Roster", "is_right": True, "reply": ""},
            {"text": "Lunch", "is_right": False, "reply": "Lunch has no grades."},
            {"text": "Gradebook", "is_right": True, "reply": "It reads the roster."},
        ],
    },
}


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def course_of(db) -> Callable[..., CoursePage]:
    """Return a function: a session below the look book, live unless told otherwise."""

    def make(title: str = "Grades that sync", *, skills=(), **fields) -> CoursePage:
        fields = {"summary": f"About {title}.", "minutes": 30, "format": "live"} | fields
        page = CoursePage(title=title, **fields)
        page.taught_skills = [CourseSkill(skill=skill) for skill in skills]
        page.is_told_together = True  # what a test hears is what it did itself
        look_book().add_child(instance=page)
        page.is_told_together = False
        return page

    return make


@pytest.fixture
def run_of(db) -> Callable[..., Offering]:
    """Return a function: a run of a session, in a week for an hour unless told otherwise."""

    def make(course: CoursePage, *, seats: int = 2, in_days: float = 7, **fields) -> Offering:
        starts_at = NOW + timedelta(days=in_days)
        fields = {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=1)} | fields
        return Offering.objects.create(course=course, seats=seats, **fields)

    return make


@pytest.fixture
def told():
    """Collect what the parts above are told: (signal, ids, cause)."""
    heard: list[tuple[str, tuple[int, ...], str]] = []

    def listen(name: str, ids: str):
        def hear(sender, cause, **kwargs):
            heard.append((name, tuple(kwargs[ids]), cause))

        return hear

    pairs = [
        (enrolments_changed, listen("enrolments", "teacher_ids")),
        (catalogue_changed, listen("catalogue", "course_ids")),
        (requirements_changed, listen("requirements", "teacher_ids")),
    ]
    for signal, hear in pairs:
        signal.connect(hear)
    yield heard
    for signal, hear in pairs:
        signal.disconnect(hear)

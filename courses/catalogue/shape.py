"""What a catalogue holds, once it was read: plain facts, nothing of the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CatalogueCourse:
    """One session of the file."""

    uid: str
    title: str
    summary: str
    objectives: tuple[str, ...]
    skills: tuple[str, ...]
    minutes: int | None
    duration_words: str
    format: str
    level: str
    grade_bands: tuple[str, ...]
    audience_words: str
    before_words: str
    how_words: str
    prerequisite_uids: tuple[str, ...]
    place: str  # in the file


@dataclass(frozen=True, slots=True)
class CatalogueRun:
    """One dated run. Times without an offset are the district's."""

    number: str
    course_uid: str
    starts_at: datetime
    ends_at: datetime
    where: str
    link: str
    seats: int | None
    place: str  # in the file


@dataclass(frozen=True, slots=True)
class CatalogueFile:
    """All that was read, and what was left out of it."""

    courses: tuple[CatalogueCourse, ...]
    runs: tuple[CatalogueRun, ...]
    runs_without_course: int
    runs_without_end: int
    paths: int

    @property
    def total(self) -> int:
        """How many rows an import writes."""
        return len(self.courses) + len(self.runs)

    @property
    def without_minutes(self) -> tuple[CatalogueCourse, ...]:
        """Sessions that can't be published yet."""
        return tuple(course for course in self.courses if course.minutes is None)

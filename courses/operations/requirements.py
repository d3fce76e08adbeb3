"""Required sessions: set, changed and withdrawn by the coordinator."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from profiles.models import School

from ..models import CoursePage, Requirement


class RequirementEnded(Exception):
    """The requirement was withdrawn and can't be changed any more."""


def add_requirement(
    *,
    course: CoursePage,
    due_date: date,
    schools: Iterable[School] = (),
    grade_bands: Iterable[str] = (),
    subjects: Iterable[str] = (),
    note: str = "",
    now: datetime,
) -> Requirement:
    """Return a new requirement."""
    raise NotImplementedError


def change_requirement(
    *,
    requirement: Requirement,
    course: CoursePage,
    due_date: date,
    schools: Iterable[School],
    grade_bands: Iterable[str],
    subjects: Iterable[str],
    note: str,
) -> Requirement:
    """Return the requirement changed; who was in the audience before hears of it too.

    Raises RequirementEnded.
    """
    raise NotImplementedError


def withdraw_requirement(*, requirement: Requirement, now: datetime) -> Requirement:
    """Return the requirement ended. Asked twice, it answers the same."""
    raise NotImplementedError

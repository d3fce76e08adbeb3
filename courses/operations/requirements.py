"""Required sessions: set, changed and withdrawn by the coordinator."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from profiles.models import School

from ..models import CoursePage, Requirement
from ..queries import audience_of
from ..signals import requirements_changed


class RequirementEnded(Exception):
    """The requirement was withdrawn and can't be changed any more."""


@transaction.atomic
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
    requirement = Requirement.objects.create(
        course=course,
        due_date=due_date,
        grade_bands=list(grade_bands),
        subjects=list(subjects),
        note=note,
        set_at=now,
    )
    requirement.schools.set(schools)
    _tell(audience_of(requirement), "required")
    return requirement


@transaction.atomic
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
    standing = Requirement.objects.select_for_update(of=["self"]).get(pk=requirement.pk)
    if standing.ended_at is not None:
        raise RequirementEnded(standing)
    before = audience_of(standing)
    standing.course, standing.due_date, standing.note = course, due_date, note
    standing.grade_bands, standing.subjects = list(grade_bands), list(subjects)
    standing.save()
    standing.schools.set(schools)
    _tell(before | audience_of(standing), "required")
    return standing


@transaction.atomic
def withdraw_requirement(*, requirement: Requirement, now: datetime) -> Requirement:
    """Return the requirement ended. Asked twice, it answers the same."""
    standing = Requirement.objects.select_for_update(of=["self"]).get(pk=requirement.pk)
    if standing.ended_at is None:
        standing.ended_at = now
        standing.save(update_fields=["ended_at"])
        _tell(audience_of(standing), "withdrawn")
    return standing


def _tell(teacher_ids: Iterable[int], cause: str) -> None:
    if ids := sorted(teacher_ids):
        requirements_changed.send(sender=Requirement, teacher_ids=ids, cause=cause)

"""Whose paths a change of the catalogue touches."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import F

from courses.models import CoursePrerequisite, CourseSkill

from ..models import PlanStep, PlanVersion, StepAnswer


def teachers_touched_by(course_ids: Iterable[int]) -> set[int]:
    """Return the teachers whose path holds one of these sessions, or who need what they teach.

    A session that opens another one touches whoever needs what that one teaches, too. Everybody
    else's path is looked at again at night.
    """
    courses = set(course_ids)
    opened = CoursePrerequisite.objects.filter(before__in=courses).values_list("course", flat=True)
    taught = set(
        CourseSkill.objects.filter(course__in=courses.union(opened)).values_list(
            "skill_id", flat=True
        )
    )
    holding = PlanStep.objects.filter(
        course__in=courses, version__plan__current=F("version")
    ).values_list("version__plan__teacher", flat=True)
    wishing = StepAnswer.objects.filter(
        course__in=courses, undone_at=None, answer=StepAnswer.Answer.ACCEPTED
    ).values_list("teacher", flat=True)
    needing = {
        teacher
        for teacher, noticed in PlanVersion.objects.filter(
            plan__current=F("pk"), plan__teacher__is_active=True
        ).values_list("plan__teacher", "noticed")
        if any(need["skill"] in taught for need in noticed)
    }
    return needing.union(holding, wishing)

"""What a teacher's path holds, for whoever counts what it will bring."""

from __future__ import annotations

from django.db.models import F

from profiles.models import Teacher

from ..models import PlanStep


def planned_course_ids(teacher: Teacher) -> list[int]:
    """Return the sessions on a teacher's path as it stands, in one query."""
    standing = PlanStep.objects.filter(
        version__plan__teacher=teacher, version=F("version__plan__current")
    )
    return list(standing.values_list("course_id", flat=True))

"""What the covers of sessions are drawn from, for a whole list at once."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import prefetch_related_objects

from ..models import CoursePage, CourseSkill

#: From the strongest: a session is most about what it masters.
STRENGTHS = [
    CourseSkill.Strength.MASTERS,
    CourseSkill.Strength.TEACHES,
    CourseSkill.Strength.TOUCHES,
]


def cloth_name(course: CoursePage) -> str:
    """Return the slug of the skill a session is most about: the strongest, then the first."""
    if hasattr(course, "cloth_name"):
        return course.cloth_name
    taught = list(course.taught_skills.all())
    if not taught:
        return f"session-{course.pk}"
    return min(
        taught, key=lambda one: STRENGTHS.index(CourseSkill.Strength(one.strength))
    ).skill.slug


def cloth_names(course_ids: Collection[int]) -> dict[int, str]:
    """Return the slug of the skill each session is most about, in one query."""
    main: dict[int, tuple[int, int, str]] = {}
    taught = CourseSkill.objects.filter(course__in=course_ids)
    for number, (course_id, strength, slug) in enumerate(
        taught.order_by("sort_order", "pk").values_list("course_id", "strength", "skill__slug")
    ):
        one = (STRENGTHS.index(strength), number, slug)
        main[course_id] = min(one, main.get(course_id, one))
    return {pk: main[pk][2] if pk in main else f"session-{pk}" for pk in course_ids}


def load_pictures(courses: Collection[CoursePage]) -> None:
    """Load the pictures that stand in for cloth, with all their sizes, in two queries at most."""
    with_picture = [course for course in courses if course.picture_id]
    prefetch_related_objects(with_picture, "picture__renditions")

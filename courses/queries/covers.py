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


def load_covers(courses: Collection[CoursePage]) -> None:
    """Give each session its `cloth_name`, and its picture with all sizes, in three queries.

    The name is the slug of the skill it is most about: the strongest, and of those the first.
    """
    main: dict[int, tuple[int, int, str]] = {}
    taught = CourseSkill.objects.filter(course__in=[course.pk for course in courses if course.pk])
    for number, (course_id, strength, slug) in enumerate(
        taught.order_by("sort_order", "pk").values_list("course_id", "strength", "skill__slug")
    ):
        one = (STRENGTHS.index(strength), number, slug)
        main[course_id] = min(one, main.get(course_id, one))
    for course in courses:
        found = main.get(course.pk)
        course.cloth_name = found[2] if found else f"session-{course.pk}"
    prefetch_related_objects(
        [course for course in courses if course.picture_id], "picture__renditions"
    )

"""What the templates of the look book and of a session ask for."""

from __future__ import annotations

from functools import lru_cache

from django import template
from django.utils.safestring import SafeString, mark_safe

from ..cloth import HEIGHT, WIDTH, cloth_of, drawing
from ..models import CoursePage, CourseSkill

register = template.Library()

STRENGTHS = (
    CourseSkill.Strength.MASTERS,
    CourseSkill.Strength.TEACHES,
    CourseSkill.Strength.TOUCHES,
)


def main_skill(course: CoursePage) -> CourseSkill | None:
    """Return the skill a session is most about: the strongest, and of those the first."""
    taught = list(course.taught_skills.all())
    return min(taught, key=lambda one: STRENGTHS.index(one.strength)) if taught else None


@lru_cache(maxsize=500)
def cover(name: str) -> SafeString:
    """Return the woven cover of a skill's slug as SVG; decoration only."""
    # Safe: made of our own numbers and colours, the name only chooses among them.
    return mark_safe(
        f'<svg class="swatch" viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="xMidYMid slice"'
        f' aria-hidden="true">{drawing(cloth_of(name))}</svg>'
    )


@register.simple_tag
def swatch(course: CoursePage) -> SafeString:
    """Return a session's cover: same skill, same cloth."""
    taught = main_skill(course)
    return cover(taught.skill.slug if taught is not None else f"session {course.pk}")


@register.simple_tag
def cloth(name: str) -> SafeString:
    """Return the cloth of any name, for places that are about no session."""
    return cover(name)


register.filter("main_skill", main_skill)

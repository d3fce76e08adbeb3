"""What sessions on offer say of themselves, for reading tickets."""

from __future__ import annotations

from collections.abc import Iterator

from profiles.tickets.allowed import SessionWords

from ..models.pages import CourseSkill
from .sessions import live_sessions


def session_words() -> Iterator[SessionWords]:
    """Yield title and summary of each session on offer, with the skills that it teaches."""
    sessions = live_sessions().order_by("pk")
    teaching = CourseSkill.objects.exclude(strength=CourseSkill.Strength.TOUCHES)
    skills: dict[int, list[int]] = {}
    rows = teaching.filter(course__in=sessions).values_list("course_id", "skill_id")
    for session, skill in rows.order_by("course_id", "skill_id"):
        skills.setdefault(session, []).append(skill)
    for pk, title, summary in sessions.values_list("pk", "title", "summary"):
        yield SessionWords(f"{title} {summary}", tuple(skills.get(pk, ())))

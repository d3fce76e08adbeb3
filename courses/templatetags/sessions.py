"""What the templates of the look book and of a session ask for."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django import template
from django.core.paginator import Page as ListPage
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from wagtail.images.shortcuts import get_rendition_or_not_found

from profiles.choices import GradeBand, Subject
from profiles.models import Teacher

from ..cloth import cloth_of, pattern
from ..models import CoursePage, Evaluation
from ..queries import (
    SessionFilters,
    SessionView,
    cloth_name,
    filter_choices,
    load_pictures,
    search_sessions,
    session_view,
)
from ..queries.evaluations import asked_of

register = template.Library()

#: "No longer than" as the look book offers it, in minutes.
LENGTHS = (10, 20, 45, 90)
COVER_SIZE = "fill-800x240"


@lru_cache(maxsize=2000)
def woven(name: str, key: str) -> SafeString:
    """Return the woven cover of a skill's slug as SVG; decoration only. `key` is its id's end."""
    # Safe: made of our own numbers and colours; the name only chooses among them.
    return mark_safe(
        f'<svg class="swatch" aria-hidden="true">{pattern(cloth_of(name), f"cloth-{key}")}'
        f'<rect width="100%" height="100%" fill="url(#cloth-{key})"/></svg>'
    )


@register.simple_tag
def swatch(course: CoursePage) -> SafeString:
    """Return a session's cover: the picture a coach chose, else its skill's cloth."""
    if course.picture_id:
        picture = get_rendition_or_not_found(course.picture, COVER_SIZE)
        return picture.img_tag({"class": "swatch", "alt": "", "loading": "lazy"})
    return woven(cloth_name(course), f"session-{course.pk}")


@register.simple_tag
def cloth(name: str) -> SafeString:
    """Return the cloth of a skill's slug, for places that are about no session."""
    return woven(name, name)


# ---- the look book ------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def found_sessions(context: template.Context) -> ListPage:
    """Return the page of sessions that the address asks for."""
    asked = context["request"].GET
    longest = asked.get("minutes", "")
    filters = SessionFilters(
        skill=asked.get("skill", ""),
        tool=asked.get("tool", ""),
        format=asked.get("format", ""),
        level=asked.get("level", ""),
        max_minutes=int(longest) if longest in map(str, LENGTHS) else None,
        runs_after=timezone.now() if asked.get("dates") else None,
    )
    found = search_sessions(
        words=asked.get("q", "")[:200], filters=filters, page=asked.get("page", 1)
    )
    load_pictures(list(found.object_list))
    return found


@register.simple_tag(takes_context=True)
def look_book_filters(context: template.Context) -> list[dict]:
    """Return the drop-downs of the look book: name, label, choices and what is chosen."""
    asked = context["request"].GET
    choices: dict[str, list] = {
        **filter_choices(),
        "minutes": [(str(length), f"{length} min or less") for length in LENGTHS],
    }
    labels = {
        "skill": "Skill",
        "format": "Kind",
        "level": "Level",
        "minutes": "Length",
        "tool": "Tool",
    }
    return [
        {"name": name, "label": label, "choices": choices[name], "chosen": asked.get(name, "")}
        for name, label in labels.items()
        if choices[name]
    ]


# ---- a session ----------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def seen_by_reader(context: template.Context, course: CoursePage) -> SessionView:
    """Return a session as this reader sees it; a stranger or an author sees no teacher's."""
    return session_view(course, context.get("me"), timezone.now())


@register.simple_tag(takes_context=True)
def answer_given(context: template.Context, block_id: str) -> dict[str, Any] | None:
    """Return what came of the answer just given to this check, once."""
    session = getattr(context["request"], "session", None)
    if session is None or session.get("check", {}).get("block") != block_id:
        return None
    return session.pop("check")


@register.filter
def has_one_answer(check: Any) -> bool:
    """Whether exactly one answer of a quick check is right."""
    return sum(1 for answer in check["answers"] if answer["is_right"]) == 1


@register.filter
def room_words(variant: Any) -> str:
    """Return whom a "how it looks in your room" version is for: "Grades 6 to 8 · Science"."""
    bands, subjects = dict(GradeBand.choices), dict(Subject.choices)
    words = [
        ", ".join(str(bands.get(band, band)) for band in variant["grade_bands"] or ()),
        ", ".join(str(subjects.get(one, one)) for one in variant["subjects"] or ()),
        " + ".join(str(tool) for tool in variant["tools"] if tool is not None),
    ]
    return " · ".join(part for part in words if part) or "Any room"


@register.simple_tag
def asked_now(teacher: Teacher | None) -> list[Evaluation]:
    """Return what this teacher can say about sessions that are over."""
    return asked_of(teacher, timezone.now()) if teacher else []

"""A session of a catalogue as the fields of a page."""

from __future__ import annotations

import re
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.utils.html import format_html, format_html_join
from django.utils.text import slugify

from .shape import CatalogueCourse

LONGEST_SUMMARY = 400
#: What catalogues put behind a title to tell apart two ways of giving one session.
WAY_OF_GIVING = re.compile(
    r"[\s,:(–-]*\b(remote|face[\s-]to[\s-]face|in person|online|blended)\b\)?\s*$", re.IGNORECASE
)


def page_fields(course: CatalogueCourse) -> dict[str, Any]:
    """Return the plain fields of the page that shows this session."""
    return {
        "title": course.title,
        "summary": short(course.summary or course.title),
        "objectives": "\n".join(" ".join(line.split()) for line in course.objectives),
        "minutes": course.minutes,
        "format": course.format,
        "level": course.level,
        "grade_bands": list(course.grade_bands),
    }


def short(text: str) -> str:
    """Return the first sentences that fit into a summary."""
    text = " ".join(text.split())
    if len(text) <= LONGEST_SUMMARY:
        return text
    head = text[:LONGEST_SUMMARY]
    end = max(head.rfind(mark) for mark in (". ", "? ", "! "))
    if end > LONGEST_SUMMARY // 4:
        return head[: end + 1]
    return head[: head.rfind(" ", 0, LONGEST_SUMMARY - 1)] + "…"


def body_blocks(course: CatalogueCourse) -> list[dict[str, Any]]:
    """Return the body as a StreamField stores it; same session, same block ids."""
    parts = (
        ("", course.summary),
        ("Who it is for", course.audience_words),
        ("How you will learn", course.how_words),
        ("Before you come", course.before_words),
        ("How long", course.duration_words),
    )
    return [
        {
            "type": "text",
            "value": _rich_text(heading, words),
            "id": str(uuid5(NAMESPACE_URL, f"{course.uid}#{heading}")),
        }
        for heading, words in parts
        if words
    ]


def _rich_text(heading: str, words: str) -> str:
    paragraphs = format_html_join(
        "", "<p>{}</p>", ((line.strip(),) for line in words.splitlines() if line.strip())
    )
    if heading:
        return format_html("<h3>{}</h3>{}", heading, paragraphs)
    return paragraphs


def stem(title: str) -> str:
    """Return what two ways of giving the same session have in common."""
    return " ".join(WAY_OF_GIVING.sub("", title).casefold().split())


def free_slug(title: str, taken: set[str]) -> str:
    """Return an address for this title that none of the others has, and take it."""
    base = slugify(title)[:80].strip("-") or "session"
    slug, number = base, 2
    while slug in taken:
        slug, number = f"{base}-{number}", number + 1
    taken.add(slug)
    return slug

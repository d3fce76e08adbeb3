"""Sentences whose facts stand out, and how days, times and lists are said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from courses.models import Offering, OfferingPart
from courses.queries.calendars import place_of
from profiles.choices import Slot

Facts = Mapping[str, Any]


class Strong(str):
    """A piece of a sentence that is a fact to check; shown in bold."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A reason in words: `str()` is plain text, `html` marks the facts with <b>."""

    kind: str
    text: str
    html: SafeString
    minutes: float = 0.0

    def __str__(self) -> str:
        return self.text


def sentence(kind: str, *pieces: str, minutes: float = 0.0) -> Sentence:
    """Return the pieces as one sentence; those that are Strong stand out."""
    html = format_html_join(
        "",
        "{}",
        ((format_html("<b>{}</b>", p) if isinstance(p, Strong) else p,) for p in pieces),
    )
    return Sentence(kind, "".join(pieces), html, minutes)


def day_words(day: date, as_of: date) -> str:
    """Return "4 September", with the year when it is more than half a year off."""
    words = f"{day.day} {day:%B}"
    return words if abs((day - as_of).days) <= 183 else f"{words} {day.year}"


def times(count: int) -> str:
    """Return "once", "twice", "3 times"."""
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def listed(words: list[str]) -> str:
    """Return "a", "a and b", "a, b and c"."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


@dataclass(frozen=True, slots=True)
class Days:
    """Says days as seen from one day; `is_run`: the step in question has a date of its own."""

    as_of: date
    is_run: bool

    def __call__(self, value: str) -> Strong:
        return Strong(day_words(date.fromisoformat(value), self.as_of))

    def is_past(self, value: str) -> bool:
        return date.fromisoformat(value) <= self.as_of


def label(choices, value: str) -> str:
    """Return a choice as it stands within a sentence: lower case, names of languages kept."""
    label = str(choices(value).label)
    return label if label.startswith(("English", "PE")) else label[0].lower() + label[1:]


def clock_words(at: datetime) -> str:
    """Return a local time as "3:30 pm"."""
    return f"{at.hour % 12 or 12}:{at:%M} {'am' if at.hour < 12 else 'pm'}"


def run_words(run: Offering, zone: ZoneInfo) -> str:
    """Return when and where a run is: "Thursday 3 December, 3:30 pm, East library"."""
    place = run.place or (run.school.name if run.school else "")
    return moment_words(run.starts_at.astimezone(zone), place)


def part_words(part: OfferingPart, zone: ZoneInfo) -> str:
    """Return when and where one part of a run is."""
    return moment_words(part.starts_at.astimezone(zone), place_of(part))


def moment_words(at: datetime, place: str) -> str:
    """Return "Thursday 3 December 2026, 3:30 pm, East library" of a local time."""
    when = f"{at:%A} {at.day} {at:%B %Y}, {clock_words(at)}"
    return f"{when}, {place}" if place else when


def slot_words(slot: str) -> str:
    """Return "prep period", "before school", "after school" or nothing."""
    return Slot(slot).label.partition(" ")[2] if slot else ""

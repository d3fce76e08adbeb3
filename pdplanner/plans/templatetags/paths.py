"""What the templates of a path, the look book and a session ask of plans."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from django import template
from django.utils import timezone

from courses.models import CoursePage
from profiles.models import Teacher
from profiles.queries import today_in_district

from ..models import CoachRequest, StepAnswer
from ..queries import FitView, StepView, fits_for, path_of, why_not_for

register = template.Library()

#: The named parts of a fit as a teacher calls them, in the order of the tape.
PARTS = {
    "room": "your room",
    "tools": "your tools",
    "format": "the way you learn",
    "level": "your level",
    "time": "your week",
    "place": "the place",
}


@register.filter
def tape(fit: Mapping[str, float]) -> list[dict]:
    """Return the parts of a fit for the tape: name, per cent, and the same as a word."""
    return [
        {"name": PARTS.get(part, part), "percent": round(fit[part] * 100), "word": word(fit[part])}
        for part in (*PARTS, *(name for name in fit if name not in PARTS))
        if part in fit
    ]


@register.filter
def in_short(sentence: str) -> str:
    """Return the first half of a reason, for a chip: what comes after the semicolon is detail."""
    return sentence.partition(";")[0].rstrip(".")


def word(value: float) -> str:
    """Return how well one part fits, in a word."""
    for least, said in ((0.95, "fully"), (0.8, "well"), (0.55, "partly")):
        if value >= least:
            return said
    return "a little"


@register.simple_tag
def fits(teacher: Teacher | None, courses: Iterable[CoursePage]) -> dict[int, FitView]:
    """Return how these sessions suit the teacher, by the session's id."""
    ids = [course.pk for course in courses]
    if teacher is None or not ids:
        return {}
    return fits_for(teacher, ids, as_of=today_in_district(timezone.now()))


@register.simple_tag
def standing(teacher: Teacher | None, course: CoursePage) -> dict:
    """Return how a session stands with the teacher: its fit, why not, their answer, a request."""
    if teacher is None or not course.pk:
        return {}
    as_of = today_in_district(timezone.now())
    fit = fits_for(teacher, [course.pk], as_of=as_of).get(course.pk)
    on_path = fit is not None and fit.on_path
    mine = {"teacher": teacher, "course": course}
    return {
        "fit": fit,
        "why_not": None if on_path else why_not_for(teacher, course, as_of=as_of),
        "answer": StepAnswer.objects.filter(**mine, undone_at=None).first(),
        "request": CoachRequest.objects.filter(**mine, closed_at=None).first(),
        "whys": StepAnswer.Why.choices,
    }


@register.simple_tag
def proposed(teacher: Teacher | None) -> dict[date, list[StepView]]:
    """Return the steps of the teacher's path that are neither done nor reserved, by their week."""
    weeks: dict[date, list[StepView]] = {}
    if teacher is not None:
        for step in path_of(teacher, now=timezone.now()).steps:
            if not step.is_done and step.enrolment is None:
                weeks.setdefault(step.week_date, []).append(step)
    return weeks


@register.filter
def at(mapping: Mapping, key: object) -> object:
    """Return a mapping's value at a key that is not known by name."""
    return mapping.get(key)

"""What the templates of a path, the look book and a session ask of plans."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from courses.models import CoursePage, Offering
from courses.templatetags.sessions import swatch
from profiles.models import Teacher
from profiles.queries import today_in_district
from profiles.templatetags.look import icon
from profiles.templatetags.words import clock, day, hours

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
def chips(step: StepView) -> SafeString:
    """Return how long a step takes, when, where, and how it stands, as a row of chips.

    In Python and not as a template: it stands on every step of the page people wait for, and as
    a template it cost more than the rest of a closed step.
    """
    row: list[tuple[str, str, str]] = [
        ("", "", f"{hours(step.minutes)} · {step.course.get_format_display().lower()}")
    ]
    if step.offering is not None:
        row.append(("date", "", _run_words(step.offering)))
        if step.enrolment is None and not step.is_done:
            row.append(("date", "", _seats_words(step.offering)))
    elif not step.is_done:
        row.append(("", "", format_html("any time · week of {}", day(step.week_date))))
    if key := _standing(step):
        row.append(_offered(step) if key == "offered" else _STANDING[key])
    if step.coach_request is not None:
        row.append(("", "", "a coach is asked"))
    return format_html(
        '<p class="row">{}</p>',
        format_html_join(
            "",
            '<span class="{}">{}{}</span>',
            (
                (f"chip {kind}".rstrip(), icon(sign) if sign else "", text)
                for kind, sign, text in row
            ),
        ),
    )


#: How a step stands with its teacher: class, icon and words of the chip.
_STANDING = {
    "done": ("fit", "check", "done"),
    "seated": ("fit", "check", "you have a seat"),
    "waiting": ("date", "", "you have a waiting place"),
    "requested": ("date", "", "your request is sent"),
    "offered": ("need", "", "a seat is offered to you"),
    "started": ("fit", "", "started"),
    "accepted": ("fit", "check", "you said yes"),
}


def _standing(step: StepView) -> str:
    """The strongest of what was done and said, as a key of `_STANDING`; "" for nothing."""
    if step.is_done:
        return "done"
    if step.enrolment is not None and step.enrolment.state in _STANDING:
        return step.enrolment.state
    return "accepted" if step.answer is not None and step.answer.answer == "accepted" else ""


def _offered(step: StepView) -> tuple[str, str, str]:
    """The chip of an offered seat, with its deadline in the words of the session's page."""
    until_at = step.enrolment.offered_until_at if step.enrolment else None
    if until_at is None:
        return _STANDING["offered"]
    words = format_html("a seat is yours until {}, {}", day(until_at), clock(until_at))
    return ("need", "", words)


def _run_words(offering: Offering) -> SafeString:
    place = f" · {offering.place}" if offering.place else ""
    return format_html("{}, {}{}", day(offering.starts_at), clock(offering.starts_at), place)


def _seats_words(offering: Offering) -> str:
    left = offering.seats_left
    return f"{left} seat{'' if left == 1 else 's'} left" if left else "full: a waiting place"


@dataclass(frozen=True, slots=True)
class ClosedStep:
    """All that a closed step shows, so that equal ones are drawn once."""

    cover: SafeString
    title: str
    url: str
    chips: SafeString
    opens_after: str  # title of the required session that is not done; "" for none
    opens_after_url: str
    reason: SafeString | str
    opener: str  # the session's id where the step can be opened; "" for a finished one
    here: str  # where My path is


@register.simple_tag
def closed_step(step: StepView, here: str) -> SafeString:
    """Return a later step as it stands on the path until the reader opens it."""
    first = step.opens_after if not step.is_done else None
    return _drawn(
        ClosedStep(
            cover=swatch(step.course),
            title=step.course.title,
            url=step.course.url,
            chips=chips(step),
            opens_after=first.title if first else "",
            opens_after_url=first.url if first else "",
            reason=step.reason.html if step.reason else "",
            opener="" if step.is_done else str(step.course.pk),
            here=here,
        )
    )


@lru_cache(maxsize=4096)  # a district's worth; nothing is shown that is not in the key
def _drawn(step: ClosedStep) -> SafeString:
    return render_to_string("plans/closed_step.html", {"step": step})


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

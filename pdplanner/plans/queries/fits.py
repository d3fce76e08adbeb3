"""How sessions suit one teacher, and why one is not on the path: asked of the recommender, kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

from django.core.cache import cache

from courses.models import CoursePage
from pdplanner.recommender import fits_of, why_not
from profiles.models import Teacher

from ..models import Plan
from ..wording import Sentence, why_not_words, word_reason
from .drafts import path_of_version
from .facts import read_facts
from .names import read_names
from .rules import rules_in_use

#: An answer holds until something new is owed; this only bounds how long nobody's is kept.
KEPT_SECONDS = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class FitView:
    """How a session suits a teacher, for the look book."""

    fit: float  # (0, 1]; 0 when it is shut to them
    because: Sentence | None  # "fits you because …"
    on_path: bool
    is_done: bool
    parts: Mapping[str, float]  # room, tools, format, level, time, place; empty when shut


@dataclass(frozen=True, slots=True)
class WhyNotView:
    """Why a session is not on the path. `missing` is the session to take first, as a link."""

    rule: str
    text: str
    missing: CoursePage | None = None


def fits_for(
    teacher: Teacher, course_ids: Collection[int], *, as_of: dt.date
) -> dict[int, FitView]:
    """Return how these sessions suit the teacher: fit and the best reason, for the look book."""
    kept = _answers(teacher, as_of)
    views = {}
    for course in course_ids:
        parts, reason = kept["fits"].get(course, ({}, None))
        views[course] = FitView(
            fit=prod(parts.values()) if parts else 0.0,
            because=word_reason(reason, as_of=as_of) if reason else None,
            on_path=course in kept["path"],
            is_done=course in kept["done"],
            parts=parts,
        )
    return views


def why_not_for(teacher: Teacher, course: CoursePage, *, as_of: dt.date) -> WhyNotView:
    """Return the first rule that keeps a session off the teacher's path, in words."""
    plan = _plan_of(teacher)
    key = _key("why-not", teacher, plan, as_of, course.pk)
    kept = cache.get(key)
    if kept is None:
        facts = read_facts(as_of=as_of, teacher_ids=[teacher.pk])
        version = plan.current if plan else None
        path = path_of_version(teacher.pk, version) if version else None
        answer = why_not(facts, teacher.pk, course.pk, path=path, rules=rules_in_use())
        kept = {"rule": answer.rule, "facts": read_names(facts).facts(answer.facts)}
        cache.set(key, kept, KEPT_SECONDS)
    missing = None
    if kept["rule"] == "missing-prerequisite":
        missing = CoursePage.objects.live().filter(pk=kept["facts"]["course"]).first()
    return WhyNotView(
        kept["rule"], why_not_words(kept["rule"], kept["facts"], as_of=as_of), missing
    )


def _answers(teacher: Teacher, as_of: dt.date) -> dict[str, Any]:
    """What every session could do for one teacher: worked out once until something is owed."""
    plan = _plan_of(teacher)
    key = _key("fits", teacher, plan, as_of)
    kept = cache.get(key)
    if kept is None:
        facts = read_facts(as_of=as_of, teacher_ids=[teacher.pk])
        names = read_names(facts)
        me = next(one for one in facts.teachers if one.id == teacher.pk)
        steps = plan.current.steps.all() if plan and plan.current else ()
        kept = {
            "fits": {
                one.course: (dict(one.fit), names.reason(one.reason) if one.reason else None)
                for one in fits_of(facts, teacher.pk, rules_in_use()).values()
            },
            "path": [step.course_id for step in steps],
            "done": list(me.done),
        }
        cache.set(key, kept, KEPT_SECONDS)
    return kept


def _plan_of(teacher: Teacher) -> Plan | None:
    return (
        Plan.objects.filter(teacher=teacher)
        .select_related("current")
        .prefetch_related("current__steps")
        .first()
    )


def _key(
    what: str, teacher: Teacher, plan: Plan | None, as_of: dt.date, course: int | None = None
) -> str:
    """A key that changes with every cause and every rebuild of the teacher's path."""
    state = (plan.wanted, plan.built, plan.current_id) if plan else ()
    return ":".join(map(str, (what, teacher.pk, as_of.isoformat(), *state, course or "all")))

"""A path told outside the site: as text for a terminal, as JSON for a program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from profiles.models import Teacher

from ..models import Plan
from ..wording import day_words, left_out_words, nothing_words, word_reason
from .drafts import Draft, DraftStep, draft_of_version, draft_paths

#: The date of a reason that stands for all of it, where it cites several.
MAIN_DATES = ("date", "due_date", "last_date", "until_date", "since_date")


@dataclass(frozen=True, slots=True)
class ToldPath:
    """One teacher's path on one day."""

    teacher: Teacher
    draft: Draft

    def as_json(self) -> dict[str, Any]:
        """Return the documented object: teacher, as_of, steps, nothing_because."""
        return {
            "teacher": self.teacher.email,
            "as_of": self.draft.as_of.isoformat(),
            "steps": [
                {
                    "course": step.course,
                    "title": step.title,
                    "minutes": step.minutes,
                    "date": step.date.isoformat() if step.date else None,
                    "reasons": [self._reason(step, reason) for reason in step.reasons],
                }
                for step in self.draft.steps
            ],
            "nothing_because": self.draft.nothing_because or None,
        }

    def as_lines(self) -> list[str]:
        """Return the path as lines to read."""
        draft, as_of = self.draft, self.draft.as_of
        planned = sum(step.minutes for step in draft.steps)
        term = draft.term_title or f"no term on record: {_weeks(draft)} weeks ahead"
        lines = [f"{self.teacher}, {as_of.isoformat()} ({term})"]
        if draft.steps:
            lines.append(f"{planned} of {draft.minutes_budget} minutes planned")
        else:
            lines.append(nothing_words(draft.nothing_because))
        for number, step in enumerate(draft.steps, start=1):
            lines += ["", f"{number}. {step.title} ({step.minutes} min, {self._when(step)})"]
            lines += [f"   - {self._words(step, reason)}" for reason in step.reasons]
        if draft.left_out:
            lines += ["", "Left out:"]
            lines += [f"   - {left_out_words(item, as_of=as_of)}" for item in draft.left_out]
        return lines

    def _reason(self, step: DraftStep, reason: Mapping[str, Any]) -> dict[str, Any]:
        facts = reason["facts"]
        main = next((facts[key] for key in MAIN_DATES if facts.get(key)), None)
        return {
            "kind": reason["kind"],
            "text": self._words(step, reason),
            **facts,
            "date": main,
            "minutes": reason["minutes"],
        }

    def _words(self, step: DraftStep, reason: Mapping[str, Any]) -> str:
        return word_reason(reason, as_of=self.draft.as_of, is_run=step.offering is not None).text

    def _when(self, step: DraftStep) -> str:
        if step.date:
            return day_words(step.date, self.draft.as_of)
        return f"any time, planned for the week of {day_words(step.week_date, self.draft.as_of)}"


def told_path(teacher: Teacher, *, as_of: date, today: date) -> ToldPath:
    """Return the path of one teacher as known on the day.

    Today's is the stored one when nothing newer is owed; every other is worked out and not kept.
    """
    plan = (
        Plan.objects.filter(teacher=teacher)
        .select_related("current")
        .prefetch_related("current__steps__course")
        .first()
    )
    current = plan.current if plan else None
    if current and as_of == today == current.as_of_date and plan.wanted == plan.built:
        return ToldPath(teacher, draft_of_version(teacher.pk, current))
    previous = {teacher.pk: current} if as_of == today else {}
    drafts = draft_paths(as_of=as_of, teacher_ids=[teacher.pk], previous=previous)
    return ToldPath(teacher, drafts[teacher.pk])


def _weeks(draft: Draft) -> int:
    return ((draft.end_date - draft.start_date).days + 1) // 7

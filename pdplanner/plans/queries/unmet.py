"""Needs that nobody's session meets yet, by skill, small groups hidden."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from time import perf_counter
from typing import cast

from django.core.cache import cache

from pdplanner.recommender.unmet import DraftIdea, UnmetNeed, unmet_need
from profiles.choices import Format
from profiles.models import School, Skill

from .facts import read_facts
from .kept import whose_tickets
from .reach import FEWEST_SHOWN
from .rules import rules_in_use

#: Worked out from everybody's facts, so not for each look: kept so many times as long as it took,
#: but for this many seconds at least and at most.
KEPT_TIMES, KEPT_AT_LEAST, KEPT_AT_MOST = 200, 60, 6 * 3600


@dataclass(frozen=True, slots=True)
class Idea:
    """The session that would reach most of a need, were it written."""

    format: str  # "Live", "Quick card"
    length_minutes: int
    minutes: int  # of class time it would save
    people: int  # for whom it would be worth its time


@dataclass(frozen=True, slots=True)
class UnmetSkill:
    """One skill that people need and no session open to them teaches."""

    skill: str
    minutes: int  # of class time expected to be lost to it this term
    people: int
    schools: tuple[tuple[str, int], ...]  # most people first; those with a few are left out
    idea: Idea | None


def unmet_skills(*, as_of: date) -> tuple[UnmetSkill, ...]:
    """Return the needs of groups of five and more that no session meets, most minutes first."""
    # The mark is asked for before the facts are read: an answer that a teacher's word overtakes
    # is kept where nobody looks for it.
    key = f"unmet:{as_of.isoformat()}:{whose_tickets()}"
    kept = cache.get(key)
    if kept is None:
        began = perf_counter()
        found = unmet_need(read_facts(as_of=as_of), rules_in_use())
        kept = (found.needs, found.drafts)
        seconds = KEPT_TIMES * (perf_counter() - began)
        cache.set(key, kept, int(min(max(seconds, KEPT_AT_LEAST), KEPT_AT_MOST)))
    needs, drafts = kept
    return _by_skill(needs, {draft.skill: draft for draft in drafts})


def _by_skill(
    needs: tuple[UnmetNeed, ...], drafts: dict[object, DraftIdea]
) -> tuple[UnmetSkill, ...]:
    skills = dict(Skill.objects.values_list("pk", "name"))
    schools = dict(School.objects.values_list("pk", "name"))
    grouped: dict[int, list[UnmetNeed]] = defaultdict(list)
    for need in needs:
        if need.skill in skills:
            grouped[need.skill].append(need)
    rows = []
    for skill, parts in grouped.items():
        people = sum(part.people for part in parts)
        if people < FEWEST_SHOWN:
            continue
        shown = [(schools.get(cast(int, p.school), "No school"), p.people) for p in parts]
        rows.append(
            UnmetSkill(
                skill=skills[skill],
                minutes=round(sum(part.minutes for part in parts)),
                people=people,
                schools=_large_enough(shown),
                idea=_idea(drafts.get(skill)),
            )
        )
    return tuple(sorted(rows, key=lambda row: (-row.minutes, row.skill)))


def _large_enough(schools: list[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    """Leave out small groups; where only one would be, all: it could be worked out from the sum."""
    shown = [pair for pair in schools if pair[1] >= FEWEST_SHOWN]
    hidden = [count for _, count in schools if count < FEWEST_SHOWN]
    if hidden and (len(hidden) == 1 or sum(hidden) < FEWEST_SHOWN):
        return ()
    return tuple(sorted(shown, key=lambda pair: (-pair[1], pair[0])))


def _idea(draft: DraftIdea | None) -> Idea | None:
    if draft is None or draft.people < FEWEST_SHOWN:
        return None
    return Idea(
        format=str(Format(draft.format).label),
        length_minutes=draft.length_minutes,
        minutes=round(draft.minutes),
        people=draft.people,
    )

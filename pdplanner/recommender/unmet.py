"""Need that no session in the catalogue reaches, and the draft that would reach most of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median

import numpy as np

from pdplanner.recommender.candidates import BATCH, chances_of, effects_of
from pdplanner.recommender.facts import CourseFacts, Facts, Format, Id
from pdplanner.recommender.needs import weeks_of
from pdplanner.recommender.path import Ground, is_gone, survey
from pdplanner.recommender.rules import PathRules
from pdplanner.recommender.tables import Flags, Floats, catalogue_of

FORMATS: tuple[Format, ...] = ("live", "self-paced", "coached", "quick-card")
#: How long a session of each format is where the catalogue has none of it.
USUAL_MINUTES: Mapping[Format, int] = {
    "live": 45,
    "self-paced": 30,
    "coached": 30,
    "quick-card": 10,
}
#: What a first session on a skill is trusted to take from the need: "teaches".
DRAFT_STRENGTH = 0.4
#: Who is expected to lose less than this over the horizon is not counted as somebody in need.
NEED_OF_ONE = 1.0  # minutes
#: Skills that a draft is tried for, those with most unmet minutes first.
DRAFT_SKILLS = 20


@dataclass(frozen=True, slots=True)
class UnmetNeed:
    """Minutes of need of one skill at one school for which nothing is open to those who need it."""

    skill: Id
    school: Id | None
    minutes: float  # of instruction, over the horizon, however little each loses
    people: int  # who lose a minute or more of it


@dataclass(frozen=True, slots=True)
class DraftIdea:
    """A session that does not exist yet, and what it would reach."""

    skill: Id
    format: Format
    length_minutes: int
    strength: float
    minutes: float  # of the unmet need that it would save
    people: int  # for whom it would be worth its time


@dataclass(frozen=True, slots=True)
class Unmet:
    """All unmet need, most minutes first, and the best draft for each skill, the best first."""

    needs: tuple[UnmetNeed, ...]
    drafts: tuple[DraftIdea, ...]


def unmet_need(
    facts: Facts, rules: PathRules | None = None, *, ground: Ground | None = None
) -> Unmet:
    """The need of all present teachers that no session reaches, by skill and main school.

    A session reaches a need when it teaches the skill and is open to the teacher. Raises BadFacts.
    """
    ground = ground or survey(facts, rules or PathRules())
    needs = ground.needs
    rows = [row for row, one in enumerate(facts.teachers) if not is_gone(one, facts)]
    # Sums over many people betray nobody: all need counts, not only what a reason can be given for.
    need = needs.minutes - needs.parts["requirement"]
    need[[row for row in range(len(need)) if row not in set(rows)]] = 0.0
    for begin in range(0, len(rows), BATCH):
        batch = rows[begin : begin + BATCH]
        need[batch] = np.where(_reached(ground, batch), 0.0, need[batch])
    return Unmet(_by_school(ground, need), _drafts(ground, rows, need))


def _reached(ground: Ground, rows: Sequence[int]) -> Flags:
    """[T, K]: some session that teaches the skill is open to the teacher."""
    opened = ground.chances(rows).openness.courses
    teaches = np.zeros((len(ground.catalogue.courses), len(ground.needs.skills)))
    teaches[ground.effects.course, ground.effects.skill] = 1.0
    return np.asarray(opened.astype(np.float64) @ teaches > 0)


def _by_school(ground: Ground, need: Floats) -> tuple[UnmetNeed, ...]:
    least = ground.rules.fit.worth_minutes
    schools: dict[Id | None, list[int]] = {}
    for row, teacher in enumerate(ground.facts.teachers):
        schools.setdefault(teacher.school, []).append(row)
    found = []
    for school, members in schools.items():
        minutes = need[members].sum(axis=0)
        people = (need[members] >= NEED_OF_ONE).sum(axis=0)
        found += [
            UnmetNeed(skill, school, float(minutes[k]), int(people[k]))
            for k, skill in enumerate(ground.needs.skills)
            if minutes[k] >= least
        ]
    found.sort(key=lambda one: (-one.minutes, str(one.skill), str(one.school)))
    return tuple(found)


def _drafts(ground: Ground, rows: Sequence[int], need: Floats) -> tuple[DraftIdea, ...]:
    """The best format of a first session for each skill with unmet need."""
    total = need.sum(axis=0)
    worst = np.lexsort((np.arange(len(total)), -total))[:DRAFT_SKILLS]
    skills = [int(k) for k in worst if total[k] >= ground.rules.fit.worth_minutes]
    lengths = {name: _usual_minutes(ground.facts, name) for name in FORMATS}
    drafts = [
        CourseFacts(
            id=number,
            title="",
            minutes=lengths[name],
            format=name,
            effects={ground.needs.skills[skill]: DRAFT_STRENGTH},
        )
        for number, (skill, name) in enumerate(
            (skill, name) for skill in skills for name in FORMATS
        )
    ]
    if not drafts:
        return ()
    facts = replace(ground.facts, courses=tuple(drafts), requirements=())
    catalogue = catalogue_of(facts, weeks_of(facts.calendar))
    effects = effects_of(catalogue, ground.needs)
    minutes, people = np.zeros(len(drafts)), np.zeros(len(drafts), dtype=np.int64)
    rules = ground.rules.fit
    for begin in range(0, len(rows), BATCH):
        batch = list(rows[begin : begin + BATCH])
        teachers = [facts.teachers[row] for row in batch]
        season = ground.needs.season
        chances = chances_of(facts, catalogue, teachers, need[batch], season, effects, rules)
        gain = np.where(chances.openness.courses, chances.gain, 0.0)
        minutes += gain.sum(axis=0)
        people += (gain >= rules.worth_minutes).sum(axis=0)
    best = []
    for place, skill in enumerate(skills):
        numbers = range(place * len(FORMATS), (place + 1) * len(FORMATS))
        number = max(numbers, key=lambda number: (minutes[number], -number))
        best.append(
            DraftIdea(
                skill=ground.needs.skills[skill],
                format=drafts[number].format,
                length_minutes=drafts[number].minutes,
                strength=DRAFT_STRENGTH,
                minutes=float(minutes[number]),
                people=int(people[number]),
            )
        )
    best.sort(key=lambda idea: (-idea.minutes, str(idea.skill)))
    return tuple(best)


def _usual_minutes(facts: Facts, name: Format) -> int:
    lengths = [course.minutes for course in facts.courses if course.format == name]
    return round(median(lengths)) if lengths else USUAL_MINUTES[name]

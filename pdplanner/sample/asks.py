"""What teachers ask, drawn from rates that are written here: how-to and pedagogy.

A teacher's expected asks about a skill on a day = how often this teacher asks at all
x how much of it goes to the skill (own leanings over everybody's weights)
x how busy the day is for such questions (month, calendar, weekday)
+ the launch of a tool at the school. What a finished session taught is asked less afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from profiles.choices import TicketKind
from profiles.models import Ticket

from . import content
from .content import SkillText
from .drafts import UNCLEAR, Draft, skill_of_category, time_of_day
from .ground import Ground
from .people import Person
from .rollouts import rollouts
from .seasons import busyness

Floats = NDArray[np.float64]

#: How-to and pedagogy asks of a plain teacher in a school year, before launches.
ASKS_A_YEAR = 4.2
#: How few skills one teacher's asks go to: smaller is fewer (shape of a gamma around 1).
LEANING = 0.35
#: Asks a user of a new tool adds in its first term, spread over its skills, and how fast they fade.
LAUNCH_ASKS = 1.5
LAUNCH_HALF_LIFE_DAYS = 28
#: Share of the asks that a finished session takes away, by what it does for the skill.
RELIEF = {"touches": 0.1, "teaches": 0.35, "masters": 0.55}
#: Share of asks whose lost minutes somebody wrote down.
MINUTES_KNOWN = 0.65
#: School days since the coaches last sorted: what came in later waits for them.
UNSORTED_DAYS = 18
#: Where the category tells nothing: the words told, a coach could; the rest stays open.
BY_WORDS, BY_COACH = 0.55, 0.4


def asks_of(ground: Ground, people: Sequence[Person]) -> list[Draft]:
    """The asks of these teachers from the start of last year to yesterday."""
    rng = ground.rng("asks")
    skills = content.skills()
    days = _days(ground)
    seasons = {skill.season: busyness(ground, days, skill.season) for skill in skills}
    busy = np.array([seasons[skill.season] for skill in skills])  # [K, D]
    rates = _rates(people, skills, rng)  # [T, K], a school year of plain days
    launch = _launches(ground, people, skills, days)  # [T, K] -> when, how many
    drafts = []
    here = np.array([_here_since(person, days) for person in people])
    for column, skill in enumerate(skills):
        later = np.cumsum(busy[column][::-1])[::-1] / 180.0
        counts = rng.poisson(rates[:, column] * later[here])
        for row in np.flatnonzero(counts).tolist():
            share = busy[column, here[row] :]
            chosen = rng.choice(len(share), size=counts[row], p=share / share.sum())
            for day in sorted((chosen + here[row]).tolist()):
                drafts.append((people[row], days[day], skill))
    for row, column, day in launch.draw(rng, days):
        drafts.append((people[row], days[day], skills[column]))
    sorted_until = ground.school_days(ground.last.start_date, ground.today)[-UNSORTED_DAYS]
    asked = [
        _ask(ground, rng, person, day, skill, sorted_until)
        for person, day, skill in drafts
        if not _relieved(person, day, skill, rng)
    ]
    return [draft for draft in asked if draft.opened_at < ground.midnight]


def _days(ground: Ground) -> list[date]:
    """Every day from the start of last year to yesterday."""
    first = ground.last.start_date
    return [first + timedelta(days=number) for number in range((ground.today - first).days)]


def _here_since(person: Person, days: Sequence[date]) -> int:
    return int(
        np.searchsorted(
            np.array(days, dtype="datetime64[D]"), np.datetime64(person.started_date)
        ).clip(0, max(len(days) - 1, 0))
    )


def _rates(
    people: Sequence[Person], skills: Sequence[SkillText], rng: np.random.Generator
) -> Floats:
    """Expected asks a school year [T, K]: each teacher's own leanings over everybody's weights."""
    weight = np.array([skill.rate for skill in skills])
    open_to = np.array([[_can_need(person, skill) for skill in skills] for person in people])
    leaning = rng.gamma(LEANING, 1 / LEANING, size=open_to.shape)
    mix = weight * open_to * leaning
    everybody = (weight * open_to).sum(axis=1, keepdims=True)
    asks = np.array([person.asks for person in people])[:, None]
    return np.asarray(ASKS_A_YEAR * asks * mix / np.maximum(everybody, 1e-9))


def _can_need(person: Person, skill: SkillText) -> bool:
    return (
        (not skill.kinds or person.kind in skill.kinds)
        and (not skill.subjects or bool(set(skill.subjects) & {*person.row.subjects, "general"}))
        and (not skill.needs_tool or skill.tool in person.tools)
    )


@dataclass(frozen=True, slots=True)
class Launches:
    """Who is reached by which new tool's skill from which day: rows of (teacher, skill, day)."""

    cells: tuple[tuple[int, int, int], ...]
    asks: Floats

    def draw(self, rng: np.random.Generator, days: Sequence[date]) -> list[tuple[int, int, int]]:
        """The asks that the launches bring: (teacher, skill, day)."""
        found = []
        scale = LAUNCH_HALF_LIFE_DAYS / np.log(2)
        for (row, column, start), asks in zip(self.cells, self.asks, strict=True):
            for after in rng.exponential(scale, size=rng.poisson(asks)):
                day = start + int(after)
                while day < len(days) and days[day].weekday() > 4:
                    day += 1
                if 0 <= day < len(days):
                    found.append((row, column, day))
        return found


def _launches(
    ground: Ground, people: Sequence[Person], skills: Sequence[SkillText], days: Sequence[date]
) -> Launches:
    cells, asks = [], []
    for rollout in rollouts(ground):
        if not ground.last.start_date <= rollout.from_date < ground.today:
            continue
        start = (rollout.from_date - ground.last.start_date).days
        columns = [number for number, skill in enumerate(skills) if skill.tool == rollout.tool]
        total = sum(skills[column].rate for column in columns)
        for row, person in enumerate(people):
            if rollout.school in (None, person.school) and rollout.tool in person.tools:
                for column in columns:
                    if _can_need(person, skills[column]):
                        cells.append((row, column, start))
                        asks.append(
                            LAUNCH_ASKS * min(person.asks, 2.5) * skills[column].rate / total
                        )
    return Launches(tuple(cells), np.array(asks))


def _relieved(person: Person, day: date, skill: SkillText, rng: np.random.Generator) -> bool:
    """Whether a session finished before took this ask away."""
    kept = 1.0
    for text in content.sessions():
        done_at = person.completed.get(text.key)
        if done_at is not None and skill.name in text.skills and done_at.date() < day:
            kept *= 1 - RELIEF[text.skills[skill.name]]
    return kept < 1.0 and rng.random() > kept


def _ask(
    ground: Ground,
    rng: np.random.Generator,
    person: Person,
    day: date,
    skill: SkillText,
    sorted_until: date,
) -> Draft:
    """One ask as the help desk filed it, sorted as far as somebody or something could tell."""
    kind = TicketKind.PEDAGOGY if rng.random() < skill.pedagogy else TicketKind.HOW_TO
    opened_at = time_of_day(ground, day, rng)
    minutes = None
    if rng.random() < MINUTES_KNOWN:
        minutes = max(5, round(float(rng.gamma(2.0, skill.minutes / 2.0)) / 5) * 5)
    category = skill.category
    if not category or (kind == TicketKind.PEDAGOGY and rng.random() < 0.5):
        category = UNCLEAR
    draft = Draft(person, opened_at, kind, category, minutes_lost=minutes, about=skill.name)
    if skill_of_category(category) == skill.name:
        return replace(draft, skill=skill.name, origin=Ticket.Origin.CATEGORY)
    told = rng.random()
    if told < BY_WORDS:
        sure = round(float(rng.beta(6, 2)), 2)
        return replace(draft, skill=skill.name, origin=Ticket.Origin.WORDS, confidence=sure)
    if day >= sorted_until:
        return draft
    draft = replace(draft, sorted_at=opened_at + timedelta(days=float(rng.uniform(1, 8))))
    if told < BY_WORDS + BY_COACH:
        return replace(draft, skill=skill.name, origin=Ticket.Origin.COACH)
    return draft

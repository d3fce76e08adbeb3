"""Tickets before they have a number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from profiles.choices import TicketKind

from . import content
from .ground import Ground
from .people import Person

#: Where the help desk files what its people can’t place.
UNCLEAR = "General / Something else"


@dataclass(frozen=True, slots=True)
class Draft:
    """A ticket before it has a number."""

    person: Person
    opened_at: datetime
    kind: TicketKind
    category: str
    skill: str = ""
    origin: str = ""
    confidence: float | None = None
    sorted_at: datetime | None = None
    minutes_lost: int | None = None
    is_reopened: bool | None = None  # None: chance decides
    about: str = ""  # the skill it was really about, for the words that are kept of it


def time_of_day(ground: Ground, day: date, rng: np.random.Generator) -> datetime:
    """Before the bell, between lessons, after school: most in the morning and after two."""
    minute = rng.normal(8.4 * 60, 60) if rng.random() < 0.55 else rng.normal(14.2 * 60, 75)
    minute = int(np.clip(minute, 6.5 * 60, 20 * 60))
    return ground.at(day, minute // 60, minute % 60)


def skill_of_category(category: str) -> str:
    """The one skill that a category stands for; "" where it stands for several or for none."""
    found = [skill.name for skill in content.skills() if skill.category == category]
    return found[0] if len(found) == 1 else ""

"""Where and when the sample stands: the day it is made on, its years, its schools, its chance."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from .calendar import Year, year_from, year_on

#: Marks what the sample made wherever a row says where it came from.
SOURCE = "sample"
DISTRICT_NAME = "Alder Bay Schools"
TIME_ZONE = "America/New_York"

#: Name, kind, teachers: 300 in 13 schools.
SCHOOLS = (
    ("North High", "high", 50),
    ("Harbor High", "high", 42),
    ("East Middle", "middle", 32),
    ("West Middle", "middle", 28),
    ("Riverside Middle", "middle", 26),
    ("Lincoln Elementary", "elementary", 18),
    ("Maple Street Elementary", "elementary", 16),
    ("Oak Hill Elementary", "elementary", 15),
    ("Cedar Grove Elementary", "elementary", 14),
    ("Franklin Elementary", "elementary", 13),
    ("Bayview Elementary", "elementary", 12),
    ("Roosevelt K-8", "k8", 18),
    ("Sumner K-8", "k8", 16),
)
KIND_OF_SCHOOL = {name: kind for name, kind, _ in SCHOOLS}


@dataclass(frozen=True, slots=True)
class Ground:
    """The day the sample is made on and what follows from it. Same day and seed, same sample."""

    today: date
    seed: int = 1
    last: Year = field(init=False)  # the last full school year
    present: Year = field(init=False)  # the one that today lies in

    def __post_init__(self) -> None:
        present = year_on(self.today)
        object.__setattr__(self, "present", present)
        object.__setattr__(self, "last", year_from(present.start_date.year - 1))

    @property
    def years(self) -> tuple[Year, Year]:
        """Both years, the older first."""
        return self.last, self.present

    @property
    def midnight(self) -> datetime:
        """The start of today in the district: everything told as past lies before it."""
        return self.at(self.today, 0, 0)

    def at(self, day: date, hour: int, minute: int = 0) -> datetime:
        """A time of day in the district."""
        return datetime.combine(day, time(hour, minute), tzinfo=ZoneInfo(TIME_ZONE))

    def rng(self, name: str) -> np.random.Generator:
        """Random numbers of one builder's own, so that a change in one moves no other."""
        return np.random.default_rng([self.seed, *name.encode()])

    def year_of(self, day: date) -> Year:
        """The school year of a day, which may lie ahead."""
        return year_on(day)

    def school_days(self, since: date, until: date) -> list[date]:
        """The days children are in school, both ends included, before today."""
        days = []
        day = since
        while day <= min(until, self.today - timedelta(days=1)):
            if self.year_of(day).is_school_day(day):
                days.append(day)
            day += timedelta(days=1)
        return days

"""Help-desk logs as histories: who asked about what, when and among whom."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np

from pdplanner.recommender.history import Cohorts, Floats, History

#: What a row must have; a log without cohorts has everybody in one.
NEEDED = ("person", "topic", "opened_at")


class BadLog(ValueError):
    """A file that is no log: what is missing or can't be read, and in which line."""


@dataclass(frozen=True)
class Event:
    """One ask."""

    person: str
    topic: str
    cohort: str
    opened_date: date


@dataclass(frozen=True)
class Trial:
    """What is known at an origin, and what was asked in the days after it."""

    history: History
    days: int
    asked: Floats  # [P, K]


def read_events(path: str | Path) -> list[Event]:
    """The rows of a CSV with columns person, topic, cohort, opened_at; incomplete ones left out.

    A stamp with a zone counts for the day that it names itself. Raises BadLog.
    """
    try:
        with Path(path).open(encoding="utf-8-sig", newline="") as file:
            return list(_events_in(csv.DictReader(file)))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadLog(f"{path}: {error}") from error


def _events_in(rows: csv.DictReader) -> Iterator[Event]:
    missing = [name for name in NEEDED if name not in (rows.fieldnames or ())]
    if missing:
        raise BadLog(f"no column {', '.join(missing)}")
    for row in rows:
        if not all(row[name] and row[name].strip() for name in NEEDED):
            continue
        try:
            opened_date = _date(row["opened_at"])
        except ValueError as error:
            raise BadLog(f"line {rows.line_num}: {error}") from error
        yield Event(row["person"], row["topic"], row.get("cohort") or "", opened_date)


def read_incidents(path: str | Path, *, subcategory: bool) -> list[Event]:
    """The public service desk's incidents, by category/subcategory or by category."""
    with Path(path).open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["caller"] and row["category"]]
    return [
        Event(
            row["caller"],
            f"{row['category']}/{row['subcategory']}" if subcategory else row["category"],
            row["location"],
            _date(row["opened_at"]),
        )
        for row in rows
    ]


def _date(text: str) -> date:
    return datetime.fromisoformat(text.strip()).date()


def trial_at(events: Sequence[Event], origin: date, days: int) -> Trial:
    """The people who asked before `origin`, what they had asked, and what they asked next."""
    end = origin + timedelta(days=days)
    before = [event for event in events if event.opened_date < origin]
    after = [event for event in events if origin <= event.opened_date < end]
    people = {person: row for row, person in enumerate(_sorted(e.person for e in before))}
    topics = _sorted(event.topic for event in (*before, *after))
    columns = {topic: column for column, topic in enumerate(topics)}
    last = origin - timedelta(days=1)
    day = np.array([(event.opened_date - last).days for event in before], dtype=np.float64)
    history = History(
        origin=last,
        people=len(people),
        skills=tuple(topics),
        person=np.array([people[event.person] for event in before], dtype=np.int64),
        skill=np.array([columns[event.topic] for event in before], dtype=np.int64),
        day=day,
        minutes=np.full(len(before), np.nan),
        since=_first_days(before, people, last),
        until=np.ones(len(people)),
        cohorts=_cohorts(before, people),
    )
    asked = np.zeros((len(people), len(topics)))
    for event in after:
        if event.person in people:
            asked[people[event.person], columns[event.topic]] += 1
    return Trial(history, days, asked)


def _first_days(events: Sequence[Event], people: dict[str, int], last: date) -> Floats:
    """The day of each person's first ask: before it the log does not know of them."""
    since = np.zeros(len(people))
    for event in events:
        row = people[event.person]
        since[row] = min(since[row], (event.opened_date - last).days)
    return since


def _sorted(names: Iterable[str]) -> list[str]:
    return sorted(set(names))


def _cohorts(events: Sequence[Event], people: dict[str, int]) -> Cohorts:
    """Everybody in the one cohort they were last seen in most."""
    seen: dict[str, Counter[str]] = {person: Counter() for person in people}
    for event in events:
        seen[event.person][event.cohort] += 1
    named = [max(count, key=lambda name: (count[name], name)) for count in seen.values()]
    groups = {name: place for place, name in enumerate(_sorted(named))}
    return Cohorts(
        groups=tuple(("school", name) for name in groups),
        person=np.arange(len(people)),
        group=np.array([groups[name] for name in named], dtype=np.int64),
    )

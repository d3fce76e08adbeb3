"""The one shape that every roster format is read into. No student ever reaches it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class RosterSchool:
    external_id: str
    name: str
    identifier: str


@dataclass(frozen=True, slots=True)
class RosterSession:
    """A school year, or a term in it (`year` is then the year's id, "" without one)."""

    external_id: str
    title: str
    start_date: date
    end_date: date
    year: str = ""


@dataclass(frozen=True, slots=True)
class RosterTeacher:
    """One person, however many rows the feed has for them."""

    external_ids: tuple[str, ...]
    email: str
    given_name: str
    family_name: str
    main_school: str  # an external id, "" for none
    schools: tuple[str, ...]
    grades: tuple[str, ...]
    subjects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Roster:
    """A full set: who is not in it is gone."""

    source: str
    schools: tuple[RosterSchool, ...]
    years: tuple[RosterSession, ...]
    terms: tuple[RosterSession, ...]
    teachers: tuple[RosterTeacher, ...]
    rows_read: int
    people_file: str = "users.csv"  # where problems with a person are
    #: What the next set of changes builds on: staff rows by file; empty where there are no such
    #: sets.
    kept: Mapping[str, list[dict[str, Any]]] = field(default_factory=dict, compare=False)

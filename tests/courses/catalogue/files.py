"""Catalogue files of our own, and what reading and applying them comes to."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from courses.catalogue import apply_catalogue, read_catalogue
from profiles.imports import ImportRefused, Problems

MODULE = {
    "uid": "acme.1",
    "type": "module",
    "title": "Grade sync, end to end",
    "summary": "Sync <b>once</b>.\nThen twice.",
    "objectives": ["sync grades", "read the log"],
    "prerequisites": None,
    "prerequisite_uids": [],
    "levels": ["beginner"],
    "subjects": ["Gradebook", "Rosters"],
    "duration_in_minutes": 45,
    "duration_text": "45 minutes",
    "audience": "Whoever grades",
    "age_groups": ["11-14 years", "Key stage 3", "14-16 years"],
    "delivery_mode": "remote",
    "how_you_will_learn": None,
}
RUN = {
    "occurrence_no": "r-1",
    "module_uid": "acme.1",
    "start": "2026-11-05T15:30",
    "end": "2026-11-05T16:30",
    "online": False,
    "remote": False,
    "hub": "East Middle",
    "city": "Sunfield",
}
NOW = datetime(2026, 9, 14, 15, 0, tzinfo=UTC)


def catalogue(*modules: dict, runs=(), **more) -> bytes:
    return json.dumps({"modules": list(modules), "occurrences": list(runs), **more}).encode()


def bring_in(content: bytes, **options) -> dict:
    """Apply a catalogue; return its counts that are not nought."""
    read = read_catalogue(content, name="c.json", problems=Problems())
    options = {"zone": ZoneInfo("America/New_York"), "now": NOW} | options
    return {name: n for name, n in apply_catalogue(catalogue=read, **options).items() if n}


def refusal_of(content: bytes, **options) -> list[str]:
    """Return the errors a file is refused with."""
    with pytest.raises(ImportRefused) as refused:
        read_catalogue(content, name="c.json", problems=Problems(), **options)
    return [str(line) for line in refused.value.problems if str(line).startswith("error")]


def warnings_of(content: bytes) -> list[str]:
    problems = Problems()
    read_catalogue(content, name="c.json", problems=problems)
    return [str(problem) for problem in problems]


# ---- what comes in ------------------------------------------------------------------------------

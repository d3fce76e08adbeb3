"""From a path to a roster: opens it, reads all of it, and refuses what is not right."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from ..imports import ImportRefused, Problems, Progress, silent
from ..queries import the_district, today_in_district
from .files import RosterFiles
from .oneroster import OneRoster
from .shape import Roster


def read_roster(
    path: Path, *, now: datetime, progress: Progress = silent
) -> tuple[Roster, Problems, str]:
    """Return the roster, its warnings and the hash of the files. Raises ImportRefused."""
    problems = Problems()
    files = RosterFiles(path)
    try:
        roster = OneRoster(
            files=files,
            as_of=today_in_district(now),
            problems=problems,
            email_domain=the_district().email_domain,
            progress=progress,
        ).read()
        if problems.forbid:
            raise ImportRefused(problems)
        return roster, problems, files.content_hash()
    finally:
        files.close()

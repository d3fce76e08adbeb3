"""Reads values out of help desks' answers, whatever they have become since they were described.

A name that is missing, or holds something else, is "" or None where a ticket can be read without
it, and Drifted where it can't: then it is named, its content never.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from urllib.parse import quote

from ..csv import FIRST_YEAR, LONGEST_CATEGORY, LONGEST_ID, MOST_MINUTES

#: RT and others write this for "never".
NEVER_BEFORE = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC)
#: Later than any ticket, and early enough to be reckoned with in every zone.
NEVER_AFTER = datetime(2200, 1, 1, tzinfo=UTC)
#: "+0000" at the end of a time: Python 3.11 reads "+00:00" and "+0000" alike, but no blank before.
ZONE_AFTER_BLANK = re.compile(r"\s+(?=[+-]\d{2}:?\d{2}$)")
TAG = re.compile(r"<[^<>]{0,500}>")


class Drifted(Exception):
    """A ticket lacks what it can't be read without; the text names the field."""


def at(row: Any, path: str) -> Any:
    """Return what stands at a path such as "requester.email", None when nothing does."""
    if isinstance(row, dict) and "." not in path:
        return row.get(path)
    for name in path.split("."):
        if isinstance(row, list) and name.isdecimal():
            row = row[int(name)] if int(name) < len(row) else None
        elif isinstance(row, dict):
            row = row.get(name)
        else:
            return None
    return row


def holdable(value: str) -> str:
    """Return a text without what no database takes: NUL, and halves of signs."""
    if not value.isascii():
        value = value.encode("utf-8", "ignore").decode()
    return value.replace("\0", "")


def text(row: Any, path: str) -> str:
    """Return the text or number at a path; "" when there is none."""
    value = at(row, path)
    if isinstance(value, str):
        return holdable(value).strip()
    if isinstance(value, bool):
        return "yes" if value else ""
    return str(value) if isinstance(value, int | float) else ""


def first_text(row: Any, *paths: str) -> str:
    """Return the text at the first path that has one: the names of older and newer versions."""
    return next((found for path in paths if (found := text(row, path))), "")


def identifier(row: Any, *paths: str) -> str:
    """Return the ticket's id. Raises Drifted."""
    found = first_text(row, *paths)
    if not found or len(found) > LONGEST_ID:
        raise Drifted(paths[0])
    return found


def name_of(value: str) -> str:
    """Return a category as it is kept."""
    return value[:LONGEST_CATEGORY]


def moment(row: Any, path: str, zone: tzinfo = UTC) -> datetime | None:
    """Return the time at a path; one without a zone is of `zone`. None when there is none."""
    value = text(row, path)
    if not value:
        return None
    try:
        if " " in value:
            value = ZONE_AFTER_BLANK.sub("", value)
        found = datetime.fromisoformat(value)
        if found.tzinfo is None:
            found = found.replace(tzinfo=zone)
        found = found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return found if NEVER_BEFORE <= found < NEVER_AFTER else None


def needed_moment(row: Any, path: str, zone: tzinfo = UTC) -> datetime:
    """Return the time at a path. Raises Drifted."""
    found = moment(row, path, zone)
    if found is None:
        raise Drifted(path)
    return found


def after(opened_at: datetime, *later: datetime | None) -> datetime | None:
    """Return the first of these times, never before the ticket was opened."""
    found = next((one for one in later if one is not None), None)
    return None if found is None else max(found, opened_at)


def minutes(value: str) -> int | None:
    """Return a number of minutes, None for anything else."""
    number = value.removesuffix(".0")
    if number.isascii() and number.isdecimal() and len(number) <= 6 and int(number) <= MOST_MINUTES:
        return int(number)
    return None


def segment(value: str) -> str:
    """Return a number or key as one part of a path."""
    return quote(value, safe="")


def listed(value: Any) -> list[Any]:
    """Return a list, an empty one for anything else."""
    return value if isinstance(value, list) else []


def plain(value: str) -> str:
    """Return the words of a text with tags and escapes."""
    return TAG.sub(" ", html.unescape(value))


def words_in(value: Any, depth: int = 0) -> str:
    """Return the words of a nested document such as Atlassian's, in their order."""
    if isinstance(value, str):
        return holdable(value)
    if depth > 40:
        return ""
    parts: Iterable[Any] = ()
    if isinstance(value, list):
        parts = value
    elif isinstance(value, dict):
        parts = (value.get("text"), value.get("content"))
    return " ".join(found for part in parts if (found := words_in(part, depth + 1)))


def written(moment_at: datetime) -> str:
    """Return a time as a place keeps it."""
    return moment_at.astimezone(UTC).isoformat()


def read_again(place: str, overlap: timedelta) -> datetime:
    """Return where to read on after a pass: a little before its mark."""
    return datetime.fromisoformat(place) - overlap

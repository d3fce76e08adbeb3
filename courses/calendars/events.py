"""What a calendar is told, before it is written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Status(StrEnum):
    """As RFC 5545 writes it."""

    CONFIRMED = "CONFIRMED"
    TENTATIVE = "TENTATIVE"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who invites or is invited."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """One part of a run as one person's calendar holds it.

    `uid` stays for ever; `sequence` rises with every change, so the newest wins.
    """

    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    summary: str
    status: Status = Status.CONFIRMED
    place: str = ""
    words: str = ""
    address: str = ""  # of the session's page


def fingerprint(events: Iterable[CalendarEvent], *more: str) -> str:
    """Return what differs as soon as anything in these events does, or in what goes with them."""
    return hashlib.sha256("\n".join([*more, *map(repr, events)]).encode()).hexdigest()

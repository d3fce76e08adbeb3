"""What people type after a command: an address, a day."""

from __future__ import annotations

from datetime import date

from profiles.models import Teacher
from profiles.models.people import normalise_email


class BadArgument(ValueError):
    """What was typed means nothing; the message says so in one sentence."""


def teacher_from(email: str) -> Teacher:
    """Return the teacher with this address."""
    teacher = Teacher.objects.filter(email__iexact=normalise_email(email)).first()
    if teacher is None:
        raise BadArgument(f"There is no teacher with the address {email}.")
    return teacher


def day_from(text: str) -> date:
    """Return the day written as YYYY-MM-DD."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadArgument(f"“{text}” is no date: write it like 2026-11-26.") from None

"""The private address of a calendar: made, renewed, taken away; its secret is told once."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from profiles.models import User
from profiles.queries import today_in_district

from ..models import CalendarFeed

SECRET_BYTES = 32


def renew_feed(*, user: User, now: datetime) -> str:
    """Return a fresh secret for this person's feed; an earlier one opens nothing from now on."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    CalendarFeed.objects.update_or_create(
        user=user,
        defaults={
            "secret_hash": hash_of(secret),
            "made_at": now,
            "changed_at": now,
            "read_date": None,
            "fingerprint": "",
        },
    )
    return secret


def remove_feed(*, user: User) -> None:
    """Take the feed away: its address opens nothing any more."""
    CalendarFeed.objects.filter(user=user).delete()


def note_read(*, feed: CalendarFeed, fingerprint: str, now: datetime) -> CalendarFeed:
    """Write down that a calendar looked, and when what it finds has changed; return the feed.

    Two readers at once write the same; nothing is written when nothing changed since this morning.
    """
    today = today_in_district(now)
    changes: dict[str, object] = {}
    if feed.fingerprint != fingerprint:
        # To the second, as it is told to readers; and never back.
        changed_at = max(now.replace(microsecond=0), feed.changed_at.replace(microsecond=0))
        changes |= {"fingerprint": fingerprint, "changed_at": changed_at}
    if feed.read_date != today:
        changes["read_date"] = today
    if changes:
        CalendarFeed.objects.filter(pk=feed.pk).update(**changes)
        feed.refresh_from_db()
    return feed


def hash_of(secret: str) -> str:
    """Return what is stored of a secret; it is random and long, so that a plain hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()

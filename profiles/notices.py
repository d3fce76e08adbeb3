"""Mail that is owed: written in the transaction that causes it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from .models import Notice, User


def owe_notices(
    *,
    users: Iterable[User],
    kind: str,
    key: str,
    facts: dict[str, Any] | None = None,
    now: datetime,
    is_urgent: bool = False,
) -> int:
    """Owe each of these users one notice of a cause; return how many were not owed it before.

    Only active users are told, and without `is_urgent` only those who want the daily digest.
    `key` names the cause: told once. `facts` hold ids and dates for the template `kind`.
    """
    told = [user for user in users if user.is_active and (is_urgent or user.wants_digest)]
    have = set(Notice.objects.filter(user__in=told, key=key).values_list("user_id", flat=True))
    owed = [
        Notice(user=user, kind=kind, key=key, facts=facts or {}, caused_at=now, is_urgent=is_urgent)
        for user in told
        if user.pk not in have
    ]
    # Ignoring conflicts: two processes may find the same cause at the same moment.
    Notice.objects.bulk_create(owed, ignore_conflicts=True)
    return len(owed)

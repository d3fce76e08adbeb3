"""Mail that is owed: written in the transaction that causes it, sent by the worker.

A letter is a group of notices under one Message-ID, fixed before it is handed over. Killed before
the mail server's yes, it is sent later; killed between that yes and our note of it, it is sent
again with the same Message-ID. Killed anywhere else, it is sent once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from .models import Notice, User

#: The digest goes out from this time on, in the district's zone, with what was caused before it.
DIGEST_TIME = time(6)
#: Who claimed a letter has this long to send it before another process may.
CLAIM = timedelta(minutes=10)
#: The choice of a person that lets a kind of news into the daily mail, where it has one of its own.
WANTED_BY = {
    "run-soon": "wants_reminders",
    "seat-waits": "wants_reminders",
    "evaluation": "wants_evaluations",
}
ANY_OTHER = "wants_digest"
#: Carries a calendar's part, so that it can be told in one mail with what it is about.
INVITATION = "invitation"
#: All that the daily mail can be made of.
DIGEST_CHOICES = (ANY_OTHER, *dict.fromkeys(WANTED_BY.values()))
#: What could not be sent for this long is no news any more.
STALE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail to one person: the notices it tells, under one Message-ID."""

    user: User
    message_id: str
    notices: tuple[Notice, ...]
    is_digest: bool


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

    Only active users are told, and without `is_urgent` only those who want this kind of news.
    `key` names the cause: told once. `facts` hold ids and dates for the template `kind`.
    """
    told = [
        user
        for user in users
        if user.is_active and (is_urgent or getattr(user, WANTED_BY.get(kind, ANY_OTHER)))
    ]
    have = set(Notice.objects.filter(user__in=told, key=key).values_list("user_id", flat=True))
    owed = [
        Notice(user=user, kind=kind, key=key, facts=facts or {}, caused_at=now, is_urgent=is_urgent)
        for user in told
        if user.pk not in have
    ]
    # Ignoring conflicts: two processes may find the same cause at the same moment.
    Notice.objects.bulk_create(owed, ignore_conflicts=True)
    return len(owed)


def known_keys(keys: Iterable[str]) -> set[str]:
    """Return which of these causes are told, or owed, already."""
    return set(Notice.objects.filter(key__in=list(keys)).values_list("key", flat=True))


def last_digest_time(now: datetime, zone: ZoneInfo) -> datetime:
    """Return when the latest digest was due: what was caused before it belongs into it."""
    local = now.astimezone(zone)
    due = datetime.combine(local.date(), DIGEST_TIME, zone)
    return (
        due if due <= local else datetime.combine(due.date() - timedelta(days=1), DIGEST_TIME, zone)
    )


def next_digest_time(now: datetime, zone: ZoneInfo) -> datetime:
    """Return when the next digest is due: what is caused until then belongs into it."""
    return datetime.combine(
        last_digest_time(now, zone).date() + timedelta(days=1), DIGEST_TIME, zone
    )


def drop_unwanted(*, now: datetime) -> None:
    """Forget what nobody wants to hear any more: digests switched off, people gone, old news."""
    unwanted = Q(user__is_active=False) | Q(caused_at__lt=now - STALE)
    for choice in DIGEST_CHOICES:
        kinds = Q(kind__in=[kind for kind, field in WANTED_BY.items() if field == choice])
        if choice == ANY_OTHER:
            kinds = ~Q(kind__in=list(WANTED_BY))
        unwanted |= kinds & Q(is_urgent=False, **{f"user__{choice}": False})
    Notice.objects.filter(unwanted, sent_at=None).delete()


def users_owed(*, now: datetime, zone: ZoneInfo) -> list[int]:
    """Return whom a letter may be due to, by id."""
    due = Q(is_urgent=True) | Q(caused_at__lt=last_digest_time(now, zone))
    free = Q(claimed_at=None) | Q(claimed_at__lt=now - CLAIM)
    owed = Notice.objects.filter(due, free, sent_at=None)
    return sorted(set(owed.values_list("user_id", flat=True)))


@transaction.atomic
def claim_letters(*, user_id: int, now: datetime, zone: ZoneInfo) -> list[Letter]:
    """Return the letters due to one person, claimed for whoever asked: nobody else sends them."""
    rows = list(
        Notice.objects.select_for_update(of=("self",))
        .filter(user=user_id, sent_at=None)
        .select_related("user")
        .order_by("caused_at", "pk")
    )
    letters = [_letter(group, is_digest=False) for group in _words_at_once(rows)]
    digest = _digest_of([row for row in rows if not row.is_urgent], now, zone)
    if digest:
        letters.append(_letter(digest, is_digest=True))
    mine = []
    for letter in letters:
        first = letter.notices[0]
        if first.claimed_at is not None and first.claimed_at > now - CLAIM:
            continue
        Notice.objects.filter(pk__in=[row.pk for row in letter.notices]).update(
            message_id=letter.message_id, claimed_at=now
        )
        mine.append(letter)
    return mine


def note_sent(*, letter: Letter, now: datetime) -> None:
    """Write down that the mail server took the letter."""
    Notice.objects.filter(pk__in=[row.pk for row in letter.notices]).update(sent_at=now)


def _words_at_once(rows: list[Notice]) -> list[list[Notice]]:
    """Group what can't wait: an invitation goes with the word on the same run, all else alone."""
    groups: list[list[Notice]] = []
    for row in (row for row in rows if row.is_urgent):
        mate = next((group for group in groups if _goes_with(row, group)), None)
        if mate is None:
            groups.append([row])
        else:
            mate.append(row)
    return groups


def _goes_with(row: Notice, group: list[Notice]) -> bool:
    first = group[0]
    if row.message_id or first.message_id:  # a process died over it: the same letter again
        return row.message_id == first.message_id
    kinds = {one.kind for one in (row, *group)}
    run = row.facts.get("offering")
    is_same = run is not None and run == first.facts.get("offering")
    return is_same and len(kinds) == len(group) + 1 == 2 and INVITATION in kinds


def _digest_of(rows: list[Notice], now: datetime, zone: ZoneInfo) -> list[Notice]:
    """What the digest of the day tells; nothing when one went out already."""
    begun = next((row.message_id for row in rows if row.message_id), "")
    if begun:  # a process died over it: the same letter again, with nothing added
        return [row for row in rows if row.message_id == begun]
    due = last_digest_time(now, zone)
    due_rows = [row for row in rows if row.caused_at < due]
    if due_rows and _had_digest_since(due_rows[0].user_id, due):
        return []
    return due_rows


def _had_digest_since(user_id: int, due: datetime) -> bool:
    return Notice.objects.filter(user=user_id, is_urgent=False, sent_at__gte=due).exists()


def _letter(rows: list[Notice], *, is_digest: bool) -> Letter:
    domain = urlsplit(settings.WAGTAILADMIN_BASE_URL).hostname or "localhost"
    message_id = rows[0].message_id or Notice.new_message_id(domain)
    return Letter(rows[0].user, message_id, tuple(rows), is_digest)

"""Calls of a help desk: signed, fresh, each once. A call names a ticket and says nothing else; the
ticket itself is fetched over our own line."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

from ...models import FeedCall, TicketFeed
from ...seals import SealBroken
from ..csv import LONGEST_ID

#: Header of a call: t=SECONDS,v1=HEX, the HMAC-SHA-256 of "SECONDS.BODY" under the key.
HEADER = "X-Pdplanner-Signature"
LARGEST_CALL = 4096
#: A call is as old as this at most, or ahead by it.
FRESH = timedelta(minutes=5)
#: Calls that were read are kept until no copy of them would be fresh any more.
KEPT = timedelta(minutes=30)
#: Unread calls of one help desk: more are not taken, the next pass finds what changed.
MOST_WAITING = 1000


class CallRefused(Exception):
    """A call that is not signed, not fresh, or names no ticket."""


def signature(key: str, *, body: bytes, at: int) -> str:
    """Return what stands in the header of a call."""
    digest = hmac.new(key.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def take_call(*, feed: TicketFeed, header: str, body: bytes, now: datetime) -> bool:
    """Owe a ticket another reading; return whether this call was the first of its kind.

    Raises CallRefused.
    """
    parts = dict(part.strip().partition("=")[::2] for part in header.split(",")[:4])
    stamp, given = parts.get("t", ""), parts.get("v1", "")
    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) <= 11 and given.isascii()):
        raise CallRefused
    try:
        key = feed.hook_key.open()
    except SealBroken:
        raise CallRefused from None
    wanted = signature(key, body=body, at=int(stamp)).rpartition("=")[2]
    if not key or not hmac.compare_digest(wanted, given):
        raise CallRefused
    if abs(now - datetime.fromtimestamp(int(stamp), UTC)) > FRESH:
        raise CallRefused
    number = ticket_in(body)
    if feed.calls.filter(read_at=None).count() >= MOST_WAITING:
        return False
    _, is_first = FeedCall.objects.get_or_create(
        signature=wanted, defaults={"feed": feed, "external_id": number, "called_at": now}
    )
    return is_first


def ticket_in(body: bytes) -> str:
    """Return the id that a call names; whatever else it says is dropped. Raises CallRefused."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        raise CallRefused from None
    number = said.get("id") if isinstance(said, dict) else None
    if isinstance(number, bool) or not isinstance(number, str | int):
        raise CallRefused
    text = str(number).strip()
    if not text or len(text) > LONGEST_ID or not text.isprintable():
        raise CallRefused
    return text


def forget_old_calls(*, now: datetime) -> None:
    """Delete calls that were read and can't be sent again."""
    FeedCall.objects.filter(read_at__isnull=False, called_at__lt=now - KEPT).delete()

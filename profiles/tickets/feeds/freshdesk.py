"""Freshdesk, by its API of version 2.

Without `updated_since` it lists the last 30 days only, and it never shows more than 300 pages of
one question: the walk asks anew from the last ticket's time. Deleted tickets vanish from lists
and say `deleted` when asked for alone.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from ..rows import TicketRow
from .answers import (
    after,
    at,
    first_text,
    identifier,
    minutes,
    moment,
    name_of,
    needed_moment,
    plain,
    text,
)
from .desks import Desk, Keys, Page, Place, System, still_there
from .line import NotThere, NotUnderstood
from .walks import Listing, by_time

LAST_PAGE = 300
RESOLVED = ("4", "5", "resolved", "closed")


def headers(keys: Keys) -> dict[str, str]:
    """Return what lets us in."""
    word = base64.b64encode(f"{keys.token.open()}:X".encode()).decode()
    return {"Authorization": f"Basic {word}"}


def ask(desk: Desk, since: datetime, number: int | str) -> Listing:
    """Return a page of what changed since a moment, oldest first."""
    # A second earlier: whether the moment itself is included stands nowhere.
    moment_at = (since - timedelta(seconds=1)).astimezone(UTC)
    params = {
        "updated_since": moment_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "order_by": "updated_at",
        "order_type": "asc",
        "per_page": str(desk.per_page),
        "page": str(number),
        "include": "requester,stats,description",
    }
    answer = desk.line.get("api/v2/tickets", params)
    if not isinstance(answer.json, list):
        raise NotUnderstood("The answer is no list of tickets: is this Freshdesk's address?")
    has_more = 'rel="next"' in answer.headers.get("Link", "") or len(answer.json) >= desk.per_page
    if has_more and int(number) >= LAST_PAGE:
        raise NotUnderstood("Too many tickets changed in the same second to be listed.")
    return Listing(answer.json, int(number) + 1 if has_more else None)


def pages(desk: Desk, place: Place, is_new: bool) -> Iterator[Page]:
    """Yield the tickets changed since a place."""
    return by_time(partial(ask, desk), partial(read, desk), place, is_new)


def read(desk: Desk, raw: Any) -> TicketRow:
    """Return a ticket of an answer."""
    number = identifier(raw, "id", "display_id")
    opened_at = needed_moment(raw, "created_at")
    is_solved = text(raw, "status").casefold() in RESOLVED
    solved_at = after(opened_at, moment(raw, "stats.resolved_at"), moment(raw, "stats.closed_at"))
    updated_at = needed_moment(raw, "updated_at")
    if is_solved and solved_at is None:
        solved_at = after(opened_at, updated_at)

    def custom(name: str, usual: str = "") -> str:
        key = desk.fields.get(name) or usual
        # Version 1 said `custom_field`, with the account's number after each name.
        return first_text(raw, f"custom_fields.{key}", f"custom_field.{key}") if key else ""

    group = text(raw, "group_id")
    return TicketRow(
        line=0,
        external_id=number,
        requester=first_text(raw, "requester.email", "email"),
        opened_at=opened_at,
        first_answered_at=after(opened_at, moment(raw, "stats.first_responded_at")),
        resolved_at=solved_at if is_solved else None,
        category=name_of(custom("category") or first_text(raw, "type", "ticket_type")),
        subcategory=name_of(custom("subcategory", "cf_subcategory")),
        kind=custom("kind", "cf_kind"),
        minutes_lost=minutes(custom("minutes_lost", "cf_minutes_lost")),
        need_by_date=None,
        is_reopened=bool(moment(raw, "stats.reopened_at")),
        subject=text(raw, "subject"),
        body=first_text(raw, "description_text") or plain(text(raw, "description")),
        updated_at=updated_at,
        address=f"{desk.address}/a/tickets/{number}",
        is_gone=at(raw, "deleted") is True
        or at(raw, "spam") is True
        or bool(desk.queue and group and desk.queue != group),
    )


def one(desk: Desk, number: str) -> TicketRow | None:
    """Return one ticket; None when it is gone."""
    if not number.isdecimal():
        return None
    try:
        raw = desk.line.get(f"api/v2/tickets/{number}", {"include": "requester,stats"}).json
    except NotThere:
        return None
    return read(desk, raw)


def present(desk: Desk, numbers: Sequence[str]) -> set[str]:
    """Return those of these tickets that are still there, asked for one by one."""

    def is_there(number: str) -> bool:
        row = one(desk, number)
        return row is not None and not row.is_gone

    return still_there(numbers, is_there)


SYSTEM = System(
    headers=headers,
    pages=pages,
    one=one,
    present=present,
    held_at_once=20,
    token_label="API key",  # noqa: S106 (a label)
    queue_label="Number of the group",
    address_hint="https://district.freshdesk.com",
    fields={
        "category": "type",
        "subcategory": "cf_subcategory",
        "kind": "cf_kind",
        "minutes_lost": "cf_minutes_lost",
    },
)

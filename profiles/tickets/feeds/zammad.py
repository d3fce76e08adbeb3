"""Zammad, by its search, whose index runs a few seconds behind the tickets.

`expand` gives names instead of numbers: `customer` is an address. A merged ticket has that state;
a deleted one is found no more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from ..rows import TicketRow
from .answers import (
    after,
    first_text,
    identifier,
    listed,
    minutes,
    moment,
    name_of,
    needed_moment,
    plain,
    text,
)
from .desks import Desk, Keys, Page, Place, System
from .line import NotThere, NotUnderstood, Refused
from .walks import Listing, by_time


def headers(keys: Keys) -> dict[str, str]:
    """Return what lets us in."""
    return {"Authorization": f"Token token={keys.token.open()}"}


def search(desk: Desk, query: str, number: int) -> list[Any]:
    """Return a page of what a query finds, oldest change first."""
    params = {
        "query": query,
        "sort_by": "updated_at",
        "order_by": "asc",
        "expand": "true",
        "page": str(number),
        "per_page": str(desk.per_page),
    }
    answer = desk.line.get("api/v1/tickets/search", params).json
    if not isinstance(answer, list):
        raise NotUnderstood("The answer is no list of tickets: is this Zammad's address?")
    return answer


def ask(desk: Desk, since: datetime, number: int | str) -> Listing:
    """Return a page of what changed since a moment."""
    moment_at = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    query = f'updated_at:["{moment_at}" TO *]'
    if desk.queue:
        group = desk.queue.replace("\\", "\\\\").replace('"', '\\"')
        query += f' AND group.name:"{group}"'
    raws = search(desk, query, int(number))
    # A short page may be a limit of Zammad's own: only an empty one is the end.
    return Listing(raws, int(number) + 1 if raws else None)


def pages(desk: Desk, place: Place, is_new: bool) -> Iterator[Page]:
    """Yield the tickets changed since a place."""
    return by_time(partial(ask, desk), partial(read, desk), place, is_new)


def read(desk: Desk, raw: Any) -> TicketRow:
    """Return a ticket of an answer."""
    number = identifier(raw, "id")
    opened_at = needed_moment(raw, "created_at")
    updated_at = needed_moment(raw, "updated_at")
    state = text(raw, "state").casefold()
    closed_at = after(opened_at, moment(raw, "close_at"))
    if state == "closed" and closed_at is None:
        closed_at = after(opened_at, updated_at)

    def custom(name: str) -> str:
        return text(raw, desk.fields.get(name) or name)

    return TicketRow(
        line=0,
        external_id=number,
        requester=text(raw, "customer"),
        opened_at=opened_at,
        first_answered_at=after(opened_at, moment(raw, "first_response_at")),
        resolved_at=closed_at if state == "closed" else None,
        category=name_of(custom("category") or text(raw, "group")),
        subcategory=name_of(custom("subcategory")),
        kind=custom("kind"),
        minutes_lost=minutes(custom("minutes_lost")),
        need_by_date=None,
        is_reopened=closed_at is not None and state in ("new", "open"),
        subject=text(raw, "title"),
        body=first_text(raw, "article.body", "note"),
        updated_at=updated_at,
        address=f"{desk.address}/#ticket/zoom/{number}",
        is_gone=state in ("merged", "removed"),
    )


def one(desk: Desk, number: str) -> TicketRow | None:
    """Return one ticket; None when it is gone."""
    if not number.isdecimal():
        return None
    try:
        raw = desk.line.get(f"api/v1/tickets/{number}", {"expand": "true"}).json
    except NotThere:
        return None
    return read(desk, raw)


def present(desk: Desk, numbers: Sequence[str]) -> set[str]:
    """Return those of these tickets that are still there."""
    wanted = [number for number in numbers if number.isdecimal()]
    found = search(desk, "id:(" + " OR ".join(wanted) + ")", 1) if wanted else []
    return {text(raw, "id") for raw in found}


def body(desk: Desk, number: str) -> str:
    """Return the first text of a ticket."""
    try:
        articles = desk.line.get(f"api/v1/ticket_articles/by_ticket/{int(number)}").json
    except (NotThere, NotUnderstood, Refused):
        return ""
    texts = (plain(text(article, "body")) for article in listed(articles))
    return next((found for found in texts if found), "")


SYSTEM = System(
    headers=headers,
    pages=pages,
    one=one,
    present=present,
    body=body,
    token_label="Access token",  # noqa: S106 (a label)
    queue_label="Group",
    address_hint="https://help.example.org",
    fields={
        "category": "group",
        "subcategory": "subcategory",
        "kind": "kind",
        "minutes_lost": "minutes_lost",
    },
)

"""Request Tracker 5, by its REST 2.0 interface.

Seen in 5.0.3: times have no parts of a second, ids are texts in lists and numbers elsewhere, an
unset time is 1970, a page has 100 tickets at most whatever is asked for. Deleted and merged
tickets vanish from every list; a merged one answers under the number it was merged into. Lists
bring no text of a ticket.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from ..rows import TicketRow
from .answers import after, at, identifier, listed, minutes, moment, name_of, needed_moment, text
from .desks import Desk, Keys, Page, Place, System
from .line import NotThere, NotUnderstood
from .walks import by_key

FIELDS = {
    "fields": "Subject,Status,Created,Started,LastUpdated,Resolved,Requestor,Creator,Queue,"
    "EffectiveId,CustomFields",
    "fields[Requestor]": "Name,EmailAddress",
    "fields[Creator]": "Name,EmailAddress",
    "fields[Queue]": "Name,Lifecycle",
}
ORDER = [("orderby", "LastUpdated"), ("order", "ASC"), ("orderby", "id"), ("order", "ASC")]


def headers(keys: Keys) -> dict[str, str]:
    """Return what lets us in."""
    return {"Authorization": f"token {keys.token.open()}"}


def quoted(value: str) -> str:
    """Return a value as TicketSQL writes it."""
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def stamp(moment_at: datetime) -> str:
    """Return a time as RT's database holds it.

    `LastUpdated.DateTime` is compared with that. `LastUpdated` alone takes a time for one of the
    zone of whoever asks, one such as 2026-11-21T17:00:00Z for that day's midnight, and = for the
    whole day.
    """
    return quoted(moment_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S"))


def search(desk: Desk, query: str) -> list[Any]:
    """Return the tickets that a query finds, a page of them."""
    params = [
        ("query", query),
        *FIELDS.items(),
        *ORDER,
        ("per_page", str(desk.per_page)),
    ]
    answer = desk.line.get("REST/2.0/tickets", params).json
    if not isinstance(answer, dict) or not isinstance(answer.get("items"), list):
        raise NotUnderstood("The answer is no list of tickets: is this RT's address?")
    return answer["items"]


def ask(desk: Desk, since: datetime, last: str) -> list[Any]:
    """Return the tickets after a (time, id), oldest change first."""
    changed, moment_at = "LastUpdated.DateTime", stamp(since)
    query = f"{changed} >= {moment_at}"
    if last.isdecimal():
        query = f"( {changed} > {moment_at} OR ( {changed} = {moment_at} AND id > {int(last)} ) )"
    if desk.queue:
        names = [name.strip() for name in desk.queue.split(",") if name.strip()]
        query += " AND ( " + " OR ".join(f"Queue = {quoted(name)}" for name in names) + " )"
    return search(desk, query)


def pages(desk: Desk, place: Place, is_new: bool) -> Iterator[Page]:
    """Yield the tickets changed since a place."""
    return by_key(partial(ask, desk), partial(read, desk), place, is_new)


def read(desk: Desk, raw: Any) -> TicketRow:
    """Return a ticket of a list. Whoever it was opened for asked, not who typed it."""
    number = identifier(raw, "id")
    opened_at = needed_moment(raw, "Created")
    status = text(raw, "Status").casefold()
    resolved_at = after(opened_at, moment(raw, "Resolved"))
    is_open = status in ("new", "open", "stalled")  # the default life of a ticket
    values = {text(one, "name"): text(one, "values.0") for one in listed(at(raw, "CustomFields"))}
    field = desk.fields.get
    return TicketRow(
        line=0,
        external_id=number,
        requester=next(
            (
                found
                for one in listed(at(raw, "Requestor"))
                if (found := text(one, "EmailAddress") or text(one, "Name"))
            ),
            "",
        ),
        opened_at=opened_at,
        first_answered_at=after(opened_at, moment(raw, "Started")),
        resolved_at=None if is_open else resolved_at,
        category=name_of(
            values.get(field("category") or "Category", "") or text(raw, "Queue.Name")
        ),
        subcategory=name_of(values.get(field("subcategory") or "Subcategory", "")),
        kind=values.get(field("kind") or "Kind", ""),
        minutes_lost=minutes(values.get(field("minutes_lost") or "Minutes lost", "")),
        need_by_date=None,
        # RT keeps the day of the first solution when a ticket is opened again.
        is_reopened=is_open and resolved_at is not None,
        subject=text(raw, "Subject"),
        body="",
        updated_at=needed_moment(raw, "LastUpdated"),
        address=f"{desk.address}/Ticket/Display.html?id={number}",
        is_gone=status == "deleted",
    )


def one(desk: Desk, number: str) -> TicketRow | None:
    """Return one ticket; None when it was deleted or merged."""
    if not number.isdecimal():
        return None
    found = search(desk, f"id = {int(number)}")
    return read(desk, found[0]) if found else None


def present(desk: Desk, numbers: Sequence[str]) -> set[str]:
    """Return those of these tickets that RT still lists."""
    wanted = [int(number) for number in numbers if number.isdecimal()]
    found: set[str] = set()
    for start in range(0, len(wanted), desk.per_page):
        asked = wanted[start : start + desk.per_page]
        listed_there = search(desk, " OR ".join(f"id = {number}" for number in asked))
        found.update(text(raw, "id") for raw in listed_there)
    return found


def body(desk: Desk, number: str) -> str:
    """Return the first text of a ticket."""
    params = {"fields": "ContentType,Content", "per_page": "5"}
    try:
        answer = desk.line.get(f"REST/2.0/ticket/{int(number)}/attachments", params).json
    except (NotThere, NotUnderstood):  # gone by now, or larger than any text
        return ""
    texts = (
        text(part, "Content")
        for part in listed(at(answer, "items"))
        if text(part, "ContentType").startswith("text/")
    )
    return next((found for found in texts if found), "")


SYSTEM = System(
    headers=headers,
    pages=pages,
    one=one,
    present=present,
    body=body,
    token_label="Authentication token",  # noqa: S106 (a label)
    queue_label="Queues, with commas between",
    address_hint="https://rt.example.org",
    fields={
        "category": "Category",
        "subcategory": "Subcategory",
        "kind": "Kind",
        "minutes_lost": "Minutes lost",
    },
)

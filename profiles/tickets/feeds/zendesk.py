"""Zendesk, by its incremental export of tickets.

The export is a cursor of Zendesk's own, which survives a kill and goes on where it was; it leaves
out the last minute and allows ten questions a minute. `requester` is the person helped, whoever
submitted the ticket. Deleted tickets stand in the export with that status.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from ..rows import TicketRow
from .answers import after, at, identifier, listed, minutes, moment, name_of, needed_moment, text
from .desks import Desk, Keys, Page, Place, System, page_of
from .line import NotThere, NotUnderstood

EXPORT = "api/v2/incremental/tickets/cursor.json"
SIDELOADS = "users,metric_sets,groups"
SOLVED = ("solved", "closed")


def headers(keys: Keys) -> dict[str, str]:
    """Return what lets us in: an API token belongs to an agent's address."""
    word = base64.b64encode(f"{keys.account}/token:{keys.token.open()}".encode()).decode()
    return {"Authorization": f"Basic {word}"}


def pages(desk: Desk, place: Place, is_new: bool) -> Iterator[Page]:
    """Yield the tickets changed since a place; `is_new` means nothing to a cursor."""
    cursor = str(place.get("cursor", ""))
    while True:
        start = {"cursor": cursor} if cursor else {"start_time": "0"}
        params = start | {"include": SIDELOADS, "per_page": str(min(desk.per_page, 1000))}
        answer = desk.line.get(EXPORT, params).json
        tickets = at(answer, "tickets")
        if not isinstance(tickets, list):
            raise NotUnderstood("The answer is no list of tickets: is this Zendesk's address?")
        following = text(answer, "after_cursor") or cursor
        is_last = at(answer, "end_of_stream") is not False
        if not is_last and following == cursor:
            raise NotUnderstood("The help desk gives the same page of tickets again and again.")
        known = Sideloads(answer)
        yield page_of(
            [raw for raw in tickets if is_wanted(desk, raw, known)],
            lambda raw, known=known: read(desk, raw, known),  # type: ignore[misc]
            place=lambda rows, following=following: {"cursor": following},  # type: ignore[misc]
            is_last=is_last,
        )
        if is_last:
            return
        cursor = following


class Sideloads:
    """What an answer says beside its tickets."""

    def __init__(self, answer: Any):
        self.emails = {text(u, "id"): text(u, "email") for u in listed(at(answer, "users"))}
        self.groups = {text(g, "id"): text(g, "name") for g in listed(at(answer, "groups"))}
        metrics = listed(at(answer, "metric_sets"))
        self.metrics = {text(metric, "ticket_id"): metric for metric in metrics}


def is_wanted(desk: Desk, raw: Any, known: Sideloads) -> bool:
    """Return whether a ticket belongs to the group that was chosen, if any was."""
    group = known.groups.get(text(raw, "group_id"), "")
    return not desk.queue or desk.queue.casefold() in (group.casefold(), text(raw, "group_id"))


def read(desk: Desk, raw: Any, known: Sideloads) -> TicketRow:
    """Return a ticket of an answer."""
    number = identifier(raw, "id")
    status = text(raw, "status").casefold()
    opened_at = needed_moment(raw, "created_at")
    updated_at = needed_moment(raw, "updated_at")
    metric = known.metrics.get(number)
    solved_at = after(opened_at, moment(metric, "solved_at"))
    if status in SOLVED and solved_at is None:
        solved_at = after(opened_at, updated_at)  # an export without metrics
    reply = text(metric, "reply_time_in_minutes.calendar")
    custom = {text(one, "id"): text(one, "value") for one in listed(at(raw, "custom_fields"))}
    field = desk.fields.get
    return TicketRow(
        line=0,
        external_id=number,
        requester=known.emails.get(text(raw, "requester_id"), ""),
        opened_at=opened_at,
        first_answered_at=answered(opened_at, reply),
        resolved_at=solved_at if status in SOLVED else None,
        category=name_of(
            custom.get(field("category") or "", "") or known.groups.get(text(raw, "group_id"), "")
        ),
        subcategory=name_of(custom.get(field("subcategory") or "", "")),
        kind=custom.get(field("kind") or "", "") or text(raw, "type"),
        minutes_lost=minutes(custom.get(field("minutes_lost") or "", "")),
        need_by_date=None,
        is_reopened=int(minutes(text(metric, "reopens")) or 0) > 0,
        subject=text(raw, "subject"),
        body=text(raw, "description"),
        updated_at=updated_at,
        address=f"{desk.address}/agent/tickets/{number}",
        is_gone=status == "deleted",
    )


def answered(opened_at: datetime, reply: str) -> datetime | None:
    """Return when the first reply came, by the minutes it took."""
    taken = minutes(reply)
    return None if taken is None else opened_at + timedelta(minutes=taken)


def one(desk: Desk, number: str) -> TicketRow | None:
    """Return one ticket; None when it is gone."""
    if not number.isdecimal():
        return None
    try:
        answer = desk.line.get(f"api/v2/tickets/{number}.json", {"include": SIDELOADS}).json
    except NotThere:
        return None
    known = Sideloads(answer)
    raw = at(answer, "ticket")
    return read(desk, raw, known) if is_wanted(desk, raw, known) else None


SYSTEM = System(
    headers=headers,
    pages=pages,
    one=one,
    token_label="API token",  # noqa: S106 (a label)
    account_label="Address of the agent that the token belongs to",
    queue_label="Group",
    address_hint="https://district.zendesk.com",
    fields={"category": "", "subcategory": "", "kind": "", "minutes_lost": ""},
)

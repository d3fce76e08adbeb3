"""Incident IQ, by the list that its own screens use.

A ticket is opened *for* somebody, who may be another than its owner: that person asked. Whether
the list heeds an order is not promised, so it is counted through, newest change first, and read
whole where it does not. Addresses may be missing from a ticket: then the people's list has them.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from ..rows import TicketRow
from .answers import (
    after,
    at,
    first_text,
    identifier,
    listed,
    minutes,
    moment,
    name_of,
    needed_moment,
    segment,
    text,
)
from .desks import Desk, Keys, Page, Place, System
from .line import NotThere, NotUnderstood, Refused
from .walks import Listing, by_recent

TICKETS = "api/v1.0/tickets/-/-/All"
EMAIL = ("Email", "EmailAddress", "Username")


def headers(keys: Keys) -> dict[str, str]:
    """Return what lets us in."""
    return {"Authorization": f"Bearer {keys.token.open()}", "Client": "WebBrowser"}


def ask(desk: Desk, number: int) -> Listing:
    """Return a page of tickets, newest change first."""
    params = {
        "$p": str(number),
        "$s": str(desk.per_page),
        "$o": "TicketModifiedDate",
        "$d": "Descending",
    }
    answer = desk.line.post(TICKETS, params, {}).json
    items = at(answer, "Items")
    if not isinstance(items, list):
        raise NotUnderstood("The answer is no list of tickets: is this Incident IQ's address?")
    pages = minutes(text(answer, "Paging.PageCount"))
    is_last = not items if pages is None else number + 1 >= pages
    return Listing(items, None if is_last else number + 1)


def address_in(person: Any) -> str:
    """Return the address that a person's record holds, "" for none: a name to sign in by is one
    in some districts and not in others."""
    return next((found for name in EMAIL if "@" in (found := text(person, name))), "")


class People:
    """Finds addresses of people by their id, each once."""

    def __init__(self, desk: Desk):
        self._desk = desk
        self._emails: dict[str, str] = {}

    def email(self, person: Any, number: str) -> str:
        """Return the address of a person as a ticket holds it, looked up when it is missing."""
        found = address_in(person)
        if found or not number:
            return found
        if number not in self._emails:
            if len(self._emails) > 50_000:
                self._emails.clear()
            try:
                answer = self._desk.line.get(f"api/v1.0/users/{segment(number)}").json
            except NotThere:
                answer = None
            except Refused:  # such a ticket would be nobody's, and forgotten
                raise Refused(
                    "The token may not read people, so nobody who asked is known. Give it Incident "
                    "IQ's right to view users."
                ) from None
            self._emails[number] = address_in(at(answer, "Item")) or address_in(answer)
        return self._emails[number]


def pages(desk: Desk, place: Place, is_new: bool) -> Iterator[Page]:
    """Yield the tickets changed since a place."""
    return by_recent(partial(ask, desk), partial(read, desk, People(desk)), place, is_new)


def read(desk: Desk, people: People, raw: Any) -> TicketRow:
    """Return a ticket of an answer."""
    number = identifier(raw, "TicketId")
    opened_at = needed_moment(raw, "CreatedDate")
    updated_at = needed_moment(raw, "ModifiedDate")
    is_closed = at(raw, "IsClosed") is True or at(raw, "WorkflowStep.IsClosed") is True
    custom = {
        first_text(one, "Name", "CustomFieldTypeId"): text(one, "Value")
        for one in listed(at(raw, "CustomFieldValues"))
    }
    field = desk.fields.get
    team = text(raw, "AssignedToTeam.TeamName")
    return TicketRow(
        line=0,
        external_id=number,
        requester=people.email(at(raw, "For"), text(raw, "ForId")),
        opened_at=opened_at,
        first_answered_at=after(opened_at, moment(raw, "FirstResponseDate")),
        resolved_at=after(opened_at, moment(raw, "ClosedDate"), updated_at) if is_closed else None,
        category=name_of(
            custom.get(field("category") or "", "")
            or first_text(raw, "Issue.IssueCategoryName", "Issue.Name")
        ),
        subcategory=name_of(
            custom.get(field("subcategory") or "", "") or first_text(raw, "Issue.Name")
        ),
        kind=custom.get(field("kind") or "", ""),
        minutes_lost=minutes(custom.get(field("minutes_lost") or "", "")),
        need_by_date=None,
        is_reopened="reopen" in text(raw, "WorkflowStep.StepName").casefold(),
        subject=text(raw, "Subject"),
        body=first_text(raw, "IssueDescription", "Description"),
        updated_at=updated_at,
        address=f"{desk.address}/agent/tickets/{segment(number)}",
        is_gone=at(raw, "IsDeleted") is True
        or bool(desk.queue and team and desk.queue.casefold() != team.casefold()),
    )


def one(desk: Desk, number: str) -> TicketRow | None:
    """Return one ticket; None when it is gone."""
    try:
        answer = desk.line.get(f"api/v1.0/tickets/{segment(number)}").json
    except NotThere:
        return None
    return read(desk, People(desk), at(answer, "Item") or answer)


SYSTEM = System(
    headers=headers,
    pages=pages,
    one=one,
    token_label="API token",  # noqa: S106 (a label)
    queue_label="Team",
    address_hint="https://district.incidentiq.com",
    fields={"category": "Issue", "subcategory": "", "kind": "", "minutes_lost": ""},
)

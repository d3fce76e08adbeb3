"""GLPI 9 to 11, by apirest.php.

A session is opened with the user's token and, where GLPI asks for it, the application's. Times
are the server's local ones and say no zone. `users_id_recipient` is whoever wrote the ticket down:
the person helped is its Ticket_User of type 1. Texts are escaped HTML. A ticket in the bin is
deleted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from ..rows import TicketRow
from .answers import (
    Drifted,
    after,
    at,
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
from .desks import Desk, Keys, Page, Place, System, still_there
from .line import NotThere, NotUnderstood, Refused, is_sendable
from .walks import Listing, by_time

#: The hour that comes twice in autumn can't be told from its twin.
OVERLAP = timedelta(minutes=65)
REQUESTER = "1"
SOLVED = ("5", "6")
ID, CHANGED = "2", "19"  # GLPI's numbers of search options


def headers(keys: Keys) -> dict[str, str]:
    """Return what asks for a session."""
    more = {"App-Token": keys.app_token.open()} if keys.app_token else {}
    return {"Authorization": f"user_token {keys.token.open()}"} | more


def open_session(desk: Desk) -> None:
    """Sign in; what follows names the session."""
    answer = desk.line.get("apirest.php/initSession").json
    session = text(answer, "session_token")
    if not session or not is_sendable(session):
        raise NotUnderstood("The answer is no session: is this GLPI's address?")
    desk.line.add_header("Session-Token", session)


def ask(desk: Desk, since: datetime, number: int | str) -> Listing:
    """Return a page of what changed since a moment, oldest first: numbers and times."""
    # A second earlier: "morethan" leaves the moment itself out.
    moment_at = (since - timedelta(seconds=1)).astimezone(desk.zone)
    first = (int(number) - 1) * desk.per_page
    params = {
        "criteria[0][field]": CHANGED,
        "criteria[0][searchtype]": "morethan",
        "criteria[0][value]": moment_at.strftime("%Y-%m-%d %H:%M:%S"),
        "forcedisplay[0]": ID,
        "forcedisplay[1]": CHANGED,
        "sort": CHANGED,
        "order": "ASC",
        "range": f"{first}-{first + desk.per_page - 1}",
    }
    answer = desk.line.get("apirest.php/search/Ticket", params).json
    if not isinstance(answer, dict):
        raise NotUnderstood("The answer is no list of tickets: is this GLPI's address?")
    found = listed(answer.get("data"))
    total = minutes(text(answer, "totalcount"))
    has_more = bool(found) if total is None else first + len(found) < total and bool(found)
    if has_more and len(found) < desk.per_page:
        desk.per_page = len(found)  # a limit of GLPI's own: pages are counted by it from here on
    return Listing(found, int(number) + 1 if has_more else None)


def fetched(desk: Desk, number: str) -> Any:
    """Return a ticket with its requester's address; None when it is gone meanwhile."""
    if not number.isdecimal():
        raise NotUnderstood("The help desk's list holds no numbers of tickets any more.")
    try:
        raw = desk.line.get(f"apirest.php/Ticket/{number}", {"expand_dropdowns": "true"}).json
        people = desk.line.get(f"apirest.php/Ticket/{number}/Ticket_User").json
    except NotThere:
        return None
    helped = next((one for one in listed(people) if text(one, "type") == REQUESTER), None)
    email = first_text(helped, "alternative_email")
    person = text(helped, "users_id")
    if not email and person not in ("", "0"):
        email = address_of(desk, person)
    return (raw if isinstance(raw, dict) else {}) | {"requester": email}


def address_of(desk: Desk, person: str) -> str:
    """Return the address of a user, "" when there is none. Raises Refused: a ticket whose
    requester we may not see is nobody's, and would be forgotten."""
    try:
        answer = desk.line.get(f"apirest.php/User/{person}/UserEmail").json
    except NotThere:
        return ""
    except Refused:
        raise Refused(
            "The token may not read the addresses of users, so nobody who asked is known. "
            "Give it GLPI's right to read users, for every entity whose tickets it reads."
        ) from None
    emails = sorted(listed(answer), key=lambda one: text(one, "is_default") != "1")
    return text(emails, "0.email")


def pages(desk: Desk, place: Place, is_new: bool) -> Iterator[Page]:
    """Yield the tickets changed since a place."""
    read_hit, name = partial(read_listed, desk), partial(text, path=ID)
    return by_time(partial(ask, desk), read_hit, place, is_new, overlap=OVERLAP, name=name)


def read_listed(desk: Desk, hit: Any) -> TicketRow:
    """Return a ticket of the list, asked for whole."""
    number = text(hit, ID)
    raw = fetched(desk, number)
    return gone(desk, number, hit) if raw is None else read(desk, raw)


def gone(desk: Desk, number: str, hit: Any) -> TicketRow:
    """Return a ticket that went between the list and the question for it."""
    at_last = needed_moment(hit, CHANGED, desk.zone)
    return TicketRow(
        line=0,
        external_id=number,
        requester="",
        opened_at=at_last,
        first_answered_at=None,
        resolved_at=None,
        category="",
        subcategory="",
        kind="",
        minutes_lost=None,
        need_by_date=None,
        is_reopened=False,
        subject="",
        body="",
        updated_at=at_last,
        is_gone=True,
    )


def read(desk: Desk, raw: Any) -> TicketRow:
    """Return a ticket of an answer."""
    number = identifier(raw, "id")
    opened_at = moment(raw, "date", desk.zone) or needed_moment(raw, "date_creation", desk.zone)
    updated_at = needed_moment(raw, "date_mod", desk.zone)
    status = text(raw, "status")
    if not status:
        raise Drifted("status")
    solved_at = after(
        opened_at, moment(raw, "solvedate", desk.zone), moment(raw, "closedate", desk.zone)
    )

    def custom(name: str, usual: str = "") -> str:
        return text(raw, desk.fields.get(name) or usual) if desk.fields.get(name) or usual else ""

    waited = minutes(text(raw, "takeintoaccount_delay_stat")) or 0  # seconds
    entity = text(raw, "entities_id")
    return TicketRow(
        line=0,
        external_id=number,
        requester=text(raw, "requester"),
        opened_at=opened_at,
        first_answered_at=opened_at + timedelta(seconds=waited) if waited else None,
        resolved_at=(solved_at or after(opened_at, updated_at)) if status in SOLVED else None,
        category=name_of(custom("category", "itilcategories_id")),
        subcategory=name_of(custom("subcategory")),
        kind={"1": "incident", "2": "request"}.get(text(raw, "type"), ""),
        minutes_lost=minutes(custom("minutes_lost")),
        need_by_date=None,
        is_reopened=solved_at is not None and status not in SOLVED,
        subject=plain(text(raw, "name")),
        body=plain(plain(text(raw, "content"))),
        updated_at=updated_at,
        address=f"{desk.address}/front/ticket.form.php?id={number}",
        is_gone=text(raw, "is_deleted") in ("1", "yes")
        or bool(desk.queue and entity and desk.queue != entity),
    )


def one(desk: Desk, number: str) -> TicketRow | None:
    """Return one ticket; None when it is gone."""
    raw = fetched(desk, number) if number.isdecimal() else None
    return None if raw is None else read(desk, raw)


def present(desk: Desk, numbers: Sequence[str]) -> set[str]:
    """Return those of these tickets that are still there, asked for one by one."""

    def is_there(number: str) -> bool:
        if not number.isdecimal():  # of an exported file
            return False
        raw = desk.line.get(f"apirest.php/Ticket/{number}").json
        return text(raw, "is_deleted") not in ("1", "yes") and at(raw, "id") is not None

    return still_there(numbers, is_there)


SYSTEM = System(
    headers=headers,
    open=open_session,
    pages=pages,
    one=one,
    present=present,
    per_page=20,  # each costs three questions more
    held_at_once=20,
    token_label="User token",  # noqa: S106 (a label)
    app_token_label="Application token",  # noqa: S106 (a label)
    queue_label="Entity, by its full name",
    address_hint="https://glpi.example.org",
    fields={"category": "itilcategories_id", "subcategory": "", "minutes_lost": ""},
)

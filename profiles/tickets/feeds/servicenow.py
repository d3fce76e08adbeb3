"""ServiceNow, by its table API.

Every value is a text, times are UTC without saying so, a reference is a record with a link.
`caller_id` is the person helped, `opened_by` whoever typed it. The list is walked by time and
sys_id, exact under any change. A deleted record leaves no trace.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from ..rows import TicketRow
from .answers import after, first_text, identifier, listed, minutes, moment, name_of, needed_moment
from .answers import at as value_at
from .answers import text as text_at
from .desks import Desk, Keys, Page, Place, System
from .line import NotThere, NotUnderstood
from .walks import by_key

TABLE = "api/now/table/incident"
FIELDS = (
    "sys_id,number,short_description,description,state,opened_at,sys_created_on,sys_updated_on,"
    "resolved_at,closed_at,reopen_count,category,subcategory,contact_type,caller_id.email,"
    "caller_id.user_name,assignment_group.name"
)
RESOLVED = ("6", "7", "resolved", "closed")
CANCELED = ("8", "canceled", "cancelled")


def headers(keys: Keys) -> dict[str, str]:
    """Return what lets us in: a password beside an account, or a bearer token alone."""
    if keys.account:
        word = base64.b64encode(f"{keys.account}:{keys.token.open()}".encode()).decode()
        return {"Authorization": f"Basic {word}"}
    return {"Authorization": f"Bearer {keys.token.open()}"}


def select(desk: Desk, query: str) -> list[Any]:
    """Return the incidents that a query finds, a page of them."""
    more = ",".join(dict.fromkeys(name for name in desk.fields.values() if name))
    params = {
        "sysparm_query": query,
        "sysparm_fields": FIELDS + ("," + more if more else ""),
        "sysparm_limit": str(desk.per_page),
        "sysparm_exclude_reference_link": "true",
    }
    answer = desk.line.get(TABLE, params).json
    found = value_at(answer, "result")
    if not isinstance(found, list):
        raise NotUnderstood("The answer is no list of incidents: is this ServiceNow's address?")
    return found


def ask(desk: Desk, since: datetime, last: str) -> list[Any]:
    """Return the incidents after a (time, sys_id), oldest change first."""
    moment_at = since.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
    group = f"^assignment_group.name={plain_value(desk.queue)}" if desk.queue else ""
    query = f"sys_updated_on>={moment_at}{group}"
    if last:
        query = (
            f"sys_updated_on>{moment_at}{group}"
            f"^NQsys_updated_on={moment_at}^sys_id>{plain_value(last)}{group}"
        )
    return select(desk, f"{query}^ORDERBYsys_updated_on^ORDERBYsys_id")


def plain_value(value: str) -> str:
    """Return a value without what would end it in an encoded query."""
    return value.replace("^", "")


def pages(desk: Desk, place: Place, is_new: bool) -> Iterator[Page]:
    """Yield the incidents changed since a place."""
    return by_key(partial(ask, desk), partial(read, desk), place, is_new)


def text(raw: Any, name: str) -> str:
    """Return a value, whichever way it is displayed: plain, or with its shown form beside it."""
    found = raw.get(name) if isinstance(raw, dict) else None  # names hold dots here
    if isinstance(found, dict):
        return text_at(found, "value")
    return text_at({"it": found}, "it")


def read(desk: Desk, raw: Any) -> TicketRow:
    """Return an incident of an answer."""
    flat = {name: text(raw, name) for name in raw} if isinstance(raw, dict) else {}
    number = identifier(flat, "sys_id")
    opened_at = moment(flat, "opened_at") or needed_moment(flat, "sys_created_on")
    updated_at = needed_moment(flat, "sys_updated_on")
    state = flat.get("state", "").casefold()
    resolved_at = after(
        opened_at, moment(flat, "resolved_at"), moment(flat, "closed_at"), updated_at
    )

    def custom(name: str, usual: str = "") -> str:
        return flat.get(desk.fields.get(name) or usual, "")

    reopened = minutes(flat.get("reopen_count", "")) or 0
    return TicketRow(
        line=0,
        external_id=number,
        requester=flat.get("caller_id.email", "") or flat.get("caller_id.user_name", ""),
        opened_at=opened_at,
        first_answered_at=None,
        resolved_at=resolved_at if state in RESOLVED else None,
        category=name_of(custom("category", "category")),
        subcategory=name_of(custom("subcategory", "subcategory")),
        kind=custom("kind"),
        minutes_lost=minutes(custom("minutes_lost")),
        need_by_date=None,
        is_reopened=reopened > 0,
        subject=flat.get("short_description", ""),
        body=first_text(flat, "description"),
        updated_at=updated_at,
        address=f"{desk.address}/nav_to.do?uri=incident.do?sys_id={number}",
        is_gone=state in CANCELED,
    )


def one(desk: Desk, number: str) -> TicketRow | None:
    """Return one incident, by its sys_id or its number; None when it is gone."""
    name = "number" if number.upper().startswith("INC") else "sys_id"
    try:
        found = select(desk, f"{name}={plain_value(number)}")
    except NotThere:
        return None
    return read(desk, found[0]) if found else None


def present(desk: Desk, numbers: Sequence[str]) -> set[str]:
    """Return those of these incidents that are still there."""
    found = select(desk, "sys_idIN" + ",".join(plain_value(number) for number in numbers))
    return {text(raw, "sys_id") for raw in listed(found)}


SYSTEM = System(
    headers=headers,
    pages=pages,
    one=one,
    present=present,
    token_label="Password, or OAuth token",  # noqa: S106 (a label)
    account_label="Account; leave it empty for an OAuth token",
    queue_label="Assignment group",
    address_hint="https://district.service-now.com",
    fields={
        "category": "category",
        "subcategory": "subcategory",
        "kind": "",
        "minutes_lost": "",
    },
)

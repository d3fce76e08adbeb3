"""Jira Service Management, by the search of its REST API.

JQL knows minutes only, in the zone of whoever asks: so it is asked for the last so many minutes,
which mean the same everywhere. `reporter` is the person helped ("on behalf of"), `creator` whoever
typed it. An address is absent where that person's settings hide it. Texts are nested documents.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
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
    segment,
    text,
    words_in,
)
from .desks import Desk, Keys, Page, Place, System, still_there
from .line import NotThere, NotUnderstood
from .walks import Listing, by_token

SEARCH = "rest/api/3/search/jql"
FIELDS = "summary,description,status,created,updated,resolutiondate,reporter,components,issuetype"
#: Clocks of Jira and ours may differ, and a minute is the least it knows.
OVERLAP = timedelta(minutes=10)


def headers(keys: Keys) -> dict[str, str]:
    """Return what lets us in: an API token beside an account, or a personal token alone."""
    if keys.account:
        word = base64.b64encode(f"{keys.account}:{keys.token.open()}".encode()).decode()
        return {"Authorization": f"Basic {word}"}
    return {"Authorization": f"Bearer {keys.token.open()}"}


def search(desk: Desk, jql: str, token: str) -> Any:
    """Return a page of what a query finds."""
    more = ",".join(dict.fromkeys(name for name in desk.fields.values() if name))
    params = {
        "jql": jql,
        "fields": FIELDS + ("," + more if more else ""),
        "maxResults": str(desk.per_page),
    }
    if token:
        params["nextPageToken"] = token
    answer = desk.line.get(SEARCH, params).json
    if not isinstance(at(answer, "issues"), list):
        raise NotUnderstood("The answer is no list of issues: is this Jira's address?")
    return answer


def ask(desk: Desk, since: datetime, token: str) -> Listing:
    """Return a page of what changed since a moment; pages after the first go by a token."""
    back = max(1, math.ceil((desk.now - since) / timedelta(minutes=1)) + 1)
    project = f"project = {quoted(desk.queue)} AND " if desk.queue else ""
    jql = f"{project}updated >= -{back}m ORDER BY updated ASC, key ASC"
    answer = search(desk, jql, token)
    following = text(answer, "nextPageToken")
    is_last = at(answer, "isLast") is True or not following
    return Listing(answer["issues"], None if is_last else following)


def quoted(value: str) -> str:
    """Return a value as JQL writes it."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def pages(desk: Desk, place: Place, is_new: bool) -> Iterator[Page]:
    """Yield the issues changed since a place."""
    return by_token(partial(ask, desk), partial(read, desk), place, is_new, overlap=OVERLAP)


def read(desk: Desk, raw: Any) -> TicketRow:
    """Return an issue of an answer."""
    number = identifier(raw, "key", "issueKey")
    fields = at(raw, "fields") or {}
    opened_at = needed_moment(fields, "created")
    updated_at = needed_moment(fields, "updated")
    category = first_text(
        fields, "status.statusCategory.key", "status.statusCategory.name", "status.statusCategory"
    )
    is_done = category.casefold() == "done"
    solved_at = after(opened_at, moment(fields, "resolutiondate"), updated_at)

    def custom(name: str) -> str:
        key = desk.fields.get(name)
        found = at(fields, key) if key else None
        return first_text({"it": found}, "it.value", "it.requestType.name", "it.name", "it")

    return TicketRow(
        line=0,
        external_id=number,
        requester=first_text(fields, "reporter.emailAddress", "reporter.accountId"),
        opened_at=opened_at,
        first_answered_at=None,
        resolved_at=solved_at if is_done else None,
        category=name_of(
            custom("category") or first_text(fields, "components.0.name", "issuetype.name")
        ),
        subcategory=name_of(custom("subcategory")),
        kind=custom("kind"),
        minutes_lost=minutes(custom("minutes_lost")),
        need_by_date=None,
        is_reopened="reopen" in text(fields, "status.name").casefold(),
        subject=text(fields, "summary"),
        body=words_in(at(fields, "description")),
        updated_at=updated_at,
        address=f"{desk.address}/browse/{number}",
    )


def one(desk: Desk, number: str) -> TicketRow | None:
    """Return one issue; None when it is gone."""
    try:
        return read(desk, desk.line.get(f"rest/api/3/issue/{segment(number)}").json)
    except NotThere:
        return None


def present(desk: Desk, numbers: Sequence[str]) -> set[str]:
    """Return those of these issues that are still there.

    A key that is not there makes the whole question an error, so each is asked for alone.
    """

    def is_there(number: str) -> bool:
        path = f"rest/api/3/issue/{segment(number)}"
        answer = desk.line.get(path, {"fields": "updated"}).json
        return text(answer, "key") == number  # one that was moved answers under its new key

    return still_there(numbers, is_there)


SYSTEM = System(
    headers=headers,
    pages=pages,
    one=one,
    present=present,
    held_at_once=20,
    token_label="API token",  # noqa: S106 (a label)
    account_label="Address of the account; leave it empty for a personal token",
    queue_label="Key of the project",
    address_hint="https://district.atlassian.net",
    fields={"category": "components", "subcategory": "", "kind": "", "minutes_lost": ""},
)

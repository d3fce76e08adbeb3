"""Ways through a list of tickets that changes while it is read, so that none is left out.

Tickets are read by the time of their last change, oldest first. One that changes meanwhile goes
to the end and is read there again; what would be lost is whatever moves up a page behind our
back. So pages are not counted: each is asked for by the last ticket of the one before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from ..rows import TicketRow
from .answers import Drifted, read_again, text, written
from .desks import BEGINNING, OVERLAP, Page, Place, page_of, part_of
from .line import NotUnderstood

Read = Callable[[Any], TicketRow]


class Listing(NamedTuple):
    """One answer: the tickets as they came, and the name of the page after it, None for none."""

    raws: list[Any]
    next: int | str | None


def name_of_ticket(raw: Any) -> str:
    """Return the id that a ticket of a list has, read or not."""
    return text(raw, "id")


def start_of(place: Place, is_new: bool, overlap: timedelta) -> datetime:
    """Return the moment to read from."""
    if "since" not in place:
        return BEGINNING
    return read_again(place["since"], overlap if is_new else timedelta())


def by_key(
    ask: Callable[[datetime, str], list[Any]],
    read: Read,
    place: Place,
    is_new: bool,
    *,
    overlap: timedelta = OVERLAP,
) -> Iterator[Page]:
    """Walk a list that can be asked for what comes after a (time, id): exact under any change.

    Only an empty page is the end: a short one may be a limit of the help desk's own.
    """
    since = start_of(place, is_new, overlap)
    last = "" if is_new else str(place.get("last", ""))
    while True:
        raws = ask(since, last)

        def after(rows: list[TicketRow], since: datetime = since, last: str = last) -> Place:
            check_order(rows)
            if rows and changed(rows[0]) < since:
                raise NotUnderstood("The help desk gives older tickets than asked for.")
            if rows:
                since, last = changed(rows[-1]), rows[-1].external_id
            return {"since": written(since), "last": last}

        page = page_of(raws, read, place=after, is_last=not raws)
        yield page
        if not raws:
            return
        if page.place == {"since": written(since), "last": last}:
            raise NotUnderstood("The help desk gives the same page of tickets again and again.")
        since, last = datetime.fromisoformat(page.place["since"]), page.place["last"]


def by_time(
    ask: Callable[[datetime, int | str], Listing],
    read: Read,
    place: Place,
    is_new: bool,
    *,
    overlap: timedelta = OVERLAP,
    name: Callable[[Any], str] = name_of_ticket,
) -> Iterator[Page]:
    """Walk a list that can be asked for what changed since a moment, that moment included.

    Within more tickets of one moment than fit on a page there is no telling them apart by time:
    there pages are counted, and a page counts only while the one before it stands unchanged.
    Where reading a ticket takes questions of its own, a page may be left in the midst of it: the
    place counts how many of it were read, and that holds while the last of them stands there yet
    by its `name`.
    """
    since = start_of(place, is_new, overlap)
    number: int | str = 1 if is_new else place.get("page", 1)
    before: str = "" if is_new else place.get("before", "")  # last ticket of the page before
    done, last = (0, "") if is_new else (place.get("done", 0), place.get("last", ""))
    while True:
        listing = ask(since, number)
        if isinstance(number, int) and number > 1:
            if last_of(ask(since, number - 1).raws, read) != before:
                number, before = 1, ""  # a ticket left this moment: what follows moved up
                continue
            if listing.raws and last_of(listing.raws, read) == before:
                raise NotUnderstood("The help desk gives the same page of tickets again and again.")

        def after(
            rows: list[TicketRow],
            since: datetime = since,
            number: int | str = number,
            before: str = before,
            following: int | str | None = listing.next,
        ) -> Place:
            check_order(rows)
            if rows and changed(rows[-1]) > since:
                return {"since": written(changed(rows[-1])), "page": 1, "before": ""}
            last = rows[-1].external_id if rows else before
            return {"since": written(since), "page": following or number, "before": last}

        if done and [name(raw) for raw in listing.raws[done - 1 : done]] != [last]:
            done = 0  # what was read of the page is another part of it now
        part = part_of(listing.raws[done:], read)
        if part.asked_to_wait is not None:
            check_order(part.rows)
            if done := done + part.read:
                here = {"since": written(since), "page": number, "before": before}
                here |= {"done": done, "last": name(listing.raws[done - 1])}
                yield Page(part.rows, here, False, part.drifted)
            raise part.asked_to_wait
        done = 0
        page = Page(part.rows, after(part.rows), listing.next is None, part.drifted)
        yield page
        if page.is_last:
            return
        since = datetime.fromisoformat(page.place["since"])
        number, before = page.place["page"], page.place["before"]


def by_token(
    ask: Callable[[datetime, str], Listing],
    read: Read,
    place: Place,
    is_new: bool,
    *,
    overlap: timedelta = OVERLAP,
) -> Iterator[Page]:
    """Walk a list whose pages are led to by tokens of the help desk's own.

    A token belongs to one question: after a kill that is asked anew, from the last ticket's time.
    """
    since = start_of(place, is_new, overlap)
    begun, token = since, ""
    while True:
        listing = ask(begun, token)

        def after(rows: list[TicketRow], since: datetime = since) -> Place:
            check_order(rows)
            return {"since": written(max(since, changed(rows[-1])) if rows else since)}

        page = page_of(listing.raws, read, place=after, is_last=listing.next is None)
        yield page
        if page.is_last:
            return
        if listing.next == token:
            raise NotUnderstood("The help desk gives the same page of tickets again and again.")
        since, token = datetime.fromisoformat(page.place["since"]), str(listing.next)


def by_recent(
    ask: Callable[[int], Listing], read: Read, place: Place, is_new: bool, *, first: int = 0
) -> Iterator[Page]:
    """Walk a list that can only be counted through, newest change first, down to the last mark.

    What changes meanwhile comes to the front and pushes the rest back, so nothing is left out. A
    system that heeds no order is read whole.
    """
    since = datetime.fromisoformat(place["since"]) - OVERLAP if "since" in place else None
    number = first if is_new else place.get("page", first)
    done = 0 if is_new else place.get("done", 0)  # tickets of the page: they only move down
    top = "" if is_new else place.get("top", "")
    is_ordered = True if is_new else place.get("is_ordered", True)
    lowest: datetime | None = None
    while True:
        listing = ask(number)
        part = part_of(listing.raws[done:], read)
        times = [changed(row) for row in part.rows]
        if times:
            falling = sorted(times, reverse=True) == times and (
                lowest is None or times[0] <= lowest + OVERLAP
            )
            is_ordered = is_ordered and falling
            lowest = times[-1]
            top = max(top, written(max(times)))
        has_reached = is_ordered and since is not None and bool(times) and times[-1] < since
        kept = {"since": place["since"]} if "since" in place else {}
        if part.asked_to_wait is not None:
            here = {"page": number, "done": done + part.read, "top": top, "is_ordered": is_ordered}
            yield Page(part.rows, kept | here, False, part.drifted)
            raise part.asked_to_wait
        if listing.next is None or has_reached:
            mark = max(top, place.get("since", "")) or written(BEGINNING)
            yield Page(part.rows, {"since": mark}, True, part.drifted)
            return
        number, done = number + 1, 0
        going_on = {"page": number, "top": top, "is_ordered": is_ordered}
        yield Page(part.rows, kept | going_on, False, part.drifted)


def changed(row: TicketRow) -> datetime:
    """Return when a ticket changed last; every row of a feed says so."""
    assert row.updated_at is not None  # noqa: S101 (adapters raise Drifted without it)
    return row.updated_at


def check_order(rows: list[TicketRow]) -> None:
    """Raise NotUnderstood when tickets come in another order than asked: some would be lost."""
    times = [changed(row) for row in rows]
    if sorted(times) != times:
        raise NotUnderstood("The help desk gives its tickets in another order than asked for.")


def last_of(raws: list[Any], read: Read) -> str:
    """Return the id of the last ticket that can be read, "" for none."""
    for raw in reversed(raws):
        try:
            return read(raw).external_id
        except Drifted:
            continue
    return ""

"""Ways through a list of tickets that changes while it is read, so that none is left out.

Tickets are read by the time of their last change, oldest first. One that changes meanwhile goes
to the end and is read there again; what would be lost is whatever moves up a page behind our
back. So pages are not counted: each is asked for by the last ticket of the one before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from ..rows import TicketRow
from .answers import Drifted, read_again, text, written
from .desks import BEGINNING, OVERLAP, Page, Part, Place, page_of, part_of
from .line import NotUnderstood

Read = Callable[[Any], TicketRow]


class Listing(NamedTuple):
    """One answer: the tickets as they came, and the name of the page after it, None for none."""

    raws: list[Any]
    next: int | str | None


class Parts:
    """What was read of a page so far, where the help desk lets us read it in parts only."""

    def __init__(self, place: Place):
        self.newest, self.last = place.get("newest", ""), place.get("newest_id", "")
        self._unread: Counter[str] = Counter(place.get("unread", {}))

    def take(self, part: Part) -> None:
        """Add the next part."""
        self._unread.update(part.drifted)
        if part.rows:
            self.newest, self.last = written(changed(part.rows[-1])), part.rows[-1].external_id

    @property
    def kept(self) -> Place:
        """What a place keeps of them."""
        return {"newest": self.newest, "newest_id": self.last, "unread": dict(self._unread)}

    def ended(self, part: Part, place: Place, *, is_last: bool, back: Place | None) -> Page:
        """Return the last part as a page. Where there were others, it is judged by all of them:
        if nothing of the page could be read, it has to be read again from where it began."""
        are_unreadable = not self.last and bool(self._unread)
        if back is None or are_unreadable:
            return Page(part.rows, place, is_last, self._unread, back=back)
        return Page(part.rows, place, is_last, part.drifted, is_part=True)


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
    parts = Parts({} if is_new else place)
    while True:
        listing = ask(since, number)
        if isinstance(number, int) and number > 1:
            if last_of(ask(since, number - 1).raws, read) != before:
                number, before = 1, ""  # a ticket left this moment: what follows moved up
                continue
            if listing.raws and last_of(listing.raws, read) == before:
                raise NotUnderstood("The help desk gives the same page of tickets again and again.")

        here: Place = {"since": written(since), "page": number, "before": before}
        if done and [name(raw) for raw in listing.raws[done - 1 : done]] != [last]:
            done, parts = 0, Parts({})  # what was read of the page is another part of it now
        part = part_of(listing.raws[done:], read)
        check_order(part.rows)
        parts.take(part)
        if part.asked_to_wait is not None:
            if done := done + part.read:
                so_far = {"done": done, "last": name(listing.raws[done - 1])} | parts.kept
                yield Page(part.rows, here | so_far, False, part.drifted, is_part=True)
            raise part.asked_to_wait
        going_on: Place = here | {"page": listing.next or number, "before": parts.last or before}
        if parts.newest > written(since):
            going_on = {"since": parts.newest, "page": 1, "before": ""}
        yield parts.ended(part, going_on, is_last=listing.next is None, back=here if done else None)
        if listing.next is None:
            return
        since = datetime.fromisoformat(going_on["since"])
        number, before = going_on["page"], going_on["before"]
        done, parts = 0, Parts({})


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
    parts = Parts({} if is_new else place)
    while True:
        listing = ask(number)
        part = part_of(listing.raws[done:], read)
        parts.take(part)
        times = [changed(row) for row in part.rows]
        if times:
            falling = sorted(times, reverse=True) == times and (
                lowest is None or times[0] <= lowest + OVERLAP
            )
            is_ordered = is_ordered and falling
            lowest = times[-1]
            top = max(top, written(max(times)))
        has_reached = is_ordered and since is not None and bool(times) and times[-1] < since
        here = {"since": place["since"]} if "since" in place else {}
        here |= {"page": number, "top": top, "is_ordered": is_ordered}
        if part.asked_to_wait is not None:
            so_far = {"done": done + part.read} | parts.kept
            yield Page(part.rows, here | so_far, False, part.drifted, is_part=True)
            raise part.asked_to_wait
        back = here if done else None
        if listing.next is None or has_reached:
            mark = max(top, place.get("since", "")) or written(BEGINNING)
            yield parts.ended(part, {"since": mark}, is_last=True, back=back)
            return
        number, done = number + 1, 0
        yield parts.ended(part, here | {"page": number}, is_last=False, back=back)
        parts = Parts({})


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

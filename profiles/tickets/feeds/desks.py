"""What an adapter is: a help desk at the end of a line, and pages of tickets from a place on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ...seals import Secret
from ..rows import TicketRow
from .answers import Drifted
from .line import (
    AskedToWait,
    Line,
    NotThere,
    NotUnderstood,
    Refused,
    WrongAddress,
    WrongToken,
    is_sendable,
)

#: Where reading begins when nothing was read yet: before any help desk.
BEGINNING = datetime.fromisoformat("2000-01-01T00:00:00+00:00")
#: Read again before the mark of the last pass: clocks differ, and writes land late.
OVERLAP = timedelta(minutes=5)
#: What the question for one ticket may come to without saying that it is there, or that it is not.
NOT_KNOWN = (Refused, NotUnderstood, WrongAddress, Drifted)

Place = dict[str, Any]  # as it is stored: JSON


NO_SECRET = Secret("")


@dataclass(frozen=True)
class Keys:
    """What lets us in."""

    token: Secret
    account: str = ""
    app_token: Secret = NO_SECRET


@dataclass
class Desk:
    """One help desk, ready to be asked."""

    line: Line
    zone: ZoneInfo
    now: datetime
    address: str  # where people read it
    queue: str = ""
    fields: dict[str, str] = field(default_factory=dict)  # our name -> theirs
    per_page: int = 100


@dataclass(frozen=True)
class Page:
    """Some tickets, and the place after them: of the last page, where the next pass begins."""

    rows: list[TicketRow]
    place: Place
    is_last: bool
    drifted: Counter[str] = field(default_factory=Counter)  # field that was missing -> tickets
    is_part: bool = False  # the help desk had enough before the end of the page
    #: Where to go on when nothing of it can be read; None: where the page before it led.
    back: Place | None = None

    @property
    def is_unreadable(self) -> bool:
        """Whether no ticket of a page can be read: going on would lose them all."""
        return bool(self.drifted) and not self.rows and not self.is_part


@dataclass(frozen=True)
class System:
    """A kind of help desk: how it is asked."""

    #: Returns the headers of every request.
    headers: Callable[[Keys], dict[str, str]]
    #: Yields the tickets changed since a place, oldest change first where the system can. The last
    #: argument says whether a pass begins there, or goes on after a kill.
    pages: Callable[[Desk, Place, bool], Iterator[Page]]
    #: Returns one ticket, None when it is gone.
    one: Callable[[Desk, str], TicketRow | None]
    #: Returns those of these tickets that are still there; None: a page says what is gone.
    present: Callable[[Desk, Sequence[str]], set[str]] | None = None
    per_page: int = 100
    held_at_once: int = 100  # tickets to one such question
    #: Returns the first text of a ticket, where pages bring none.
    body: Callable[[Desk, str], str] | None = None
    token_label: str = "Token"  # noqa: S105 (a label)
    account_label: str = ""  # "": no account beside the token
    app_token_label: str = ""  # "": no token of the application beside it
    queue_label: str = "Queue"
    address_hint: str = "https://help.example.org"
    #: Fields that may be named: ours -> where it stands there when nobody says.
    fields: dict[str, str] = field(default_factory=dict)
    #: What must be done before the first question, such as a session.
    open: Callable[[Desk], None] | None = None


def headers_of(system: System, keys: Keys) -> dict[str, str]:
    """Return the headers of every request. Raises WrongToken when one of them can't be sent."""
    try:
        headers = system.headers(keys)
    except UnicodeError:  # half of a sign, from the environment
        raise WrongToken from None
    if not all(is_sendable(value) for value in headers.values()):
        raise WrongToken
    return headers


def still_there(numbers: Iterable[str], is_there: Callable[[str], bool]) -> set[str]:
    """Return those of these tickets that are there, asked for one by one; one that we may not see
    is there as far as we know."""
    found = set()
    for number in numbers:
        try:
            if is_there(number):
                found.add(number)
        except NotThere:
            continue
        except NOT_KNOWN:
            found.add(number)
    return found


def page_of(
    raws: Iterable[Any],
    read: Callable[[Any], TicketRow],
    *,
    place: Callable[[list[TicketRow]], Place],
    is_last: bool,
) -> Page:
    """Return a page of what could be read, and count what could not."""
    part = part_of(raws, read)
    if part.asked_to_wait is not None:
        raise part.asked_to_wait
    return Page(part.rows, place(part.rows), is_last, part.drifted)


@dataclass(frozen=True)
class Part:
    """The tickets of a page up to where the help desk had enough, `read` of those it gave."""

    rows: list[TicketRow]
    drifted: Counter[str]
    read: int
    asked_to_wait: AskedToWait | None


def part_of(raws: Iterable[Any], read: Callable[[Any], TicketRow]) -> Part:
    """Read tickets, each of which may take questions of its own."""
    rows: list[TicketRow] = []
    drifted: Counter[str] = Counter()
    for raw in raws:
        try:
            rows.append(read(raw))
        except Drifted as missing:
            drifted[str(missing)] += 1
        except AskedToWait as asked:
            return Part(rows, drifted, len(rows) + drifted.total(), asked)
    return Part(rows, drifted, len(rows) + drifted.total(), None)

"""The engine that all shapes share: tickets, HTTP on loopback, and everything that goes wrong."""

from __future__ import annotations

import json
import random
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

START = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)


@dataclass
class HeldTicket:
    """A ticket as the server holds it; each shape says it in its own way."""

    number: int
    requester: str  # the person helped
    writer: str = "front.desk@example.org"
    subject: str = ""
    body: str = ""
    category: str = ""
    opened_at: datetime = START
    updated_at: datetime = START
    solved_at: datetime | None = None
    state: str = "open"  # open, solved, deleted, merged
    reopens: int = 0

    @property
    def is_listed(self) -> bool:
        return self.state in ("open", "solved")


@dataclass
class Faults:
    """How often what goes wrong; a share of all requests each."""

    seed: int = 0
    waits: float = 0.0  # 429 with Retry-After
    drops: float = 0.0  # half of the answer, then nothing
    errors: float = 0.0  # 500
    touches: float = 0.0  # some ticket changes between two requests
    allowance: int = 0  # so many requests, then one that has to wait; 0: as many as one likes
    _random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._spent = 0

    def is_spent(self) -> bool:
        """Return whether this request has to wait; the one after it need not."""
        self._spent = (self._spent + 1) % (self.allowance + 1) if self.allowance else 1
        return self._spent == 0

    def happens(self, share: float) -> bool:
        return share > 0 and self._random.random() < share

    def choose(self, numbers: list[int]) -> int:
        return self._random.choice(numbers)


#: What a shape answers: status, JSON (None for an empty answer), headers.
Reply = tuple[int, Any, dict[str, str]]


@dataclass
class Question:
    """One request, read."""

    method: str
    path: str
    params: dict[str, str]
    headers: dict[str, str]


class Server:
    """Tickets, and a shape that says them."""

    def __init__(self, shape: Any, *, faults: Faults | None = None, largest_page: int = 100):
        self.shape = shape
        self.faults = faults or Faults()
        self.largest_page = largest_page
        self.tickets: dict[int, HeldTicket] = {}
        self.now = START
        self.lock = threading.RLock()
        self.asked: list[str] = []  # paths, in their order
        self.wrongs: dict[str, int] = {}
        self.drift: Callable[[Any], Any] = lambda ticket: ticket  # how a ticket's JSON has changed
        self.moved: dict[int, str] = {}  # number -> project that it is in now
        self.refused: dict[str, int] = {}  # beginning of a path -> status, in place of an answer
        self.address = ""

    def add(self, requester: str, **values: Any) -> HeldTicket:
        """Open a ticket, a second after the last change."""
        with self.lock:
            self.now += timedelta(seconds=1)
            number = max(self.tickets, default=100) + 1
            times = {"opened_at": self.now, "updated_at": self.now} | values
            self.tickets[number] = HeldTicket(number=number, requester=requester, **times)
            return self.tickets[number]

    def change(self, number: int, **values: Any) -> None:
        """Change a ticket, a second after the last change."""
        with self.lock:
            self.now += timedelta(seconds=1)
            values = {"updated_at": self.now} | values
            self.tickets[number] = replace(self.tickets[number], **values)

    def solve(self, number: int) -> None:
        self.change(number, state="solved", solved_at=self.now + timedelta(seconds=1))

    def reopen(self, number: int) -> None:
        self.change(number, state="open", solved_at=None, reopens=1)

    def listed(self) -> list[HeldTicket]:
        """Return the tickets that lists show, oldest change first."""
        found = [ticket for ticket in self.tickets.values() if ticket.is_listed]
        return sorted(found, key=lambda ticket: (ticket.updated_at, ticket.number))

    def said(self, ticket: HeldTicket) -> Any:
        """Return a ticket in this shape, with whatever has changed in it."""
        return self.drift(self.shape.ticket(self, ticket))

    def reply(self, question: Question) -> Reply:
        """Return the answer to a request, or what goes wrong."""
        with self.lock:
            self.asked.append(question.path)
            if not self.shape.is_let_in(question):
                return 401, {"message": "who are you"}, {}
            if self.faults.is_spent():
                return 429, {"message": "enough"}, {"Retry-After": "1"}
            for name, status, share in (
                ("wait", 429, self.faults.waits),
                ("error", 500, self.faults.errors),
            ):
                if self.faults.happens(share):
                    self.note(name)
                    return status, {"message": name}, {"Retry-After": "1"}
            if self.faults.happens(self.faults.touches) and self.tickets:
                self.note("touch")
                self.change(self.faults.choose(sorted(self.tickets)))
            for path, status in self.refused.items():
                if question.path.startswith(path):
                    return status, {"message": "no"}, {}
            return self.shape.reply(self, question)

    def note(self, what: str) -> None:
        self.wrongs[what] = self.wrongs.get(what, 0) + 1


class QuietServer(ThreadingHTTPServer):
    """Says nothing of whoever hangs up before the answer's end: here they are killed for it."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def serve(server: Server) -> Iterator[Server]:
    """Let a server be asked on loopback."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            self.rfile.read(length)
            parts = urlsplit(self.path)
            status, content, headers = server.reply(
                Question(
                    self.command,
                    parts.path,
                    dict(parse_qsl(parts.query)),
                    {name.casefold(): value for name, value in self.headers.items()},
                )
            )
            body = b"" if content is None else json.dumps(content).encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if status < 300 and server.faults.happens(server.faults.drops):
                server.note("drop")
                self.wfile.write(body[: len(body) // 2])
                self.close_connection = True
                return
            self.wfile.write(body)

        do_GET = do_POST = answer

        def log_message(self, *args: Any) -> None:
            pass

    http = QuietServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    server.address = f"http://127.0.0.1:{http.server_address[1]}"
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join()

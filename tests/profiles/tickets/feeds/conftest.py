from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from profiles.imports import TakenOver
from profiles.models import FeedRun, Ticket, TicketFeed
from profiles.seals import Secret
from profiles.tickets.feeds.line import AskedToWait, FeedProblem
from profiles.tickets.feeds.setting_up import typed_feed
from profiles.tickets.feeds.syncing import Sync

from ..servers import SHAPES, Faults, Server, serve
from ..servers.shapes import ACCOUNT, TOKEN

NOW = datetime(2026, 10, 1, 15, 0, tzinfo=UTC)
NORA, MAX, STRANGER = "nora.new@example.org", "max.mentor@example.org", "who@elsewhere.org"
ACCOUNTS = {"zendesk": ACCOUNT, "servicenow": ACCOUNT, "jira": ACCOUNT}


@dataclass
class Place:
    """A help desk of ours, and the feed that reads it."""

    server: Server
    feed: TicketFeed

    def sync(self, **options) -> FeedRun:
        """Read it once."""
        options = {"clock": lambda: NOW, "token": Secret(TOKEN), "is_typed": True} | options
        options.setdefault("wait", lambda seconds: None)
        self.feed.refresh_from_db()
        return Sync(self.feed, **options).run(by_hand=True)

    def sync_through(self, tries: int = 400) -> int:
        """Read it to the end of a pass, whatever goes wrong; return how often it stopped."""
        for stops in range(tries):
            try:
                if self.sync(wait=None).finished_at is not None:
                    return stops
            except (AskedToWait, FeedProblem, TakenOver):
                continue
        raise AssertionError(f"not at its end after {tries} tries")

    def held(self, *fields: str) -> list:
        """Return what is held of the tickets, in the order of their numbers."""
        return list(
            Ticket.objects.filter(source=self.feed.source)
            .order_by("opened_at")
            .values_list(*fields)
        )

    def ids(self) -> list[int]:
        """Return the server's numbers of the tickets that are held."""
        return sorted(number_of(one) for (one,) in self.held("external_id"))


def number_of(external_id: str) -> int:
    """Return a server's number from the id that its shape gives it."""
    if len(external_id) == 32:
        return int(external_id, 16)
    return int(external_id.removeprefix("HELP-"))


#: What each kind says is the same on every database: two of them show that writing it is, too.
KINDS = ["rt", "zendesk"] if "PDPLANNER_TEST_DATABASE_URL" in os.environ else sorted(SHAPES)


@pytest.fixture(params=KINDS)
def kind(request) -> str:
    return request.param


@pytest.fixture
def open_place(db, district, monkeypatch):
    """Return a function: a help desk of a kind, served until the test ends."""
    opened = []

    def begin(kind: str, *, faults: Faults | None = None, largest_page: int = 3) -> Place:
        server = Server(SHAPES[kind](), faults=faults, largest_page=largest_page)
        context = serve(server)
        context.__enter__()
        opened.append(context)
        feed = typed_feed(
            name=kind,
            kind=kind,
            address=server.address,
            account=ACCOUNTS.get(kind, ""),
            queue="",
        )
        if kind == "zendesk":
            feed.fields = {"category": "360"}
            feed.save()
        return Place(server, feed)

    monkeypatch.setattr("profiles.tickets.feeds.line.FIRST_PAUSE", 0.0)
    monkeypatch.setattr("profiles.tickets.feeds.line.WORKERS_WAIT", 0.0)
    yield begin
    for context in opened:
        context.__exit__(None, None, None)


Begin = Callable[..., Place]

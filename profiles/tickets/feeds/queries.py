"""What the coordinator and the command line say of a help desk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import OuterRef, QuerySet, Subquery

from ...models import FeedRun, TicketFeed

COUNTS = (
    ("new", "new"),
    ("changed", "changed"),
    ("unchanged", "there already"),
    ("gone", "deleted or merged"),
)
#: Behind by more than this, something is wrong.
LATE = timedelta(hours=1)


class Health(NamedTuple):
    """How a help desk goes, in a line."""

    state: str  # good, late, failing, off, new
    label: str
    last_run_at: datetime | None
    rows: int
    errors: int
    lag: timedelta | None  # None: never read to its end
    problem: str
    again: str  # "": it goes on where it was


def feeds_by_name() -> QuerySet[TicketFeed]:
    """Return the help desks with their names, by name."""
    return TicketFeed.objects.select_related("source")


def with_health(feeds: Iterable[TicketFeed], *, now: datetime) -> list[tuple[TicketFeed, Health]]:
    """Return these help desks with how each goes."""
    feeds = list(feeds)
    newest = FeedRun.objects.filter(feed=OuterRef("feed")).values("pk")[:1]
    last = {
        run.feed_id: run
        for run in FeedRun.objects.filter(feed__in=[feed.pk for feed in feeds], pk=Subquery(newest))
    }
    return [(feed, health_of(feed, last.get(feed.pk), now=now)) for feed in feeds]


def health_of(feed: TicketFeed, run: FeedRun | None, *, now: datetime) -> Health:
    """Return how a help desk goes: last pass, tickets, errors, how far behind."""
    lag = None if feed.good_at is None else max(now - feed.good_at, timedelta())
    problem = run.problem if run is not None else ""
    is_open = run is not None and run.finished_at is None
    again = again_in_words(run.counts, "Reads") if run is not None and is_open else ""
    if not feed.is_on:
        state, label = "off", "Off"
    elif feed.failures:
        state, label = "failing", "Can't be read"
    elif again:
        state, label = "new", "Reads all again"
    elif lag is None:
        state, label = "new", "First pass"
    elif lag > LATE:
        state, label = "late", "Behind"
    else:
        state, label = "good", "Up to date"
    counts = run.counts if run is not None else {}
    return Health(
        state=state,
        label=label,
        last_run_at=run.started_at if run is not None else None,
        rows=counts.get("read", 0),
        errors=counts.get("unreadable", 0) + feed.failures,
        lag=lag,
        problem=problem,
        again=again,
    )


def again_in_words(counts: Mapping[str, int], verb: str) -> str:
    """Return that a pass began at the beginning again, and why; "" when it did not."""
    if not counts.get("again"):
        return ""
    joined = counts.get("joined")
    if joined is None:
        return f"{verb} all again, as was asked."
    if joined == 0:
        return f"{verb} all again since the roster has changed."
    return f"{verb} all again since {joined:,} {'person' if joined == 1 else 'people'} joined."


def in_words(counts: Mapping[str, int]) -> list[str]:
    """Return what a pass read and wrote, as sentences."""
    got = counts.get
    told = ", ".join(f"{got(name, 0):,} {word}" for name, word in COUNTS)
    lines = [
        f"{got('read', 0):,} tickets read: {got('matched', 0):,} of teachers here, "
        f"{got('unmatched', 0):,} left out.",
        f"{told}.",
    ]
    if again := again_in_words(counts, "Read"):
        lines.insert(0, again)
    if unreadable := got("unreadable", 0):
        lines.append(f"{unreadable:,} could not be read: a field is missing or has changed.")
    if let_go := got("calls let go", 0):
        calls = "call" if let_go == 1 else "calls"
        lines.append(f"{let_go:,} {calls} named a ticket that the token can't have.")
    return lines

"""Writing what a help desk said: each page, and the place after it, in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from ...imports import TakenOver
from ...models import FeedCall, FeedRun, TicketFeed
from ..deriving import Matched, count_readings
from ..operations import bury, forget_tombstones, write_tickets
from .desks import Place
from .newcomers import joined_since, roster_now

#: Whoever reads a help desk has it this long from each page on.
CLAIM = timedelta(minutes=3)
#: After a failure the next try waits, twice as long after each in a row, up to the longest.
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)
#: Passes are kept this long for the coordinator to look back.
HISTORY = timedelta(days=30)
NO_COUNTS = dict.fromkeys(
    (
        "pages",
        "read",
        "matched",
        "unmatched",
        "unreadable",
        "by category",
        "by words",
        "percents by words",
        "unsorted",
        "new",
        "changed",
        "unchanged",
        "gone",
    ),
    0,
)


@transaction.atomic
def take_turn(*, feed: TicketFeed, now: datetime, by_hand: bool) -> FeedRun:
    """Claim a help desk and return the pass to go on with, a new one when none was cut off: from
    the beginning when people have joined whose tickets were passed over.

    Raises TakenOver while another process reads it, unless a person asks: then that one stops.
    """
    mine = TicketFeed.objects.select_for_update().filter(pk=feed.pk)
    if not by_hand:
        mine = mine.filter(Q(claimed_until=None) | Q(claimed_until__lt=now))
    if not mine.update(turn=F("turn") + 1, claimed_until=now + CLAIM):
        raise TakenOver
    feed.refresh_from_db()
    run = feed.runs.filter(finished_at=None).first()
    if run is None:
        joined = joined_since(feed)
        if joined is not None:
            feed.place = {}
        again = {} if joined is None else {"again": 1, "joined": joined}
        run = FeedRun.objects.create(feed=feed, started_at=now, counts=NO_COUNTS | again)
    if not feed.place:
        hold_turn(feed=feed, now=now, place={}, passed_over=0, roster_then=roster_now())
    return run


def hold_turn(*, feed: TicketFeed, now: datetime, **changes) -> None:
    """Change a help desk's row while this process has its turn. Raises TakenOver."""
    held = TicketFeed.objects.filter(pk=feed.pk, turn=feed.turn)
    if not held.update(claimed_until=now + CLAIM, **changes):
        raise TakenOver
    for name, value in changes.items():
        setattr(feed, name, value)


@transaction.atomic
def record_page(
    *,
    feed: TicketFeed,
    run: FeedRun,
    rows: Sequence[Matched],
    gone: Sequence[str],
    counted: Counter[str],
    now: datetime,
    place: Place | None = None,
) -> set[int]:
    """Write a page's tickets and tombstones and, with them, where to go on; return whose they are.

    Whoever is killed leaves either all of it or nothing. Raises TakenOver.
    """
    passed_over = {"passed_over": feed.passed_over + counted["unmatched"]}
    hold_turn(feed=feed, now=now, **passed_over, **({} if place is None else {"place": place}))
    counts = Counter(run.counts)
    counts.update(counted)
    counts.update(write_tickets(source=feed.source, rows=rows, is_live=True))
    count_readings(counts, rows)
    forget_tombstones(source=feed.source, external_ids=[row.external_id for row, _, _ in rows])
    counts["gone"] += bury(source=feed.source, external_ids=gone, now=now)
    run.counts = dict(counts)
    run.problem = ""
    run.save(update_fields=["counts", "problem"])
    return {teacher for _, teacher, _ in rows}


@transaction.atomic
def finish_run(*, feed: TicketFeed, run: FeedRun, now: datetime) -> None:
    """Say that a pass came to its end."""
    hold_turn(feed=feed, now=now, good_at=now, failures=0, not_before_at=None)
    TicketFeed.objects.filter(pk=feed.pk, turn=feed.turn).update(claimed_until=None)
    run.finished_at = now
    run.problem = ""
    run.save(update_fields=["finished_at", "problem"])
    feed.runs.filter(finished_at__lt=now - HISTORY).delete()


@transaction.atomic
def note_trouble(
    *, feed: TicketFeed, run: FeedRun, problem: str, now: datetime, wait: float | None = None
) -> None:
    """Keep why a pass stopped and when to go on; a wait that was asked for is no failure."""
    if wait is None:
        pause = min(FIRST_PAUSE * 2 ** min(feed.failures, 10), LONGEST_PAUSE)
        changes = {"failures": feed.failures + 1, "not_before_at": now + pause}
    else:
        changes = {"not_before_at": now + timedelta(seconds=wait)}
    hold_turn(feed=feed, now=now, **changes)
    give_back(feed=feed)
    run.problem = problem[:300]
    run.save(update_fields=["problem"])


def give_back(*, feed: TicketFeed) -> None:
    """Let another process go on."""
    TicketFeed.objects.filter(pk=feed.pk, turn=feed.turn).update(claimed_until=None)


def note_calls_read(*, calls: Iterable[FeedCall], now: datetime) -> None:
    """Keep that these calls of the help desk were answered."""
    FeedCall.objects.filter(pk__in=[call.pk for call in calls]).update(read_at=now)

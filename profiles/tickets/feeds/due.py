"""The help desks that are to be read now, and reading them for as long as other work can wait."""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from ...imports import TakenOver
from ...models import FeedCall, FeedRun, TicketFeed
from .hooks import forget_old_calls
from .line import FeedProblem
from .syncing import Clock, Sync

logger = logging.getLogger("pdplanner.feeds")

#: From the end of one pass to the start of the next.
EVERY = timedelta(minutes=10)
#: One help desk's share of a turn: a long pass goes on in the next.
SECONDS_A_TURN = 8.0


def due_feeds(now: datetime) -> QuerySet[TicketFeed]:
    """Return the help desks that are switched on and have something to be read."""
    open_run = FeedRun.objects.filter(feed=OuterRef("pk"), finished_at=None)
    call = FeedCall.objects.filter(feed=OuterRef("pk"), read_at=None)
    return (
        TicketFeed.objects.filter(is_on=True)
        .filter(Q(not_before_at=None) | Q(not_before_at__lte=now))
        .filter(Q(claimed_until=None) | Q(claimed_until__lt=now))
        .filter(
            Q(good_at=None) | Q(good_at__lte=now - EVERY) | Q(Exists(open_run)) | Q(Exists(call))
        )
        .select_related("source")
    )


def sync_due(*, clock: Clock, seconds: float = SECONDS_A_TURN) -> int:
    """Read every help desk that is due, a while each; return how many there were."""
    forget_old_calls(now=clock())
    feeds = list(due_feeds(clock()))
    for feed in feeds:
        until = time.monotonic() + seconds
        try:
            Sync(feed, clock=clock, may_go_on=lambda until=until: time.monotonic() < until).run()  # type: ignore[misc]
        except TakenOver:
            continue
        except FeedProblem as problem:  # its words quote no ticket
            logger.warning("%s: %s", feed, problem)
        except Exception:  # one help desk's tickets are no reason to leave the others unread
            logger.exception("%s: reading it went wrong", feed)
    return len(feeds)

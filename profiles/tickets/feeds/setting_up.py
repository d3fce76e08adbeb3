"""Setting a help desk up: by hand on the command line, or in the browser."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import F

from ...models import FeedRun, TicketFeed, TicketSource
from ...seals import Secret
from .line import host_of
from .operations import NO_COUNTS


class NameTaken(Exception):
    """A source of this name is read from somewhere else."""


@dataclass(frozen=True)
class Setting:
    """What is said of a help desk."""

    name: str
    kind: str
    address: str
    queue: str = ""
    account: str = ""
    fields: dict[str, str] = field(default_factory=dict)


@transaction.atomic
def typed_feed(*, name: str, kind: str, address: str, account: str, queue: str) -> TicketFeed:
    """Return the help desk of a command line, made when new: what it remembers is how far it was
    read. Raises NameTaken when that name stands for another, and WrongAddress."""
    host_of(address, may_be_private=True)
    address = address.rstrip("/")
    source, _ = TicketSource.objects.get_or_create(name=name)
    feed = TicketFeed.objects.select_for_update().filter(source=source).first()
    if feed is None:
        feed = TicketFeed(source=source, kind=kind, address=address)
    if (feed.kind, feed.address) != (kind, address):
        raise NameTaken(f"“{name}” is {feed.get_kind_display()} at {feed.address}.")
    feed.account, feed.queue = account or feed.account, queue or feed.queue
    feed.save()
    return feed


@transaction.atomic
def set_up(
    *,
    setting: Setting,
    token: Secret | None,
    app_token: Secret | None = None,
    feed: TicketFeed | None = None,
) -> TicketFeed:
    """Keep what a coordinator says of a help desk; a token is kept when one is given.

    What was read so far counts only for the same kind, address and queue. Raises NameTaken and
    WrongAddress.
    """
    host_of(setting.address)
    address = setting.address.rstrip("/")
    others = TicketFeed.objects.filter(source__name=setting.name)
    if feed is not None:
        others = others.exclude(pk=feed.pk)
    if others.exists():
        raise NameTaken(f"“{setting.name}” is set up already.")
    if feed is None:
        source, _ = TicketSource.objects.get_or_create(name=setting.name)
        feed = TicketFeed(source=source)
        feed.hook_key = new_hook_key()
    else:
        feed = TicketFeed.objects.select_for_update().get(pk=feed.pk)
        feed.source.name = setting.name
        feed.source.save(update_fields=["name"])
    before = feed.kind, feed.address, feed.queue
    feed.kind, feed.address, feed.queue = setting.kind, address, setting.queue
    feed.account, feed.fields = setting.account, setting.fields
    if before[:2] != (setting.kind, address):
        feed.token = feed.app_token = Secret("")  # they go to the host they were entered for alone
    if token is not None:
        feed.token = token
    if app_token is not None:
        feed.app_token = app_token
    if before != (feed.kind, feed.address, feed.queue):
        feed.place, feed.checked_to, feed.turn = {}, 0, feed.turn + 1
    feed.failures, feed.not_before_at = 0, None
    feed.save()
    return feed


def new_hook_key() -> Secret:
    """Return a key that a help desk signs its calls with."""
    return Secret(secrets.token_urlsafe(32))


@transaction.atomic
def switch(*, feed: TicketFeed, is_on: bool) -> None:
    """Read this help desk from now on, or no more; what was read stays."""
    TicketFeed.objects.filter(pk=feed.pk).update(is_on=is_on, not_before_at=None, failures=0)
    feed.refresh_from_db()


@transaction.atomic
def read_all_again(*, feed: TicketFeed, now: datetime) -> None:
    """Let the next turn begin at the beginning; whoever reads this help desk now stops."""
    TicketFeed.objects.filter(pk=feed.pk).update(place={}, turn=F("turn") + 1, claimed_until=None)
    feed.runs.filter(finished_at=None).update(finished_at=now)
    FeedRun.objects.create(feed=feed, started_at=now, counts=NO_COUNTS | {"again": 1})
    feed.refresh_from_db()

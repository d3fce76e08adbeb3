"""What the worker does here. Each task may run at any time, twice, or be killed."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from .privacy import forget_old_tickets
from .tickets.feeds.due import sync_due
from .uploads import continue_runs


@shared_task
def continue_imports() -> int:
    """Go on with uploads that are being applied, and delete those that nobody wants any more."""
    return continue_runs(now=timezone.now())


@shared_task
def forget_tickets() -> int:
    """Let tickets go that are older than the district keeps them."""
    return forget_old_tickets(now=timezone.now())


@shared_task
def sync_feeds() -> int:
    """Read the help desks that are due, each for a while."""
    return sync_due(clock=timezone.now)

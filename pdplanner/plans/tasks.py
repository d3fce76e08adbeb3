"""What the worker does. Each task pays what the database says is owed, and may run at any time,
twice, at once in two processes, or be killed: docs/decisions/owed.md."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from .operations import owe_nightly_rebuild, rebuild_owed, send_owed


@shared_task
def rebuild_owed_plans() -> int:
    """Rebuild the plans that are owed; return how many were looked at."""
    return rebuild_owed(now=timezone.now())


@shared_task
def nightly_rebuild() -> bool:
    """Owe everybody a fresh path once a night; return whether this night's was owed now."""
    owed = owe_nightly_rebuild(now=timezone.now())
    if owed:
        rebuild_owed_plans.delay_on_commit()
    return owed


@shared_task
def send_owed_notices() -> int:
    """Send the mail that is owed; return how many mails went out."""
    return send_owed(now=timezone.now())

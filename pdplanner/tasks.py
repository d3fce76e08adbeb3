"""Upkeep that belongs to no part: what Wagtail and Django leave to a cron job."""

from __future__ import annotations

from celery import shared_task
from django.core.management import call_command


@shared_task
def publish_scheduled() -> None:
    """Publish and take down the sessions whose hour has come."""
    call_command("publish_scheduled")


@shared_task
def clear_sessions() -> None:
    """Delete sign-ins that have run out."""
    call_command("clearsessions")

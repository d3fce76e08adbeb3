"""What the worker does for courses: it pays what the database says is due, and may be killed."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from .operations import keep_deadlines


@shared_task
def keep_seat_deadlines() -> int:
    """Let offers pass, hand free seats on, ask go or no-go; return how many runs it touched."""
    return keep_deadlines(now=timezone.now())

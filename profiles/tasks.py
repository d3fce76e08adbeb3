"""What the worker does here. Each task may run at any time, twice, or be killed."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from .uploads import continue_runs


@shared_task
def continue_imports() -> int:
    """Go on with uploads that are being applied, and delete those that nobody wants any more."""
    return continue_runs(now=timezone.now())

"""What the worker does for courses: it pays what the database says is due, and may be killed."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from .operations import keep_deadlines
from .operations.credit_rules import award_owed_credit
from .operations.evaluations import ask_evaluations, count_evaluations
from .operations.reminders import owe_reminders


@shared_task
def keep_seat_deadlines() -> int:
    """Let offers pass, hand free seats on, ask go or no-go; return how many runs it touched."""
    return keep_deadlines(now=timezone.now())


@shared_task
def award_credit() -> None:
    """Give the credit that rules owe for what was finished before them."""
    award_owed_credit(now=timezone.now())


@shared_task
def ask_how_it_went() -> int:
    """Ask about sessions that are over, and add up what was said; return how many were asked."""
    now = timezone.now()
    count_evaluations(now=now)
    return ask_evaluations(now=now)


@shared_task
def owe_run_reminders() -> int:
    """Owe the lines of the next daily mail on dates that come up; return how many were new."""
    return owe_reminders(now=timezone.now())

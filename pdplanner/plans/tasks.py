"""What the worker does. Each task pays what the database says is owed, and may run at any time,
twice, at once in two processes, or be killed: docs/decisions/owed.md."""

from __future__ import annotations

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from .operations import forget_old_reasons, owe_nightly_rebuild, rebuild_owed, send_owed
from .operations.forecasting import owe_weekly_measuring, pay_forecast
from .operations.learning import learn_nightly
from .operations.rebuilding import TOGETHER
from .operations.sweeping import owed_teachers


@shared_task
def rebuild_owed_plans(share: int | None = None) -> int:
    """Rebuild the plans that are owed; return how many were looked at.

    A state's night is shared among PLAN_PROCESSES, each called once more with its number.
    """
    now, processes = timezone.now(), settings.PLAN_PROCESSES
    if share is not None:
        return rebuild_owed(now=now, share=(share, processes))
    if processes > 1 and len(owed_teachers(now=now)) > TOGETHER:
        for number in range(1, processes):
            rebuild_owed_plans.delay(number)
        return rebuild_owed(now=now, share=(0, processes))
    return rebuild_owed(now=now)


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


@shared_task
def forget_reasons() -> int:
    """Let reasons of old paths go that may cite tickets older than the district keeps them."""
    return forget_old_reasons(now=timezone.now())


@shared_task
def learn_from_tickets() -> bool:
    """Learn once a night from what coaches sorted; return whether this call saw to the night."""
    return learn_nightly(now=timezone.now())


@shared_task
def work_out_forecast() -> bool:
    """Do the fit or the measuring of the forecast that is owed; return whether there was one."""
    return pay_forecast(clock=timezone.now) is not None


@shared_task
def weekly_measuring() -> bool:
    """Owe a measuring of the forecast once a week; return whether this week's was owed now."""
    owed = owe_weekly_measuring(now=timezone.now())
    if owed:
        work_out_forecast.delay_on_commit()
    return owed

"""Paying what is owed: the sweep over owed plans, and the mark that each night owes everybody."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F, Q

from pdplanner.recommender import BadFacts
from profiles.models import Teacher
from profiles.queries import the_district, today_in_district

from ..models import DailyRun, Plan
from .owing import owe_all_plans
from .rebuilding import TOGETHER, rebuild_in_parts, rebuild_plans

logger = logging.getLogger(__name__)

#: How long a sweep of more plans than are worked out together is left to itself. It says every part
#: that it is alive; one that was killed is followed by another after this long.
LEASE = timedelta(minutes=5)
#: A plan that fails is tried again after this long, twice as long each time, up to the longest.
FIRST_RETRY, LONGEST_RETRY = timedelta(seconds=10), timedelta(hours=1)
#: When the night's rebuild is due, in the district's time.
NIGHT_HOUR = 2
#: How long it is remembered that a night was seen to.
NIGHTS_KEPT = timedelta(days=30)


def rebuild_owed(*, now: datetime, share: tuple[int, int] = (0, 1)) -> int:
    """Rebuild the plans that are owed, longest owed first; return how many were looked at.

    More than are worked out together (a state's night) are streamed by school; `share` (k, n) is
    then the k-th of n processes that do so side by side, each with schools of its own.
    """
    owed = owed_teachers(now=now)
    if len(owed) > TOGETHER:
        return _stream(owed, now, share)
    if owed and share[0] == 0:
        _rebuild_or_halve(owed, now)
    return len(owed)


def owed_teachers(*, now: datetime) -> list[int]:
    """Return the teachers whose plans are owed and not put off, longest owed first."""
    return list(
        Plan.objects.filter(
            Q(retry_at=None) | Q(retry_at__lte=now),
            wanted__gt=F("built"),
            teacher__is_active=True,
        )
        .order_by(F("owed_since").asc(nulls_first=True), "pk")
        .values_list("teacher_id", flat=True)
    )


def _stream(owed: list[int], now: datetime, share: tuple[int, int]) -> int:
    """Rebuild this process's share of the owed plans, unless another is at it."""
    number, processes = share
    key = f"streaming-paths-{number}-of-{processes}"
    if not cache.add(key, True, LEASE.total_seconds()):
        return 0
    schools = Teacher.objects.values_list("pk", "main_school_id")
    mine = {teacher for teacher, school in schools if (school or 0) % processes == number}
    teachers = [teacher for teacher in owed if teacher in mine]
    try:
        rebuild_in_parts(
            teacher_ids=teachers,
            as_of=today_in_district(now),
            now=now,
            on_progress=lambda done, total: cache.touch(key, LEASE.total_seconds()),
            on_failure=lambda part: _rebuild_or_halve(part, now),
        )
    except BadFacts:
        _put_off(teachers, now)
    finally:
        cache.delete(key)
    return len(teachers)


def owe_nightly_rebuild(*, now: datetime) -> bool:
    """Owe everybody a fresh path, once for each night of the district; a missed one is caught up.

    Returns whether it was owed by this call.
    """
    local = now.astimezone(the_district().zone)
    night = (local - timedelta(hours=NIGHT_HOUR)).date()
    with transaction.atomic():
        _, is_new = DailyRun.objects.get_or_create(name="nightly rebuild", date=night)
        if is_new:
            owe_all_plans(cause="night", now=now)
            DailyRun.objects.filter(date__lt=night - NIGHTS_KEPT).delete()
    return is_new


def _rebuild_or_halve(teacher_ids: list[int], now: datetime) -> None:
    """Rebuild these plans; when that fails, find the few that it fails for and put them off."""
    try:
        rebuild_plans(teacher_ids=teacher_ids, as_of=today_in_district(now), now=now)
    except (OperationalError, InterfaceError):
        raise  # the database, not a plan: whoever called tries again later
    except Exception as error:
        # Facts that cannot be concern everybody: there is no use in looking for the one plan.
        if len(teacher_ids) == 1 or isinstance(error, BadFacts):
            _put_off(teacher_ids, now)
            return
        middle = len(teacher_ids) // 2
        _rebuild_or_halve(teacher_ids[:middle], now)
        _rebuild_or_halve(teacher_ids[middle:], now)


def _put_off(teacher_ids: list[int], now: datetime) -> None:
    """Try these plans again later, and say in the log that they fail and when that will be."""
    failures = 0
    with transaction.atomic():
        for plan in Plan.objects.select_for_update().filter(teacher__in=teacher_ids).order_by("pk"):
            failures = plan.failures + 1
            wait = min(FIRST_RETRY * 2 ** min(plan.failures, 20), LONGEST_RETRY)
            plan.failures, plan.retry_at = failures, now + wait
            plan.save(update_fields=["failures", "retry_at"])
    logger.exception(
        "The paths of %d teachers (first id %d) could not be rebuilt, %d times in a row; they are"
        " tried again within %s",
        len(teacher_ids),
        teacher_ids[0],
        failures,
        LONGEST_RETRY,
    )

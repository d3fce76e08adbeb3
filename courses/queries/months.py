"""A month of runs as coaches look at it: weeks of days, a line to each part."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q
from django.utils import timezone

from ..models import Offering, OfferingPart, parts_of


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the month's weeks."""

    date: date
    in_month: bool
    parts: tuple[OfferingPart, ...]


def runs_of_month(first: date, *, only: Q | None = None) -> list[list[Day]]:
    """Return the weeks, Monday first, that hold the month beginning on `first`, cancelled runs
    left out. `only` narrows the runs down.
    """
    monday = first - timedelta(days=first.weekday())
    after = (first + timedelta(days=31)).replace(day=1)
    end = after + timedelta(days=-after.weekday() % 7)
    start_at, end_at = (
        timezone.make_aware(datetime.combine(day, time.min)) for day in (monday, end)
    )
    runs = (
        Offering.objects.filter(only or Q(), is_cancelled=False, starts_at__lt=end_at)
        .filter(ends_at__gte=start_at)
        .select_related("course", "coach")
        .prefetch_related("parts")
        .distinct()
    )
    by_day: dict[date, list[OfferingPart]] = {}
    for run in runs:
        for part in parts_of(run):
            part.offering = run
            by_day.setdefault(timezone.localdate(part.starts_at), []).append(part)
    days = [monday + timedelta(days=number) for number in range((end - monday).days)]
    cells = [
        Day(
            day,
            first <= day < after,
            tuple(sorted(by_day.get(day, ()), key=lambda part: (part.starts_at, part.pk or 0))),
        )
        for day in days
    ]
    return [cells[number : number + 7] for number in range(0, len(cells), 7)]

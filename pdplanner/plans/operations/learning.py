"""The night's learning from sorted tickets: before the paths are worked out anew."""

from __future__ import annotations

from datetime import datetime, timedelta

from profiles.queries import the_district
from profiles.tickets.learning import forget_names, learn_from_sorting, read_unsorted_again

from ..models import DailyRun

NAME = "learning from sorted tickets"
#: When it is due, in the district's time: an hour before everybody's path is.
NIGHT_HOUR = 1


def learn_nightly(*, now: datetime) -> bool:
    """Learn from what coaches sorted, once for each night; return whether this call did.

    The night counts as seen to when all is done: who is killed before leaves it to the next.
    """
    local = now.astimezone(the_district().zone)
    night = (local - timedelta(hours=NIGHT_HOUR)).date()
    if DailyRun.objects.filter(name=NAME, date=night).exists():
        return False
    forget_names()
    learn_from_sorting(now=now)
    read_unsorted_again()
    DailyRun.objects.get_or_create(name=NAME, date=night)
    return True

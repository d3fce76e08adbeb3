"""Taking out of stored paths what they tell of tickets: at their teacher's word, and by age."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from pdplanner.recommender.rules import NeedRules
from profiles.privacy import kept_since
from profiles.queries import the_district

from ..models import DailyRun, Plan, PlanStep, PlanVersion
from ..queries.drafts import NOTICED_DAYS

NAME = "forgetting old reasons"
#: When it is due, in the district's time: after everybody's path was told anew.
NIGHT_HOUR = 4
#: Versions emptied in one transaction: a long one would keep everybody else waiting.
VERSIONS_AT_ONCE = 200
#: The oldest ticket that a version cites was opened so long before it.
CITED = timedelta(days=max(NOTICED_DAYS, NeedRules().asked_days))
#: Causes of a new version that count the teacher's tickets.
TICKET_CAUSES = frozenset({"tickets", "sorted", "learned", "gone"})
#: What a noticed need says once nothing of it comes from one's own asks.
NO_ASKS = {"asks": 0, "minutes": 0.0, "minutes_lost": 0, "since_date": "", "last_date": ""}


@transaction.atomic
def take_back(*, teacher_id: int, ticket_ids: Collection[int] | None) -> None:
    """Leave nothing on the teacher's paths, the one that stands and older ones, that was told out
    of these tickets (None: of any). The rebuild that is owed tells anew what may be told."""
    plan = Plan.objects.select_for_update().filter(teacher=teacher_id).first()
    if plan is None:
        return
    steps, versions = [], []
    for step in PlanStep.objects.filter(version__plan=plan).only("reasons"):
        kept = [reason for reason in step.reasons if not _cites(reason, ticket_ids)]
        if len(kept) < len(step.reasons):
            step.reasons = kept
            steps.append(step)
    for version in PlanVersion.objects.filter(plan=plan).only("noticed", "causes"):
        told = version.noticed, version.causes
        version.noticed = list(_without_asks(version.noticed))
        if ticket_ids is None:
            version.causes = _without_tickets(version.causes)
        if told != (version.noticed, version.causes):
            versions.append(version)
    PlanStep.objects.bulk_update(steps, ["reasons"], batch_size=VERSIONS_AT_ONCE)
    PlanVersion.objects.bulk_update(versions, ["noticed", "causes"], batch_size=VERSIONS_AT_ONCE)
    if ticket_ids is None:
        Plan.objects.filter(pk=plan.pk).update(causes=_without_tickets(plan.causes))


def forget_old_reasons(*, now: datetime) -> int:
    """Empty reasons, noticed needs and causes of versions that may cite tickets older than the
    district keeps them, once a night; return how many. The night counts as seen to when all is
    done."""
    since = kept_since(now)
    zone = the_district().zone
    night = (now.astimezone(zone) - timedelta(hours=NIGHT_HOUR)).date()
    if since is None or DailyRun.objects.filter(name=NAME, date=night).exists():
        return 0
    before = min(since.astimezone(zone).date() + CITED, now.astimezone(zone).date())
    emptied = 0
    for keys in _parts(_outlived(before)):
        with transaction.atomic():
            PlanStep.objects.filter(version__in=keys).update(reasons=[])
            PlanVersion.objects.filter(pk__in=keys).update(noticed=[], causes={})
        emptied += len(keys)
    DailyRun.objects.get_or_create(name=NAME, date=night)
    return emptied


def _outlived(before: date) -> QuerySet[PlanVersion]:
    """Versions older than that with something in them; the standing one of whoever is here is
    told anew every night, out of what is kept."""
    standing = Q(plan__current=F("pk"), plan__teacher__is_active=True)
    reasons = PlanStep.objects.filter(~Q(reasons=[]), version=OuterRef("pk"))
    return PlanVersion.objects.filter(
        ~standing, ~Q(noticed=[]) | ~Q(causes={}) | Exists(reasons), as_of_date__lt=before
    ).order_by("pk")


def _parts(versions: QuerySet[PlanVersion]) -> Iterator[list[int]]:
    """Yield the versions' keys, so many at once, each looked for after those before it."""
    last = 0
    while keys := list(
        versions.filter(pk__gt=last).values_list("pk", flat=True)[:VERSIONS_AT_ONCE]
    ):
        yield keys
        last = keys[-1]


def _cites(reason: Mapping[str, Any], ticket_ids: Collection[int] | None) -> bool:
    if reason["kind"] != "asked":
        return False
    return ticket_ids is None or not set(reason["facts"]["tickets"]).isdisjoint(ticket_ids)


def _without_asks(noticed: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """The needs without own asks, whose tickets are not named in them: what stood on asks alone
    goes, what a goal or a roll-out speaks for as well stays."""
    for need in noticed:
        if not need["asks"]:
            yield dict(need)
        elif need["goal"] or need["rollout_date"]:
            yield {**need, **NO_ASKS}


def _without_tickets(causes: Mapping[str, int]) -> dict[str, int]:
    return {cause: count for cause, count in causes.items() if cause not in TICKET_CAUSES}

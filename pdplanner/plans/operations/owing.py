"""Marking plans as owed, in the transaction of the cause."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import DateTimeField, F, Value
from django.db.models.functions import Coalesce

from profiles.models import Teacher

from ..models import Plan

#: How many plans one statement marks: databases bound the number of parameters.
CHUNK = 500


@transaction.atomic(savepoint=False)  # it is part of its cause: one can't fail alone
def owe_plans(*, teacher_ids: Iterable[int], cause: str, count: int = 1, now: datetime) -> int:
    """Mark the plans of these teachers as owed; an id that occurs thrice has three causes.

    Returns how many were not owed before.
    """
    fresh = 0
    counts = Counter(teacher_ids)
    # Plans with the same causes so far and the same to add are one statement: an event that
    # touches everybody costs a handful of them, not one per teacher.
    alike: dict[tuple[str, int], list[int]] = defaultdict(list)
    for chunk in chunks(sorted(counts)):
        plans = (
            Plan.objects.select_for_update()
            .filter(teacher__in=chunk)
            .order_by("pk")
            .values_list("pk", "teacher_id", "causes", "wanted", "built")
        )
        rows = list(plans)
        if len(rows) < len(chunk):
            ensure_plans(teacher_ids=chunk)
            rows = list(plans.all())
        for key, teacher, causes, wanted, built in rows:
            fresh += wanted == built
            alike[json.dumps(causes, sort_keys=True), counts[teacher] * count].append(key)
    for (causes, more), keys in alike.items():
        merged = Counter(json.loads(causes))
        merged[cause] += more
        for chunk in chunks(keys):
            Plan.objects.filter(pk__in=chunk).update(
                wanted=F("wanted") + 1,
                causes=dict(merged),
                owed_since=Coalesce("owed_since", Value(now, output_field=DateTimeField())),
            )
    return fresh


def owe_all_plans(*, cause: str, count: int = 1, now: datetime) -> int:
    """Mark every active teacher's plan as owed; returns how many were not owed before."""
    active = Teacher.objects.active().values_list("pk", flat=True)
    return owe_plans(teacher_ids=list(active), cause=cause, count=count, now=now)


def ensure_plans(*, teacher_ids: Collection[int]) -> None:
    """Give each of these teachers a plan row where there is none: owed, for it has no version."""
    have: set[int] = set()
    for chunk in chunks(sorted(teacher_ids)):
        have.update(Plan.objects.filter(teacher__in=chunk).values_list("teacher_id", flat=True))
    missing = sorted(set(teacher_ids) - have)
    # Ignoring conflicts: two causes may meet a new teacher at the same moment.
    Plan.objects.bulk_create(
        [Plan(teacher_id=teacher) for teacher in missing], ignore_conflicts=True, batch_size=CHUNK
    )


def chunks(keys: list[int], size: int = CHUNK) -> Iterable[list[int]]:
    """Cut a list of keys into pieces that one statement can carry."""
    return (keys[begin : begin + size] for begin in range(0, len(keys), size))

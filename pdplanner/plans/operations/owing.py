"""Marking plans as owed, in the transaction of the cause."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime
from functools import lru_cache

from django.db import connection, transaction
from django.db.models import TextField
from django.db.models.functions import Cast

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
    for chunk in chunks(sorted(counts)):
        plans = (
            Plan.objects.select_for_update()
            .filter(teacher__in=chunk)
            .order_by("pk")
            .values_list("pk", "teacher_id", Cast("causes", TextField()), "wanted", "built")
        )
        rows = list(plans)
        if len(rows) < len(chunk):
            ensure_plans(teacher_ids=chunk)
            rows = list(plans.all())
        changes: list[tuple[int, str]] = []
        for key, teacher, causes, wanted, built in rows:
            fresh += wanted == built
            changes.append((key, with_more(causes, cause, counts[teacher] * count)))
        want_once_more(changes, now=now)
    return fresh


@lru_cache(maxsize=5_000)
def with_more(causes: str, cause: str, more: int) -> str:
    """Return causes, as JSON, with some more of one. Many plans have the same: they are kept."""
    counts = json.loads(causes)
    return json.dumps(counts | {cause: counts.get(cause, 0) + more})


def want_once_more(changes: Iterable[tuple[int, str]], *, now: datetime) -> None:
    """Want these plans, by their keys, once more, for these causes. Their rows are locked.

    A plain `executemany`: a help desk's tickets leave hardly two plans with the same causes.
    """
    moment = connection.ops.adapt_datetimefield_value(now)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {Plan._meta.db_table} SET wanted = wanted + 1, causes = %s,"  # noqa: S608 (our own name)
            " owed_since = COALESCE(owed_since, %s) WHERE id = %s",
            [(causes, moment, key) for key, causes in changes],
        )


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

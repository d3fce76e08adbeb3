"""What is held about one teacher, and who looked at it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import CharField, Count, IntegerField, QuerySet, Value

from ..models import ErasureRequest, SignalLook, Teacher
from .held import Erasure, Held, all_held, all_inside


@dataclass(frozen=True, slots=True)
class Holding:
    """How much one table holds about a teacher."""

    title: str
    count: int | None  # None: it stands among others', and is looked for only in the download
    is_erasable: bool
    why_kept: str


def holdings_of(teacher: Teacher) -> list[Holding]:
    """Return what is held about a teacher, table by table, in one query."""
    held = all_held()
    counts = dict(_counted(held, teacher))
    return [
        Holding(one.title, counts[number], one.erasure is Erasure.DELETE, one.why_kept)
        for number, one in enumerate(held)
        if counts.get(number)
    ] + [Holding(one.title, None, False, one.why_kept) for one in all_inside()]


def _counted(held: Iterable[Held], teacher: Teacher) -> Iterable[tuple[int, int]]:
    parts = [
        one.rows_of(teacher)
        .order_by()
        .annotate(held_number=Value(number, IntegerField()), held_one=Value("", CharField()))
        .values("held_number", "held_one")
        .annotate(held_count=Count("pk"))
        .values_list("held_number", "held_count")
        for number, one in enumerate(held)
    ]
    return parts[0].union(*parts[1:], all=True)


def looks_at(teacher: Teacher) -> QuerySet[SignalLook]:
    """Return every look at the teacher's signals, newest first."""
    return SignalLook.objects.filter(teacher=teacher)


def open_erasures() -> QuerySet[ErasureRequest]:
    """Return the requests that nobody has answered, oldest first."""
    return (
        ErasureRequest.objects.filter(closed_at=None)
        .select_related("teacher__main_school")
        .order_by("asked_at", "pk")
    )

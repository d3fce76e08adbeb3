"""Writes many tickets at once. A plain `executemany`: building a model for each of a million rows
takes several times as long as the database takes for them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from ..models import Ticket
from .deriving import Derived
from .rows import TicketRow


class Kept(NamedTuple):
    """What a repeated import may change of a ticket, by the names of its columns."""

    teacher_id: int
    opened_at: datetime
    first_answered_at: datetime | None
    resolved_at: datetime | None
    is_reopened: bool
    kind: str
    category: str
    subcategory: str
    skill_id: int | None
    skill_origin: str
    skill_confidence: float | None
    minutes_lost: int | None
    minutes_origin: str
    need_by_date: date | None
    address: str
    words: str
    whose: str


def kept_of(row: TicketRow, teacher: int, derived: Derived, address: str) -> Kept:
    """Return the ticket as it would be stored. Subject and body stay behind."""
    return Kept(
        teacher,
        row.opened_at,
        row.first_answered_at,
        row.resolved_at,
        row.is_reopened,
        derived.kind.value,
        derived.category,
        derived.subcategory,
        derived.skill,
        derived.origin,
        derived.confidence,
        derived.minutes,
        derived.minutes_origin,
        row.need_by_date,
        address,
        derived.words,
        derived.whose,
    )


def upsert(*, source: int, tickets: Sequence[tuple[str, Kept]]) -> None:
    """Write these tickets, by their ids in the source: new ones, and those that changed."""
    moment = as_text if connection.vendor == "sqlite" else connection.ops.adapt_datetimefield_value
    day = connection.ops.adapt_datefield_value
    rest = tuple(field.get_db_prep_save(field.get_default(), connection) for field in others())
    written_at = moment(timezone.now())

    def values(external_id: str, kept: Kept) -> tuple[Any, ...]:
        return (
            source,
            external_id,
            kept.teacher_id,
            moment(kept.opened_at),
            kept.first_answered_at and moment(kept.first_answered_at),
            kept.resolved_at and moment(kept.resolved_at),
            *kept[4:13],
            kept.need_by_date and day(kept.need_by_date),
            kept.address,
            kept.words,
            kept.whose,
            written_at,
            *rest,
        )

    with connection.cursor() as cursor:
        cursor.executemany(
            statement(), [values(external_id, kept) for external_id, kept in tickets]
        )


def as_text(moment_at: datetime) -> str:
    """Return a time as Django writes it for SQLite, in a quarter of the time."""
    return str(moment_at.astimezone(UTC).replace(tzinfo=None))


NAMED = ("source_id", "external_id", *Kept._fields, "imported_at")


@lru_cache(maxsize=1)
def others() -> list[Any]:
    """Return the fields that a new ticket leaves as they are by default."""
    fields = Ticket._meta.concrete_fields
    return [field for field in fields if not field.primary_key and field.attname not in NAMED]


@lru_cache(maxsize=1)
def statement() -> str:
    """Return the SQL, which both databases speak."""
    columns = (*NAMED, *(field.column for field in others()))
    changes = ", ".join(f"{name} = excluded.{name}" for name in Kept._fields)
    return (
        f"INSERT INTO {Ticket._meta.db_table} ({', '.join(columns)})"  # noqa: S608 (our own names)
        f" VALUES ({', '.join(['%s'] * len(columns))})"
        f" ON CONFLICT (source_id, external_id) DO UPDATE SET {changes}"
    )

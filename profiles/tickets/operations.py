"""Writing tickets: a chunk at a time, each ticket once, and what a coach says of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from urllib.parse import quote

from django.db import transaction
from django.db.models import Q, QuerySet

from ..choices import TicketKind
from ..imports import TakenOver
from ..models import ImportRun, Ticket, TicketCategory, TicketSource, TicketTombstone
from ..signals import tickets_changed
from .deriving import Matched, count_readings
from .repeating import mark_repeated
from .upsert import Kept, kept_of, upsert

#: Skills that a person gave: no import changes them.
SAID_BY_PEOPLE = (Ticket.Origin.COACH, Ticket.Origin.TEACHER)

#: Minutes that stand there without an origin are older than the origins: a field told them.
OF_A_FIELD = (Ticket.MinutesOrigin.FIELD, "")


LONGEST_ADDRESS = 500


@transaction.atomic
def record_chunk(
    *,
    run: ImportRun,
    source: TicketSource,
    rows: Sequence[Matched],
    end: int,
    now: datetime,
    gone: Sequence[str] = (),
) -> Counter[str]:
    """Write the tickets of one chunk, forget those that are `gone`, and move the run's cursor to
    `end`; return the counts.

    Both in one transaction: whoever is killed leaves either all of a chunk or nothing of it.
    Raises TakenOver when the cursor is not where this process left it.
    """
    counts = Counter(run.counts)
    counts.update(write_tickets(source=source, rows=rows))
    count_readings(counts, rows)
    forget_tombstones(source=source, external_ids=[row.external_id for row, _, _ in rows])
    counts["gone"] += bury(source=source, external_ids=gone, now=now) if gone else 0
    moved = ImportRun.objects.filter(
        pk=run.pk, state=ImportRun.State.RUNNING, cursor=run.cursor
    ).update(cursor=end, counts=dict(counts))
    if not moved:
        raise TakenOver
    run.cursor, run.counts = end, dict(counts)
    return counts


def write_tickets(
    *, source: TicketSource, rows: Sequence[Matched], is_live: bool = False
) -> Counter[str]:
    """Write these tickets, each once; return how many are new, changed and unchanged.

    `is_live`: they come from the help desk as they change, so that one which was solved before
    and is open, or solved later, was opened again. A file may correct what an earlier one said.
    """
    wanted = {
        row.external_id: kept_of(
            row, teacher, derived, fitting(row.address) or address_of(source, row.external_id)
        )
        for row, teacher, derived in rows
    }
    known = {
        external_id: (sorted_at is not None, Kept(*kept))
        for external_id, sorted_at, *kept in Ticket.objects.select_for_update()
        .filter(source=source, external_id__in=list(wanted))
        .values_list("external_id", "sorted_at", *Kept._fields)
    }
    to_write: list[tuple[str, Kept]] = []
    teachers: list[int] = []  # one for each ticket: whoever hears of it counts them
    counts: Counter[str] = Counter(new=0, changed=0, unchanged=0)
    for external_id, kept in wanted.items():
        if external_id in known:
            is_sorted, before = known[external_id]
            kept = with_what_people_said(kept, before, is_sorted=is_sorted, is_live=is_live)
            if kept == before:
                counts["unchanged"] += 1
                continue
            if before.teacher_id != kept.teacher_id:
                teachers.append(before.teacher_id)
        counts["changed" if external_id in known else "new"] += 1
        teachers.append(kept.teacher_id)
        to_write.append((external_id, kept))
    if to_write:
        upsert(source=source.pk, tickets=to_write)
        tickets_changed.send(
            sender=Ticket, teacher_ids=sorted(teachers), count=len(to_write), cause="tickets"
        )
    return counts


def forget_tombstones(*, source: TicketSource, external_ids: Sequence[str]) -> None:
    """Forget that these tickets were gone: here they are."""
    buried = TicketTombstone.objects.filter(source=source)
    if buried.exists():  # else it is not worth naming every ticket
        buried.filter(external_id__in=external_ids).delete()


@transaction.atomic
def bury(*, source: TicketSource, external_ids: Iterable[str], now: datetime) -> int:
    """Forget tickets that the help desk has no more, but for their numbers; return how many."""
    tickets = Ticket.objects.filter(source=source, external_id__in=list(external_ids))
    found = list(tickets.select_for_update().values_list("external_id", "teacher_id"))
    if not found:
        return 0
    TicketTombstone.objects.bulk_create(
        [
            TicketTombstone(source=source, external_id=external_id, gone_at=now)
            for external_id, _ in found
        ],
        ignore_conflicts=True,
    )
    tickets.delete()
    teachers = sorted(teacher for _, teacher in found)
    tickets_changed.send(sender=Ticket, teacher_ids=teachers, count=len(found), cause="gone")
    return len(found)


def with_what_people_said(kept: Kept, before: Kept, *, is_sorted: bool, is_live: bool) -> Kept:
    """Return a ticket as read now, with what no reading may change of it."""
    if is_live and (before.is_reopened or was_opened_again(before, kept)):
        kept = kept._replace(is_reopened=True)
    if before.whose == Ticket.Whose.MINE and before.teacher_id == kept.teacher_id:
        kept = kept._replace(whose=before.whose)
    if has_field_of_old(kept, before):
        kept = kept._replace(minutes_lost=before.minutes_lost, minutes_origin=before.minutes_origin)
    if is_sorted or before.skill_origin in SAID_BY_PEOPLE:
        kept = kept._replace(
            kind=before.kind,
            skill_id=before.skill_id,
            skill_origin=before.skill_origin,
            skill_confidence=before.skill_confidence,
        )
    return kept


def has_field_of_old(kept: Kept, before: Kept) -> bool:
    """Return whether a field told the minutes before, and no field tells them now: an export that
    leaves the column out takes nothing back, and words don't overrule it."""
    is_field = before.minutes_lost is not None and before.minutes_origin in OF_A_FIELD
    return is_field and kept.minutes_origin != Ticket.MinutesOrigin.FIELD


def was_opened_again(before: Kept, after: Kept) -> bool:
    """Return whether a solved ticket is open now, or was solved once more."""
    if before.resolved_at is None:
        return False
    return after.resolved_at is None or after.resolved_at > before.resolved_at


def address_of(source: TicketSource, external_id: str) -> str:
    """Return where the ticket is read in the help desk, "" when nobody said."""
    if not source.address_template:
        return ""
    address = source.address_template.replace("{id}", quote(external_id, safe=""))
    return fitting(address)


def fitting(address: str) -> str:
    """Return an address, "" where the database has no room for it: half of one leads nowhere."""
    return address if len(address) <= LONGEST_ADDRESS else ""


@transaction.atomic
def map_category(
    *,
    source: TicketSource,
    category: str,
    subcategory: str,
    skill_id: int | None,
    kind: TicketKind | str,
) -> int:
    """Give a category a skill and a kind, and its tickets with it; return how many changed.

    What a coach or the teacher said of a single ticket stays, and so does a subcategory that has
    a skill of its own.
    """
    TicketCategory.objects.update_or_create(
        source=source,
        category=category,
        subcategory=subcategory,
        defaults={"skill_id": skill_id, "kind": kind},
    )
    tickets = tickets_of_category(source=source, category=category, subcategory=subcategory)
    if skill_id is not None:
        tickets = tickets.exclude(skill_id=skill_id, skill_origin=Ticket.Origin.CATEGORY)
    else:
        tickets = tickets.filter(skill_origin=Ticket.Origin.CATEGORY)
    teachers = sorted(tickets.values_list("teacher_id", flat=True))
    if not teachers:
        return 0
    changes: dict = {"skill_id": skill_id, "skill_confidence": None}
    changes["skill_origin"] = Ticket.Origin.CATEGORY if skill_id else ""
    if kind:
        changes["kind"] = kind
    count = tickets.update(**changes)
    mark_repeated(teachers=set(teachers))
    tickets_changed.send(sender=Ticket, teacher_ids=teachers, count=count, cause="sorted")
    return count


def tickets_of_category(
    *, source: TicketSource, category: str, subcategory: str
) -> QuerySet[Ticket]:
    """Return the tickets whose skill this category decides."""
    tickets = Ticket.objects.filter(source=source, category=category, sorted_at=None).exclude(
        skill_origin__in=SAID_BY_PEOPLE
    )
    if subcategory:
        return tickets.filter(subcategory=subcategory)
    own = TicketCategory.objects.filter(source=source, category=category).exclude(subcategory="")
    return tickets.filter(~Q(subcategory__in=own.values("subcategory")))

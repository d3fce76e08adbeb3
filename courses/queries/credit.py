"""Reading credit: what a session earns, what a teacher has, and what is handed out for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q, QuerySet

from profiles.models import Teacher

from ..models import (
    Certificate,
    Completion,
    CourseCredit,
    CoursePage,
    CreditAward,
    CreditRule,
    CreditType,
)
from ..models.credit import units_in_words

Rules = Mapping[int, Sequence[CreditRule]]


@dataclass(frozen=True)
class CreditLine:
    """One credit type that something finished earns, and the minutes of it."""

    credit_type: CreditType
    minutes: int


@dataclass(frozen=True)
class Total:
    """What stands on a transcript of one credit type and unit."""

    credit_type: str
    words: str
    minutes: int


@dataclass(frozen=True)
class Transcript:
    """A teacher's standing awards, newest first, and what they add up to."""

    awards: tuple[CreditAward, ...]
    totals: tuple[Total, ...]
    minutes: int  # of what was finished: a session that earns two types counts once


# ---- what something earns -----------------------------------------------------------------------


def rules_by_type() -> Rules:
    """Return every rule by credit type, the newest first."""
    found: dict[int, list[CreditRule]] = {}
    for rule in CreditRule.objects.order_by("-from_date", "-pk"):
        found.setdefault(rule.credit_type_id, []).append(rule)
    return found


def rule_on(rules: Rules, type_id: int, day: date) -> CreditRule | None:
    """Return the rule of a type that holds on a day."""
    return next(
        (
            rule
            for rule in rules.get(type_id, ())
            if rule.from_date <= day and (rule.until_date is None or day <= rule.until_date)
        ),
        None,
    )


def credit_lines(course: CoursePage | None, minutes: int) -> list[CreditLine]:
    """Return what so many minutes of a session earn; without a session, of the usual types.

    A line with minutes of its own is cut in proportion when fewer minutes count than the session
    has.
    """
    own = [] if course is None else list(course.credits.select_related("credit_type"))
    usual = [] if own else list(CreditType.objects.filter(is_default=True, is_active=True))
    return lines_of(course, own, usual, minutes)


def lines_of(
    course: CoursePage | None,
    own: Iterable[CourseCredit],
    usual: Iterable[CreditType],
    minutes: int,
) -> list[CreditLine]:
    """Return the same from rows that are read already."""
    own = [item for item in own if item.credit_type.is_active]
    if not own:
        return [CreditLine(item, minutes) for item in usual]
    whole = (course.credit_minutes or course.minutes if course else None) or minutes
    return [
        CreditLine(
            item.credit_type,
            minutes
            if item.minutes is None
            else item.minutes * min(minutes, whole) // whole
            if whole
            else item.minutes,
        )
        for item in own
    ]


# ---- what a teacher has -------------------------------------------------------------------------


def standing_awards() -> QuerySet[CreditAward]:
    """Return the awards that nothing has taken the place of."""
    return CreditAward.objects.filter(successor=None, is_revoked=False)


def transcript_of(teacher: Teacher) -> Transcript:
    """Return what a teacher was given, in a fixed number of queries."""
    awards = tuple(
        standing_awards().filter(teacher=teacher).select_related("credit_type", "certificate")
    )
    sums: dict[tuple[str, str], tuple[Decimal, int]] = {}
    longest: dict[str, int] = {}
    for award in awards:
        key = (award.credit_type.name, award.unit)
        amount, minutes = sums.get(key, (Decimal(0), 0))
        sums[key] = (amount + award.amount, minutes + award.minutes)
        longest[award.source] = max(longest.get(award.source, 0), award.minutes)
    totals = tuple(
        Total(name, units_in_words(amount, unit), minutes)
        for (name, unit), (amount, minutes) in sorted(sums.items())
    )
    return Transcript(awards, totals, sum(longest.values()))


# ---- certificates -------------------------------------------------------------------------------


def certificates() -> QuerySet[Certificate]:
    """Return certificates with all that they say, and whether their award still stands."""
    return Certificate.objects.select_related(
        "award", "award__credit_type", "award__successor", "award__successor__certificate"
    )


def awards_for_desk(words: str) -> QuerySet[CreditAward]:
    """Return standing awards, newest first, of people or sessions with these words."""
    awards = standing_awards().select_related("teacher", "credit_type", "certificate")
    for word in words.split():
        awards = awards.filter(Q(name__icontains=word) | Q(title__icontains=word))
    return awards.order_by("-awarded_at", "-pk")


def types_owed() -> QuerySet[CreditType]:
    """Return the credit types whose awards are to be looked through."""
    return CreditType.objects.filter(owed_at__isnull=False).order_by("owed_at", "pk")


def not_awarded(credit_type: CreditType) -> QuerySet[Completion]:
    """Return the completions that have no award of this type, and may be due one."""
    due = Q(course__credits__credit_type=credit_type)
    if credit_type.is_default:
        due |= Q(course__credits=None)
    awarded = CreditAward.objects.filter(
        teacher=OuterRef("teacher"), course=OuterRef("course"), credit_type=credit_type
    )
    return (
        Completion.objects.filter(due, ~Exists(awarded))
        .select_related("teacher", "course")
        .order_by("pk")
    )

"""How far each licence is: what is earned, and what enrolments and the path will bring."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Prefetch
from django.utils import timezone

from profiles.models import Teacher

from ..models import CourseCredit, CoursePage, CreditType, Enrolment, LicenceCycle, LicenceNeed
from ..models.credit import units_in_words
from .credit import CreditLine, Rules, lines_of, rule_on, rules_by_type, standing_awards

#: What stands above tells here which sessions a teacher's path holds: teacher -> course ids.
_planned: list[Callable[[Teacher], Iterable[int]]] = []


def register_planned(reader: Callable[[Teacher], Iterable[int]]) -> None:
    """Have a forecast count what this function says is planned."""
    _planned.append(reader)


@dataclass(frozen=True)
class Progress:
    """How far one need of a licence is: earned, and what enrolments and the path will bring."""

    need: LicenceNeed
    unit: str
    earned: Decimal
    booked: Decimal
    planned: Decimal

    @property
    def missing(self) -> Decimal:
        """What is still to be found when all of it comes about."""
        return max(Decimal(0), self.need.amount - self.earned - self.booked - self.planned)

    @property
    def expected(self) -> Decimal:
        """What there will be by the end."""
        return self.earned + self.booked + self.planned

    @property
    def widths(self) -> tuple[int, int]:
        """Earned, and what is to come, as whole per cents of a bar."""
        earned = min(100, int(100 * self.earned / self.need.amount))
        coming = min(100, int(100 * self.expected / self.need.amount))
        return earned, max(0, coming - earned)

    def words_of(self, amount: Decimal) -> str:
        """Return an amount with its unit."""
        return units_in_words(amount, self.unit)

    @property
    def earned_words(self) -> str:
        """What is earned of what is needed."""
        return (
            f"{units_in_words(self.earned, '')[:-1].strip()} of {self.words_of(self.need.amount)}"
        )

    @property
    def forecast_words(self) -> str:
        """What will be there by the end, in a sentence."""
        parts = []
        if self.booked:
            parts.append(f"{self.words_of(self.booked)} from what you are enrolled in")
        if self.planned:
            parts.append(f"{self.words_of(self.planned)} from your path")
        if self.earned >= self.need.amount:
            return "You have all that it asks for."
        if not parts:
            return f"{self.words_of(self.missing)} to go; nothing is planned yet."
        coming = " and ".join(parts)
        if not self.missing:
            return f"{coming} will make it full."
        return f"{coming} will come; {self.words_of(self.missing)} are still to be found."


@dataclass(frozen=True)
class LicenceView:
    """A licence cycle with the progress of each of its needs."""

    cycle: LicenceCycle
    needs: tuple[Progress, ...]
    is_over: bool


def licences_of(teacher: Teacher, as_of: datetime) -> list[LicenceView]:
    """Return a teacher's licence cycles with progress and forecast, the nearest end first.

    What is booked or planned counts for a cycle when its day, else today, lies in the cycle; the
    rule of that day says how much it is. A fixed number of queries.
    """
    needs = Prefetch("needs", LicenceNeed.objects.select_related("credit_type"))
    cycles = list(teacher.licence_cycles.prefetch_related(needs))
    if not cycles:
        return []
    today = timezone.localdate(as_of)
    earned = list(
        standing_awards()
        .filter(teacher=teacher, earned_date__gte=min(cycle.from_date for cycle in cycles))
        .values_list("credit_type_id", "earned_date", "amount")
    )
    coming = _coming(teacher, today) if any(today <= item.until_date for item in cycles) else []
    rules = rules_by_type()
    views = []
    for cycle in cycles:
        views.append(
            LicenceView(
                cycle=cycle,
                needs=tuple(
                    _progress(need, cycle, earned, coming, rules, today)
                    for need in cycle.needs.all()
                ),
                is_over=cycle.until_date < today,
            )
        )
    return sorted(views, key=lambda view: (view.is_over, view.cycle.until_date))


@dataclass(frozen=True)
class _Coming:
    """One credit line that is booked, or planned, for a day."""

    line: CreditLine
    day: date
    is_booked: bool


def _coming(teacher: Teacher, today: date) -> list[_Coming]:
    """What enrolments and the path will bring; what was finished before brings nothing."""
    booked = {
        enrolment.course_id: (
            timezone.localdate(enrolment.offering.ends_at) if enrolment.offering else today
        )
        for enrolment in teacher.enrolments.filter(
            state__in=(Enrolment.State.SEATED, Enrolment.State.STARTED)
        ).select_related("offering")
    }
    planned = {pk for reader in _planned for pk in reader(teacher)} - booked.keys()
    done = set(teacher.completions.values_list("course_id", flat=True))
    usual = list(CreditType.objects.filter(is_default=True, is_active=True))
    pages = CoursePage.objects.filter(pk__in=(booked.keys() | planned) - done).prefetch_related(
        Prefetch("credits", CourseCredit.objects.select_related("credit_type"))
    )
    found = []
    for page in pages.only("pk", "minutes", "credit_minutes"):
        minutes = page.minutes if page.credit_minutes is None else page.credit_minutes
        for line in lines_of(page, page.credits.all(), usual, minutes or 0):
            found.append(_Coming(line, max(today, booked.get(page.pk, today)), page.pk in booked))
    return found


def _progress(
    need: LicenceNeed,
    cycle: LicenceCycle,
    earned: Iterable[tuple[int, date, Decimal]],
    coming: Iterable[_Coming],
    rules: Rules,
    today: date,
) -> Progress:
    have = sum(
        (
            amount
            for type_id, day, amount in earned
            if type_id == need.credit_type_id and cycle.from_date <= day <= cycle.until_date
        ),
        Decimal(0),
    )
    sums = {True: Decimal(0), False: Decimal(0)}
    for item in coming:
        if item.line.credit_type.pk != need.credit_type_id:
            continue
        if cycle.from_date <= item.day <= cycle.until_date and (
            rule := rule_on(rules, need.credit_type_id, item.day)
        ):
            sums[item.is_booked] += rule.amount_of(item.line.minutes)
    now = rule_on(rules, need.credit_type_id, today) or next(
        iter(rules.get(need.credit_type_id, ())), None
    )
    return Progress(need, now.unit if now else "hour", have, sums[True], sums[False])

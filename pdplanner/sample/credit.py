"""What the sample district gives credit for, who has which licence, and one award corrected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from courses.models import (
    CourseCredit,
    CoursePage,
    CreditAward,
    CreditRule,
    CreditType,
    LicenceCycle,
    LicenceNeed,
)
from courses.operations.credit import correct_award
from courses.operations.credit_rules import award_owed_credit, set_up_credit
from profiles.models import User

from .ground import Ground
from .people import Person

LEARNERS = "English learners"
#: Sessions that earn points for English learners beside their hours, and the minutes of it.
FOR_LEARNERS = {
    "newcomer-first-day": None,
    "newcomers-same-text": None,
    "translate-one-page": 15,
    "read-aloud-first": 15,
    "messages-home": 20,
}
#: Years of a licence; the share of teachers who told of theirs; hours it asks for.
CYCLE_YEARS, TOLD, HOURS = 5, 0.4, 50


def make_credit(
    ground: Ground,
    people: Sequence[Person],
    pages: Mapping[str, CoursePage],
    coordinator: User,
) -> None:
    """Store types, rules and licences, and give credit for all that was finished."""
    now = ground.midnight
    set_up_credit(now=now)
    hours = CreditType.objects.filter(is_default=True).first()
    if hours is None:
        return  # somebody keeps types of their own here, none of them usual
    learners = CreditType.objects.create(name=LEARNERS, owed_at=now)
    CreditRule.objects.create(
        credit_type=learners,
        jurisdiction="The state",
        unit="point",
        minutes_per_unit=60,
        minimum_minutes=15,
        rounding=CreditRule.Rounding.QUARTERS_DOWN,
        from_date=ground.years[0].start_date,
    )
    for key, minutes in FOR_LEARNERS.items():
        CourseCredit.objects.create(course=pages[key], credit_type=hours, sort_order=0)
        CourseCredit.objects.create(
            course=pages[key], credit_type=learners, minutes=minutes, sort_order=1
        )
    hours.owed_at = now
    hours.save()
    award_owed_credit(now=now)
    _make_licences(ground, people, hours, learners)
    _correct_one(ground, people, coordinator)


def _make_licences(
    ground: Ground, people: Sequence[Person], hours: CreditType, learners: CreditType
) -> None:
    rng = ground.rng("licences")
    cycles, needs = [], []
    for person in people:
        chance, begun = rng.random(), int(rng.integers(1, CYCLE_YEARS))
        if person.is_rosa:
            begun = CYCLE_YEARS - 1
        elif chance >= TOLD:
            continue
        start = date(ground.today.year - begun, 7, 1)
        cycle = LicenceCycle(
            teacher=person.row,
            title="Professional licence",
            from_date=start,
            until_date=start.replace(year=start.year + CYCLE_YEARS) - timedelta(days=1),
        )
        cycles.append(cycle)
        asked = 12 if person.is_rosa else HOURS
        needs.append(LicenceNeed(cycle=cycle, credit_type=hours, amount=Decimal(asked)))
        needs.append(LicenceNeed(cycle=cycle, credit_type=learners, amount=Decimal(2)))
    LicenceCycle.objects.bulk_create(cycles)
    LicenceNeed.objects.bulk_create(needs)


def _correct_one(ground: Ground, people: Sequence[Person], coordinator: User) -> None:
    """One of Rosa's awards was counted too short, and mended the day after."""
    rosa = next(person for person in people if person.is_rosa)
    award = CreditAward.objects.filter(teacher=rosa.row).order_by("earned_date", "pk").first()
    if award is not None:
        correct_award(
            award=award,
            by=coordinator,
            reason="She stayed for the questions after it.",
            now=ground.midnight,
            minutes=award.minutes + 15,
        )

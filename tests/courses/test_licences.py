"""Licences: progress by type, and what enrolments and the path will bring."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from courses.models import (
    CourseCredit,
    CreditAward,
    CreditRule,
    CreditType,
    Enrolment,
    LicenceCycle,
    LicenceNeed,
)
from courses.operations.credit import award_credit
from courses.operations.credit_rules import set_up_credit
from courses.queries import licences
from courses.queries.licences import licences_of

from .conftest import NOW


@pytest.fixture
def hours(db) -> CreditType:
    set_up_credit(now=NOW)
    return CreditType.objects.get()


@pytest.fixture
def cycle(new_teacher, hours) -> LicenceCycle:
    """Ten hours from 2025 to 2030."""
    cycle = LicenceCycle.objects.create(
        teacher=new_teacher,
        title="Professional",
        from_date=date(2025, 7, 1),
        until_date=date(2030, 6, 30),
    )
    LicenceNeed.objects.create(cycle=cycle, credit_type=hours, amount=10)
    return cycle


def earn(teacher, minutes: int, day: date, source: str) -> None:
    award_credit(
        teacher=teacher,
        source=source,
        title="Something",
        minutes=minutes,
        earned_date=day,
        by=None,
        now=NOW,
    )


def amounts(teacher) -> list[tuple]:
    (view,) = licences_of(teacher, NOW)
    return [(p.earned, p.booked, p.planned, p.missing) for p in view.needs]


def of(*numbers: float) -> tuple[Decimal, ...]:
    return tuple(Decimal(str(number)) for number in numbers)


@pytest.fixture
def planned(monkeypatch):
    """Sessions on everybody's path, by id."""
    ids: list[int] = []
    monkeypatch.setattr(licences, "_planned", [lambda teacher: ids])
    return ids


def test_only_what_is_earned_within_the_cycle_counts(cycle, new_teacher, planned):
    earn(new_teacher, 60, date(2025, 6, 30), "claim:1")
    earn(new_teacher, 90, date(2025, 7, 1), "claim:2")
    earn(new_teacher, 120, date(2030, 6, 30), "claim:3")
    earn(new_teacher, 120, date(2030, 7, 1), "claim:4")
    assert amounts(new_teacher) == [of(3.5, 0, 0, 6.5)]


def test_forecast_counts_seats_and_path_once_each(cycle, new_teacher, planned, course_of, run_of):
    seated, waiting, alone = (course_of(f"S{n}", minutes=60) for n in range(3))
    path_only, finished = (course_of(f"P{n}", minutes=30) for n in range(2))
    for course, state in ((seated, "seated"), (waiting, "waiting")):
        Enrolment.objects.create(
            teacher=new_teacher, course=course, offering=run_of(course), state=state
        )
    Enrolment.objects.create(teacher=new_teacher, course=alone, state="started")
    new_teacher.completions.create(course=finished, title="x", minutes=30, ground="check")
    planned += [seated.pk, path_only.pk, finished.pk]
    assert amounts(new_teacher) == [of(0, 2, 0.5, 7.5)]
    (view,) = licences_of(new_teacher, NOW)
    assert view.needs[0].forecast_words == (
        "2 hours from what you are enrolled in and 0.5 hours from your path will come; "
        "7.5 hours are still to be found."
    )
    assert view.needs[0].widths == (0, 25)


def test_what_comes_after_the_end_is_not_counted(cycle, new_teacher, planned, course_of, run_of):
    course = course_of(minutes=60)
    run = run_of(course, in_days=40)
    Enrolment.objects.create(teacher=new_teacher, course=course, offering=run, state="seated")
    LicenceCycle.objects.update(until_date=(NOW + timedelta(days=39)).date())
    assert amounts(new_teacher) == [of(0, 0, 0, 10)]


def test_forecast_is_by_type_and_by_the_rule_of_the_day(
    cycle, new_teacher, hours, planned, course_of
):
    content = CreditType.objects.create(name="Content")
    CreditRule.objects.create(
        credit_type=content, jurisdiction="State", unit="PDP", from_date=date(2026, 1, 1),
        minimum_minutes=60,
    )  # fmt: skip
    LicenceNeed.objects.create(cycle=cycle, credit_type=content, amount=3)
    long, short = course_of("Long", minutes=120), course_of("Short", minutes=45)
    for course in (long, short):
        CourseCredit.objects.create(course=course, credit_type=content)
    planned += [long.pk, short.pk]
    assert amounts(new_teacher) == [of(0, 0, 0, 10), of(0, 0, 2, 1)]


def test_cycle_that_is_full_or_over_says_so(cycle, new_teacher, planned):
    earn(new_teacher, 660, date(2026, 1, 1), "claim:1")
    (view,) = licences_of(new_teacher, NOW)
    assert (view.needs[0].forecast_words, view.needs[0].widths, view.is_over) == (
        "You have all that it asks for.",
        (100, 0),
        False,
    )
    LicenceCycle.objects.update(until_date=date(2026, 9, 13))
    (view,) = licences_of(new_teacher, NOW)
    assert view.is_over


@pytest.mark.parametrize("many", [1, 3])
def test_licences_take_a_fixed_number_of_queries(
    cycle, new_teacher, hours, planned, course_of, run_of, many, django_assert_num_queries
):
    for number in range(many - 1):
        other = LicenceCycle.objects.create(
            teacher=new_teacher,
            title=f"Other {number}",
            from_date=date(2025, 7, 1),
            until_date=date(2030, 6, 30),
        )
        LicenceNeed.objects.create(cycle=other, credit_type=hours, amount=10)
    for number in range(many):
        course = course_of(f"S{number}")
        CourseCredit.objects.create(course=course, credit_type=hours)
        Enrolment.objects.create(
            teacher=new_teacher, course=course, offering=run_of(course), state="seated"
        )
        earn(new_teacher, 60, date(2026, 1, 1), f"claim:{number}")
    with django_assert_num_queries(9):
        assert len(licences_of(new_teacher, NOW)) == many


def test_somebody_without_a_licence_costs_one_query(new_teacher, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert licences_of(new_teacher, NOW) == []


def test_path_of_a_teacher_is_what_is_planned(new_teacher, course_of):
    from pdplanner.plans.models import Plan, PlanStep, PlanVersion
    from pdplanner.plans.queries.planned import planned_course_ids

    plan, _ = Plan.objects.get_or_create(teacher=new_teacher)
    old, new = (
        PlanVersion.objects.create(
            plan=plan,
            number=number,
            as_of_date=date(2026, 9, 14),
            start_date=date(2026, 9, 14),
            end_date=date(2027, 1, 22),
            minutes_budget=480,
        )
        for number in (1, 2)
    )
    courses = [course_of(f"C{number}") for number in range(3)]
    for version, course in ((old, courses[0]), (new, courses[1]), (new, courses[2])):
        PlanStep.objects.create(
            version=version,
            course=course,
            order=course.pk,
            minutes=30,
            week_date=date(2026, 9, 14),
        )
    Plan.objects.filter(pk=plan.pk).update(current=new)
    assert planned_course_ids(new_teacher) == [courses[1].pk, courses[2].pk]
    assert planned_course_ids in licences._planned


def test_removing_what_was_earned_takes_it_from_the_licence(cycle, new_teacher, planned):
    from courses.operations.credit import revoke_credit

    earn(new_teacher, 60, date(2026, 1, 1), "claim:1")
    revoke_credit(teacher_id=new_teacher.pk, source="claim:1", by=None, reason="Not so.", now=NOW)
    assert amounts(new_teacher) == [of(0, 0, 0, 10)]
    assert CreditAward.objects.count() == 2

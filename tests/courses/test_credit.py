"""Credit: given by the rule of its day, once, and corrected by a new award alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction

from courses.models import (
    Certificate,
    Claim,
    Completion,
    CourseCredit,
    CreditAward,
    CreditRule,
    CreditType,
)
from courses.operations import approve_claim, confirm_completion, return_claim, undo_completion
from courses.operations.credit import (
    AwardSuperseded,
    NoReason,
    award_credit,
    correct_award,
    revoke_credit,
)
from courses.operations.credit_rules import (
    RuleInUse,
    RulesOverlap,
    award_owed_credit,
    set_up_credit,
    store_rule,
    store_type,
)
from courses.queries.credit import standing_awards, transcript_of
from profiles.models import Teacher

from .conftest import NOW

DAY = date(2026, 9, 14)


@pytest.fixture
def hours(db) -> CreditType:
    """What a fresh installation has: an hour is an hour."""
    CreditAward.objects.all().delete()
    set_up_credit(now=NOW)
    return CreditType.objects.get()


def rule_of(credit_type: CreditType, **fields) -> CreditRule:
    fields = {"jurisdiction": "The state", "from_date": date(2020, 1, 1)} | fields
    return CreditRule.objects.create(credit_type=credit_type, **fields)


def give(teacher, *, minutes=90, source="claim:1", course=None) -> list[CreditAward]:
    return award_credit(
        teacher=teacher,
        source=source,
        title="A day at the museum",
        minutes=minutes,
        earned_date=DAY,
        by=None,
        now=NOW,
        course=course,
    )


def said(awards) -> list[tuple]:
    return [(item.credit_type.name, item.title, item.minutes, item.amount_words) for item in awards]


# ---- how minutes become units -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minutes", "per_unit", "minimum", "rounding", "amount"),
    [
        (90, 60, 0, "0.25-down", "1.50"),
        (100, 60, 0, "0.25-down", "1.50"),
        (100, 60, 0, "0.25", "1.75"),
        (20, 60, 0, "0.01", "0.33"),
        (100, 60, 0, "0.5-down", "1.50"),
        (119, 60, 0, "1-down", "1.00"),
        (59, 60, 60, "0.01", "0"),
        (60, 60, 60, "0.01", "1.00"),
        (600, 600, 0, "0.01", "1.00"),  # a CEU is ten hours
        (14, 60, 0, "0.25-down", "0"),
        (0, 60, 0, "0.01", "0"),
    ],
)
def test_rule_turns_minutes_into_units(minutes, per_unit, minimum, rounding, amount):
    rule = CreditRule(minutes_per_unit=per_unit, minimum_minutes=minimum, rounding=rounding)
    assert rule.amount_of(minutes) == Decimal(amount)


def test_amounts_are_worded_without_idle_zeros():
    assert [
        CreditAward(amount=Decimal(amount), unit=unit).amount_words
        for amount, unit in [
            ("1.00", "hour"),
            ("1.50", "hour"),
            ("10.00", "point"),
            ("0.50", "CEU"),
        ]
    ] == ["1 hour", "1.5 hours", "10 points", "0.5 CEU"]


# ---- giving -------------------------------------------------------------------------------------


def test_credit_is_given_once_however_often_it_is_asked_for(hours, new_teacher):
    first = give(new_teacher)
    assert give(new_teacher) == first
    assert said(first) == [("Professional development", "A day at the museum", 90, "1.5 hours")]
    assert (first[0].name, first[0].district) == ("Nora New", "Sunfield Schools")
    assert Certificate.objects.count() == 1


def test_credit_is_given_by_the_rule_of_its_day(hours, new_teacher):
    hours.rules.update(until_date=date(2026, 8, 31))
    rule_of(hours, from_date=date(2026, 9, 1), minutes_per_unit=45, unit="period")
    (award,) = give(new_teacher)
    assert (award.minutes, award.amount_words) == (90, "2 periods")


def test_without_a_rule_for_the_day_or_below_its_minimum_nothing_is_given(hours, new_teacher):
    hours.rules.update(from_date=date(2026, 10, 1))
    assert give(new_teacher) == []
    hours.rules.update(from_date=date(2026, 9, 1), minimum_minutes=91)
    assert give(new_teacher) == []
    assert CreditAward.objects.count() == 0


def test_session_earns_several_types_each_with_its_minutes(hours, new_teacher, course_of):
    content = CreditType.objects.create(name="Content")
    sheltered = CreditType.objects.create(name="Sheltered English")
    rule_of(content, unit="PDP")
    rule_of(sheltered, unit="PDP", rounding="0.01")
    course = course_of(minutes=120)
    CourseCredit.objects.create(course=course, credit_type=content)
    CourseCredit.objects.create(course=course, credit_type=sheltered, minutes=40)
    awards = give(new_teacher, minutes=120, source="course:1", course=course)
    assert [(a.credit_type.name, a.minutes, a.amount_words) for a in awards] == [
        ("Content", 120, "2 PDP"),
        ("Sheltered English", 40, "0.67 PDP"),
    ]
    half = give(new_teacher, minutes=60, source="course:2", course=course)
    assert [(a.credit_type.name, a.minutes) for a in half] == [
        ("Content", 60),
        ("Sheltered English", 20),
    ]
    # What earns two types was still sat through once.
    assert transcript_of(new_teacher).minutes == 180


def test_other_minutes_supersede_what_was_given_and_edit_nothing(hours, new_teacher):
    (first,) = give(new_teacher, minutes=90)
    (second,) = give(new_teacher, minutes=60)
    first.refresh_from_db()
    assert (first.minutes, first.amount, first.version) == (90, Decimal("1.50"), 1)
    assert (second.minutes, second.version, second.supersedes) == (60, 2, first)
    assert list(standing_awards()) == [second]
    assert Certificate.objects.count() == 2
    assert give(new_teacher, minutes=0) == []
    assert list(standing_awards()) == []
    (again,) = give(new_teacher, minutes=90)
    assert (again.version, again.minutes) == (4, 90)


def test_database_refuses_two_awards_in_one_place(hours, new_teacher):
    (award,) = give(new_teacher)
    award.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        award.save(force_insert=True)


# ---- what it hangs on ---------------------------------------------------------------------------


def finish(teacher, course, coach) -> Completion:
    done = confirm_completion(teacher=teacher, course=course, why="Seen it.", by=coach, now=NOW)
    assert done is not None
    return done


def test_completion_earns_credit_and_loses_it_with_a_reason(hours, new_teacher, course_of, coach):
    course = course_of(minutes=45, format="self-paced")
    completion = finish(new_teacher, course, coach)
    (award,) = standing_awards()
    assert (award.source, award.title, award.minutes, award.earned_date) == (
        f"course:{course.pk}",
        "Grades that sync",
        45,
        DAY,
    )
    undo_completion(completion=completion, why="The wrong Nora.", by=coach, now=NOW)
    assert list(standing_awards()) == []
    revocation = CreditAward.objects.get(supersedes=award)
    assert (revocation.is_revoked, revocation.reason, revocation.awarded_by) == (
        True,
        "The wrong Nora.",
        coach,
    )
    finish(new_teacher, course, coach)
    assert [a.version for a in CreditAward.objects.order_by("version")] == [1, 2, 3]


def test_archived_session_keeps_its_credit(hours, new_teacher, course_of, coach):
    course = course_of(minutes=45, format="self-paced")
    finish(new_teacher, course, coach)
    course.unpublish()
    (award,) = transcript_of(new_teacher).awards
    assert (award.title, award.amount) == ("Grades that sync", Decimal("0.75"))


def test_approved_claim_earns_credit_until_it_is_sent_back(hours, new_teacher, coordinator):
    claim = Claim.objects.create(
        teacher=new_teacher,
        title="Summer institute",
        provider="The university",
        held_date=date(2026, 7, 6),
        minutes=600,
        link="https://example.org/institute",
    )
    approve_claim(claim=claim, course=None, by=coordinator, now=NOW)
    (award,) = standing_awards()
    assert (award.source, award.earned_date, award.amount_words, award.awarded_by) == (
        f"claim:{claim.pk}",
        date(2026, 7, 6),
        "10 hours",
        coordinator,
    )
    return_claim(claim=claim, why="No proof in the file.", by=coordinator, now=NOW)
    assert list(standing_awards()) == []
    assert CreditAward.objects.get(supersedes=award).reason == "No proof in the file."


def test_claim_equal_to_a_session_earns_what_the_session_earns(
    hours, new_teacher, coordinator, course_of
):
    course = course_of(minutes=45, format="self-paced")
    claim = Claim.objects.create(
        teacher=new_teacher,
        title="The same elsewhere",
        provider="Another district",
        held_date=DAY,
        minutes=45,
        link="https://example.org/same",
    )
    approve_claim(claim=claim, course=course, by=coordinator, now=NOW)
    assert [award.source for award in standing_awards()] == [f"course:{course.pk}"]


# ---- correcting ---------------------------------------------------------------------------------


def test_correction_is_a_new_award_with_author_and_reason(hours, new_teacher, coordinator):
    (award,) = give(new_teacher)
    corrected = correct_award(
        award=award, by=coordinator, reason=" Left at noon. ", now=NOW, minutes=60, name="N. New"
    )
    award.refresh_from_db()
    assert (award.minutes, award.name) == (90, "Nora New")
    assert (corrected.minutes, corrected.amount, corrected.name) == (60, Decimal("1.00"), "N. New")
    assert (corrected.supersedes, corrected.awarded_by, corrected.reason) == (
        award,
        coordinator,
        "Left at noon.",
    )
    assert corrected.certificate.token != award.certificate.token


def test_correction_by_hand_outlasts_the_program(hours, new_teacher, coordinator):
    (award,) = give(new_teacher)
    corrected = correct_award(award=award, by=coordinator, reason="Counted.", now=NOW, minutes=120)
    assert give(new_teacher, minutes=90) == [corrected]
    revoked = correct_award(
        award=corrected, by=coordinator, reason="Not at all.", now=NOW, minutes=0
    )
    assert revoked.is_revoked
    assert give(new_teacher) == []
    assert not Certificate.objects.filter(award=revoked).exists()


def test_correcting_twice_is_once_and_correcting_the_past_is_refused(
    hours, new_teacher, coordinator
):
    (award,) = give(new_teacher)
    asked = {"award": award, "by": coordinator, "reason": "Counted.", "now": NOW, "minutes": 120}
    assert correct_award(**asked) == correct_award(**asked)
    with pytest.raises(AwardSuperseded):
        correct_award(**(asked | {"minutes": 30}))
    with pytest.raises(NoReason):
        correct_award(**(asked | {"reason": "  "}))
    assert CreditAward.objects.count() == 2


# ---- rules --------------------------------------------------------------------------------------


def test_rules_of_a_type_do_not_overlap(hours):
    rule = CreditRule(credit_type=hours, jurisdiction="The state", from_date=date(2026, 9, 1))
    with pytest.raises(RulesOverlap):
        store_rule(rule=rule, now=NOW)
    first = hours.rules.get()
    first.until_date = date(2026, 8, 31)
    store_rule(rule=first, now=NOW)
    assert store_rule(rule=rule, now=NOW).pk


def test_rule_that_credit_was_given_by_can_only_end(hours, new_teacher):
    give(new_teacher)
    rule = hours.rules.get()
    rule.minutes_per_unit = 45
    with pytest.raises(RuleInUse):
        store_rule(rule=rule, now=NOW)
    rule.refresh_from_db()
    rule.until_date = DAY - timedelta(days=1)
    with pytest.raises(RuleInUse):
        store_rule(rule=rule, now=NOW)
    rule.until_date = DAY
    store_rule(rule=rule, now=NOW)


def done(teacher, course, **fields) -> Completion:
    fields = {"title": course.title, "minutes": course.minutes, "ground": "check"} | fields
    return Completion.objects.create(teacher=teacher, course=course, completed_at=NOW, **fields)


def test_sweep_gives_what_new_rules_owe_and_nothing_twice(hours, new_teacher, course_of):
    done(new_teacher, course_of("One", minutes=30))
    done(new_teacher, course_of("Two", minutes=60), title="Two, as it was called")
    plain = course_of("Three", minutes=60)
    own = CreditType.objects.create(name="Content")
    CourseCredit.objects.create(course=plain, credit_type=own)
    done(new_teacher, plain)
    store_type(credit_type=hours, now=NOW)
    assert award_owed_credit(now=NOW) == 2
    assert award_owed_credit(now=NOW) == 0
    assert sorted(said(standing_awards())) == [
        ("Professional development", "One", 30, "0.5 hours"),
        ("Professional development", "Two, as it was called", 60, "1 hour"),
    ]
    rule = CreditRule(credit_type=own, jurisdiction="The state", from_date=date(2026, 1, 1))
    store_rule(rule=rule, now=NOW)
    assert award_owed_credit(now=NOW) == 1
    assert Certificate.objects.count() == standing_awards().count() == 3
    assert CreditType.objects.filter(owed_at__isnull=False).count() == 0


def test_sweep_killed_between_two_batches_goes_on(hours, new_teacher, course_of, monkeypatch):
    from courses.operations import credit_rules

    for number in range(5):
        done(new_teacher, course_of(f"Session {number}"))
    store_type(credit_type=hours, now=NOW)
    monkeypatch.setattr(credit_rules, "AT_ONCE", 2)
    real, calls = credit_rules._award_batch, []

    def die_in_the_second(*arguments, **named):
        calls.append(1)
        if len(calls) == 2:
            with transaction.atomic():
                real(*arguments, **named)
                raise KeyboardInterrupt
        return real(*arguments, **named)

    monkeypatch.setattr(credit_rules, "_award_batch", die_in_the_second)
    with pytest.raises(KeyboardInterrupt):
        award_owed_credit(now=NOW)
    assert Certificate.objects.count() == 2
    assert award_owed_credit(now=NOW) == 3
    assert Certificate.objects.count() == CreditAward.objects.count() == 5


# ---- many at once -------------------------------------------------------------------------------


def at_once(jobs) -> list[Exception | None]:
    """Run each job in a thread with a connection of its own; return what each raised."""
    start = Barrier(len(jobs))

    def run(job) -> Exception | None:
        start.wait()
        try:
            job()
        except Exception as error:  # whatever it is, the test wants to see it
            return error
        finally:
            connection.close()
        return None

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_many_at_once_give_one_award_and_one_certificate(district):
    set_up_credit(now=NOW)
    teacher = Teacher.objects.create(given_name="Nora", email="nora.new@example.org")
    assert at_once([lambda: give(teacher)] * 8) == [None] * 8
    assert (CreditAward.objects.count(), Certificate.objects.count()) == (1, 1)
    # Half say 90 minutes, half 60: each change is one link, and one of the two stands.
    jobs = [lambda: give(teacher), lambda: give(teacher, minutes=60)] * 4
    assert at_once(jobs) == [None] * 8
    chain = list(CreditAward.objects.order_by("version"))
    assert [award.version for award in chain] == list(range(1, len(chain) + 1))
    assert [award.supersedes_id for award in chain] == [None, *(a.pk for a in chain[:-1])]
    assert standing_awards().count() == 1
    assert Certificate.objects.count() == len(chain)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_corrections_at_once_leave_one(district, coordinator):
    set_up_credit(now=NOW)
    teacher = Teacher.objects.create(given_name="Nora", email="nora.new@example.org")
    (award,) = give(teacher)

    def correct(minutes: int):
        return lambda: correct_award(
            award=award, by=coordinator, reason="Counted.", now=NOW, minutes=minutes
        )

    errors = at_once([correct(minutes) for minutes in (30, 60, 120, 180)])
    assert sorted(type(error).__name__ for error in errors if error) == ["AwardSuperseded"] * 3
    assert standing_awards().count() == 1


def test_revoking_what_was_never_given_does_nothing(hours, new_teacher):
    assert revoke_credit(teacher_id=new_teacher.pk, source="x", by=None, reason="", now=NOW) == []

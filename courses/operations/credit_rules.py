"""What earns credit: the types and rules that the coordinator keeps, and what they owe."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from profiles.queries import the_district, today_in_district

from ..models import Certificate, Completion, CreditAward, CreditRule, CreditType
from ..queries.credit import Rules, lines_of, not_awarded, rule_on, rules_by_type, types_owed
from .credit import source_of

#: Completions looked through in one transaction.
AT_ONCE = 200
#: The rule of a fresh installation: an hour is an hour, from before anything was finished.
FIRST_TYPE, FIRST_DATE = "Professional development", date(2000, 1, 1)


class RulesOverlap(Exception):
    """Another rule of the same type holds on some of these days."""

    def __init__(self, other: CreditRule):
        super().__init__(other)
        self.other = other


class RuleInUse(Exception):
    """Credit was given by the rule, so only its last day can be set, after what it gave."""


@transaction.atomic
def set_up_credit(*, now: datetime) -> CreditType | None:
    """Return the first credit type with its rule, made when there is none of any kind."""
    if CreditType.objects.exists():
        return None
    first = CreditType.objects.create(name=FIRST_TYPE, is_default=True, owed_at=now)
    CreditRule.objects.create(
        credit_type=first,
        jurisdiction="The district",
        rounding=CreditRule.Rounding.HUNDREDTHS,
        from_date=FIRST_DATE,
    )
    return first


@transaction.atomic
def store_type(*, credit_type: CreditType, now: datetime) -> CreditType:
    """Return the type stored; what was finished is looked through for it by the sweep."""
    credit_type.owed_at = now
    credit_type.save()
    return credit_type


@transaction.atomic
def store_rule(*, rule: CreditRule, now: datetime) -> CreditRule:
    """Return the rule stored; what it gives for what was finished before is given by the sweep.

    No two rules of a type hold on one day. Raises RulesOverlap, RuleInUse.
    """
    # The type's row is the lock of its rules; an UPDATE takes it on SQLite too.
    CreditType.objects.filter(pk=rule.credit_type_id).update(owed_at=now)
    if rule.pk:
        _refuse_rewriting(rule)
    last = rule.until_date or date.max
    other = (
        CreditRule.objects.filter(
            Q(until_date=None) | Q(until_date__gte=rule.from_date),
            credit_type=rule.credit_type_id,
            from_date__lte=last,
        )
        .exclude(pk=rule.pk)
        .first()
    )
    if other is not None:
        raise RulesOverlap(other)
    rule.save()
    return rule


def _refuse_rewriting(rule: CreditRule) -> None:
    """Raise RuleInUse when a rule that credit was given by would say another thing."""
    newest = CreditAward.objects.filter(rule=rule).order_by("-earned_date").first()
    if newest is None:
        return
    stood = CreditRule.objects.get(pk=rule.pk)
    for field in CreditRule._meta.concrete_fields:
        name = field.attname
        if name != "until_date" and getattr(rule, name) != getattr(stood, name):
            raise RuleInUse(rule)
    if rule.until_date is not None and rule.until_date < newest.earned_date:
        raise RuleInUse(rule)


def award_owed_credit(*, now: datetime) -> int:
    """Give what rules owe for what was finished before them; return how many awards were made.

    It may be killed anywhere and run twice at once: each award and certificate is stored once.
    """
    made = 0
    for credit_type in types_owed():
        last_pk = 0
        while batch := list(
            not_awarded(credit_type)
            .filter(pk__gt=last_pk)
            .prefetch_related("course__credits__credit_type")[:AT_ONCE]
        ):
            made += _award_batch(credit_type, batch, now=now)
            last_pk = batch[-1].pk
        CreditType.objects.filter(pk=credit_type.pk, owed_at=credit_type.owed_at).update(
            owed_at=None
        )
    return made


@transaction.atomic
def _award_batch(credit_type: CreditType, batch: Sequence[Completion], *, now: datetime) -> int:
    rules, district = rules_by_type(), the_district().name
    awards = [
        award
        for completion in batch
        if (award := _award_of(completion, credit_type, rules, district, now=now))
    ]
    CreditAward.objects.bulk_create(awards, ignore_conflicts=True)
    bare = CreditAward.objects.filter(
        certificate=None,
        is_revoked=False,
        credit_type=credit_type,
        teacher__in={item.teacher_id for item in batch},
    )
    fresh = [Certificate(award=award, issued_at=now) for award in bare]
    Certificate.objects.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh)


def _award_of(
    completion: Completion, credit_type: CreditType, rules: Rules, district: str, *, now: datetime
) -> CreditAward | None:
    """Return what a completion earns of one type, not stored yet; None when nothing."""
    earned_date = today_in_district(completion.completed_at)
    rule = rule_on(rules, credit_type.pk, earned_date)
    course = completion.course
    lines = lines_of(course, course.credits.all(), [credit_type], completion.minutes)
    minutes = next((line.minutes for line in lines if line.credit_type == credit_type), 0)
    if rule is None or not (amount := rule.amount_of(minutes)):
        return None
    return CreditAward(
        teacher=completion.teacher,
        credit_type=credit_type,
        rule=rule,
        source=source_of(completion.course_id),
        course=course,
        name=str(completion.teacher),
        title=completion.title,
        district=district,
        earned_date=earned_date,
        minutes=minutes,
        amount=amount,
        unit=rule.unit,
        awarded_at=now,
    )

"""What a session's page says of the credit it earns."""

from __future__ import annotations

from django import template
from django.utils import timezone

from ..models import CoursePage
from ..models.credit import units_in_words
from ..queries.credit import credit_lines, rule_on, rules_by_type

register = template.Library()


@register.simple_tag
def credit_of(course: CoursePage) -> list[str]:
    """Return what finishing this session today earns: “English learners: 0.25 points”."""
    minutes = course.minutes if course.credit_minutes is None else course.credit_minutes
    rules, today = rules_by_type(), timezone.localdate()
    found = []
    for line in credit_lines(course, minutes or 0) if course.pk else ():
        rule = rule_on(rules, line.credit_type.pk, today)
        if rule and (amount := rule.amount_of(line.minutes)):
            found.append(f"{line.credit_type}: {units_in_words(amount, rule.unit)}")
    return found

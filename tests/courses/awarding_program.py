"""A process of its own that can be killed: `python -m tests.courses.awarding_program VERB`.

fill   makes the tables (SQLite) and teachers who finished sessions that credit is owed for
award  pays what is owed a few at a time, then signs badges; says “begun” and each step
tell   prints what is stored as JSON
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime

import django

NOW = datetime(2026, 9, 14, 15, 0, tzinfo=UTC)
FINISHED = 40
SIGNED = 8


def fill() -> None:
    from django.core.management import call_command
    from django.db import connection

    if connection.vendor == "sqlite":
        call_command("migrate", run_syncdb=True, verbosity=0)
    from courses.models import Completion, CoursePage
    from courses.operations import look_book
    from courses.operations.credit_rules import set_up_credit
    from profiles.models import District, Teacher

    District.objects.create(name="Sunfield Schools")
    set_up_credit(now=NOW)
    page = look_book().add_child(
        instance=CoursePage(title="Finished by all", summary="Yes.", minutes=45)
    )
    teachers = Teacher.objects.bulk_create(
        Teacher(given_name=f"T{number}", email=f"t{number}@example.org")
        for number in range(FINISHED)
    )
    Completion.objects.bulk_create(
        Completion(
            teacher=teacher,
            course=page,
            title=page.title,
            minutes=45,
            ground="check",
            completed_at=NOW,
        )
        for teacher in teachers
    )


def award() -> None:
    from courses.models import Certificate
    from courses.operations import credit_rules
    from courses.operations.certificates import signed_badge

    credit_rules.AT_ONCE = 3
    real = credit_rules._award_batch

    def award_batch(*arguments, **named) -> int:
        say("awarding")
        return real(*arguments, **named)

    credit_rules._award_batch = award_batch
    say("begun")
    credit_rules.award_owed_credit(now=NOW)
    for certificate in Certificate.objects.order_by("award__teacher")[:SIGNED]:
        say("signing")
        signed_badge(certificate=certificate, now=NOW)


def say(words: str) -> None:
    print(words, flush=True)  # noqa: T201 (read by the test)


def tell() -> None:
    from courses.badges.checking import check_badge
    from courses.management.commands.check_badge import our_keys
    from courses.models import Achievement, Certificate, CreditAward, CreditType, SigningKey

    signed = list(Certificate.objects.exclude(badge_jwt=""))
    verdicts = {
        check_badge(badge, now=datetime.now(UTC), keys=our_keys()).is_valid
        for certificate in signed
        for badge in (certificate.badge_jwt, certificate.badge)
    }
    told = {
        "awards": CreditAward.objects.count(),
        "certificates": Certificate.objects.count(),
        "owed": CreditType.objects.filter(owed_at__isnull=False).count(),
        "signed": len(signed),
        "valid": sorted(verdicts),
        "half_signed": Certificate.objects.filter(badge_jwt="", badge__isnull=False).count(),
        "active_keys": SigningKey.objects.filter(is_active=True).count(),
        "achievements": Achievement.objects.count(),
    }
    print(json.dumps(told))  # noqa: T201 (read by the test)


if __name__ == "__main__":
    django.setup()
    {"fill": fill, "award": award, "tell": tell}[sys.argv[1]]()

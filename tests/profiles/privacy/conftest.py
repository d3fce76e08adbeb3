from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from profiles.models import Goal, Ticket, TicketSource

NOW = timezone.now()


@pytest.fixture
def add_ticket(db, grade_sync):
    """Return a function: a ticket of this teacher, opened so many days ago."""
    source = TicketSource.objects.create(name="Help desk")

    def add(teacher, days: int, *, now: datetime = NOW) -> Ticket:
        return Ticket.objects.create(
            source=source,
            external_id=f"T-{Ticket.objects.count() + 1}",
            teacher=teacher,
            skill=grade_sync,
            skill_origin="words",
            opened_at=now - timedelta(days=days),
            kind="how-to",
        )

    return add


@pytest.fixture
def told_much(new_teacher, add_ticket, grade_sync):
    """A teacher about whom a good deal is held."""
    add_ticket(new_teacher, 3)
    add_ticket(new_teacher, 40)
    Goal.objects.create(teacher=new_teacher, words="Less marking by hand").skills.add(grade_sync)
    new_teacher.support_style, new_teacher.minutes_a_term = "with-me", 240
    new_teacher.save()
    return new_teacher

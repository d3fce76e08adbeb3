"""The night's learning from sorted tickets owes paths to whoever it touches, once a night."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from pdplanner.plans.models import DailyRun, Plan
from pdplanner.plans.operations import learning
from pdplanner.plans.operations.learning import learn_nightly
from profiles.models import Ticket, TicketClassifier, TicketSource
from profiles.tickets import classifier
from profiles.tickets.classifier import newest_classifier

pytestmark = pytest.mark.django_db

NIGHT = datetime(2026, 11, 24, 1, 5, tzinfo=ZoneInfo("America/New_York"))


@pytest.fixture(autouse=True)
def nothing_remembered():
    """A test's model may have the number of another's, which was rolled back."""
    classifier._made_of.cache_clear()


@pytest.fixture
def tickets(new_teacher, mentor_teacher, grade_sync, screen_sharing):
    """Tickets that a coach sorted, and one of the new teacher that nobody did."""
    source = TicketSource.objects.create(name="csv")

    def add(number, teacher, words, **fields):
        return Ticket.objects.create(
            source=source,
            external_id=f"T{number}",
            teacher=teacher,
            kind="how-to",
            opened_at=NIGHT - timedelta(days=number + 1),
            words=words,
            **fields,
        )

    for number in range(24):
        skill, words = ((grade_sync, "score transfer"), (screen_sharing, "mirror wall"))[number % 2]
        teacher = (new_teacher, mentor_teacher)[number // 2 % 2]
        said = {"skill": skill, "skill_origin": "coach", "sorted_at": NIGHT - timedelta(hours=9)}
        add(number, teacher, words, **said)
    Plan.objects.all().delete()
    return add(30, new_teacher, "mirror wall")


def test_night_teaches_and_owes_the_paths_it_touches(tickets, new_teacher, screen_sharing):
    assert learn_nightly(now=NIGHT)
    tickets.refresh_from_db()
    assert (tickets.skill, tickets.skill_origin) == (screen_sharing, "learned")
    assert [(plan.teacher, plan.causes) for plan in Plan.objects.all()] == [
        (new_teacher, {"learned": 1})
    ]


def test_night_takes_out_who_joined_before_it_learns(tickets, mentor_teacher):
    mentor_teacher.family_name = "Wall"
    mentor_teacher.save()
    assert learn_nightly(now=NIGHT)
    assert not Ticket.objects.filter(words__contains="wall").exists()
    learned = newest_classifier()
    assert learned.likeliest([["wall"]]) == learned.likeliest([["unheard"]])


def test_each_night_is_seen_to_once(tickets):
    assert learn_nightly(now=NIGHT)
    assert not learn_nightly(now=NIGHT + timedelta(hours=20))
    assert TicketClassifier.objects.count() == 1
    assert learn_nightly(now=NIGHT + timedelta(days=1))
    assert TicketClassifier.objects.count() == 1  # nothing new was sorted
    assert DailyRun.objects.filter(name=learning.NAME).count() == 2


def test_night_that_was_killed_half_way_is_done_again(tickets, monkeypatch):
    def killed():
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(learning, "read_unsorted_again", killed)
        with pytest.raises(KeyboardInterrupt):
            learn_nightly(now=NIGHT)
    assert not DailyRun.objects.filter(name=learning.NAME).exists()
    assert learn_nightly(now=NIGHT + timedelta(minutes=5))
    tickets.refresh_from_db()
    assert tickets.skill_origin == "learned"
    assert TicketClassifier.objects.count() == 1

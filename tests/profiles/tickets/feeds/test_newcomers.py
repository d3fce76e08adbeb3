"""Tickets of people who join the roster after their help desk was read."""

from __future__ import annotations

from datetime import timedelta

import pytest

from profiles.models import FeedRun, Teacher, TeacherIdentifier, TicketFeed, TicketTombstone
from profiles.tickets.feeds.queries import health_of, in_words
from profiles.tickets.feeds.setting_up import read_all_again

from .conftest import NORA, NOW, STRANGER

pytestmark = pytest.mark.django_db

LATE, LATER = "late@example.org", "later@example.org"


@pytest.fixture
def place(open_place, kind, new_teacher):
    """A help desk that was read while whoever opened its oldest tickets was nobody here."""
    place = open_place(kind)
    place.server.add(LATE)
    place.server.add(LATER)
    for _ in range(3):
        place.server.now += timedelta(hours=3)
        place.server.add(NORA)
    place.sync()
    assert len(place.ids()) == 3
    return place


def join(**values) -> Teacher:
    return Teacher.objects.create(**{"email": LATE, "given_name": "Lea"} | values)


def said(run: FeedRun) -> str:
    return in_words(run.counts)[0]


def test_who_joins_is_given_what_they_asked_before_and_once(place):
    join()
    run = place.sync()
    assert (len(place.ids()), said(run)) == (4, "Read all again since 1 person joined.")
    assert run.counts["new"] == 1
    again = place.sync()
    assert (len(place.ids()), "again" in again.counts) == (4, False)


@pytest.mark.parametrize("kind", ["rt"])
def test_help_desk_that_was_connected_before_the_roster_came_is_read_again(open_place, kind):
    place = open_place(kind)
    place.server.add(LATE)
    place.sync()
    Teacher.objects.bulk_create(Teacher(email=f"t{number}@example.org") for number in range(1200))
    join()
    run = place.sync()
    assert (len(place.ids()), said(run)) == (1, "Read all again since 1,201 people joined.")


@pytest.mark.parametrize("kind", ["rt"])
def test_new_address_or_id_of_somebody_known_is_looked_for_too(place, new_teacher):
    renamed = Teacher.objects.create(email="before@example.org")
    TicketFeed.objects.update(passed_over=0)
    place.sync()  # nobody was left out: nothing to look for
    assert FeedRun.objects.filter(counts__has_key="again").count() == 0
    TicketFeed.objects.update(passed_over=1)
    place.sync()
    Teacher.objects.filter(pk=renamed.pk).update(email=LATE)
    reason = "Read all again since the roster has changed."
    assert (said(place.sync()), len(place.ids())) == (reason, 4)
    place.server.add(STRANGER)
    place.sync()
    TeacherIdentifier.objects.create(teacher=new_teacher, source="sis", external_id=STRANGER)
    assert (said(place.sync()), len(place.ids())) == (reason, 5)


@pytest.mark.parametrize("kind", ["rt"])
def test_reading_again_goes_on_where_it_was_cut_off(place):
    join()
    first = place.sync(may_go_on=lambda: False)
    feed = TicketFeed.objects.get()
    health = health_of(feed, first, now=NOW)
    assert (first.finished_at, health.again) == (None, "Reads all again since 1 person joined.")
    join(email=LATER)  # has a pass of their own, after this one
    last = place.sync()
    assert (last.pk, last.finished_at, len(place.ids())) == (first.pk, NOW, 4)
    assert health_of(feed, last, now=NOW).again == ""
    assert (place.sync().counts["joined"], len(place.ids())) == (1, 5)


@pytest.mark.parametrize("kind", ["rt"])
def test_who_left_by_their_own_wish_and_what_is_gone_stay_as_they_are(place):
    numbers = place.ids()
    join(erased_at=NOW)
    place.server.change(numbers[0], state="deleted")
    place.sync()
    join(email="another@example.org")
    run = place.sync()
    assert (run.counts["joined"], place.ids()) == (1, numbers[1:])
    buried = TicketTombstone.objects.values_list("external_id", flat=True)
    assert list(buried) == [str(numbers[0])]


@pytest.mark.parametrize("kind", ["rt"])
def test_coordinator_may_have_all_read_again(place):
    place.sync(may_go_on=lambda: False)
    TicketFeed.objects.update(roster_then={}, passed_over=0)
    join()
    read_all_again(feed=place.feed, now=NOW)
    waiting = FeedRun.objects.get(finished_at=None)
    run = place.sync()
    assert (run.pk, said(run)) == (waiting.pk, "Read all again, as was asked.")
    assert (len(place.ids()), TicketFeed.objects.get().passed_over) == (4, 1)
    assert "again" not in place.sync().counts

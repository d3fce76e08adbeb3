"""The private feed: whose runs it holds, and who can read it."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
import vobject
from django.core.cache import cache
from django.test import Client

from courses.models import CalendarFeed, Enrolment, OfferingPart
from courses.operations import cancel_offering, enrol, store_offering, withdraw
from courses.operations.feeds import renew_feed
from courses.queries.calendars import events_of

from .conftest import NOW

FEED_QUERIES = 6


@pytest.fixture(autouse=True)
def that_day(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    cache.clear()


@pytest.fixture
def feed_of():
    """Return a function: the address of somebody's feed, without the host."""

    def make(user) -> str:
        return f"/calendar/feed/{renew_feed(user=user, now=NOW)}/sessions.ics"

    return make


def read(address: str, **headers):
    return Client().get(address, headers=headers)


def events_in(response) -> dict[str, tuple]:
    """Title -> status, number, start, of all events that a calendar finds."""
    found = vobject.readOne(response.content.decode()).contents.get("vevent", [])
    return {
        item.summary.value: (item.status.value, int(item.sequence.value), item.dtstart.value)
        for item in found
    }


def take(teacher, run, now=NOW) -> Enrolment:
    return enrol(teacher=teacher, offering=run, by=teacher.user, now=now)


# ---- what it holds ------------------------------------------------------------------------------


def test_feed_holds_own_seats_and_waiting_places_and_nobody_elses(
    new_teacher, mentor_teacher, course_of, run_of, feed_of
):
    seat, full, other = (
        run_of(course_of(title), seats=1) for title in ("Grades", "Screens", "Others'")
    )
    take(new_teacher, seat)
    take(mentor_teacher, full)
    take(new_teacher, full)
    take(mentor_teacher, other)
    answer = read(feed_of(new_teacher.user))
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert {title: status for title, (status, _, _) in events_in(answer).items()} == {
        "Grades": "CONFIRMED",
        "Waiting: Screens": "TENTATIVE",
    }
    assert b"Mentor" not in answer.content


def test_coach_finds_the_runs_they_lead(coach, coordinator, course_of, run_of, feed_of):
    run_of(course_of("Mine"), coach=coach)
    shared = run_of(course_of("Shared"), coach=coordinator)
    shared.coaches.add(coach, coordinator)
    run_of(course_of("Not mine"), coach=coordinator)
    assert set(events_in(read(feed_of(coach)))) == {"You lead: Mine", "You lead: Shared"}


def test_every_part_of_a_run_is_an_event_with_a_name_of_its_own(
    new_teacher, course_of, run_of, feed_of
):
    run = run_of(course_of("Series"))
    for number in (1, 2):
        start = run.starts_at + timedelta(days=7 * (number - 1))
        OfferingPart.objects.create(
            offering=run,
            number=number,
            starts_at=start,
            ends_at=start + timedelta(hours=1),
            place=f"Room {number}",
        )
    take(new_teacher, run)
    address = feed_of(new_teacher.user)
    items = vobject.readOne(read(address).content.decode()).vevent_list
    names = [
        f"{run.uid}.1.t{new_teacher.pk}@pdplanner",
        f"{run.uid}.2.t{new_teacher.pk}@pdplanner",
    ]
    assert [item.uid.value for item in items] == names
    assert [item.summary.value for item in items] == ["Series (1 of 2)", "Series (2 of 2)"]
    assert [item.location.value for item in items] == ["Room 1", "Room 2"]


def test_feed_follows_a_move_and_a_cancellation_with_a_rising_number(
    new_teacher, coordinator, course_of, run_of, feed_of
):
    run = run_of(course_of("Grades"))
    take(new_teacher, run)
    address = feed_of(new_teacher.user)
    seen = [events_in(read(address))["Grades"]]
    run.starts_at += timedelta(days=1)
    run.ends_at += timedelta(days=1)
    store_offering(offering=run, by=coordinator, now=NOW)
    seen.append(events_in(read(address))["Grades"])
    cancel_offering(offering=run, by=coordinator, now=NOW)
    seen.append(events_in(read(address))["Grades"])
    assert [status for status, _, _ in seen] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    numbers = [number for _, number, _ in seen]
    assert numbers == sorted(set(numbers))
    assert seen[1][2] - seen[0][2] == timedelta(days=1)


def test_number_rises_when_a_seat_is_given_back_and_taken_again(
    new_teacher, course_of, run_of, feed_of
):
    run = run_of(course_of("Grades"))
    address = feed_of(new_teacher.user)
    seen = []
    for _ in range(2):
        enrolment = take(new_teacher, run)
        seen.append(events_in(read(address))["Grades"][:2])
        withdraw(enrolment=enrolment, by=new_teacher.user, now=NOW)
        seen.append(events_in(read(address))["Grades"][:2])
    assert [status for status, _ in seen] == ["CONFIRMED", "CANCELLED"] * 2
    numbers = [number for _, number in seen]
    assert numbers == sorted(set(numbers))


def test_what_is_long_over_is_left_out(new_teacher, course_of, run_of):
    old = run_of(course_of("Old"), in_days=-91)
    Enrolment.objects.create(
        teacher=new_teacher, course=old.course, offering=old, state="attended", since_at=NOW
    )
    assert events_of(new_teacher.user, NOW) == []


@pytest.mark.parametrize("count", [1, 12])
def test_feed_asks_as_little_for_one_run_as_for_many(
    new_teacher, course_of, run_of, feed_of, django_assert_num_queries, count
):
    for number in range(count):
        take(new_teacher, run_of(course_of(f"Session {number}"), in_days=number + 1))
    address = feed_of(new_teacher.user)
    read(address)
    with django_assert_num_queries(FEED_QUERIES):
        answer = read(address)
    assert len(events_in(answer)) == count


# ---- who can read it ----------------------------------------------------------------------------


def test_secret_is_long_told_once_and_kept_as_a_hash(new_teacher, signed_in):
    client = signed_in(new_teacher)
    assert "You have no address yet" in client.get("/calendar/address/").content.decode()
    shown = client.post("/calendar/address/").content.decode()
    secret = shown.split("/calendar/feed/")[1].split("/")[0]
    assert len(secret) == 43  # 256 bits, six to a letter
    feed = CalendarFeed.objects.get()
    assert feed.secret_hash == hashlib.sha256(secret.encode()).hexdigest()
    later = client.get("/calendar/address/")
    assert secret not in later.content.decode()
    assert secret not in str(dict(client.session))
    assert "no-store" in later.headers["Cache-Control"]


def test_new_address_shuts_the_one_before_and_none_is_left_when_taken_away(
    new_teacher, feed_of, signed_in
):
    first = feed_of(new_teacher.user)
    second = feed_of(new_teacher.user)
    assert [read(first).status_code, read(second).status_code] == [404, 200]
    signed_in(new_teacher).post("/calendar/address/remove/")
    assert read(second).status_code == 404


def test_wrong_secret_and_somebody_gone_find_nothing(new_teacher, feed_of):
    address = feed_of(new_teacher.user)
    assert read("/calendar/feed/made-up/sessions.ics").status_code == 404
    new_teacher.user.is_active = False
    new_teacher.user.save()
    assert read(address).status_code == 404


def test_teacher_who_left_finds_an_empty_calendar(new_teacher, course_of, run_of, feed_of):
    take(new_teacher, run_of(course_of()))
    new_teacher.is_active = False
    new_teacher.save()
    assert events_in(read(feed_of(new_teacher.user))) == {}


def test_unchanged_feed_is_not_sent_again(new_teacher, course_of, run_of, feed_of):
    run = run_of(course_of("Grades"))
    enrolment = take(new_teacher, run)
    address = feed_of(new_teacher.user)
    first = read(address)
    same = read(address, if_none_match=first.headers["ETag"])
    assert (same.status_code, same.content) == (304, b"")
    since = read(address, if_modified_since=first.headers["Last-Modified"])
    assert since.status_code == 304
    withdraw(enrolment=enrolment, by=None, now=NOW)
    changed = read(address, if_none_match=first.headers["ETag"])
    assert changed.status_code == 200
    assert changed.headers["ETag"] != first.headers["ETag"]


def test_feed_says_since_when_it_is_as_it_is(new_teacher, course_of, run_of, feed_of, monkeypatch):
    take(new_teacher, run := run_of(course_of("Grades")))
    address = feed_of(new_teacher.user)
    first = read(address)
    later = NOW + timedelta(hours=5)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    assert read(address).content == first.content
    run.place = "Somewhere else"
    run.save()
    moved = read(address, if_modified_since=first.headers["Last-Modified"])
    assert moved.status_code == 200
    assert b"DTSTAMP:20260914T200000Z" in moved.content


def test_reading_is_throttled_by_feed_and_by_where_wrong_secrets_come_from(
    new_teacher, mentor_teacher, feed_of, monkeypatch, caplog
):
    monkeypatch.setattr("courses.feed_views.READS", 3)
    monkeypatch.setattr("courses.feed_views.WRONG_SECRETS", 2)
    mine, other = feed_of(new_teacher.user), feed_of(mentor_teacher.user)
    assert [read(mine).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert read(mine).headers["Retry-After"] == "600"
    assert mine.split("/")[3] not in caplog.text
    assert read(other).status_code == 200
    wrong = "/calendar/feed/made-up/sessions.ics"
    assert [read(wrong).status_code for _ in range(3)] == [404, 404, 429]
    assert read(other).status_code == 200  # who has the right one is not held up by others


def test_feed_can_only_be_read(new_teacher, feed_of):
    address = feed_of(new_teacher.user)
    assert Client().post(address).status_code == 405
    assert Client().head(address).status_code == 200

"""Runs as coaches keep them: parts, clashes, copies, and what can't be."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from courses.models import Enrolment, Offering, OfferingPart, parts_of
from courses.operations import (
    PartTimes,
    RunClashes,
    RunIsWrong,
    copy_offering,
    enrol,
    ensure_parts,
    fill_in_runs,
    store_offering,
)
from courses.queries import clashes_of_teacher
from courses.times import NoSuchHour, days_later, moment_of
from profiles.models import Notice

NEW_YORK = ZoneInfo("America/New_York")
HOUR = timedelta(hours=1)
WEEK = timedelta(days=7)


def times(offering: Offering) -> list[tuple[datetime, datetime, str]]:
    """Return (start, end, place) of each stored part."""
    return list(
        OfferingPart.objects.filter(offering=offering)
        .order_by("number")
        .values_list("starts_at", "ends_at", "place")
    )


@pytest.fixture
def stored(course_of, now):
    """Return a function: a run stored as a coach does, of an hour a week from now on."""

    def make(*parts: PartTimes, title="Grades that sync", coaches=None, **fields) -> Offering:
        start = now + WEEK
        offering = Offering(course=course_of(title), **{"seats": 5, "place": "Room 12"} | fields)
        store_offering(
            offering=offering,
            by=None,
            now=now,
            parts=parts or [PartTimes(start, start + HOUR)],
            coaches=coaches,
        )
        return offering

    return make


# ---- parts --------------------------------------------------------------------------------------


def test_a_run_begins_with_its_first_part_and_ends_with_its_last(stored, now):
    start = now + WEEK
    run = stored(
        PartTimes(start + WEEK, start + WEEK + HOUR, place="Library"),
        PartTimes(start, start + HOUR),
    )
    run = Offering.objects.get(pk=run.pk)
    assert (run.starts_at, run.ends_at, run.minutes) == (start, start + WEEK + HOUR, 120)
    assert times(run) == [
        (start, start + HOUR, "Room 12"),
        (start + WEEK, start + WEEK + HOUR, "Library"),
    ]


def test_a_run_from_before_there_were_parts_is_read_as_one_and_filled_in_once(
    course_of, run_of, now
):
    old, other = run_of(course_of(), place="Gym"), run_of(course_of("Another"))
    Offering.objects.update(uid=None)
    (part,) = parts_of(Offering.objects.get(pk=old.pk))
    assert (part.pk, part.number, part.starts_at, part.place) == (None, 1, old.starts_at, "Gym")
    (kept,) = ensure_parts(offering=old)
    assert ensure_parts(offering=old) == [kept]
    assert fill_in_runs() == 3  # one without a part, two without a uid
    uids = set(Offering.objects.values_list("uid", flat=True))
    assert (len(uids), None in uids) == (2, False)
    assert fill_in_runs() == 0
    assert [len(times(run)) for run in (old, other)] == [1, 1]
    assert set(Offering.objects.values_list("uid", flat=True)) == uids


def test_moving_the_start_moves_every_part_and_raises_the_sequence(stored, new_teacher, now):
    start = now + WEEK
    run = stored(PartTimes(start, start + HOUR), PartTimes(start + WEEK, start + WEEK + HOUR))
    first = [part.pk for part in parts_of(run)]
    enrol(teacher=new_teacher, offering=run, by=None, now=now)
    run = Offering.objects.get(pk=run.pk)
    run.starts_at += HOUR
    run.ends_at += HOUR
    run.place = "Gym"
    store_offering(offering=run, by=None, now=now)
    assert times(run) == [
        (start + HOUR, start + 2 * HOUR, "Gym"),
        (start + WEEK + HOUR, start + WEEK + 2 * HOUR, "Gym"),
    ]
    assert [part.pk for part in parts_of(run)] == first
    assert run.sequence == 1
    assert list(Notice.objects.values_list("kind", flat=True)) == ["run-moved"]


def test_what_nobody_was_promised_leaves_the_sequence(stored, now):
    run = stored()
    run.seats = 6
    store_offering(offering=run, by=None, now=now)
    assert Offering.objects.values_list("seats", "sequence").get(pk=run.pk) == (6, 0)


def test_a_part_moved_within_the_same_days_is_a_move(stored, new_teacher, now):
    start = now + WEEK
    ends = (start + 9 * HOUR, start + 10 * HOUR)
    run = stored(
        PartTimes(start, start + HOUR),
        PartTimes(start + 2 * HOUR, start + 3 * HOUR),
        PartTimes(*ends),
    )
    store_offering(
        offering=run,
        by=None,
        now=now,
        parts=[
            PartTimes(start, start + HOUR),
            PartTimes(start + 4 * HOUR, start + 5 * HOUR),
            PartTimes(*ends),
        ],
    )
    assert Offering.objects.get(pk=run.pk).sequence == 1
    assert times(run)[1][0] == start + 4 * HOUR


# ---- what can't be ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "problems"),
    [
        ({"seats": 0}, {"seats": "It takes at least one seat."}),
        ({"seats": -3}, {"seats": "It takes at least one seat."}),
        (
            {"seats": 4, "seats_min": 5},
            {"seats_min": "There can't be fewer seats than people it needs."},
        ),
        ({"offer_hours": 0}, {"offer_hours": "Give people at least an hour to answer."}),
        ({"opens_at": 8}, {"opens_at": "Registration has to open before it starts."}),
        ({"closes_at": 8}, {"closes_at": "Registration has to close by the time it starts."}),
        (
            {"opens_at": 5, "closes_at": 4},
            {"closes_at": "Registration has to close after it opens."},
        ),
        ({"cancel_until_at": 8}, {"cancel_until_at": "That is after it starts."}),
        ({"decide_by_at": 8}, {"decide_by_at": "That is after it starts."}),
    ],
)
def test_what_can_not_be_is_refused_and_nothing_is_written(stored, now, fields, problems):
    days = {
        name: now + timedelta(days=value) if name.endswith("_at") else value
        for name, value in fields.items()
    }
    with pytest.raises(RunIsWrong) as refusal:
        stored(**days)
    assert refusal.value.problems == problems
    assert (Offering.objects.count(), OfferingPart.objects.count()) == (0, 0)
    run = stored(title="Another")
    before = Offering.objects.values().get(pk=run.pk)
    for name, value in days.items():
        setattr(run, name, value)
    with pytest.raises(RunIsWrong):
        store_offering(offering=run, by=None, now=now)
    assert Offering.objects.values().get(pk=run.pk) == before


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ([(1, 1)], "It has to end after it starts."),
        ([(2, 1)], "It has to end after it starts."),
        ([(1, 3), (2, 4)], "The parts overlap: each has to begin after the one before ends."),
        ([], "A run needs a day and an hour."),
    ],
)
def test_hours_that_can_not_be_are_refused(course_of, now, parts, words):
    asked = [PartTimes(now + start * HOUR, now + end * HOUR) for start, end in parts]
    with pytest.raises(RunIsWrong) as refusal:
        store_offering(offering=Offering(course=course_of()), by=None, now=now, parts=asked)
    assert refusal.value.problems == {"parts": words}
    assert Offering.objects.count() == 0


# ---- rooms and coaches --------------------------------------------------------------------------


def clashes(refusal) -> list[tuple[str, str, str]]:
    return [(clash.what, clash.name, str(clash.offering.course)) for clash in refusal.value.clashes]


def test_a_room_is_not_booked_twice_and_the_clash_is_named(stored, now):
    stored(title="First")
    start = now + WEEK
    with pytest.raises(RunClashes) as refusal:
        stored(PartTimes(start + HOUR / 2, start + 2 * HOUR), title="Second", place="room  12")
    assert clashes(refusal) == [("room", "Room 12", "First")]
    assert Offering.objects.count() == 1
    stored(PartTimes(start + HOUR, start + 2 * HOUR), title="Right after it")
    stored(title="Next door", place="Room 13")
    assert Offering.objects.count() == 3


def test_the_same_place_at_another_school_is_another_room(stored, east, north):
    stored(title="First", school=east)
    stored(title="Elsewhere", school=north)
    with pytest.raises(RunClashes):
        stored(title="Nobody said which school")
    assert Offering.objects.count() == 2


def test_a_coach_is_not_booked_twice_in_any_part_or_role(stored, coach, coordinator, now):
    start = now + WEEK
    stored(
        PartTimes(start, start + HOUR),
        PartTimes(start + WEEK, start + WEEK + HOUR),
        title="First",
        coach=coach,
        coaches=[coordinator],
    )
    for fields in ({"coach": coordinator}, {"coaches": [coach]}):
        with pytest.raises(RunClashes) as refusal:
            stored(
                PartTimes(start + WEEK, start + WEEK + HOUR),
                title="Second",
                place="Gym",
                **fields,
            )
        person = str(fields.get("coach") or coach)
        assert clashes(refusal) == [("coach", person, "First")]
    stored(PartTimes(start + 2 * WEEK, start + 2 * WEEK + HOUR), title="Later", coach=coach)


def test_a_cancelled_run_holds_no_room_and_a_run_does_not_clash_with_itself(stored, now):
    run = stored(title="First")
    run.ends_at += HOUR
    store_offering(offering=run, by=None, now=now)
    Offering.objects.update(is_cancelled=True)
    stored(title="Second")
    assert Offering.objects.count() == 2


def test_more_seats_are_stored_in_a_run_that_a_feed_has_put_onto_another(course_of, run_of, now):
    run_of(course_of("First"), place="Gym")
    double = run_of(course_of("Second"), place="Gym")
    double.seats = 9
    store_offering(offering=double, by=None, now=now)
    assert Offering.objects.get(pk=double.pk).seats == 9
    double.place = "gym"
    with pytest.raises(RunClashes):
        store_offering(offering=double, by=None, now=now)


def test_a_teachers_own_clashes_name_the_part(stored, new_teacher, now):
    start = now + WEEK
    mine = stored(
        PartTimes(start, start + HOUR), PartTimes(start + WEEK, start + WEEK + HOUR), title="Mine"
    )
    clashing = stored(PartTimes(start + WEEK, start + WEEK + HOUR), title="Other", place="Gym")
    free = stored(PartTimes(start + HOUR, start + 2 * HOUR), title="Free", place="Gym")
    enrol(teacher=new_teacher, offering=mine, by=None, now=now)
    found = clashes_of_teacher(new_teacher, [mine, clashing, free])
    assert {
        key: [(clash.offering.pk, clash.part.number) for clash in value]
        for key, value in found.items()
    } == {mine.pk: [], clashing.pk: [(mine.pk, 2)], free.pk: []}
    Enrolment.objects.update(state="waiting")
    assert clashes_of_teacher(new_teacher, [clashing]) == {clashing.pk: ()}


# ---- copies, and the two nights when clocks jump ------------------------------------------------


def test_a_copy_keeps_hours_and_windows_across_the_change_of_clocks(
    stored, coach, coordinator, east, new_teacher, now
):
    # Both parts before the clocks go back on 1 November 2026, at 15:30 in New York.
    start = datetime(2026, 10, 6, 19, 30, tzinfo=UTC)
    run = stored(
        PartTimes(start, start + HOUR),
        PartTimes(start + WEEK, start + WEEK + HOUR, "Gym"),
        coach=coach,
        coaches=[coordinator],
        school=east,
        seats_min=2,
        closes_at=start - HOUR,
        waiting_policy="offer",
        source="feed",
        external_id="7",
    )
    enrol(teacher=new_teacher, offering=run, by=None, now=now)
    copy = copy_offering(offering=run, to_date=date(2026, 11, 10), zone=NEW_YORK, by=coach, now=now)
    copy = Offering.objects.get(pk=copy.pk)
    moved = datetime(2026, 11, 10, 20, 30, tzinfo=UTC)  # 15:30 again, an hour later in UTC
    assert times(copy) == [
        (moved, moved + HOUR, "Room 12"),
        (moved + WEEK, moved + WEEK + HOUR, "Gym"),
    ]
    assert copy.closes_at == moved - HOUR
    assert (copy.seats, copy.seats_min, copy.seats_taken, copy.waiting_policy) == (5, 2, 0, "offer")
    assert (copy.coach, list(copy.coaches.all()), copy.school) == (coach, [coordinator], east)
    assert (copy.source, copy.external_id, copy.uid != run.uid) == ("", "", True)


def test_a_copy_onto_its_own_hours_is_refused(stored, now):
    run = stored()
    with pytest.raises(RunClashes):
        copy_offering(offering=run, to_date=run.starts_at.date(), zone=NEW_YORK, by=None, now=now)
    assert Offering.objects.count() == 1


def test_an_hour_that_the_clocks_skip_is_named():
    with pytest.raises(NoSuchHour) as refusal:
        moment_of(datetime(2027, 3, 14, 2, 30), NEW_YORK)
    assert str(refusal.value) == (
        "The clocks skip 02:30 on 14 March 2027 in America/New_York: it is 03:30 then."
    )
    with pytest.raises(NoSuchHour):
        days_later(datetime(2027, 3, 13, 7, 30, tzinfo=UTC), 1, NEW_YORK)


def test_an_hour_that_comes_twice_is_the_first_of_the_two():
    assert moment_of(datetime(2026, 11, 1, 1, 30), NEW_YORK).astimezone(UTC) == datetime(
        2026, 11, 1, 5, 30, tzinfo=UTC
    )
    later = moment_of(datetime(2026, 11, 1, 1, 30, fold=1), NEW_YORK)
    assert later.astimezone(UTC) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)

"""Calendars as text: golden files, read back by a second library."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import vobject

from courses.calendars import CalendarEvent, Person, Status, write_feed, write_message
from courses.calendars.events import fingerprint
from courses.calendars.zones import zone_component

GOLDEN = Path(__file__).parent / "golden"
EASTERN = ZoneInfo("America/New_York")
STAMP = datetime(2026, 9, 14, 15, tzinfo=UTC)
BY = Person("Sunfield Schools", "pd@example.org")
TO = Person("Nora New", "nora.new@example.org")


def event(day: date, hour: int = 15, minute: int = 30, *, zone=EASTERN, **fields) -> CalendarEvent:
    """An hour on the clock of the district."""
    start = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone).astimezone(UTC)
    fields = {
        "uid": f"{day:%Y%m%d}{hour:02}@pdplanner",
        "sequence": 0,
        "summary": "Grades that sync",
        "place": "East library, room 2; by the stairs",
        "words": "You have a seat.\nJoin: https://meet.example.org/room",
        "address": "https://pd.example.org/look-book/grades-that-sync/",
    } | fields
    return CalendarEvent(starts_at=start, ends_at=start + timedelta(hours=1), **fields)


SPRING = [event(date(2027, 3, 12)), event(date(2027, 3, 15)), event(date(2027, 3, 14), 3, 15)]
AUTUMN = [
    event(date(2026, 10, 30)),
    event(date(2026, 11, 2)),
    event(date(2026, 11, 1), 1, 15),
    event(date(2026, 11, 1), 4, 0),
]
LONG = [
    event(
        date(2026, 9, 21),
        sequence=3,
        status=Status.TENTATIVE,
        summary="Waiting: Grüße, Zensuren; und \\ mehr – " + "ein langer Titel " * 6,
    )
]
FEEDS = {"feed-spring": SPRING, "feed-autumn": AUTUMN, "feed-long-words": LONG, "feed-empty": []}


def feed_of(events, zone=EASTERN) -> bytes:
    return write_feed(events, title="Sessions · Sunfield", zone=zone, stamp_at=STAMP)


def times_read(text: bytes) -> list[tuple[datetime, datetime]]:
    """The times of all events as vobject reads them, by the VTIMEZONE in the text alone."""
    read = vobject.readOne(text.decode())
    return [
        (item.dtstart.value.astimezone(UTC), item.dtend.value.astimezone(UTC))
        for item in read.contents.get("vevent", [])
    ]


@pytest.mark.parametrize("name", FEEDS)
def test_feed_is_written_as_the_golden_file_says(name):
    assert feed_of(FEEDS[name]).decode() == (GOLDEN / f"{name}.ics").read_bytes().decode()


@pytest.mark.parametrize(
    ("name", "method", "events"),
    [
        ("request", "REQUEST", [event(date(2026, 10, 30)), event(date(2026, 11, 6))]),
        (
            "cancel",
            "CANCEL",
            [event(date(2026, 10, 30), sequence=4, status=Status.CANCELLED, words="")],
        ),
    ],
)
def test_message_is_written_as_the_golden_file_says(name, method, events):
    text = write_message(events, method=method, zone=EASTERN, stamp_at=STAMP, by=BY, to=TO)
    assert text.decode() == (GOLDEN / f"{name}.ics").read_bytes().decode()
    read = vobject.readOne(text.decode())
    assert read.method.value == method
    for item in read.vevent_list:
        assert item.organizer.value == "mailto:pd@example.org"
        assert item.attendee.value == "mailto:nora.new@example.org"
        assert item.attendee.params["PARTSTAT"] == ["ACCEPTED"]


@pytest.mark.parametrize("name", FEEDS)
def test_second_library_reads_the_same_moments(name):
    assert times_read(feed_of(FEEDS[name])) == [(e.starts_at, e.ends_at) for e in FEEDS[name]]


@pytest.mark.parametrize(
    "key",
    [
        "America/New_York",
        "America/Phoenix",
        "America/Anchorage",
        "Europe/Berlin",
        "Europe/Dublin",
        "Africa/Casablanca",
        "Australia/Lord_Howe",
        "Pacific/Honolulu",
        "UTC",
    ],
)
def test_every_hour_around_both_changes_is_read_as_it_was_meant(key):
    zone = ZoneInfo(key)
    events = []
    for moment in (
        *(datetime(2026, 10, day, tzinfo=UTC) for day in (3, 4, 24, 25, 26, 31)),
        *(datetime(2026, 11, day, tzinfo=UTC) for day in (1, 2)),
        *(datetime(2027, 3, day, tzinfo=UTC) for day in (7, 13, 14, 15, 27, 28)),
        *(datetime(2027, 4, day, tzinfo=UTC) for day in (3, 4)),
    ):
        for minutes in range(0, 24 * 60, 30):
            start = moment + timedelta(minutes=minutes)
            events.append(
                CalendarEvent(f"{start}", 0, start, start + timedelta(minutes=45), "Session")
            )
    expected = [(item.starts_at, item.ends_at) for item in events]
    assert times_read(feed_of(events, zone)) == expected


def test_change_of_the_clock_is_told_in_the_clock_before_it():
    """RFC 5545, 3.6.5; what the library writes by itself is an hour late in spring."""
    lines = zone_component("America/New_York", 2027, 2027).to_ical().decode().splitlines()
    assert lines[2:] == [
        *("BEGIN:STANDARD", "DTSTART:20261231T190000", "TZNAME:EST"),
        *("TZOFFSETFROM:-0500", "TZOFFSETTO:-0500", "END:STANDARD"),
        *("BEGIN:DAYLIGHT", "DTSTART:20270314T020000", "TZNAME:EDT"),
        *("TZOFFSETFROM:-0500", "TZOFFSETTO:-0400", "END:DAYLIGHT"),
        *("BEGIN:STANDARD", "DTSTART:20271107T020000", "TZNAME:EST"),
        *("TZOFFSETFROM:-0400", "TZOFFSETTO:-0500", "END:STANDARD"),
        "END:VTIMEZONE",
    ]


def test_hour_that_comes_twice_is_told_in_utc_the_second_time():
    first = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    text = feed_of(
        [
            CalendarEvent("a", 0, first, first + timedelta(hours=1), "First"),
            CalendarEvent("b", 0, first + timedelta(hours=1), first + timedelta(hours=2), "Second"),
        ]
    ).decode()
    assert "DTSTART;TZID=America/New_York:20261101T013000" in text
    assert "DTSTART:20261101T063000Z" in text


def test_lines_are_folded_and_words_escaped():
    text = feed_of(LONG)
    assert max(map(len, text.split(b"\r\n"))) <= 75
    assert b"\n" not in text.replace(b"\r\n", b"")
    (item,) = vobject.readOne(text.decode()).vevent_list
    assert item.summary.value == LONG[0].summary
    assert item.location.value == "East library, room 2; by the stairs"
    assert item.description.value == "You have a seat.\nJoin: https://meet.example.org/room"


def test_every_event_has_one_name_and_a_number():
    read = vobject.readOne(feed_of(AUTUMN + LONG).decode())
    assert [item.uid.value for item in read.vevent_list] == [e.uid for e in AUTUMN + LONG]
    assert [item.sequence.value for item in read.vevent_list] == ["0", "0", "0", "0", "3"]
    assert [item.status.value for item in read.vevent_list][-2:] == ["CONFIRMED", "TENTATIVE"]
    assert not hasattr(read, "method")


def test_fingerprint_differs_as_soon_as_anything_does():
    marks = [fingerprint(AUTUMN), fingerprint(AUTUMN[:-1]), fingerprint(AUTUMN, "another zone")]
    assert len(set(marks)) == 3
    assert fingerprint(list(AUTUMN)) == marks[0]

"""Events as text: a feed that a calendar reads, or a message that invites or calls off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress, vDuration, vText

from .events import CalendarEvent, Person, Status
from .zones import zone_component

MADE_BY = "-//pdplanner//pdplanner//EN"
#: How often a calendar should look again; what it makes of that is its own affair.
READ_AGAIN = timedelta(hours=2)


def write_feed(
    events: Sequence[CalendarEvent], *, title: str, zone: ZoneInfo, stamp_at: datetime
) -> bytes:
    """Return a calendar to subscribe to. `stamp_at` is when it changed last."""
    calendar = _calendar(events, zone)
    calendar.add("NAME", title)
    calendar.add("X-WR-CALNAME", title)
    calendar.add("REFRESH-INTERVAL", READ_AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("X-PUBLISHED-TTL", vDuration(READ_AGAIN).to_ical().decode())
    for event in events:
        calendar.add_component(_event(event, zone, stamp_at))
    return calendar.to_ical()


def write_message(
    events: Sequence[CalendarEvent],
    *,
    method: str,
    zone: ZoneInfo,
    stamp_at: datetime,
    by: Person,
    to: Person,
) -> bytes:
    """Return the calendar part of a mail: `method` is REQUEST or CANCEL (RFC 5546).

    Whoever is invited has reserved the seat already, so no answer is asked for.
    """
    calendar = _calendar(events, zone)
    calendar.add("METHOD", method)
    for event in events:
        component = _event(event, zone, stamp_at)
        component.add("ORGANIZER", _address(by))
        guest = _address(to)
        guest.params["CUTYPE"] = vText("INDIVIDUAL")
        guest.params["ROLE"] = vText("REQ-PARTICIPANT")
        guest.params["PARTSTAT"] = vText("ACCEPTED")
        guest.params["RSVP"] = vText("FALSE")
        component.add("ATTENDEE", guest, encode=False)
        calendar.add_component(component)
    return calendar.to_ical()


def _calendar(events: Sequence[CalendarEvent], zone: ZoneInfo) -> Calendar:
    calendar = Calendar()
    calendar.add("VERSION", "2.0")
    calendar.add("PRODID", MADE_BY)
    calendar.add("CALSCALE", "GREGORIAN")
    if events:
        # A year to either side: a reader that shows the week around an event needs its clock too.
        first = min(event.starts_at for event in events).year - 1
        last = max(event.ends_at for event in events).year + 1
        calendar.add_component(zone_component(zone.key, first, last))
    return calendar


def _event(event: CalendarEvent, zone: ZoneInfo, stamp_at: datetime) -> Event:
    component = Event()
    component.add("UID", event.uid)
    component.add("SEQUENCE", event.sequence)
    component.add("DTSTAMP", stamp_at.astimezone(UTC).replace(microsecond=0))
    component.add("DTSTART", _time(event.starts_at, zone))
    component.add("DTEND", _time(event.ends_at, zone))
    component.add("SUMMARY", event.summary)
    component.add("STATUS", event.status.value)
    component.add("TRANSP", "OPAQUE" if event.status == Status.CONFIRMED else "TRANSPARENT")
    for name, value in (
        ("LOCATION", event.place),
        ("DESCRIPTION", event.words),
        ("URL", event.address),
    ):
        if value:
            component.add(name, value)
    return component


def _time(moment: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment on the district's clock; in UTC in the hour that the clock goes twice.

    A time with a TZID in that hour means the first time round (RFC 5545, 3.3.5): the second can
    be told in UTC only.
    """
    local = moment.astimezone(zone)
    return moment.astimezone(UTC) if local.fold else local


def _address(person: Person) -> vCalAddress:
    address = vCalAddress(f"mailto:{person.email}")
    address.params["CN"] = vText(person.name)
    return address

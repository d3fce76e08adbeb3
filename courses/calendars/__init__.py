"""Writing iCalendar (RFC 5545, 5546): what stands in a calendar, and its time zone."""

from .events import CalendarEvent, Person, Status
from .writing import write_feed, write_message

__all__ = ["CalendarEvent", "Person", "Status", "write_feed", "write_message"]

"""One ticket as every help desk gives it: the one shape that all adapters yield."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(slots=True)
class TicketRow:
    """One ticket. `subject` and `body` are read once and never shown."""

    line: int  # of the file; 0: from no file
    external_id: str
    requester: str  # the person helped, whoever wrote it
    opened_at: datetime
    first_answered_at: datetime | None
    resolved_at: datetime | None
    category: str
    subcategory: str
    kind: str
    minutes_lost: int | None
    need_by_date: date | None
    is_reopened: bool
    subject: str = field(repr=False)
    body: str = field(repr=False)
    updated_at: datetime | None = None  # of a feed, always
    address: str = ""  # where it is read; "": by the source's template
    is_gone: bool = False  # deleted or merged there
    is_named: bool = False  # the person helped is named there, and somebody else wrote it
    asset: str = field(default="", repr=False)  # the device; read once and never shown

"""Dates as a help desk's language writes them, such as 11/21/26 3:05 PM. Nobody guesses whether
1/5 is in May: the coordinator names the order, once for each help desk."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo

from ..choices import DateOrder

#: Numbers with a day and a month among them, and a time of day or none. Newer exports put a
#: narrow blank before PM.
SHAPE = re.compile(
    r"(\d{1,4})[/.-](\d{1,2})[/.-](\d{1,4})\.?"
    r"(?:,?\s+(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\s*([ap])\.?\s?m\.?)?)?",
    re.IGNORECASE,
)
ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?!\d)")
CENTURY = 2000
ORDERS = {DateOrder.MONTH: (2, 0, 1), DateOrder.DAY: (2, 1, 0), DateOrder.YEAR: (0, 1, 2)}
LISTED = 3


def read_date(text: str, order: str, zone: tzinfo = UTC) -> datetime | None:
    """Return the moment of a date in this order and zone; None when there is no such."""
    found = SHAPE.fullmatch(text)
    if found is None:
        return None
    year, month, day = (found[1 + place] for place in ORDERS[DateOrder(order)])
    if len(year) not in (2, 4) or max(len(month), len(day)) > 2:
        return None
    hour, half = int(found[4] or 0), (found[7] or "").casefold()
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    try:
        return datetime(
            int(year) + (CENTURY if len(year) == 2 else 0),
            int(month),
            int(day),
            hour,
            int(found[5] or 0),
            int(found[6] or 0),
            tzinfo=zone,
        )
    except ValueError:
        return None


def readings_of(cells: Iterable[str]) -> list[tuple[str, str]]:
    """Return each order with how the first of these cells read in it; none when none needs one."""
    dates = [cell for cell in cells if SHAPE.fullmatch(cell) and not ISO.match(cell)][:LISTED]
    if not dates:
        return []
    return [
        (order.value, f"{order.label}: {'; '.join(reading_of(cell, order) for cell in dates)}")
        for order in DateOrder
    ]


def reading_of(cell: str, order: DateOrder) -> str:
    """Return a cell and what it means in an order, in words that can be read in one way only."""
    moment = read_date(cell, order)
    if moment is None:
        return f"{cell} is no date"
    clock = f", {moment:%H:%M}" if ":" in cell else ""
    return f"{cell} is {moment.day} {moment:%B %Y}{clock}"

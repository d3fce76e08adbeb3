from datetime import UTC, datetime

import pytest

from profiles.tickets.dates import read_date, readings_of


@pytest.mark.parametrize(
    ("text", "order", "expected"),
    [
        ("11/21/26 3:05 PM", "mdy", (2026, 11, 21, 15, 5)),
        ("21.11.2026 15:05:09", "dmy", (2026, 11, 21, 15, 5, 9)),
        ("2026/11/21", "ymd", (2026, 11, 21)),
        ("26-1-5 12:00 a.m.", "ymd", (2026, 1, 5, 0, 0)),
        ("1/5/26 12:00 p.m.", "dmy", (2026, 5, 1, 12, 0)),
        ("11/21/26", "dmy", None),
        ("2026/11/21", "mdy", None),
        ("11/2100/26", "mdy", None),
        ("11/21/126", "mdy", None),
        ("11/21/26 13:05 PM", "mdy", None),
        ("2/30/26", "mdy", None),
        ("yesterday", "mdy", None),
    ],
)
def test_dates_are_read_in_one_order(text, order, expected):
    assert read_date(text, order) == (expected and datetime(*expected, tzinfo=UTC))


def test_first_dates_are_shown_as_each_order_reads_them():
    cells = ["7", "1/5/26 3:05 PM", "Screens", "5/21/26"]
    assert readings_of(["7", "2026-09-01 08:30"]) == []
    assert readings_of(cells) == [
        (
            "mdy",
            "Month first: 1/5/26 3:05 PM is 5 January 2026, 15:05; 5/21/26 is 21 May 2026",
        ),
        ("dmy", "Day first: 1/5/26 3:05 PM is 1 May 2026, 15:05; 5/21/26 is no date"),
        ("ymd", "Year first: 1/5/26 3:05 PM is no date; 5/21/26 is no date"),
    ]

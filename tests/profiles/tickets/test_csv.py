from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from profiles.imports import ImportRefused, Problems
from profiles.tickets.columns import parse_map, recognise
from profiles.tickets.csv import TicketCsv, TicketRow, sample_of

NOW = datetime(2026, 10, 1, 15, 0, tzinfo=UTC)
ZONE = ZoneInfo("America/New_York")


def read(tmp_path, text, columns=None, date_order="") -> tuple[list, list[str]]:
    path = tmp_path / "t.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    problems = Problems()
    export = TicketCsv(
        path, columns=columns, zone=ZONE, now=NOW, problems=problems, date_order=date_order
    )
    return list(export.rows()), [str(problem).removeprefix("error: ") for problem in problems]


def test_export_is_read_by_its_usual_headings(tmp_path):
    rows, problems = read(
        tmp_path,
        "\ufeffTicket Number;From Email;Date Created;Closed Date;Help Topic;Subject;Reopen Count\n"
        "7;Nora.New@example.org;2026-09-01 08:30;2026-09-02T10:00:00Z;Screens;How to cast;2\n",
    )
    assert problems == []
    assert rows == [
        TicketRow(
            line=2,
            external_id="7",
            requester="Nora.New@example.org",
            opened_at=datetime(2026, 9, 1, 12, 30, tzinfo=UTC),
            first_answered_at=None,
            resolved_at=datetime(2026, 9, 2, 10, 0, tzinfo=UTC),
            category="Screens",
            subcategory="",
            kind="",
            minutes_lost=None,
            need_by_date=None,
            is_reopened=True,
            subject="How to cast",
            body="",
        )
    ]


def test_export_is_read_by_a_given_map(tmp_path):
    columns = parse_map(
        "external_id=No, of ticket,requester=Who,opened=When,need_by=By,minutes_lost=Lost,kind=K,"
        "first_answered=Answered,body=Text"
    )
    rows, problems = read(
        tmp_path,
        'Who,When,"No, of ticket",By,Lost,K,Answered,Text\n'
        "a@b.org,2026-09-01,9,2026-09-05,25,how-to,2026-09-01T09:00,words\n",
        columns,
    )
    assert problems == []
    row = rows[0]
    assert (row.external_id, row.need_by_date, row.minutes_lost, row.kind, row.body) == (
        "9",
        date(2026, 9, 5),
        25,
        "how-to",
        "words",
    )
    assert row.first_answered_at == datetime(2026, 9, 1, 13, 0, tzinfo=UTC)


def test_row_shows_neither_subject_nor_body(tmp_path):
    rows, _ = read(
        tmp_path, "number,email,opened,subject,body\n1,a@b.org,2026-09-01,Kanary,Kanary\n"
    )
    assert "Kanary" not in repr(rows)


@pytest.mark.parametrize(
    ("column", "cell", "expected"),
    [
        ("number", "", "a required cell is empty. Export this column whole."),
        ("number", "x" * 101, "the id is longer than 100 characters. Is this the id?"),
        ("opened", "", "a required cell is empty. Every ticket was opened some time."),
        ("opened", "Not set", "a required cell is empty. Every ticket was opened some time."),
        ("opened", "Sept 1", "the time is not ISO 8601. Write it such as 2026-08-24T09:30."),
        (
            "opened",
            "9/1/2026",
            "the order of day and month is not known. Name it: beside the columns, or with --dates "
            "mdy, dmy or ymd. Or export dates such as 2026-08-24T09:30.",
        ),
        ("opened", "2026-02-30", "the date or time does not exist. Correct it."),
        ("opened", "2026-09-01T25:00", "the date or time does not exist. Correct it."),
        (
            "opened",
            "1970-01-01T00:00:00Z",
            "the date is before 1990 or more than a year ahead. "
            "Correct it, or leave the cell empty when nothing happened yet.",
        ),
        (
            "opened",
            "9999-12-31T23:59:59-23:59",
            "the date is before 1990 or more than a year ahead. "
            "Correct it, or leave the cell empty when nothing happened yet.",
        ),
        ("resolved", "2026-08-31", "the time is before the ticket was opened. Correct it."),
        ("first_answered", "2026-08-31", "the time is before the ticket was opened. Correct it."),
        ("minutes_lost", "-5", "the cell holds no number of minutes. Write such as 25."),
        ("minutes_lost", "²", "the cell holds no number of minutes. Write such as 25."),
        ("reopened", "maybe", "the cell is neither yes, no nor a count. Write 0 or 1."),
    ],
)
def test_bad_cell_is_named_by_line_and_column(tmp_path, column, cell, expected):
    good = {
        "number": "1",
        "requester": "a@b.org",
        "opened": "2026-09-01",
        "resolved": "",
        "first_answered": "",
        "minutes_lost": "",
        "reopened": "",
    }
    text = ",".join(good) + "\n" + ",".join((good | {column: cell}).values()) + "\n"
    assert read(tmp_path, text) == (
        [None],
        [f"the tickets, line 2, column {column}: {expected}"],
    )


@pytest.mark.parametrize(
    "cell",
    [
        "-",
        "N/A",
        "Not set",
        "never",
        "1970-01-01T00:00:00Z",
        "1969-12-31 19:00",
        "0000-00-00 00:00",
    ],
)
def test_cell_that_stands_for_nothing_is_empty(tmp_path, cell):
    rows, problems = read(
        tmp_path,
        "number,email,opened,resolved,first_answered,need_by\n"
        f"1,a@b.org,2026-09-01,{cell},{cell},{cell}\n",
    )
    assert problems == []
    assert [(row.resolved_at, row.first_answered_at, row.need_by_date) for row in rows] == [
        (None, None, None)
    ]


def test_numbers_that_stand_for_nothing_are_empty(tmp_path):
    rows, problems = read(
        tmp_path,
        "number,email,opened,minutes_lost,reopened,resolved\n1,a@b.org,1/5/2026,N/A,-,1/1/1970\n",
        date_order="mdy",
    )
    assert problems == []
    assert [(row.minutes_lost, row.is_reopened, row.resolved_at) for row in rows] == [
        (None, False, None)
    ]


def test_day_alone_is_not_before_the_opening_of_that_day(tmp_path):
    head = "number,email,opened,resolved,first_answered\n"
    rows, problems = read(tmp_path, head + "1,a@b.org,2026-09-01 14:05,2026-09-01,2026-09-02\n")
    assert problems == []
    opened_at = datetime(2026, 9, 1, 18, 5, tzinfo=UTC)
    assert [(row.opened_at, row.resolved_at, row.first_answered_at) for row in rows] == [
        (opened_at, opened_at, datetime(2026, 9, 2, 4, tzinfo=UTC))
    ]
    late = "the tickets, line 2, column resolved: the time is before the ticket was opened."
    for resolved in ("2026-08-31", "2026-09-01 14:04"):
        _, problems = read(tmp_path, head + f"1,a@b.org,2026-09-01 14:05,{resolved},\n")
        assert problems == [f"{late} Correct it."]


@pytest.mark.parametrize(
    ("helped", "requester", "is_named"),
    [
        ("nora@b.org", "nora@b.org", True),
        ("A@B.org", "a@b.org", False),
        ("", "a@b.org", False),
        ("-", "a@b.org", False),
        ("Self", "a@b.org", False),
    ],
)
def test_person_helped_goes_before_the_one_who_asked(tmp_path, helped, requester, is_named):
    for heading in ("Requested For", "On behalf of", "Affected User", "Opened for", "For User"):
        rows, problems = read(
            tmp_path, f"number,requester,opened,{heading}\n1,a@b.org,2026-09-01,{helped}\n"
        )
        assert problems == []
        assert [(row.requester, row.is_named) for row in rows] == [(requester, is_named)]


def test_dates_are_read_in_the_order_that_was_named(tmp_path):
    text = (
        "\ufeffTicket Number;From Email;Date Created;Closed Date\n"
        "1;a@b.org;1/5/26 3:05\u202fPM;1/6/26, 12:30 AM\n"
        "2;a@b.org;2026-09-01 08:30;\n"
    )
    rows, problems = read(tmp_path, text, date_order="mdy")
    assert problems == []
    assert [(row.opened_at, row.resolved_at) for row in rows] == [
        (datetime(2026, 1, 5, 20, 5, tzinfo=UTC), datetime(2026, 1, 6, 5, 30, tzinfo=UTC)),
        (datetime(2026, 9, 1, 12, 30, tzinfo=UTC), None),
    ]
    rows, _ = read(tmp_path, text, date_order="dmy")
    assert rows[0].opened_at == datetime(2026, 5, 1, 19, 5, tzinfo=UTC)


def test_date_against_the_named_order_is_refused_with_its_line(tmp_path):
    text = "number,email,opened\n1,a@b.org,5/6/2026\n2,a@b.org,5/21/2026\n"
    assert read(tmp_path, text, date_order="dmy")[1] == [
        "the tickets, line 3, column opened: the date is none when read day first. Name the order "
        "that this help desk writes: beside the columns, or with --dates mdy, dmy or ymd."
    ]


def test_unknown_headings_are_refused_with_a_map_to_start_from(tmp_path):
    with pytest.raises(ImportRefused) as refused:
        read(tmp_path, "number,caller,opened_at\n1,2,3\n")
    assert str(refused.value) == (
        "error: the tickets: no column is known for requester. Its columns are: number, caller, "
        "opened_at. Say which is what, such as --map "
        "'external_id=number,requester=caller,opened=opened_at'."
    )


def test_mapped_column_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ImportRefused) as refused:
        read(tmp_path, "a,b,c\n", {"external_id": "a", "requester": "b", "opened": "zz"})
    assert "the header has no column “zz”" in str(refused.value)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("external_id", "a pair is not NAME=COLUMN"),
        ("external_id=", "a pair is not NAME=COLUMN"),
        ("number=No", "“number” is no name here"),
        ("opened=A,opened=B", "“opened” stands twice"),
    ],
)
def test_bad_map_is_refused(text, rule):
    with pytest.raises(ImportRefused) as refused:
        parse_map(text)
    assert [problem.rule for problem in refused.value.problems] == [rule]


def test_recognise_prefers_resolved_to_closed_and_leaves_the_unsure_alone():
    assert recognise(["number", "closed_at", "resolved_at", "caller", "requester_email"]) == {
        "external_id": "number",
        "requester": "requester_email",
        "resolved": "resolved_at",
    }


def test_issue_and_topic_are_texts_unless_somebody_says_otherwise():
    assert recognise(["number", "email", "opened", "Issue", "Topic"]) == {
        "external_id": "number",
        "requester": "email",
        "opened": "opened",
        "subject": "Issue",
    }


def test_sample_shows_no_text(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(
        "number,title,note,opened\n"
        "1,Cast,my student Kanary Bird is loud,2026-09-01\n"
        "2,Kanary,,2026-09-02\n"
    )
    assert sample_of(path) == [
        ("number", ["1", "2"]),
        ("title", []),
        ("note", []),
        ("opened", ["2026-09-01", "2026-09-02"]),
    ]


CELL = st.text(alphabet="0123456789-:TZ+. /aé\"',;@\n", max_size=30)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.lists(CELL, min_size=5, max_size=5), max_size=4), st.binary(max_size=30))
def test_reader_never_fails_otherwise_whatever_the_cells(tmp_path, cells, tail):
    lines = ["number,email,opened,resolved,minutes_lost"]
    lines += [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in cells]
    rows, problems = read(tmp_path, "\n".join(lines).encode() + b"\n" + tail)
    assert problems or None not in rows

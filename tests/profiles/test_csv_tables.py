import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from profiles.csv_tables import LONGEST_LINE, CsvTable
from profiles.imports import Problems, Unreadable


def read(data: bytes, delimiters: str = ",") -> tuple[list[str], list, list[str]]:
    problems = Problems()
    table = CsvTable(io.BytesIO(data), file="x.csv", problems=problems, delimiters=delimiters)
    return table.header, list(table.rows()), [str(problem) for problem in problems]


def broken(data: bytes) -> tuple[str, int | None]:
    with pytest.raises(Unreadable) as caught:
        read(data)
    return caught.value.rule, caught.value.line


@pytest.mark.parametrize(
    "data",
    [
        b"a,b\n1,2\n",
        b"a,b\r\n1,2\r\n",
        b"a,b\n1,2",
        b"\xef\xbb\xbfa,b\n1,2\n",
        b" a , b \n1,2\n",
        b"a,b,,\n1,2,,\n",
        b"a,b,,\n1,2\n",
        b'"a","b"\n"1","2"\n',
        b"a,b\n1,2\n,\n,,,,\n , \n\n",
        b"a,b\n,\n1,2\n",
    ],
)
def test_table_reads_what_spreadsheets_write(data):
    header, rows, problems = read(data)
    assert (header, [cells[:2] for _, cells in rows], problems) == (["a", "b"], [["1", "2"]], [])


def test_table_names_the_line_a_row_starts_on():
    _, rows, _ = read(b'a,b\n"one\ntwo",2\n\n3,"x ""y"" z"\n')
    assert rows == [(2, ["one\ntwo", "2"]), (5, ["3", 'x "y" z'])]


def test_table_sniffs_the_delimiter_from_the_header():
    assert read(b"a;b;c,d\n1;2,3;4\n", ",;")[1] == [(2, ["1", "2,3", "4"])]


@pytest.mark.parametrize(
    ("data", "rule", "line"),
    [
        (b"", "the file is empty, or its first line is", None),
        (b"\n\na,b\n", "the file is empty, or its first line is", None),
        (b"a,A\n1,2\n", "columns 1 and 2 of the header have the same name", 1),
        (b"a,b\n1,\xff\n", "the line is not UTF-8", 2),
        (b"\xff\xfea\x00,\x00", "the file is not UTF-8 but UTF-16", 1),
        (b"a,b\n1,2\n1,\x002\n", "a NUL character stands on this line", 3),
        (
            b'a,b\n1,2\n3,"4\n5,6\n',
            "a quote that starts on this line is never closed, or closed in the wrong place",
            3,
        ),
        (
            b'a,b\n1,"2" 3\n',
            "a quote that starts on this line is never closed, or closed in the wrong place",
            2,
        ),
        (b'a,b\n1,An"n\n', "a quote stands inside a cell that is not in quotes", 2),
        (b"a,b\r1,2\r", "the lines end in a way that can't be read", 1),
        (b"a,b\n1," + b"x" * 131_073 + b"\n", "a cell has more than 131,072 characters", 2),
        (b"a,b\n1," + b"x" * LONGEST_LINE, "the line is longer than 8 MB", 2),
    ],
)
def test_table_refuses_by_rule_and_line(data, rule, line):
    assert broken(data) == (rule, line)


def test_table_reports_short_and_long_rows_and_goes_on():
    _, rows, problems = read(b"a,b\n1\n1,2\n1,2,3\n1,2,\n")
    assert rows == [(3, ["1", "2"])]
    assert problems == [
        "error: x.csv, line 2: the row has 1 cells, the header 2. "
        "A comma or a quote is missing on this line.",
        "error: x.csv, line 4: the row has 3 cells, the header 2. "
        "Put a cell that holds a comma in double quotes.",
        "error: x.csv, line 5: the row has 3 cells, the header 2. "
        "Put a cell that holds a comma in double quotes.",
    ]


@given(st.binary(max_size=400))
@example(b'a,b\n1,"')
@example(b"\xef\xbb\xbf")
@example(b'""\n""\n')
@example(b"a\n\r\n1\n")
def test_table_never_fails_otherwise_whatever_the_bytes(data):
    try:
        header, rows, _ = read(data, ",;")
    except Unreadable as error:
        assert error.rule
    else:
        assert all(len(cells) >= len(header) for _, cells in rows)


@given(st.text(alphabet='ab,;"\n\r \t\0é', max_size=60))
def test_table_never_fails_otherwise_whatever_the_punctuation(text):
    try:
        read(("h,i\n" + text).encode())
    except Unreadable as error:
        assert error.line is None or error.line >= 1

"""Any table of teachers: columns recognised, said, or saved."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from profiles.imports import ImportRefused, Severity
from profiles.models import RosterProfile, School, Teacher, TeacherIdentifier
from profiles.rosters.formats import Wanted
from profiles.rosters.importing import import_roster, read_roster
from profiles.rosters.shape import RosterSchool, RosterTeacher
from profiles.rosters.teacher_table import TEACHERS

from .conftest import NOW, zipped
from .test_operations import everything

pytestmark = pytest.mark.django_db

TABLE = """\
Staff ID,First Name,Last Name,E-Mail,Campus,Grade Levels,Department,Position,Status
17,NORA,NEW,Nora.New@example.org,East Middle,6-8,Science,Teacher,Active
18,Omar,Old,omar.old@example.org,North High,"9, 10",Mathematics; Science,Math Teacher,
18,Omar,Old,omar.old@example.org,East Middle,K-1,,Teacher,active
19,Sam,Staff,sam@example.org,North High,,,Custodian,Active
20,Lea,Left,lea@example.org,North High,,,Teacher,Terminated
"""
NORA = RosterTeacher(
    ("17",),
    "nora.new@example.org",
    "Nora",
    "New",
    "east_middle",
    ("east_middle",),
    ("06", "07", "08"),
    ("science",),
)
OMAR = RosterTeacher(
    ("18",),
    "omar.old@example.org",
    "Omar",
    "Old",
    "north_high",
    ("north_high", "east_middle"),
    ("KG", "01", "09", "10"),
    ("math", "science"),
)


@pytest.fixture
def table(tmp_path):
    def write(text: str | bytes):
        path = tmp_path / f"list-{len(list(tmp_path.iterdir()))}.csv"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    return write


def read(path, **wanted):
    return read_roster(path, now=NOW, wanted=Wanted(**wanted))


def errors(path, **wanted) -> list[str]:
    with pytest.raises(ImportRefused) as caught:
        read(path, **wanted)
    return [str(p).removeprefix("error: ") for p in caught.value.problems if p.severity == "error"]


def test_table_with_usual_headings_is_read_as_it_is(table, district):
    roster, problems, _ = read(table(TABLE))
    assert roster.source == "table:Teachers"
    assert roster.schools == (
        RosterSchool("east_middle", "East Middle", ""),
        RosterSchool("north_high", "North High", ""),
    )
    assert (roster.years, roster.terms, roster.rows_read) == ((), (), 5)
    assert roster.teachers == (NORA, OMAR)
    assert [(p.place, p.rule) for p in problems] == [
        ("the table, column role", "1 rows are not of teachers")
    ]


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "\ufeff" + text,
        lambda text: text.replace('"9, 10"', "9/10").replace("; ", " / ").replace(",", ";"),
        lambda text: text.rstrip("\n"),
        lambda text: text + ",,,,,,,,\n" * 3,
    ],
)
def test_table_is_read_however_a_spreadsheet_wrote_it(table, district, change):
    assert read(table(change(TABLE)))[0].teachers[0] == NORA


def test_table_in_a_zip_or_folder_of_its_own_reads_the_same(table, tmp_path, district):
    path = tmp_path / "list.zip"
    path.write_bytes(zipped({"export/Staff list.csv": TABLE}))
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "any.csv").write_text(TABLE)
    assert read(path)[0].teachers == read(folder)[0].teachers == (NORA, OMAR)


def test_columns_may_be_said(table, district):
    text = 'Wer,Kennung,Haus\n"New, Nora",nora.new@example.org,East Middle\n'
    columns = TEACHERS.parse("full_name=Wer,email=Kennung,school=Haus")
    (nora,) = read(table(text), columns=columns, name="Staff")[0].teachers
    assert nora == RosterTeacher(
        ("email:nora.new@example.org",),
        "nora.new@example.org",
        "Nora",
        "New",
        "east_middle",
        ("east_middle",),
        (),
        (),
    )


def test_table_whose_columns_nobody_knows_says_what_is_missing(table, district):
    assert errors(table("Wer,Haus\nNora,East\n")) == [
        "the table: no column is known for: Email address or Number of the teacher; Last name or "
        "Whole name in one column. Its columns are: Wer, Haus. Say which is what, such as --map "
        "'email=COLUMN'."
    ]
    assert errors(table(TABLE), columns={"email": "Mehl", "full_name": "Last Name"})[0].startswith(
        "the table: the header has no column “Mehl”"
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("17,NORA,NEW", "17,=HYPERLINK(1),NEW", "line 2, column given_name: the cell begins like"),
        ("Terminated", "perhaps", "line 6, column status: the cell does not say"),
        ("17,NORA,NEW,Nora.New@example.org", ",NORA,NEW,", "line 2: a row has neither a number"),
        ("17,NORA,NEW", "17,,", "line 2: a row has no name"),
        ("17,NORA", f"{'9' * 256},NORA", "line 2, column id: the number is longer than 255"),
    ],
)
def test_table_is_refused_with_line_and_column(table, district, old, new, said):
    (error,) = errors(table(TABLE.replace(old, new)))
    assert error.startswith(f"the table, {said}")


def test_grades_are_read_as_people_write_them(table, district):
    rows = ["PK-2", "Grade 6", "6th grade", "K", "grades 9 to 12", "9 and 10", "11/12", "TK-K"]
    text = "email,name,grades\n" + "".join(
        f'x{n}@example.org,Ann X{n},"{cell}"\n' for n, cell in enumerate(rows)
    )
    assert [teacher.grades for teacher in read(table(text))[0].teachers] == [
        ("PK", "TK", "KG", "01", "02"),
        ("06",),
        ("06",),
        ("KG",),
        ("09", "10", "11", "12"),
        ("09", "10"),
        ("11", "12"),
        ("TK", "KG"),
    ]
    _, problems, _ = read(table("email,name,grades\nx@example.org,Ann X,many\n"))
    assert [(p.place, p.rule) for p in problems if p.severity == Severity.WARNING] == [
        ("the table, line 2, column grades", "the grade is unknown")
    ]


def test_command_saves_the_columns_under_a_name_and_uses_them_again(table, district, capsys):
    path = table('Wer,Kennung,Haus\n"New, Nora",nora.new@example.org,East Middle\n')
    pairs = "full_name=Wer,email=Kennung,school=Haus"
    call_command("import_roster", path, map=pairs, profile="HR list", dry_run=True)
    assert not RosterProfile.objects.exists()
    call_command("import_roster", path, map=pairs, profile="HR list")
    call_command("import_roster", path, profile="HR list")
    assert capsys.readouterr().out.splitlines()[-1].startswith("Nothing changed")
    assert RosterProfile.objects.values_list("name", "columns").get() == (
        "HR list",
        {"full_name": "Wer", "email": "Kennung", "school": "Haus"},
    )
    assert TeacherIdentifier.objects.get().source == "table:HR list"
    assert (Teacher.objects.count(), School.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"map": "email"}, "a pair is not NAME=COLUMN"),
        ({"map": "shoe=Size"}, "“shoe” is no name here"),
        ({"map": "email=A,email=B"}, "“email” stands twice"),
        ({"map": "email=E-Mail", "profile": "x" * 41}, "the name is longer than 40 characters"),
        ({"profile": "unknown"}, "nothing is saved as “unknown”"),
    ],
)
def test_command_refuses_a_mapping_that_makes_no_sense(table, district, capsys, options, words):
    with pytest.raises(CommandError):
        call_command("import_roster", table(TABLE), **options)
    assert words in capsys.readouterr().err
    assert not Teacher.objects.exists()


def test_table_without_schools_leaves_schools_and_places_alone(table, district):
    call_command("import_roster", table(TABLE))
    before = everything()
    without = TABLE.replace("Campus", "Of no use")
    roster, problems, content_hash = read(table(without))
    import_roster(roster=roster, problems=problems, content_hash=content_hash, now=NOW)
    assert everything() == before
    assert [p.rule for p in problems if p.file == "the table" and "school" in p.rule] == [
        "the roster names no school"
    ]
    nora = TABLE.replace("East Middle,6-8", ",6-8")
    call_command("import_roster", table(nora))
    assert everything() == before


def test_next_table_of_the_same_name_lets_go_whom_it_lacks(table, district):
    call_command("import_roster", table(TABLE))
    without = "".join(line for line in TABLE.splitlines(True) if not line.startswith("18"))
    call_command("import_roster", table(without))
    assert [teacher.email for teacher in Teacher.objects.active()] == ["nora.new@example.org"]

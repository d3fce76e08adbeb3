"""Broken files, each in its own way: refused with a place, exit code 1, the database as it was."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
from collections.abc import Callable

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from profiles.imports import ImportRefused
from profiles.models import TeacherIdentifier, Ticket, TicketSource
from profiles.rosters.importing import read_roster

from .conftest import NOW, SHARED, USERS_1_1, files_of, zipped
from .test_sds import LEGACY, V21
from .test_teacher_table import TABLE

pytestmark = pytest.mark.django_db

Files = dict[str, str | bytes]


def with_(name: str, text: str | bytes) -> bytes:
    """Return the small roster with one file replaced, zipped."""
    return zipped({**files_of("1.1"), name: text})


def without(name: str) -> bytes:
    return zipped({key: text for key, text in files_of("1.1").items() if key != name})


def users(old: str, new: str) -> bytes:
    assert old in USERS_1_1
    return with_("users.csv", USERS_1_1.replace(old, new, 1))


def session(old: str, new: str) -> bytes:
    assert old in SHARED["academicSessions.csv"]
    return with_("academicSessions.csv", SHARED["academicSessions.csv"].replace(old, new, 1))


def encoded(name: str) -> bytes:
    return with_("users.csv", USERS_1_1.replace("Omar", "Ömar").encode(name))


def entry(name: str, text: bytes = b"a,b\n1,2\n", **marks) -> bytes:
    """Return a zip of one entry with marks of ours set on it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        info = zipfile.ZipInfo(name)
        for mark, value in marks.items():
            setattr(info, mark, value)
        archive.writestr(info, text)
    return out.getvalue()


def flagged(
    offset_local: int, offset_central: int, value: int, files: Files | None = None
) -> bytes:
    """Return a sound zip with two bytes changed in both headers of its first entry."""
    data = bytearray(zipped(files or files_of("1.1")))
    data[offset_local : offset_local + 2] = struct.pack("<H", value)
    central = data.index(b"PK\x01\x02") + offset_central
    data[central : central + 2] = struct.pack("<H", value)
    return bytes(data)


def damaged(name: bytes, keep: int = 60, files: Files | None = None) -> bytes:
    data = bytearray(zipped(files or files_of("1.1")))
    start = data.index(name) + keep
    data[start : start + 40] = bytes(40)
    return bytes(data)


def lying() -> bytes:
    """Return a zip whose directory says that users.csv has three bytes."""
    data = bytearray(zipped(files_of("1.1")))
    place = data.rindex(b"users.csv") - 46 + 24
    data[place : place + 4] = struct.pack("<I", 3)
    return bytes(data)


def twice() -> bytes:
    out = io.BytesIO()
    with pytest.warns(UserWarning), zipfile.ZipFile(out, "w") as archive:
        for _ in "ab":
            archive.writestr("users.csv", USERS_1_1)
    return out.getvalue()


def unpacked_in_pieces() -> bytes:
    """Return many files that only together are too large."""
    line = b"".join(b"%d,abcdefgh\n" % (n // 20) for n in range(60_000))
    return zipped({f"{n}.csv": line for n in range(40)})


FORMULA = "column givenName: the cell begins like a formula"
TWICE = "stands twice in the header"
BROKEN: dict[str, tuple[Callable[[], bytes], str]] = {
    # ---- zips
    "nothing": (lambda: b"", "the zip: the file is no zip, or a broken one"),
    "zip's first bytes": (lambda: b"PK\x03\x04", "the zip: the file is no zip"),
    "zip cut in half": (
        lambda: (data := zipped(files_of("1.1")))[: len(data) // 2],
        "the zip: the file is no zip",
    ),
    "zip without its end": (lambda: zipped(files_of("1.1"))[:-30], "the zip: the file is no zip"),
    "zip without its beginning": (
        lambda: b"PK" + zipped(files_of("1.1"))[2000:],
        "the zip: the file is no zip",
    ),
    "zip of nothing": (lambda: zipped({}), "manifest.csv: the file is missing"),
    "zip of a folder": (lambda: zipped({"folder/": ""}), "manifest.csv: the file is missing"),
    "zip in a zip": (
        lambda: zipped({"roster.zip": zipped(files_of("1.1"))}),
        "manifest.csv: the file is missing",
    ),
    "zip bomb by ratio": (
        lambda: with_("users.csv", b"0" * 20_000_000),
        "the zip: a file in it grows more",
    ),
    "zip bomb by size": (unpacked_in_pieces, "the zip: its files have"),
    "zip bomb by number": (
        lambda: zipped({f"{n}.csv": "x" for n in range(1001)}),
        "the zip: it holds 1,001 files",
    ),
    "path upwards": (lambda: zipped({"../users.csv": "x"}), "the zip: it holds a file that points"),
    "path upwards within": (
        lambda: zipped({"a/../../users.csv": "x"}),
        "the zip: it holds a file that points",
    ),
    "path from the root": (lambda: entry("/etc/users.csv"), "the zip: it holds a file that points"),
    "path of a drive": (lambda: entry("C:users.csv"), "the zip: it holds a file that points"),
    "path with backslashes": (
        lambda: entry("..\\users.csv"),
        "the zip: it holds a file that points",
    ),
    "same name in two folders": (
        lambda: zipped({"a/users.csv": "x", "b/users.csv": "y"}),
        "the zip: two files in it have the same name",
    ),
    "same name in two cases": (
        lambda: zipped({"users.csv": "x", "USERS.CSV": "y"}),
        "the zip: two files in it have the same name",
    ),
    "same entry twice": (twice, "manifest.csv: the file is missing"),
    "zip with a password": (lambda: flagged(6, 8, 1), "the zip: it is locked with a password"),
    "zip packed in an unknown way": (lambda: flagged(8, 10, 99), "the zip: a file in it is packed"),
    "list packed in an unknown way": (
        lambda: flagged(8, 10, 99, {"list.csv": TABLE}),
        "the zip: a file in it is packed",
    ),
    "zip packed for programs alone": (
        lambda: entry("users.csv", compress_type=zipfile.ZIP_LZMA),
        "the zip: a file in it is packed",
    ),
    "zip damaged in a file": (lambda: damaged(b"users.csv"), "users.csv, line 1: the file can't"),
    "zip damaged before a file": (
        lambda: damaged(b"users.csv", keep=-30),
        "users.csv: the file can't be opened",
    ),
    "School Data Sync damaged in a file": (
        lambda: damaged(b"users.csv", keep=20, files=V21),
        "users.csv, line 1: the file can't",
    ),
    "School Data Sync damaged before a file": (
        lambda: damaged(b"users.csv", keep=-30, files=V21),
        "users.csv: the file can't be opened",
    ),
    "first School Data Sync damaged in a file": (
        lambda: damaged(b"Teacher.csv", keep=20, files=LEGACY),
        "Teacher.csv, line 1: the file can't",
    ),
    "list damaged in a zip": (
        lambda: damaged(b"list.csv", keep=20, files={"list.csv": TABLE}),
        "the table, line 1: the file can't",
    ),
    "list damaged before it begins": (
        lambda: damaged(b"list.csv", keep=-30, files={"list.csv": TABLE}),
        "the table: the file can't be opened",
    ),
    "zip that lies about a size": (lying, "users.csv, line 1"),
    "link instead of a file": (
        lambda: entry("manifest.csv", b"/etc/passwd", external_attr=0o120777 << 16),
        "manifest.csv, line 1, column propertyName: a required column is missing",
    ),
    # ---- no roster at all
    "gzip": (lambda: gzip.compress(TABLE.encode()), "the zip: the file is no zip"),
    "picture": (lambda: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "the zip: the file is no zip"),
    "document": (
        lambda: b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\n",
        "the table: the file is neither a zip nor a table",
    ),
    "workbook": (
        lambda: zipped({"[Content_Types].xml": "<x/>", "xl/workbook.xml": "<x/>"}),
        "manifest.csv: the file is missing",
    ),
    "sign-in page": (
        lambda: b"<!doctype html>\n<html><body>Sign in</body></html>\n",
        "the table: the file is neither a zip nor a table",
    ),
    "JSON": (
        lambda: b'{"users": [{"id": 1}]}',
        "the table, line 1: a quote stands inside a cell",
    ),
    "table of something else": (
        lambda: b"shoe,size\nleft,44\n",
        "the table: no column is known for: Email address",
    ),
    # ---- text that is not readable
    "UTF-16": (lambda: encoded("utf-16"), "users.csv, line 1: the file is not UTF-8 but UTF-16"),
    "UTF-16 without its mark": (lambda: encoded("utf-16-le"), "users.csv, line 1: a NUL"),
    "UTF-32": (lambda: encoded("utf-32"), "users.csv, line 1: the file is not UTF-8"),
    "Latin 1": (lambda: encoded("latin-1"), "users.csv, line 3: the line is not UTF-8"),
    "Windows 1252 quotes": (
        lambda: with_("orgs.csv", SHARED["orgs.csv"].encode().replace(b"East M", b"\x93East M")),
        "orgs.csv, line 3: the line is not UTF-8",
    ),
    "character cut in two": (
        lambda: with_("users.csv", USERS_1_1.encode() + "ü".encode()[:1]),
        "users.csv, line 9: the line is not UTF-8",
    ),
    "surrogate": (
        lambda: with_("users.csv", USERS_1_1.encode().replace(b"Omar", b"\xed\xa0\x80")),
        "users.csv, line 3: the line is not UTF-8",
    ),
    "NUL in a cell": (lambda: users("Omar,", "Om\0ar,"), "users.csv, line 3: a NUL character"),
    "NULs at the end": (
        lambda: with_("users.csv", USERS_1_1 + "\0" * 512),
        "users.csv, line 9: a NUL character",
    ),
    # ---- text that is no table
    "quote never closed": (lambda: users("Omar,", '"Omar,'), "users.csv, line 3: a quote that"),
    "quote in a bare cell": (lambda: users("Omar,", 'Om"ar,'), "users.csv, line 3: a quote"),
    "text after a quote": (lambda: users("Omar,", '"Omar" x,'), "users.csv, line 3: a quote"),
    "quote never closed in the header": (
        lambda: users("sourcedId,", '"sourcedId,'),
        "users.csv, line 1: a quote",
    ),
    "line ends of an old Macintosh": (
        lambda: with_("users.csv", USERS_1_1.replace("\n", "\r")),
        "users.csv, line 1: the lines end in a way",
    ),
    "School Data Sync with line ends of an old Macintosh": (
        lambda: zipped(V21 | {"users.csv": V21["users.csv"].replace("\n", "\r")}),
        "users.csv, line 1: the lines end in a way",
    ),
    "list with line ends of an old Macintosh": (
        lambda: TABLE.replace("\n", "\r").encode(),
        "the table, line 1: the lines end in a way",
    ),
    "cell of 10 MB": (
        lambda: users("Omar,", "x" * 10_485_760 + ","),
        "the zip: a file in it grows more",
    ),
    "cell of 10 MB that does not shrink": (
        lambda: users("Omar,", "".join(f"{n:x}" for n in range(1_900_000)) + ","),
        "users.csv, line 3: the line is longer than 8 MB",
    ),
    "cell of 131,073 characters": (
        lambda: users("Omar,", "x" * 131_073 + ","),
        "users.csv, line 3: a cell has more than 131,072 characters",
    ),
    "column twice": (
        lambda: users(",middleName,", ",role,"),
        "users.csv, line 1: columns 6 and 11 of the header have the same name",
    ),
    "column twice in two cases": (
        lambda: users(",middleName,", ",EMAIL,"),
        "users.csv, line 1: columns 11 and 13 of the header have the same name",
    ),
    "column twice by another name": (
        lambda: users(",middleName,", ",userId,"),
        f"users.csv, line 1, column userIds: the column {TWICE}",
    ),
    "no first line": (
        lambda: with_("users.csv", "\n" + USERS_1_1),
        "users.csv: the file is empty, or its first line is",
    ),
    "empty file": (lambda: with_("users.csv", ""), "users.csv: the file is empty"),
    "header alone": (
        lambda: with_("users.csv", USERS_1_1.split("\n")[0] + "\n"),
        "users.csv: the file has only a header",
    ),
    "column gone": (
        lambda: users(",enabledUser,", ",enabled,"),
        "users.csv, line 1, column enabledUser: a required column is missing",
    ),
    "row too short": (
        lambda: with_("users.csv", USERS_1_1 + "u9,,,true\n"),
        "users.csv, line 9: the row has 4 cells, the header 18",
    ),
    "row too long": (
        lambda: users("Omar,Old", "Omar,Old,Jr."),
        "users.csv, line 3: the row has 19 cells, the header 18",
    ),
    "semicolons": (
        lambda: with_("users.csv", USERS_1_1.replace(",", ";")),
        "users.csv, line 1, column sourcedId: a required column is missing",
    ),
    "tabs": (
        lambda: with_("users.csv", USERS_1_1.replace(",", "\t")),
        "users.csv, line 1, column sourcedId: a required column is missing",
    ),
    "file gone": (lambda: without("users.csv"), "users.csv: a required file is missing"),
    # ---- cells that can't be so
    "ambiguous date": (
        lambda: session("2026-08-24", "1/05/2026"),
        "academicSessions.csv, line 2, column startDate: the date is not ISO",
    ),
    "European date": (
        lambda: session("2026-08-24", "24.08.2026"),
        "academicSessions.csv, line 2, column startDate: the date is not ISO",
    ),
    "date of no calendar": (
        lambda: session("2026-08-24", "2026-02-30"),
        "academicSessions.csv, line 2, column startDate: the date does not exist",
    ),
    "date of month 13": (
        lambda: session("2026-08-24", "2026-13-01"),
        "academicSessions.csv, line 2, column startDate: the date does not exist",
    ),
    "date of year 0": (
        lambda: session("2026-08-24", "0000-01-01"),
        "academicSessions.csv, line 2, column startDate: the date does not exist",
    ),
    "date of year 9999": (
        lambda: session("2027-06-11", "9999-12-31"),
        "academicSessions.csv, line 2, column endDate: the date is not between",
    ),
    "date in Arabic digits": (
        lambda: session("2026-08-24", "٢٠٢٦-٠٨-٢٤"),
        "academicSessions.csv, line 2, column startDate: the date",
    ),
    "date as a number of Excel's": (
        lambda: session("2026-08-24", "46258"),
        "academicSessions.csv, line 2, column startDate: the date is not ISO",
    ),
    "term that ends first": (
        lambda: session("2027-06-11", "2026-08-01"),
        "academicSessions.csv, line 2, column endDate: the session ends before",
    ),
    "neither true nor false": (
        lambda: users("u2,,,1,", "u2,,,2,"),
        "users.csv, line 3, column enabledUser: the cell is neither true nor false",
    ),
    "role of nowhere": (
        lambda: users("s2,teacher,omar", "s2,wizard,omar"),
        "users.csv, line 3, column role: the role is unknown",
    ),
    "no id": (
        lambda: users("u2,,,1,", ",,,1,"),
        "users.csv, line 3, column sourcedId: a required cell is empty",
    ),
    "id of spaces": (
        lambda: users("u2,,,1,", "   ,,,1,"),
        "users.csv, line 3, column sourcedId: a required cell is empty",
    ),
    "id twice": (
        lambda: users("u2,,,1,", "u1,,,1,"),
        "users.csv, line 3, column sourcedId: the sourcedId stands twice",
    ),
    "id without end": (
        lambda: users("u2,,,1,", f"{'u' * 256},,,1,"),
        "users.csv, line 3, column sourcedId: the sourcedId is longer than 255",
    ),
    "formula": (
        lambda: users("Omar,", '"=HYPERLINK(""http://evil.example"")",'),
        f"users.csv, line 3, {FORMULA}",
    ),
    "formula by a plus": (
        lambda: users("Omar,", "+cmd|'/c calc'!A0,"),
        f"users.csv, line 3, {FORMULA}",
    ),
    "formula by an at": (lambda: users("Omar,", "@SUM(1),"), f"users.csv, line 3, {FORMULA}"),
    "formula by a dash": (lambda: users("Omar,", "-2+3,"), f"users.csv, line 3, {FORMULA}"),
    "formula in a school": (
        lambda: with_("orgs.csv", SHARED["orgs.csv"].replace("East Middle", "=1+1")),
        "orgs.csv, line 3, column name: the cell begins like a formula",
    ),
    "time of nowhere": (
        lambda: users("u2,,,1,", "u2,,soon,1,"),
        "users.csv, line 3, column dateLastModified: the time is not ISO 8601",
    ),
    "status of nowhere": (
        lambda: users("u2,,,1,", "u2,gone,,1,"),
        "users.csv, line 3, column status: the status is unknown",
    ),
    # ---- sets that say nothing
    "no manifest": (lambda: without("manifest.csv"), "manifest.csv: the file is missing"),
    "manifest without a version": (
        lambda: with_("manifest.csv", "propertyName,value\nmanifest.version,1.0\n"),
        "manifest.csv: oneroster.version is neither",
    ),
    "version of tomorrow": (
        lambda: zipped(
            files_of("1.1") | {"manifest.csv": "propertyName,value\noneroster.version,9\n"}
        ),
        "manifest.csv: oneroster.version is neither",
    ),
    "changes of nothing": (
        lambda: with_("manifest.csv", files_of("1.1")["manifest.csv"].replace(",bulk", ",delta")),
        "manifest.csv: orgs.csv holds only changes",
    ),
    "nobody teaches": (
        lambda: zipped(
            files_of("1.1")
            | {
                "users.csv": USERS_1_1.replace(",teacher,", ",aide,"),
                "enrollments.csv": SHARED["enrollments.csv"].replace(",teacher,", ",proctor,"),
            }
        ),
        "users.csv: the roster names no teacher",
    ),
    "School Data Sync without its roles": (
        lambda: zipped({name: text for name, text in V21.items() if name != "roles.csv"}),
        "manifest.csv: the file is missing",
    ),
    "School Data Sync with a wrong quote": (
        lambda: zipped(V21 | {"users.csv": V21["users.csv"].replace("Tess", 'Te"ss')}),
        "users.csv, line 4: a quote stands inside",
    ),
    "first School Data Sync without teachers": (
        lambda: zipped(LEGACY | {"Teacher.csv": LEGACY["Teacher.csv"].split("\n")[0] + "\n"}),
        "Teacher.csv: the file has only a header",
    ),
    "list with a NUL": (
        lambda: TABLE.encode() + b"x" * 5000 + b"\0\n",
        "the table, line 7: a NUL character",
    ),
    "list of nobody": (
        lambda: b"email,name,status\na@example.org,A B,left\n",
        "the table: the table names no teacher",
    ),
}


def everything() -> dict[str, list]:
    """Every row of every table, as it stands."""
    return {
        model._meta.label: list(model.objects.order_by("pk").values())
        for model in apps.get_models()
        if model._meta.managed and not model._meta.proxy
    }


@pytest.fixture
def filled(new_teacher, mentor_teacher, term):
    """A district with people in it, so that there is something to spoil."""
    source = TicketSource.objects.create(name="desk")
    Ticket.objects.create(
        source=source, external_id="1", teacher=new_teacher, opened_at=NOW, kind="how-to"
    )
    for teacher in (new_teacher, mentor_teacher):
        TeacherIdentifier.objects.create(
            teacher=teacher, source="oneroster", external_id=f"old-{teacher.pk}"
        )


def test_there_are_sixty_of_them():
    assert len(BROKEN) >= 60


@pytest.mark.parametrize("name", BROKEN)
def test_broken_file_is_refused_with_its_place_and_changes_nothing(
    filled, tmp_path, capsys, settings, name
):
    settings.IMPORT_MAX_BYTES = 2 * 1024 * 1024 if name == "zip bomb by size" else 50 * 1024 * 1024
    make, expected = BROKEN[name]
    path = tmp_path / "broken"
    path.write_bytes(make())
    before = everything()
    capsys.readouterr()
    with pytest.raises(CommandError) as failed:
        call_command("import_roster", path)
    assert failed.value.returncode == 1
    said = capsys.readouterr().err
    assert f"error: {expected}" in said
    assert everything() == before


@given(st.binary(max_size=600))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_random_bytes_are_refused_and_nothing_else_happens(tmp_path, db, data):
    path = tmp_path / "random"
    path.write_bytes(data)
    with transaction.atomic(), pytest.raises(ImportRefused):
        read_roster(path, now=NOW)


@given(
    st.sampled_from(sorted(files_of("1.2"))),
    st.integers(0, 5000),
    st.binary(min_size=1, max_size=12),
    st.booleans(),
)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_random_damage_is_refused_or_read_and_nothing_else_happens(
    tmp_path, db, name, place, noise, is_inserted
):
    files: Files = {key: text.encode() for key, text in files_of("1.2").items()}
    data = files[name]
    place %= len(data)
    files[name] = data[:place] + noise + data[place if is_inserted else place + len(noise) :]
    path = tmp_path / "damaged.zip"
    path.write_bytes(zipped(files))
    try:
        roster, problems, _ = read_roster(path, now=NOW)
    except ImportRefused as refused:
        assert all(problem.rule and problem.file for problem in refused.problems)
    else:
        assert roster.teachers
        assert not problems.forbid


@given(st.integers(0, 5000), st.binary(min_size=1, max_size=6))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_random_damage_of_the_zip_is_refused_or_read(tmp_path, db, place, noise):
    data = zipped(files_of("1.1"))
    place %= len(data)
    path = tmp_path / "damaged.zip"
    path.write_bytes(data[:place] + noise + data[place + len(noise) :])
    try:
        roster, _, _ = read_roster(path, now=NOW)
    except ImportRefused as refused:
        assert all(problem.rule and problem.file for problem in refused.problems)
    else:
        assert roster.teachers

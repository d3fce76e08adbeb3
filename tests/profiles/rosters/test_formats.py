"""Which format a set is taken for."""

from __future__ import annotations

import pytest

from profiles.imports import ImportRefused
from profiles.rosters.files import RosterFiles
from profiles.rosters.formats import Wanted, chosen, recognise
from profiles.rosters.importing import read_roster

from .conftest import NOW, files_of, zipped
from .test_sds import LEGACY, V21
from .test_teacher_table import TABLE


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (files_of("1.1"), "oneroster"),
        (files_of("1.2"), "oneroster"),
        ({name.upper(): text for name, text in files_of("1.2").items()}, "oneroster"),
        (V21, "sds"),
        (LEGACY, "sds-1"),
        ({"staff.csv": TABLE}, "csv"),
        # OneRoster without its manifest is told so, not taken for something else
        ({k: v for k, v in files_of("1.1").items() if k != "manifest.csv"}, "oneroster"),
        ({k: v for k, v in files_of("1.2").items() if k != "manifest.csv"}, "oneroster"),
        ({"users.csv": TABLE}, "oneroster"),
        ({"notes.txt": "x"}, "oneroster"),
    ],
)
def test_format_is_recognised_by_itself(tmp_path, files, expected):
    path = tmp_path / "set.zip"
    path.write_bytes(zipped(files))
    opened = RosterFiles(path)
    assert recognise(opened) == expected
    opened.close()


def test_format_may_be_said_and_a_mapping_means_a_table(tmp_path):
    path = tmp_path / "set.csv"
    path.write_text(TABLE)
    files = RosterFiles(path)
    assert chosen(files, Wanted("sds")) == "sds"
    assert chosen(files, Wanted("", {"email": "E-Mail"})) == "csv"
    with pytest.raises(ImportRefused, match="there is no such format"):
        chosen(files, Wanted("powerschool"))


def test_folder_that_holds_the_zip_is_read_by_the_zip(tmp_path, db):
    inner = tmp_path / "export"
    inner.mkdir()
    (inner / "roster.zip").write_bytes(zipped(files_of("1.1")))
    (inner / "readme.txt").write_text("x")
    assert len(read_roster(inner, now=NOW)[0].teachers) == 3
    (inner / "roster2.zip").write_bytes(zipped(files_of("1.1")))
    with pytest.raises(ImportRefused) as caught:
        read_roster(inner, now=NOW)
    assert str(caught.value) == (
        "error: the folder: it holds 2 zips and no CSV file. "
        "Name the one that is meant: roster.zip, roster2.zip."
    )

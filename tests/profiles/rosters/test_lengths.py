"""Cells longer than what the database holds: refused with their place, or cut as names are."""

from __future__ import annotations

import csv
import io

import pytest
from django.db import transaction
from django.db.models import CharField

from profiles.imports import ImportRefused
from profiles.models import ImportRun, School, SchoolYear, Teacher, TeacherIdentifier, Term, User
from profiles.rosters.importing import import_roster, read_roster

from .conftest import NOW, files_of, zipped
from .test_sds import LEGACY, V21
from .test_teacher_table import TABLE

pytestmark = pytest.mark.django_db

LONG = "Long" * 100
LONG_ADDRESS = f"{'a' * 60}@{'.'.join(['b' * 50] * 4)}.org"
SETS = {
    "1.1": files_of("1.1"),
    "1.2": files_of("1.2"),
    "sds": V21,
    "sds-1": LEGACY,
    "csv": {"list.csv": TABLE},
    "csv without numbers": {"list.csv": "email,name\nnora@example.org,Nora New\n"},
}
ID = "is longer than 255 characters"
ADDRESS = "the address is longer than 254 characters"
REFUSED = {
    "1.1": {
        f"{file}.csv, line 2, column sourcedId: the sourcedId {ID}"
        for file in ("orgs", "academicSessions", "courses", "classes", "enrollments", "users")
    }
    | {f"users.csv, line 2, column email: {ADDRESS}"},
    "1.2": {
        f"{file}.csv, line 2, column sourcedId: the sourcedId {ID}"
        for file in (
            "orgs", "academicSessions", "courses", "classes", "enrollments", "users", "roles",
        )
    }
    | {f"users.csv, line 2, column email: {ADDRESS}"},
    "sds": {
        f"{file}.csv, line 2, column sourcedId: the sourcedId {ID}"
        for file in ("orgs", "academicSessions", "courses", "classes", "users")
    }
    | {f"users.csv, line 2, column email: {ADDRESS}"},
    "sds-1": {
        f"{file}, line 2, column SIS ID: the SIS ID {ID}"
        for file in ("School.csv", "Section.csv", "Teacher.csv", "Student.csv")
    }
    | {
        f"Section.csv, line 2, column Term SIS ID: the Term SIS ID {ID}",
        f"Teacher.csv, line 2, column Secondary Email: {ADDRESS}",
    },
    "csv": {
        f"the table, line 2, column id: the number {ID}",
        f"the table, line 2, column email: {ADDRESS}",
    },
    "csv without numbers": {
        "the table, line 2, column email: the address is longer than 249 characters"
    },
}  # fmt: skip


def lengthened(files: dict[str, str]) -> list[tuple[str, bytes]]:
    """Return the set as a zip, a cell of the first row long, for every column of every file."""
    sets = []
    for name, text in files.items():
        head, first, *others = csv.reader(io.StringIO(text))
        for place, column in enumerate(head):
            long = LONG_ADDRESS if "@" in first[place] or "mail" in column.lower() else LONG
            out = io.StringIO()
            row = [*first[:place], long, *first[place + 1 :]]
            csv.writer(out, lineterminator="\n").writerows([head, row, *others])
            sets.append((f"{name} {column}", zipped(files | {name: out.getvalue()})))
    return sets


def too_long() -> list[str]:
    """Return the columns that hold more than they may, which not every database refuses."""
    models = (School, SchoolYear, Term, Teacher, TeacherIdentifier, User, ImportRun)
    return [
        str(field)
        for model in models
        for field in model._meta.get_fields()
        if isinstance(field, CharField) and field.max_length
        for value in model.objects.values_list(field.name, flat=True)
        if len(value) > field.max_length
    ]


@pytest.mark.parametrize("name", SETS)
def test_cell_too_long_is_refused_with_its_place_or_cut(name, tmp_path, district):
    refused: set[str] = set()
    for column, data in lengthened(SETS[name]):
        path = tmp_path / "roster.zip"
        path.write_bytes(data)
        with transaction.atomic():
            try:
                roster, problems, content_hash = read_roster(path, now=NOW)
                import_roster(roster=roster, problems=problems, content_hash=content_hash, now=NOW)
            except ImportRefused as refusal:
                refused |= {
                    f"{problem.place}: {problem.rule}"
                    for problem in refusal.problems
                    if "longer than" in problem.rule
                }
            assert too_long() == [], column
            transaction.set_rollback(True)
    assert refused == REFUSED[name]

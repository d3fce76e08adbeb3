"""Five hundred invented names of students go in; none of them is found anywhere afterwards."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client

from profiles.error_reports import WITHHELD
from profiles.models import ImportRun, Teacher
from profiles.tasks import continue_imports

from ..canary import NAMES, STUDENTS, WORDS, admins, found_in, logged, nowhere, watched
from .conftest import SHARED, USERS_1_1, USERS_1_2, files_of, zipped
from .test_sds import LEGACY, V21

__all__ = ["admins", "watched"]

pytestmark = pytest.mark.django_db


def users(version: str) -> str:
    given_family = enumerate(NAMES)
    if version == "1.1":
        return USERS_1_1 + "".join(
            f"st{n},,,true,s1,student,{g}.{f},{{SIS:{g}{f}}},{g},{f},{g},{n},{g}.{f}@example.org,"
            f",,,7,{f}-secret\n"
            for n, (g, f) in given_family
        )
    return USERS_1_2 + "".join(
        f"st{n},,,true,{g}.{f},,{g},{f},{g},{n},{g}.{f}@example.org,,,,7,{f}-secret,,{g},{g},{f},s1,\n"
        for n, (g, f) in given_family
    )


def demographics() -> str:
    return "sourcedId,status,dateLastModified,birthDate,sex,cityOfBirth\n" + "".join(
        f"st{n},,,2014-01-01,f,{g}ville\n" for n, (g, _) in enumerate(NAMES)
    )


def enrolments() -> str:
    return SHARED["enrollments.csv"] + "".join(
        f"es{n},,,k1,s1,st{n},student,,,\n" for n in range(STUDENTS)
    )


def sets() -> dict[str, dict[str, str]]:
    """Return a set in each format, every one with the five hundred."""
    return {
        version: {
            **files_of(version),
            "users.csv": users(version),
            "demographics.csv": demographics(),
            "enrollments.csv": enrolments(),
        }
        for version in ("1.1", "1.2")
    } | {
        "sds": V21
        | {
            "users.csv": V21["users.csv"]
            + "".join(
                f"st{n},{g}.{f}@example.org,{g},{f},{f}-secret,,,,\n"
                for n, (g, f) in enumerate(NAMES)
            ),
            "roles.csv": V21["roles.csv"]
            + "".join(
                f"st{n},s1,student,y1,07,TRUE,2026-08-24,2027-06-11\n" for n in range(STUDENTS)
            ),
        },
        "sds-1": LEGACY
        | {
            "Student.csv": LEGACY["Student.csv"]
            + "".join(
                f"st{n},101,{g},{f},{g}.{f},{f}-secret,7,Active\n" for n, (g, f) in enumerate(NAMES)
            )
        },
    }


def dirty(files: dict[str, str]) -> list[dict[str, str]]:
    """Return the 1.1 set broken in ways that put students' names where other things belong."""
    g, f = NAMES[0]
    text = files["users.csv"]
    line = next(row for row in text.splitlines() if row.startswith("st0,"))
    no_header = "".join(text.splitlines(keepends=True)[1:])
    return [
        files | {"users.csv": text.replace(line, line.replace("student", f"{g} {f}"))},
        files | {"users.csv": text.replace(line, line.replace(",true,", f",{f},"))},
        files | {"users.csv": text.replace(line, f"{line},{g},{f}")},
        files | {"users.csv": text.replace(line, line.replace(f",{g},", f',"{g},', 1))},
        files | {"users.csv": text.replace(line, line.replace(f",{g},", f",={g},"))},
        files | {"users.csv": no_header},
        files | {"users.csv": f"{line.replace(f, g)}\n{no_header}"},
        files | {"users.csv": text.replace("st1,", f"{g}{f},").replace("st2,", f"{g}{f},")},
        files | {"academicSessions.csv": SHARED["academicSessions.csv"].replace("2027-06-11", g)},
        files | {"enrollments.csv": files["enrollments.csv"].replace("student", f, 1)},
        files | {"manifest.csv": f"propertyName,value\noneroster.version,{g}\n"},
    ]


def test_there_are_five_hundred_and_a_name_would_be_found():
    assert (len(NAMES), len(WORDS)) == (500, 1000)
    g, f = NAMES[17]
    assert found_in(f"{{'x': '{g}.{f}@example.org'}}") == {g.casefold(), f.casefold()}


def test_no_student_s_name_stays_after_imports_from_the_command_line(
    watched, district, tmp_path, caplog, mailoutbox
):
    printed = io.StringIO()
    for name, files in sets().items():
        path = tmp_path / f"{name}.zip"
        path.write_bytes(zipped(files))
        call_command("import_roster", path, dry_run=True, stdout=printed, stderr=printed)
        call_command("import_roster", path, stdout=printed, stderr=printed)
    assert Teacher.objects.count() == 3
    nowhere(watched, caplog, mailoutbox, printed.getvalue())


def test_no_student_s_name_stays_after_uploads(
    watched, district, coordinator, caplog, mailoutbox, monkeypatch
):
    client = Client()
    client.force_login(coordinator)
    pages = []

    def send(files: dict[str, str], name: str) -> ImportRun:
        upload = SimpleUploadedFile(f"{name}.zip", zipped(files))
        page = client.post("/imports/new/roster/", {"roster-file": upload}, follow=True)
        pages.append(page.content.decode())
        return ImportRun.objects.first()

    everything = sets()
    for name, files in everything.items():
        g, f = NAMES[3]
        run = send(files, f"{g} {f} {name}")
        page = client.post(f"/imports/{run.pk}/apply/", follow=True)
        run.refresh_from_db()
        assert run.state == "applied"
        pages.append(page.content.decode())
    for files in dirty(everything["1.1"]):
        run = send(files, "dirty")
        assert run.state == "refused", run.problems
    monkeypatch.setattr("profiles.import_views.LARGEST_AT_ONCE", 10)
    run = send(everything["1.2"], "large")
    continue_imports()
    client.post(f"/imports/{run.pk}/apply/")
    continue_imports()
    pages.append(client.get(f"/imports/{run.pk}/").content.decode())
    pages.append(client.get("/imports/").content.decode())
    nowhere(watched, caplog, mailoutbox, *pages)


def named(files: dict[str, str]) -> dict[str, str]:
    """Return a set with files in it that are called by students' names."""
    g, f = NAMES[30]
    return files | {
        f"{g} {f}.csv": "name\nx\n",
        f"{f}/{g}.csv": "sourcedId\nx\n",
        f"{g}.pdf": "x",
    }


def test_no_student_s_name_stays_of_a_file_s_name(
    watched, district, coordinator, tmp_path, caplog, mailoutbox
):
    client = Client()
    client.force_login(coordinator)
    printed = io.StringIO()
    pages = []
    for number, files in enumerate(sets().values()):
        g, f = NAMES[40 + number]
        path = tmp_path / f"{g} {f}.zip"
        path.write_bytes(zipped(named(files)))
        for file in (named(files), {f"{g} {f}.csv": "name,mail\nx,y\n"}):
            upload = SimpleUploadedFile(f"{f}, {g}.zip", zipped(file))
            page = client.post("/imports/new/roster/", {"roster-file": upload}, follow=True)
            pages.append(page.content.decode())
        folder = tmp_path / f"{f} {g}"
        folder.mkdir()
        for name, text in named(files).items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(text)
        for place in (path, folder):
            try:
                call_command("import_roster", place, stdout=printed, stderr=printed)
            except CommandError as refused:
                printed.write(str(refused))
    assert ImportRun.objects.filter(state="applied").exists()
    for run in ImportRun.objects.filter(state="checked"):  # they wait for their columns, or a yes
        client.post(f"/imports/{run.pk}/leave/")
    told = printed.getvalue().replace(str(tmp_path), "")
    nowhere(watched, caplog, mailoutbox, told, *pages)


def test_no_student_s_name_stays_of_a_roster_that_broke_the_reader(
    watched, district, coordinator, tmp_path, caplog, mailoutbox, monkeypatch, admins
):
    def fail(*args, **kwargs):
        g, f = NAMES[50]
        try:
            int(g)
        except ValueError as error:
            raise LookupError(f"{g} {f}") from error

    monkeypatch.setattr("profiles.rosters.tables.CsvTable.rows", fail)
    client = Client(raise_request_exception=False)
    client.force_login(coordinator)
    upload = SimpleUploadedFile("roster.zip", zipped(sets()["1.1"]))
    page = client.post("/imports/new/roster/", {"roster-file": upload})
    assert page.status_code == 500
    assert WITHHELD in mailoutbox[0].body
    assert f"LookupError {WITHHELD}" in logged(caplog)
    ImportRun.objects.all().delete()
    continue_imports()
    nowhere(watched, caplog, mailoutbox, page.content.decode())


def test_no_student_s_name_stays_in_what_a_refused_command_prints(
    watched, district, tmp_path, caplog, mailoutbox
):
    printed = io.StringIO()
    for number, files in enumerate(dirty(sets()["1.1"])):
        path = tmp_path / f"{number}.zip"
        path.write_bytes(zipped(files))
        with pytest.raises(CommandError):
            call_command("import_roster", path, stdout=printed, stderr=printed)
    nowhere(watched, caplog, mailoutbox, printed.getvalue())

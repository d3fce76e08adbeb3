from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from profiles import import_views, uploads
from profiles.models import ImportRun, RosterProfile, School, Teacher, Ticket, TicketSource
from profiles.rosters import uploading as rostering
from profiles.tasks import continue_imports
from profiles.tickets import importing

from .rosters.conftest import SHARED, USERS_1_1, files_of, zipped

pytestmark = pytest.mark.django_db

TICKETS = (
    "Nr,Who,Opened,Subject\n"
    "1,nora.new@example.org,2026-09-01,Cast my screen\n"
    "2,nora.new@example.org,2026-09-02,Kanary Bird\n"
    "3,stranger@example.org,2026-09-03,Kanary Bird\n"
)
COLUMNS = {
    "external_id": "Nr",
    "requester": "Who",
    "opened": "Opened",
    "subject": "Subject",
    "address": "https://help.example.org/{id}",
}


@pytest.fixture(autouse=True)
def data(settings, tmp_path):
    settings.DATA = tmp_path / "data"
    return settings.DATA


@pytest.fixture
def client(signed_in, coordinator):
    return signed_in(coordinator)


def send(client, kind: str, content: bytes | str, name: str = "kanary.zip", **fields):
    content = content.encode() if isinstance(content, str) else content
    file = SimpleUploadedFile(name, content)
    fields = {f"{kind}-{field}": value for field, value in fields.items()}
    return client.post(f"/imports/new/{kind}/", {f"{kind}-file": file, **fields})


def roster(**changes) -> bytes:
    return zipped(files_of("1.1") | changes)


def kept_files(data) -> list[str]:
    folder = data / "uploads"
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def test_roster_is_checked_then_applied_with_one_button(client, coordinator, data):
    answer = send(client, "roster", roster())
    run = ImportRun.objects.get()
    assert (answer.status_code, answer.url) == (302, f"/imports/{run.pk}/")
    assert (run.state, run.by, Teacher.objects.count()) == ("checked", coordinator, 0)
    page = client.get(answer.url).content.decode()
    assert "3 teachers: 3 would be new" in page
    assert "users.csv, line 4, column email" in page
    assert kept_files(data) == [f"{run.pk}/file", f"{run.pk}/options.json"]

    answer = client.post(f"/imports/{run.pk}/apply/")
    assert answer.url == f"/imports/{run.pk}/"
    run.refresh_from_db()
    assert (run.state, Teacher.objects.count(), School.objects.count()) == ("applied", 3, 2)
    assert "3 teachers: 3 new" in client.get(answer.url).content.decode()
    assert kept_files(data) == []


def test_upload_is_private_and_its_name_forgotten(client, data):
    send(client, "roster", roster())
    run = ImportRun.objects.get()
    place = data / "uploads" / str(run.pk)
    assert [oct(p.stat().st_mode)[-3:] for p in (place.parent, place, place / "file")] == [
        "700",
        "700",
        "600",
    ]
    assert "kanary" not in repr(ImportRun.objects.values().get())
    assert "kanary" not in (place / "options.json").read_text()


@pytest.mark.parametrize(
    ("kind", "content", "words"),
    [
        ("roster", b"", "The file is no zip, or a broken one"),
        ("roster", b"no zip", "The file is neither a zip nor a table"),
        ("roster", b"PK\x03\x04", "The file is no zip, or a broken one"),
        ("roster", "email,name\n".encode("utf-16"), "The file is not UTF-8 but UTF-16"),
        ("roster", b"email,e-mail,EMAIL\n", "Columns 1 and 3 of the header have the same name"),
        (
            "roster",
            roster(**{"users.csv": USERS_1_1.replace("2", "\0", 1)}),
            "A NUL character stands on this line",
        ),
        (
            "roster",
            roster(**{"users.csv": USERS_1_1.encode().replace(b"Omar", b"\xff")}),
            "The line is not UTF-8",
        ),
        (
            "roster",
            roster(**{"enrollments.csv": SHARED["enrollments.csv"].replace(",role,", ",rl,")}),
            "A required column is missing",
        ),
        ("catalogue", b"", "Nothing was written"),
        ("catalogue", b"{]", "Nothing was written"),
    ],
)
def test_bad_upload_gets_a_readable_page_and_leaves_its_report_alone(
    client, coordinator, data, kind, content, words
):
    answer = send(client, kind, content)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "Nothing was written" in answer.content.decode()
    assert not Teacher.objects.exists()
    assert kept_files(data) == []
    run = ImportRun.objects.get()
    digest = hashlib.sha256(content).hexdigest()
    assert (run.state, run.by, run.content_hash) == ("refused", coordinator, digest)
    page = client.get(f"/imports/{run.pk}/").content.decode()
    assert words in page
    assert "Refused, nothing written" in client.get("/imports/").content.decode()


def test_upload_ten_times_too_large_is_refused_unread(client, settings, data):
    settings.IMPORT_MAX_BYTES = 1024 * 1024
    answer = send(client, "tickets", b"x" * 10 * 1024 * 1024, source="Desk")
    assert answer.status_code == 422
    assert "It has 10 MB, more than the 1 MB that can be uploaded" in answer.content.decode()
    assert not ImportRun.objects.exists()


def test_upload_without_a_file_says_so(client):
    answer = client.post("/imports/new/roster/", {})
    assert answer.status_code == 422
    assert "This field is required" in answer.content.decode()


def test_tickets_ask_for_columns_then_check_and_apply(client, new_teacher, screen_sharing, data):
    answer = send(client, "tickets", TICKETS, "t.csv", source="Desk")
    run = ImportRun.objects.get()
    assert answer.url == f"/imports/{run.pk}/columns/"
    page = client.get(answer.url).content.decode()
    assert "2026-09-01 · 2026-09-02 · 2026-09-03" in page
    assert "Kanary" not in page
    assert client.get(f"/imports/{run.pk}/").url == answer.url
    client.post(f"/imports/{run.pk}/apply/")  # pressed too soon, on a page of before
    run.refresh_from_db()
    assert run.state == "checked"

    assert client.post(answer.url, {"external_id": "Nr"}).status_code == 422
    answer = client.post(answer.url, COLUMNS)
    assert answer.url == f"/imports/{run.pk}/"
    page = client.get(answer.url).content.decode()
    assert "3 rows: 2 of teachers here, 1 left out." in page
    assert "Kanary" not in page
    assert not (Ticket.objects.exists() or TicketSource.objects.exists())

    client.post(f"/imports/{run.pk}/apply/")
    source = TicketSource.objects.get()
    assert (source.name, source.address_template) == ("Desk", "https://help.example.org/{id}")
    assert source.columns == {k: v for k, v in COLUMNS.items() if k != "address"}
    kept = Ticket.objects.order_by("external_id").values_list("external_id", "skill", "address")
    assert list(kept) == [
        ("1", screen_sharing.pk, "https://help.example.org/1"),
        ("2", None, "https://help.example.org/2"),
    ]
    assert kept_files(data) == []


def test_saved_columns_are_filled_in_the_next_time(client, new_teacher):
    TicketSource.objects.create(name="Desk", columns={"external_id": "Opened", "requester": "Gone"})
    send(client, "tickets", TICKETS, "t.csv", source="Desk")
    page = client.get(f"/imports/{ImportRun.objects.get().pk}/columns/")
    assert page.context["form"].initial == {
        "external_id": "Opened",
        "opened": "Opened",
        "subject": "Subject",
        "address": "",
    }


def test_order_of_dates_is_asked_with_a_preview_and_saved(client, new_teacher):
    export = b"Nr,Email,Opened,Subject\n1,nora.new@example.org,1/5/26 3:05 PM,Kanary\n"
    answer = send(client, "tickets", export, "t.csv", source="Desk")
    page = client.get(answer.url).content.decode()
    assert "Month first: 1/5/26 3:05 PM is 5 January 2026, 15:05" in page
    columns = {"external_id": "Nr", "requester": "Email", "opened": "Opened", "subject": "Subject"}
    assert client.post(answer.url, columns).status_code == 422  # nobody guesses
    client.post(answer.url, columns | {"date_order": "dmy"})
    client.post(f"/imports/{ImportRun.objects.get().pk}/apply/")
    assert Ticket.objects.get().opened_at == datetime(2026, 5, 1, 19, 5, tzinfo=UTC)
    assert TicketSource.objects.get().date_order == "dmy"
    again = send(client, "tickets", export, "t.csv", source="Desk")
    assert client.get(again.url).context["form"].initial["date_order"] == "dmy"


@pytest.mark.parametrize("address", ["javascript:alert(1)//{id}", "https://help.example.org/"])
def test_address_must_be_one_and_hold_the_number(client, address):
    send(client, "tickets", TICKETS, "t.csv", source="Desk")
    pk = ImportRun.objects.get().pk
    answer = client.post(f"/imports/{pk}/columns/", COLUMNS | {"address": address})
    assert answer.status_code == 422
    assert "put {id} where the number stands" in answer.content.decode()


def test_long_import_goes_on_in_the_background(client, new_teacher, monkeypatch, data):
    monkeypatch.setattr(importing, "CHUNK", 1)
    monkeypatch.setattr(import_views, "SECONDS_IN_A_REQUEST", 0.0)
    send(client, "tickets", TICKETS, "t.csv", source="Desk")
    pk = ImportRun.objects.get().pk
    client.post(f"/imports/{pk}/columns/", COLUMNS)
    client.post(f"/imports/{pk}/apply/")
    run = ImportRun.objects.get()
    assert (run.state, run.cursor, Ticket.objects.count()) == ("running", 1, 1)
    page = client.get(f"/imports/{pk}/").content.decode()
    assert "1 of 3 rows are written." in page
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in page
    assert continue_imports() == 1
    run.refresh_from_db()
    assert (run.state, run.cursor, Ticket.objects.count()) == ("applied", 3, 2)
    assert (kept_files(data), continue_imports()) == ([], 0)


def test_large_roster_is_checked_and_applied_in_the_background(client, monkeypatch, data):
    monkeypatch.setattr(import_views, "LARGEST_AT_ONCE", 10)
    answer = send(client, "roster", roster())
    run = ImportRun.objects.get()
    pk = run.pk
    assert (answer.url, run.state) == (f"/imports/{pk}/", "checking")
    page = client.get(answer.url).content.decode()
    assert "Your file is being checked" in page
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in page
    uploads.note(run, "5,000 rows read", 5000, 20000)
    page = client.get(answer.url).content.decode()
    assert "5,000 rows read" in page
    assert "width:25%" in page
    assert client.post(f"/imports/{pk}/apply/").url == answer.url
    assert Teacher.objects.count() == 0
    assert continue_imports() == 1
    assert ImportRun.objects.get().state == "checked"
    assert "3 teachers: 3 would be new" in client.get(answer.url).content.decode()
    client.post(f"/imports/{pk}/apply/")
    assert (ImportRun.objects.get().state, Teacher.objects.count()) == ("running", 0)
    continue_imports()
    assert (ImportRun.objects.get().state, Teacher.objects.count()) == ("applied", 3)


def test_pressing_apply_twice_applies_once(client):
    send(client, "roster", roster())
    pk = ImportRun.objects.get().pk
    client.post(f"/imports/{pk}/apply/")
    applied = ImportRun.objects.values().get()
    assert client.post(f"/imports/{pk}/apply/").url == f"/imports/{pk}/"
    assert ImportRun.objects.values().get() == applied


def test_many_departures_ask_for_a_yes(client):
    send(client, "roster", roster())
    client.post(f"/imports/{ImportRun.objects.get().pk}/apply/")
    users = "\n".join(line for line in USERS_1_1.split("\n") if line[:3] not in ("u2,", "u3,"))
    send(client, "roster", roster(**{"users.csv": users}))
    pk = ImportRun.objects.first().pk
    page = client.get(f"/imports/{pk}/").content.decode()
    assert "2 of 3 active teachers are not in this file" in page
    assert "Who would be gone (2)" in page
    assert page.index("Omar Old") > page.index("Who would be gone")
    assert "Lone Teacher" in page
    answer = client.post(f"/imports/{pk}/apply/")
    assert answer.status_code == 422
    assert "Tick this first" in answer.content.decode()
    assert Teacher.objects.active().count() == 3
    client.post(f"/imports/{pk}/apply/", {"confirm": "1"})
    assert Teacher.objects.active().count() == 1


def test_left_upload_is_deleted_with_its_run(client, data):
    send(client, "roster", roster())
    answer = client.post(f"/imports/{ImportRun.objects.get().pk}/leave/", follow=True)
    assert "The file is deleted. Nothing was changed." in answer.content.decode()
    assert (kept_files(data), ImportRun.objects.count()) == ([], 0)


def test_applied_import_can_not_be_left(client):
    send(client, "roster", roster())
    pk = ImportRun.objects.get().pk
    client.post(f"/imports/{pk}/apply/")
    client.post(f"/imports/{pk}/leave/")
    assert ImportRun.objects.get().state == "applied"


def test_upload_waits_an_hour_at_most(client, data):
    send(client, "roster", roster())
    now = timezone.now()
    uploads.sweep(now=now + timedelta(minutes=59))
    assert len(kept_files(data)) == 2
    uploads.sweep(now=now + timedelta(minutes=61))
    assert (kept_files(data), ImportRun.objects.count()) == ([], 0)


def test_sweep_deletes_what_no_run_stands_for(client, data):
    stray = uploads.folder() / "999"
    stray.mkdir()
    (stray / "file").write_text("x")
    uploads.sweep(now=timezone.now())
    assert kept_files(data) == []


def test_upload_that_arrives_while_a_sweep_looks_into_the_folder_stays(
    coordinator, monkeypatch, data
):
    def arrive_and_look(place):
        monkeypatch.undo()
        uploads.keep(
            [b"x"], kind=uploads.KINDS["roster"], options={}, by=coordinator, now=timezone.now()
        )
        yield from place.iterdir()

    folder = uploads.folder()
    monkeypatch.setattr(uploads, "folder", lambda: folder)
    monkeypatch.setattr(Path, "iterdir", arrive_and_look)
    uploads.sweep(now=timezone.now())
    pk = ImportRun.objects.get().pk
    assert kept_files(data) == [f"{pk}/file", f"{pk}/options.json"]


def test_import_that_hangs_for_an_hour_is_stopped(client, new_teacher, monkeypatch, data):
    monkeypatch.setattr(import_views, "LARGEST_AT_ONCE", 10)
    send(client, "roster", roster())
    pk = ImportRun.objects.get().pk
    continue_imports()
    client.post(f"/imports/{pk}/apply/")
    uploads.sweep(now=timezone.now() + timedelta(minutes=61))
    assert (ImportRun.objects.get().state, kept_files(data)) == ("stopped", [])
    assert "Bring the same file in again" in client.get(f"/imports/{pk}/").content.decode()


def test_file_that_stops_being_right_is_refused_when_applied(client, data, monkeypatch):
    send(client, "roster", roster())
    pk = ImportRun.objects.get().pk
    (data / "uploads" / str(pk) / "file").write_bytes(b"damaged")
    client.post(f"/imports/{pk}/apply/")
    run = ImportRun.objects.get()
    assert (run.state, run.problems[0]["rule"]) == (
        "refused",
        "the file is neither a zip nor a table with a header of several columns",
    )
    assert (kept_files(data), Teacher.objects.count()) == ([], 0)


def test_history_names_who_when_and_what_and_pages(client, coordinator, django_assert_num_queries):
    def history(rows: int):
        ImportRun.objects.all().delete()
        ImportRun.objects.bulk_create(
            ImportRun(
                kind="roster",
                state="applied",
                by=coordinator,
                content_hash=f"{n:064d}",
                counts=json.loads(
                    '{"teachers": 3, "new": 3, "changed": 0, "back": 0, "left": 0, "schools": 2,'
                    ' "schools changed": 2, "terms": 3, "terms changed": 3}'
                ),
            )
            for n in range(rows)
        )

    for rows in (1, 3):
        history(rows)
        client.get("/imports/")
        with django_assert_num_queries(8):
            page = client.get("/imports/").content.decode()
        assert page.count("3 teachers: 3 new") == rows
        assert "Carl Coordinator" in page
    history(21)
    assert "1 to 20 of 21 imports" in client.get("/imports/").content.decode()
    assert client.get("/imports/?page=2").content.decode().count("3 teachers: 3 new") == 1


@pytest.mark.parametrize("who", ["new_teacher", "coach", "leader"])
def test_imports_are_the_coordinator_s_alone(client, signed_in, who, request):
    send(client, "roster", roster())
    pk = ImportRun.objects.get().pk
    other = signed_in(request.getfixturevalue(who))
    addresses = ["/imports/", f"/imports/{pk}/", f"/imports/{pk}/columns/"]
    assert [other.get(address).status_code for address in addresses] == [403, 403, 403]
    posts = ["/imports/new/roster/", f"/imports/{pk}/apply/", f"/imports/{pk}/leave/"]
    assert [other.post(address).status_code for address in posts] == [403, 403, 403]
    assert ImportRun.objects.get().state == "checked"


LIST = """\
Kennung,Wer,Haus,Klassen
nora.new@example.org,Nora New,East Middle,6-8
omar.old@example.org,Omar Old,North High,"9, 10"
"""
LIST_COLUMNS = {"name": "HR list", "email": "Kennung", "full_name": "Wer", "school": "Haus"}


def test_list_of_teachers_asks_for_its_columns_and_saves_them(client, data):
    answer = send(client, "roster", LIST, "kanary.csv")
    run = ImportRun.objects.get()
    assert answer.url == f"/imports/{run.pk}/columns/"
    page = client.get(answer.url).content.decode()
    assert "nora.new@example.org · omar.old@example.org" in page
    assert client.get(f"/imports/{run.pk}/").url == answer.url
    page = client.post(answer.url, {"name": "HR list", "school": "Haus"})
    assert page.status_code == 422
    assert "Still missing: Email address or Number of the teacher; Last name or" in (
        page.content.decode()
    )
    answer = client.post(answer.url, LIST_COLUMNS)
    assert answer.url == f"/imports/{run.pk}/"
    assert "2 teachers: 2 would be new" in client.get(answer.url).content.decode()
    assert not RosterProfile.objects.exists()
    client.post(f"/imports/{run.pk}/columns/", LIST_COLUMNS | {"grades": "Klassen"})
    client.post(f"/imports/{run.pk}/apply/")
    assert [(t.email, t.grades) for t in Teacher.objects.order_by("pk")] == [
        ("nora.new@example.org", ["06", "07", "08"]),
        ("omar.old@example.org", ["09", "10"]),
    ]
    assert (kept_files(data), RosterProfile.objects.get().name) == ([], "HR list")
    assert "kanary" not in repr(list(ImportRun.objects.values()))

    send(client, "roster", LIST, "next.csv")
    form = client.get(f"/imports/{ImportRun.objects.first().pk}/columns/").context["form"]
    assert form.initial == {
        "name": "HR list",
        "email": "Kennung",
        "full_name": "Wer",
        "school": "Haus",
        "grades": "Klassen",
    }


def test_roster_in_a_known_format_has_no_screen_for_columns(client):
    send(client, "roster", roster())
    pk = ImportRun.objects.get().pk
    assert client.get(f"/imports/{pk}/columns/").status_code == 404


def test_large_file_that_is_refused_in_the_background_says_so_on_its_page(
    client, monkeypatch, data
):
    monkeypatch.setattr(import_views, "LARGEST_AT_ONCE", 10)
    send(client, "roster", roster(**{"users.csv": USERS_1_1 + "u9,,\n"}))
    pk = ImportRun.objects.get().pk
    continue_imports()
    run = ImportRun.objects.get()
    assert (run.state, kept_files(data)) == ("refused", [])
    assert "users.csv, line 9" in client.get(f"/imports/{pk}/").content.decode()


def test_upload_left_while_it_is_checked_does_not_come_back(client, monkeypatch, data):
    monkeypatch.setattr(import_views, "LARGEST_AT_ONCE", 10)
    send(client, "roster", roster())
    run = ImportRun.objects.get()
    waiting = uploads.find(run)

    def leave_then_check(upload, now):
        report = rostering.check(upload, now)
        uploads.leave(run)
        return report

    kind = replace(uploads.KINDS["roster"], check=leave_then_check)
    monkeypatch.setitem(uploads.KINDS, "roster", kind)
    uploads.check(waiting, now=timezone.now())
    assert (ImportRun.objects.count(), kept_files(data)) == (0, [])

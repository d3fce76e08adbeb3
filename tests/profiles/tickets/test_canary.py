"""Five hundred invented students in everything a ticket can hold: none is found anywhere after."""

from __future__ import annotations

import csv
import io
import logging

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client

from pdplanner.__main__ import main
from profiles.error_reports import WITHHELD
from profiles.models import ImportRun, Ticket
from profiles.tasks import continue_imports
from profiles.tickets.deriving import TicketReader

from ..canary import NAMES, admins, exports, found_in, logged, nowhere, payloads, watched

__all__ = ["admins", "payloads", "watched"]

pytestmark = pytest.mark.django_db

HEADER = [
    *("number", "requester_email", "opened_at", "resolved_at", "category", "subject", "body"),
    *("subcategory", "asset", "Student", "Guardian", "Attachment"),
]
COLUMNS = {
    "external_id": "number",
    "requester": "requester_email",
    "opened": "opened_at",
    "resolved": "resolved_at",
    "category": "category",
    "subject": "subject",
    "body": "body",
    "subcategory": "subcategory",
    "asset": "asset",
}
WORDS = ("marks of", "sync grades for", "password of", "can't cast the screen with")


def table(**changed: str) -> str:
    """Return an export of 500 tickets, a student in each; `changed` names columns whose cells hold
    another name instead."""
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(HEADER)
    for number, (given, family) in enumerate(NAMES):
        cells = {
            "number": str(number),
            "requester_email": ("nora.new@example.org", f"{given}.{family}@students.example.org")[
                number % 2
            ],
            "opened_at": "2026-09-01T08:30",
            "resolved_at": "2026-09-02",
            # Where a list was meant, people type: a name alone, and a sentence.
            "category": f"{family}, {given}" if number % 30 == 2 else "Grades",
            "subject": f"{WORDS[number % 4]} {given} {family}",
            "body": f"{given} {family}, {family}@students.example.org, can't sync grades",
            "subcategory": f"{given} can't see the marks" if number % 30 == 4 else "Sync",
            "asset": f"Chromebook of {given}",
            "Student": f"{given} {family}",
            "Guardian": family,
            "Attachment": f"{family}, {given}.pdf",
        }
        if number == 7:
            cells |= dict.fromkeys(changed, f"{given} {family}")
        rows.writerow(cells.values())
    return out.getvalue()


def named_file(folder, number: int, text: str):
    """Write an export under a student's name."""
    given, family = NAMES[number]
    path = folder / f"{given} {family}.csv"
    path.write_text(text)
    return path


def send(client: Client, text: str, number: int):
    """Upload an export under a student's name, say its columns, and return what came of it."""
    given, family = NAMES[number]
    upload = SimpleUploadedFile(f"{given} {family}.csv", text.encode())
    content = {"tickets-file": upload, "tickets-source": "Help desk"}
    asks = client.post("/imports/new/tickets/", content)
    # What the coordinator is shown there, to know the columns by, is shown and not kept.
    return client.post(asks["Location"], COLUMNS, follow=True)


def fail_reading(self, row):
    """Quote what was read, as a library might, out of another error that does."""
    words = f"can't make sense of {row.subject!r}"
    try:
        int(row.body)
    except ValueError as error:
        error.add_note(row.subject)
        raise RuntimeError(words) from error


def test_no_student_s_name_stays_after_exports_from_the_command_line(
    watched, new_teacher, coordinator, grade_sync, tmp_path, caplog, mailoutbox
):
    printed = io.StringIO()
    said = {"stdout": printed, "stderr": printed}
    path = named_file(tmp_path, 1, table())
    call_command("import_tickets", path, dry_run=True, **said)
    call_command("import_tickets", path, **said)
    assert Ticket.objects.count() == 250
    assert Ticket.objects.filter(category="").count() == 17
    assert Ticket.objects.filter(subcategory="").count() == 17
    for number, column in enumerate(("opened_at", "resolved_at")):
        path = named_file(tmp_path, 2 + number, table(**{column: "a name"}))
        with pytest.raises(CommandError):
            call_command("import_tickets", path, **said)
    for number, column in enumerate(("Student", "Guardian", "subject")):
        path = named_file(tmp_path, 6 + number, table())
        for name in ("category", "subcategory"):
            pairs = f"external_id=number,requester=requester_email,opened=opened_at,{name}={column}"
            with pytest.raises(CommandError, match=r"^1 error\. Nothing was written"):
                call_command("import_tickets", path, pairs=pairs, **said)
    pages = exports(new_teacher.user, coordinator)
    nowhere(watched, caplog, mailoutbox, printed.getvalue(), *pages)


def test_no_student_s_name_stays_in_what_a_failing_command_prints(
    watched, new_teacher, tmp_path, monkeypatch, capsys, caplog, mailoutbox
):
    # A command sets up logs of its own and hangs up at its end; here the test is still on the line.
    monkeypatch.setattr("django.setup", lambda: None)
    monkeypatch.setattr("django.db.connections.close_all", lambda: None)
    monkeypatch.setattr(TicketReader, "read", fail_reading)
    path = named_file(tmp_path, 4, table())
    assert main(["import-tickets", str(path)]) == 1
    told = "".join(capsys.readouterr())
    assert f"RuntimeError {WITHHELD}" in told
    assert "in fail_reading" in told
    # The path is what was typed; nothing else may name anybody.
    nowhere(watched, caplog, mailoutbox, told.replace(str(path), ""))


def test_no_student_s_name_stays_after_uploads(
    watched,
    new_teacher,
    coordinator,
    coach,
    grade_sync,
    caplog,
    mailoutbox,
    payloads,
    monkeypatch,
    django_capture_on_commit_callbacks,
):
    client = Client()
    client.force_login(coordinator)
    pages = []

    def sent(text: str, number: int) -> ImportRun:
        with django_capture_on_commit_callbacks(execute=True):
            page = send(client, text, number)
        assert page.status_code in (200, 422)
        pages.append(page.content.decode())
        return ImportRun.objects.first()

    run = sent(table(), 10)
    assert run.state == "checked", run.problems
    with django_capture_on_commit_callbacks(execute=True):
        pages.append(client.post(f"/imports/{run.pk}/apply/", follow=True).content.decode())
    run.refresh_from_db()
    assert (run.state, Ticket.objects.count()) == ("applied", 250)
    for number, column in enumerate(("opened_at", "resolved_at")):
        assert sent(table(**{column: "a name"}), 11 + number).state == "refused"
    monkeypatch.setattr("profiles.import_views.LARGEST_AT_ONCE", 10)
    run = sent(table(), 13)
    assert run.state == "checking"
    continue_imports()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/imports/{run.pk}/apply/")
    continue_imports()
    run.refresh_from_db()
    assert run.state == "applied"
    assert [line.split()[0] for line in payloads] == ["profiles.tasks.continue_imports"]
    pages += exports(new_teacher.user, coordinator, coach)
    nowhere(watched, caplog, mailoutbox, *pages, *payloads)


def test_no_student_s_name_stays_in_reports_of_errors(
    watched,
    new_teacher,
    coordinator,
    caplog,
    mailoutbox,
    monkeypatch,
    settings,
    admins,
):
    """In the log, in the mail to whoever runs the site, and on the page of a site in debug mode."""
    client = Client(raise_request_exception=False)
    client.force_login(coordinator)
    monkeypatch.setattr(TicketReader, "read", fail_reading)
    pages = []
    for is_debug in (False, True):
        settings.DEBUG = is_debug
        page = send(client, table(), 20)
        assert page.status_code == 500
        pages.append(page.content.decode())
    settings.DEBUG = False
    assert WITHHELD in pages[1]
    assert "requester" in pages[1]
    (mail,) = mailoutbox
    assert WITHHELD in mail.body
    assert "fail_reading" in mail.alternatives[0][0]
    # What a coordinator left behind waits in a private folder for an hour at most.
    ImportRun.objects.all().delete()
    continue_imports()
    nowhere(watched, caplog, mailoutbox, *pages)


def test_no_student_s_name_stays_in_the_worker_s_log(
    watched, new_teacher, coordinator, caplog, mailoutbox, monkeypatch
):
    client = Client()
    client.force_login(coordinator)
    monkeypatch.setattr("profiles.import_views.LARGEST_AT_ONCE", 10)
    send(client, table(), 21)
    monkeypatch.setattr(TicketReader, "read", fail_reading)
    monkeypatch.setattr("pdplanner.management.commands.work.close_old_connections", lambda: None)
    printed = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("work", "--once", stderr=printed)
    assert continue_imports.apply(throw=False).state == "FAILURE"  # as a Celery worker does
    assert "“go on with imports” failed, 1 times in a row" in caplog.text
    text = logged(caplog)
    assert "celery.app.trace: Task profiles.tasks.continue_imports" in text
    assert text.count(f"RuntimeError {WITHHELD}") == 2
    assert found_in(caplog.text) != set()  # as anybody else's lines would have it
    monkeypatch.undo()
    ImportRun.objects.all().delete()
    continue_imports()
    nowhere(watched, caplog, mailoutbox, printed.getvalue())


def test_log_says_all_that_went_wrong_elsewhere():
    from profiles.error_reports import QuietFormatter

    try:
        raise ValueError("no such seat")
    except ValueError as error:
        info = (ValueError, error, error.__traceback__)
    record = logging.LogRecord("x", logging.ERROR, __file__, 1, "It failed", (), info)
    assert QuietFormatter().format(record).endswith("ValueError: no such seat")

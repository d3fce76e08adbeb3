"""Five hundred invented names of students, and how to look for them everywhere."""

from __future__ import annotations

import logging
import random
import re
from pathlib import Path

import pytest
from celery import current_app
from celery.signals import before_task_publish
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils.log import AdminEmailHandler

from profiles.error_reports import QuietFormatter

STUDENTS = 500
START = ("Zu", "Qua", "Vri", "Xo", "Jya", "Wlo", "Pfe", "Tsu", "Gho", "Kna")
MIDDLE = ("vet", "brin", "lox", "zam", "quil", "dref", "mub", "nyx", "porl", "gath")
END = ("ashu", "ilk", "oroz", "ewa", "unto", "ypse", "amul", "ikko", "erdo", "obli")


def invented() -> list[tuple[str, str]]:
    """Return five hundred given and family names that stand for nobody, each once."""
    words = [f"{a}{b}{c}" for a in START for b in MIDDLE for c in END]
    random.Random(500).shuffle(words)
    return [(words[2 * n], words[2 * n + 1]) for n in range(STUDENTS)]


NAMES = invented()
WORDS = {word.casefold() for pair in NAMES for word in pair}


def found_in(text: str) -> set[str]:
    """Return the names that stand in a text."""
    return WORDS & set(re.findall(r"[a-z]+", text.casefold()))


def in_database() -> dict[str, set[str]]:
    """Return table -> names, of every table of the database."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            if names := found_in(repr(cursor.fetchall())):
                found[table] = names
    return found


def in_files(folder: Path) -> dict[str, set[str]]:
    found = {}
    for path in folder.rglob("*"):
        names = found_in(str(path.relative_to(folder)))
        if path.is_file():
            names |= found_in(path.read_bytes().decode("latin-1"))
        if names:
            found[str(path)] = names
    return found


@pytest.fixture
def watched(settings, tmp_path, caplog):
    """Give a data folder of its own and a memory of everything that is logged, down to debug."""
    settings.DATA = tmp_path / "data"
    caplog.set_level(logging.DEBUG)
    caplog.handler.setLevel(logging.DEBUG)
    return settings.DATA


def logged(caplog) -> str:
    """Return the log as the site writes it, down to debug.

    SQL in the log of the database's own driver is what the tables show.
    """
    form = QuietFormatter("{levelname} {name}: {message}", style="{")
    return "\n".join(
        form.format(record) for record in caplog.records if not record.name.startswith("django.db")
    )


def nowhere(data: Path, caplog, mailoutbox, *pages: str) -> None:
    """Fail when any of the names is in a table, a log, a mail, the cache, a file or a page."""
    assert in_database() == {}
    assert in_files(data) == {}
    assert found_in(logged(caplog)) == set()
    letters = "\n".join(mail.message().as_string() for mail in mailoutbox)
    bodies = [(mail.subject, mail.body, getattr(mail, "alternatives", ())) for mail in mailoutbox]
    assert found_in(f"{letters}\n{bodies!r}") == set()
    assert found_in(repr(getattr(cache, "_cache", {}))) == set()
    assert found_in("\n".join(pages)) == set()


@pytest.fixture
def admins(settings, monkeypatch):
    """Let errors be mailed to somebody, with the page that holds every frame."""
    settings.ADMINS = [("Ada", "ada@example.org")]
    (handler,) = [
        one for one in logging.getLogger("django").handlers if isinstance(one, AdminEmailHandler)
    ]
    monkeypatch.setattr(handler, "include_html", True)


@pytest.fixture
def payloads(settings, monkeypatch):
    """What goes to the broker, message by message: bodies and headers."""
    sent: list[str] = []

    def note(sender=None, headers=None, body=None, **kwargs):
        sent.append(f"{sender} {headers!r} {body!r}")

    settings.CELERY_BROKER_URL = "memory://"
    monkeypatch.setitem(current_app.conf, "broker_url", "memory://")
    before_task_publish.connect(note)
    yield sent
    before_task_publish.disconnect(note)


def exports(*people) -> list[str]:
    """Return all that these people can download."""
    addresses = (
        "/my-data/",
        "/my-data/download/",
        "/path/noticed/tickets/",
        "/completion/people.csv",
        "/completion/schools.csv",
        "/completion/sessions.csv",
        "/forecast/figures.json",
        "/imports/",
        "/help-desks/",
        "/admin/desk/unsorted/",
        "/admin/desk/unsorted/tickets/",
    )
    told = []
    for person in people:
        client = Client()
        client.force_login(person)
        for address in addresses:
            answer = client.get(address)
            if answer.status_code == 200:
                told.append(b"".join(answer).decode())
    return told

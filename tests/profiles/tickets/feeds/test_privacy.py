"""500 invented students, in everything that a help desk can say: none is found afterwards."""

from __future__ import annotations

import logging
import random

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import connection

from profiles.models import Ticket
from profiles.seals import Secret
from profiles.tickets.feeds.line import FeedProblem
from profiles.tickets.feeds.trying import try_feed

from ..servers import Faults
from ..servers.shapes import TOKEN
from .conftest import MAX, NORA, NOW

pytestmark = pytest.mark.django_db

STUDENTS = 500
FIRST = "Zorvath Quillim Brandelle Ysolde Fenwicke Gristobal Hyacintho Ulfrieda Pemberlyn Tavishka"
LAST = "Xanderquist Blorenthal Wyverstone Quagliotti Drizzlethorpe Mokrzewski Vantongeren Oyelarano"


def students() -> list[str]:
    """Return names that nothing else holds."""
    draw = random.Random(7)
    return [
        f"{draw.choice(FIRST.split())}{number} {draw.choice(LAST.split())}{number}"
        for number in range(STUDENTS)
    ]


def test_no_student_is_left_anywhere(
    new_teacher, mentor_teacher, grade_sync, kind, open_place, caplog, capsys, monkeypatch, settings
):
    names = students()
    caplog.set_level(logging.DEBUG)
    faults = Faults(seed=2, waits=0.005, drops=0.02, errors=0.01)
    place = open_place(kind, faults=faults, largest_page=100)
    words = ("marks of", "sync grades for", "password of", "can't find")
    for number, name in enumerate(names[::20]):
        others = names[number * 20 + 1 : number * 20 + 20]
        place.server.add(
            (NORA, MAX, f"{name.replace(' ', '.')}@students.example.org")[number % 3],
            subject=f"{words[number % 4]} {name}",
            body=f"{' and '.join(others)} {name} sync grades",
        )

    def with_names(ticket):
        extra = {"student": names[0], "custom_field_student": [names[1]], "assets": {names[2]: 1}}
        return ticket | extra

    place.server.drift = with_names
    place.sync_through()
    settings.FEED_PRIVATE_HOSTS = ["127.0.0.1"]
    place.feed.refresh_from_db()
    place.feed.token = Secret(TOKEN)
    place.feed.save()
    place.server.faults.waits = place.server.faults.errors = place.server.faults.drops = 0.0
    tried = try_feed(place.feed, clock=lambda: NOW)
    said = repr(tried)
    needed = {"id", "TicketId", "sys_id", "key"}
    place.server.drift = lambda ticket: (
        {n: v for n, v in ticket.items() if n in needed} | {"Subject": names[3]}
    )
    place.server.add(NORA, subject=names[3])
    with pytest.raises(FeedProblem) as problem:
        place.sync()
    said += repr(problem.value) + str(problem.value) + problem.exconly()

    assert Ticket.objects.count() > 15
    found = said + caplog.text + "".join(capsys.readouterr())
    found += "".join(f"{letter.subject}{letter.body}" for letter in mail.outbox)
    found += repr(getattr(cache, "_cache", ""))
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            found += repr(cursor.fetchall())
    parts = {part for name in names for part in name.split()}
    assert {part for part in parts if part in found} == set()
    assert TOKEN not in found

"""`pdplanner sync-tickets`, typed by hand."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command

from profiles.models import TicketFeed, TicketSource

from ..servers.shapes import TOKEN
from .conftest import NORA

pytestmark = pytest.mark.django_db


@pytest.fixture
def typed(monkeypatch):
    """Return a function that types the command and returns what it says."""
    monkeypatch.setenv("DESK_TOKEN", TOKEN)

    def say(**options) -> list[str]:
        out = io.StringIO()
        options = {"token_env": "DESK_TOKEN", "stdout": out, "stderr": io.StringIO()} | options
        call_command("sync_tickets", **options)
        return out.getvalue().splitlines()

    return say


@pytest.fixture
def desk(open_place, new_teacher):
    """A help desk that nobody has named yet, with one ticket of a teacher."""

    def begin(kind: str):
        server = open_place(kind).server
        TicketSource.objects.all().delete()
        server.add(NORA)
        return server

    return begin


READ = [
    "1 tickets read: 1 of teachers here, 0 left out.",
    "1 new, 0 changed, 0 there already, 0 deleted or merged.",
]


@pytest.mark.parametrize(
    ("slip", "said"),
    [
        (lambda right: right.replace("http://", ""), "The address has to start with https://"),
        (lambda right: "http://[x", "The address can't be read."),
        (lambda right: right + "1", "The address can't be read."),
        (lambda right: right.replace("127", "me:pw@127"), "more than a host and a path"),
        (lambda right: "http://127.0.0.1:9", "The help desk did not answer"),
        (lambda right: right + "/" + 300 * "x", "The address is too long."),
    ],
)
def test_address_with_a_slip_takes_no_name(desk, typed, slip, said):
    server = desk("rt")
    with pytest.raises(CommandError) as refused:
        typed(kind="rt", url=slip(server.address))
    assert said in str(refused.value)
    assert (TicketFeed.objects.count(), TicketSource.objects.count()) == (0, 0)
    assert typed(kind="rt", url=server.address) == READ


@pytest.mark.parametrize("token", ["1-28-abc…", "two\nlines", "caf\u00e9", "half\udc80"])
def test_token_that_can_not_be_sent_is_named(desk, typed, monkeypatch, token):
    server = desk("rt")
    monkeypatch.setenv("ODD_TOKEN", token)
    with pytest.raises(CommandError) as refused:
        typed(kind="rt", url=server.address, token_env="ODD_TOKEN")
    assert str(refused.value).startswith("The token holds a sign that no token has")
    assert TicketFeed.objects.count() == 0


def test_password_beside_an_account_may_hold_any_sign(desk, typed, monkeypatch):
    server = desk("servicenow")
    monkeypatch.setenv("ODD_TOKEN", "pässword…")
    with pytest.raises(CommandError) as refused:
        typed(kind="servicenow", url=server.address, token_env="ODD_TOKEN", account="me")
    assert "does not accept the token" in str(refused.value)


def test_application_token_comes_from_the_environment_and_is_not_kept(desk, typed, monkeypatch):
    server = desk("glpi")
    seen = []
    is_let_in = server.shape.is_let_in

    def watched(question) -> bool:
        seen.append(question.headers.get("app-token", ""))
        return is_let_in(question)

    monkeypatch.setattr(server.shape, "is_let_in", watched)
    monkeypatch.setenv("APP_TOKEN", "app-t0ken")
    with pytest.raises(CommandError, match="has no account beside its token"):
        typed(kind="glpi", url=server.address, account="app-t0ken")
    assert typed(kind="glpi", url=server.address, app_token_env="APP_TOKEN") == READ
    feed = TicketFeed.objects.get()
    assert (set(seen), feed.account, feed.sealed_app_token) == ({"app-t0ken"}, "", "")

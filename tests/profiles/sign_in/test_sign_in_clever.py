"""Signing in by Clever, against a server on this machine that answers as its API does."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from pdplanner.settings import sign_in
from profiles.sign_in.providers import CleverAdapter

pytestmark = pytest.mark.django_db

TEACHER = {
    "id": "clever-1",
    "email": "nora.new@example.org",
    "district": "d-1",
    "name": {"first": "Kanary", "last": "Bird"},
    "roles": {"teacher": {"legacy_id": "t-1", "credentials": {"district_username": "nora"}}},
}


class CleverShape(BaseHTTPRequestHandler):
    """The three calls of a sign-in."""

    def answer(self, body: dict) -> None:
        data = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.answer({"access_token": "token-of-the-tests"})

    def do_GET(self) -> None:
        record = self.server.record  # type: ignore[attr-defined]
        kind = next(iter(record["roles"]), "user")
        me = {"type": kind, "data": {"id": record["id"], "district": record["district"]}}
        self.answer(me if self.path.endswith("/me") else {"data": record})

    def log_message(self, *args) -> None:
        """Say nothing."""


@pytest.fixture
def clever(settings, monkeypatch) -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), CleverShape)
    server.record = TEACHER  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setattr(CleverAdapter, "access_token_url", f"{address}/oauth/tokens")
    monkeypatch.setattr(CleverAdapter, "identity_url", f"{address}/v3.0/me")
    monkeypatch.setattr(CleverAdapter, "user_details_url", f"{address}/v3.0/users")
    settings.SOCIALACCOUNT_PROVIDERS = sign_in.providers(
        {
            "PDPLANNER_SIGN_IN_CLEVER_ID": "pdplanner",
            "PDPLANNER_SIGN_IN_CLEVER_SECRET": "a secret of the tests",
            "PDPLANNER_SIGN_IN_CLEVER_DISTRICT": "d-1",
        }
    )
    yield server
    server.shutdown()
    server.server_close()


def come_in() -> tuple[Client, object]:
    client = Client()
    page = client.post("/accounts/clever/login/").content.decode()
    address = page.split('content="0;url=')[1].split('"')[0].replace("&amp;", "&")
    asked = parse_qs(urlsplit(address).query)
    assert address.startswith("https://clever.com/oauth/authorize?")
    assert set(asked["scope"][0].split()) == {"read:teachers", "read:user_id"}
    return client, client.get(
        f"/accounts/clever/login/callback/?code=c&state={asked['state'][0]}", follow=False
    )


def test_teacher_comes_in_by_clever(clever, new_teacher):
    client, page = come_in()
    assert (page.status_code, page["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(new_teacher.user_id)
    linked = SocialAccount.objects.values().get()
    assert (linked["provider"], linked["uid"], linked["extra_data"]) == ("clever", "clever-1", {})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"district": "d-2"}, "This account belongs elsewhere"),
        ({"roles": {"student": {"grade": "7"}}}, "Your account has no address"),
        ({"email": None}, "Your account has no address"),
        ({"email": "stranger@example.org"}, "We do not know this address"),
    ],
)
def test_others_are_refused_by_clever_s_word(clever, new_teacher, change, words):
    clever.record = TEACHER | change
    client, page = come_in()
    assert (page.status_code, words in page.content.decode()) == (403, True)
    assert "_auth_user_id" not in client.session
    assert not SocialAccount.objects.exists()


def test_clever_that_is_not_set_up_is_no_address(settings, db):
    settings.SOCIALACCOUNT_PROVIDERS = {}
    assert Client().post("/accounts/clever/login/").status_code == 404
    assert Client().get("/accounts/clever/login/callback/?code=c").status_code == 404

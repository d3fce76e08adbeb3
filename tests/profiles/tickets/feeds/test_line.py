"""The line: to the configured host alone, within limits, and with nothing of it in any message."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from profiles.seals import Secret
from profiles.tickets.feeds import line as lines
from profiles.tickets.feeds.line import (
    AskedToWait,
    Line,
    LineDropped,
    NotUnderstood,
    PrivateAddress,
    Refused,
    WrongAddress,
    host_of,
    is_public,
    seconds_of,
)

CANARY = "Kanary Bird"


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(lines, "FIRST_PAUSE", 0.0)
    monkeypatch.setattr(lines, "WORKERS_WAIT", 0.0)


@contextmanager
def raw_server(answer: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """Answer everything with these bytes; give the address and what was asked."""
    listener = socket.create_server(("127.0.0.1", 0))
    asked: list[bytes] = []

    def work() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                asked.append(connection.recv(65536))
                connection.sendall(answer)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", asked
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def http(status: str, body: bytes = b"", *headers: str) -> bytes:
    lines_of = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join([*lines_of, "", ""]).encode() + body


def ask(address: str, **options):
    line = Line(address, headers={"Authorization": "token s3cret"}, may_be_private=True, **options)
    try:
        return line.get("x", {"q": CANARY}).json
    finally:
        line.close()


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (http("302 Found", b"", "Location: https://elsewhere.example.net/"), WrongAddress),
        (http("401 No", CANARY.encode()), Refused),
        (http("400 No", CANARY.encode()), NotUnderstood),
        (http("429 Slow", CANARY.encode(), "Retry-After: 7"), AskedToWait),
        (http("500 Oh", CANARY.encode()), LineDropped),
        (http("200 OK", f"<html>{CANARY}".encode()), NotUnderstood),
        (http("200 OK", b'{"a": ["Kanary'), NotUnderstood),
        (http("200 OK", b"[" * 100_000), NotUnderstood),
        (http("200 OK", b'{"a": 1}')[:-3], LineDropped),
        (b"Kanary Bird\r\n\r\n", LineDropped),
        (b"", LineDropped),
    ],
)
def test_bad_answers_are_named_and_never_quoted(answer, problem):
    with raw_server(answer) as (address, _), pytest.raises(problem) as raised:
        ask(address)
    chain, error = "", raised.value
    while error is not None:
        chain += str(error)
        error = error.__cause__
    assert ("anary" in chain, "s3cret" in chain) == (False, False)
    assert raised.value.__suppress_context__ or raised.value.__context__ is None


def test_redirect_is_not_followed_even_to_the_same_host():
    with raw_server(http("307 Go", b"", "Location: /other")) as (address, asked):
        with pytest.raises(WrongAddress):
            ask(address)
        assert len(asked) == 1


def test_answer_larger_than_any_page_is_not_read_to_its_end(monkeypatch):
    monkeypatch.setattr(lines, "LARGEST_ANSWER", 1000)
    answer = http("200 OK", b"[" + b"1," * 100_000 + b"1]")
    with raw_server(answer) as (address, _), pytest.raises(NotUnderstood) as refused:
        ask(address)
    assert str(refused.value) == "The answer is larger than any page of tickets."


def test_dropped_line_is_tried_again_and_waiting_is_done_where_somebody_waits():
    waited: list[float] = []
    with raw_server(http("429 Slow", b"", "Retry-After: 400")) as (address, asked):
        with pytest.raises(AskedToWait):
            ask(address, wait=waited.append)
        assert (waited, len(asked)) == ([400.0, 400.0], 3)
    with raw_server(http("500 Oh")) as (address, asked):
        with pytest.raises(LineDropped):
            ask(address, wait=waited.append)
        assert len(asked) == lines.TRIES
        asked.clear()
        with pytest.raises(LineDropped):
            ask(address)
        assert len(asked) == lines.WORKERS_TRIES


def test_private_host_is_refused_unless_it_is_listed(settings):
    with raw_server(http("200 OK", b"[]")) as (address, asked):
        port = address.rpartition(":")[2]
        private = Line(f"https://localhost:{port}", headers={})
        with pytest.raises(PrivateAddress):
            private.get("x")
        assert asked == []
        settings.FEED_PRIVATE_HOSTS = ["localhost"]
        listed = Line(f"http://localhost:{port}", headers={})
        assert listed.get("x").json == []
        private.close()
        listed.close()


def test_name_that_turns_private_after_it_was_looked_at_is_refused(monkeypatch):
    """The address that is connected to is the address that is checked."""
    turns = iter(["93.184.215.14", "127.0.0.1"])

    def answer(host, port, **options):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(turns), port))]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    tried: list[tuple] = []
    monkeypatch.setattr(socket.socket, "connect", lambda self, place: tried.append(place) or no())

    def no():
        raise OSError("no route")

    line = Line("https://help.example.org", headers={})
    with pytest.raises(PrivateAddress):
        line.get("x")
    line.close()
    assert tried == [("93.184.215.14", 443)]


@pytest.mark.parametrize(
    ("address", "is_open"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f::1", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("::ffff:127.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
    ],
)
def test_addresses_off_the_open_internet_are_known(address, is_open):
    assert is_public(address) is is_open


@pytest.mark.parametrize(
    "address",
    [
        "ftp://help.example.org",
        "help.example.org",
        "http://help.example.org",
        "https://user:word@help.example.org",
        "https://help.example.org?x=1",
        "https://help.example.org:99999",
        "https://[::1",
        "javascript:alert(1)",
        "",
    ],
)
def test_addresses_that_are_none_are_refused(address):
    with pytest.raises(WrongAddress):
        host_of(address)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7.0), ("0", 1.0), ("99999", 3600.0), ("", 60.0), ("nan", 60.0), ("soon", 60.0)],
)
def test_wait_that_is_asked_for_is_kept_within_reason(header, seconds):
    assert seconds_of(header) == seconds


def test_wait_may_be_a_date():
    assert seconds_of("Mon, 01 Jan 2001 00:00:00 GMT") == 60.0


def test_proxies_and_netrc_of_the_surroundings_lead_nowhere(monkeypatch, tmp_path):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    with raw_server(http("200 OK", b"{}")) as (address, asked):
        assert ask(address) == {}
    assert b"authorization: token s3cret" in asked[0].lower()


def test_secret_shows_itself_nowhere():
    import pickle

    secret = Secret("s3cret")
    assert "s3cret" not in f"{secret} {secret!r} {[secret]}"
    with pytest.raises(TypeError):
        pickle.dumps(secret)

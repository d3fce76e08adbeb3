from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from profiles.models import FeedCall
from profiles.seals import Secret
from profiles.tickets.feeds.hooks import forget_old_calls, signature

from .conftest import NORA

pytestmark = pytest.mark.django_db

KEY = "k3y"


@pytest.fixture
def place(open_place, new_teacher):
    place = open_place("rt")
    place.feed.hook_key, place.feed.is_on = Secret(KEY), True
    place.feed.save()
    return place


@pytest.fixture
def call(place):
    def send(body=b'{"id": 7, "subject": "Kanary"}', *, key=KEY, at=None, header=None):
        at = int(timezone.now().timestamp()) if at is None else at
        return Client(enforce_csrf_checks=True).post(
            f"/help-desks/{place.feed.pk}/call/",
            body,
            content_type="application/json",
            headers={"X-Pdplanner-Signature": header or signature(key, body=body, at=at)},
        )

    return send


def test_call_passes_on_the_number_alone(call):
    assert call().status_code == 202
    assert list(FeedCall.objects.values_list("external_id", "read_at")) == [("7", None)]
    assert "anary" not in repr(list(FeedCall.objects.values()))


def test_call_counts_once_however_often_it_is_sent(call):
    at = int(timezone.now().timestamp())
    assert [call(at=at).status_code for _ in range(3)] == [202, 200, 200]
    assert FeedCall.objects.count() == 1


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"id": null}', b'{"id": true}', b'{"id": ["7"]}', b"7", b"\xff"]
)
def test_call_that_names_no_ticket_is_refused(call, body):
    assert (call(body).status_code, FeedCall.objects.count()) == (404, 0)


def test_call_with_a_long_body_or_number_is_refused(call):
    assert call(json.dumps({"id": "7" * 101}).encode()).status_code == 404
    assert call(json.dumps({"id": 7, "more": "x" * 5000}).encode()).status_code == 404


@pytest.mark.parametrize(
    "header", ["", "t=1", "v1=00", "t=x,v1=00", "t=-1,v1=00", "t=99999999999,v1=ü", "t=1,v1="]
)
def test_call_without_a_signature_is_refused(call, header):
    assert call(header=header or "x").status_code == 404


def test_call_that_is_signed_otherwise_stale_or_ahead_is_refused(call, place):
    now = int(timezone.now().timestamp())
    assert call(key="another").status_code == 404
    assert call(at=now - 400).status_code == 404
    assert call(at=now + 400).status_code == 404
    place.feed.is_on = False
    place.feed.save()
    assert call().status_code == 404
    assert FeedCall.objects.count() == 0


def test_ticket_of_a_call_is_fetched_over_our_own_line(call, place):
    ticket = place.server.add(NORA, subject="Cast")
    place.sync()
    place.server.add(NORA)  # not called for; comes with the pass
    place.server.change(ticket.number, state="deleted")
    assert call(json.dumps({"id": ticket.number}).encode()).status_code == 202
    place.sync(may_go_on=lambda: False)
    assert place.ids() == [ticket.number + 1]
    assert FeedCall.objects.filter(read_at=None).count() == 0
    forget_old_calls(now=datetime.now(UTC) + timedelta(hours=1))
    assert FeedCall.objects.count() == (1 if FeedCall.objects.filter(read_at=None).exists() else 0)

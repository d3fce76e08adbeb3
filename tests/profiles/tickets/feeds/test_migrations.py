"""What is moved when an older installation takes this version on, as the models are now."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps

from profiles.models import FeedRun, TicketFeed

from .conftest import NOW

pytestmark = pytest.mark.django_db

keys = import_module("profiles.migrations.0006_sealed_keys_and_who_was_left_out")


def test_application_token_that_stood_in_the_clear_is_sealed_once(open_place):
    glpi, jira = open_place("glpi").feed, open_place("jira").feed
    TicketFeed.objects.filter(pk=glpi.pk).update(account="app-t0ken")
    for _ in range(2):
        keys.seal_tokens(apps, None)
    glpi.refresh_from_db()
    assert (glpi.account, glpi.app_token.open()) == ("", "app-t0ken")
    assert "app-t0ken" not in glpi.sealed_app_token
    assert TicketFeed.objects.get(pk=jira.pk).account == jira.account != ""


def test_tickets_that_were_left_out_are_counted_as_far_as_passes_are_kept(open_place):
    feed = open_place("rt").feed
    for left_out in ({"unmatched": 3}, {}, {"unmatched": 4}):
        FeedRun.objects.create(feed=feed, started_at=NOW, finished_at=NOW, counts=left_out)
    for _ in range(2):
        keys.count_left_out(apps, None)
    feed.refresh_from_db()
    assert feed.passed_over == 7

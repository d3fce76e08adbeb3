"""Answers worked out of everybody's tickets are kept for a while, but never past a teacher's word
on whether theirs count."""

from __future__ import annotations

from uuid import uuid4

from django.core.cache import cache
from django.db import transaction

KEY = "whose-tickets-count"


def whose_tickets() -> str:
    """Return a mark that is another one after each such word, the same for all processes: part of
    the key under which such an answer is kept. An evicted one is followed by a new one."""
    return str(cache.get_or_set(KEY, _new, None))


def mark_changed() -> None:
    """Let every such answer be worked out anew, within the word's transaction and once more after
    it: till then others still read what was, and would keep that under the new mark."""
    cache.set(KEY, _new(), None)
    transaction.on_commit(lambda: cache.set(KEY, _new(), None))


def _new() -> str:
    return uuid4().hex

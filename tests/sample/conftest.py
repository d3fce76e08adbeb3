"""The sample district, made once for a module's tests, and taken back afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import transaction

from pdplanner.sample.district import make_sample

#: A Saturday in the fall term, three weeks before report cards close.
NOW = datetime(2026, 11, 21, 17, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def stored_sample(django_db_setup, django_db_blocker) -> Iterator[None]:
    """Keep a sample in the test database for the tests of one module."""
    with django_db_blocker.unblock(), transaction.atomic():
        make_sample(seed=1, now=NOW, say=lambda words: None)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def sample(stored_sample, db) -> None:
    """The sample district, whose changes by one test no other test sees."""

"""Settings at which seats would not be safe are refused."""

from types import SimpleNamespace

import pytest

from courses import checks

POSTGRES = {"ENGINE": "django.db.backends.postgresql"}


@pytest.mark.parametrize(
    ("database", "errors"),
    [
        (POSTGRES, []),
        (POSTGRES | {"OPTIONS": {"isolation_level": 2}}, []),
        (POSTGRES | {"OPTIONS": {"isolation_level": 3}}, ["courses.E001"]),
        (POSTGRES | {"ATOMIC_REQUESTS": True}, ["courses.E002"]),
        ({"ENGINE": "django.db.backends.sqlite3", "OPTIONS": {"timeout": 20}}, []),
    ],
)
def test_isolation_and_long_transactions_are_looked_at(monkeypatch, database, errors):
    monkeypatch.setattr(checks, "settings", SimpleNamespace(DATABASES={"default": database}))
    assert [error.id for error in checks.seats_need_read_committed(None)] == errors

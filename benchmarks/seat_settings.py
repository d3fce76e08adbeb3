"""The site on a scratch database: PostgreSQL when PDPLANNER_BENCH_DATABASE names one, else SQLite.

What stands between people and seats is as in production; mail and cache are the embedded mode's.
"""

import os
from urllib.parse import urlsplit

from pdplanner.settings.embedded import *  # noqa: F403

DEBUG = False
# Production counts in Redis; here nothing else may ask the database that is measured.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
ROOT_URLCONF = "benchmarks.seat_urls"


class _None(dict):
    """Makes tables straight from the models."""

    def __contains__(self, label: object) -> bool:
        return True

    def __getitem__(self, label: str) -> None:
        return None


MIGRATION_MODULES = _None()

if address := os.environ.get("PDPLANNER_BENCH_DATABASE"):
    _parts = urlsplit(address)
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": _parts.path.lstrip("/"),
            "USER": _parts.username,
            "HOST": _parts.hostname,
            "PORT": _parts.port,
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": {
                "connect_timeout": 3,
                "options": "-c statement_timeout=60000 -c lock_timeout=5000"
                " -c idle_in_transaction_session_timeout=60000",
            },
        }
    }

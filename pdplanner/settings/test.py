"""For the tests: SQLite in memory, or PostgreSQL when PDPLANNER_TEST_DATABASE_URL names one."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from .base import *

SECRET_KEY = "only-for-the-tests-and-nothing-else-0123456789-abcdefghijklmnopq"
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]

if url := os.environ.get("PDPLANNER_TEST_DATABASE_URL"):
    os.environ.setdefault("PDPLANNER_SECRET_KEY", SECRET_KEY)
    os.environ.setdefault("PDPLANNER_HOSTS", "testserver")
    os.environ.setdefault("PDPLANNER_DATABASE_URL", url)
    os.environ.setdefault("PDPLANNER_REDIS_URL", "redis://127.0.0.1:6379/0")
    os.environ.setdefault("PDPLANNER_MAIL_HOST", "localhost")
    from .production import database

    DATABASES = {"default": database(url)}
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": ":memory:",
            "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20},
        }
    }

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
DATA = Path(tempfile.mkdtemp(prefix="pdplanner-test-"))
atexit.register(shutil.rmtree, DATA, ignore_errors=True)
MEDIA_ROOT = DATA / "media"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
ACCOUNT_RATE_LIMITS = False  # type: ignore[assignment]
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True

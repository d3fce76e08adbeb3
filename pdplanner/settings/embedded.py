"""One machine, no other server: SQLite in the data folder, mail into files, no broker."""

import os
import secrets

from .base import *
from .base import DATA

PORT = int(os.environ.get("PORT") or 8000)
DATA.mkdir(parents=True, exist_ok=True)


def stored_secret_key() -> str:
    """Return this installation's key, made once and kept in the data folder."""
    path = DATA / "secret-key"
    if not path.exists():
        # Written aside and linked: two processes that start together agree on one key.
        fresh = DATA / f"secret-key.{os.getpid()}"
        fresh.write_text(secrets.token_urlsafe(64))
        fresh.chmod(0o600)
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text().strip()


SECRET_KEY = os.environ.get("PDPLANNER_SECRET_KEY") or stored_secret_key()
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATA / "pdplanner.sqlite3",
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-32000;"
                "PRAGMA mmap_size=134217728; PRAGMA temp_store=MEMORY;"
                "PRAGMA journal_size_limit=67108864;"
            ),
        },
    }
}
# Counted in the database, so that sign-in limits hold across processes.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "pdplanner_cache",
    }
}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = DATA / "mail"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True  # plain http on localhost
WAGTAILADMIN_BASE_URL = os.environ.get("PDPLANNER_ADDRESS", f"http://localhost:{PORT}")

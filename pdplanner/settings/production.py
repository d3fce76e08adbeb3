"""PostgreSQL, Redis and a mail server. Everything secret or local comes from the environment."""

import os
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from .base import *
from .base import DATA, MIDDLEWARE  # noqa: F401


def required(name: str, meaning: str) -> str:
    """Return an environment variable, or say which one is missing and what it is for."""
    value = os.environ.get(name, "")
    if not value:
        raise ImproperlyConfigured(f"{name} is not set: {meaning}.")
    return value


def database(url: str) -> dict:
    """Return Django's form of postgresql://user:password@host:port/name."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise ImproperlyConfigured(
            "PDPLANNER_DATABASE_URL must look like postgresql://user:password@host:5432/name."
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": parts.port or "",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "connect_timeout": 3,
            # Nothing waits for ever: a hung lock or statement ends as one clean error.
            "options": "-c statement_timeout=60000 -c lock_timeout=5000"
            " -c idle_in_transaction_session_timeout=60000",
        },
    }


SECRET_KEY = required("PDPLANNER_SECRET_KEY", "a long random string that signs sign-ins")
ALLOWED_HOSTS = required("PDPLANNER_HOSTS", "the host names of the site, comma between").split(",")
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS]
DATABASES = {"default": database(required("PDPLANNER_DATABASE_URL", "where PostgreSQL is"))}
REDIS = required("PDPLANNER_REDIS_URL", "where Redis is, redis://host:6379/0")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS}}
CELERY_BROKER_URL = REDIS

STATIC_ROOT = DATA / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

EMAIL_HOST = required("PDPLANNER_MAIL_HOST", "the mail server")
EMAIL_PORT = int(os.environ.get("PDPLANNER_MAIL_PORT", "587"))
EMAIL_HOST_USER = os.environ.get("PDPLANNER_MAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("PDPLANNER_MAIL_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("PDPLANNER_MAIL_TLS", "1") == "1"
EMAIL_TIMEOUT = 20
WAGTAILADMIN_BASE_URL = f"https://{ALLOWED_HOSTS[0]}"

# How many proxies of the district's own stand in front; their word about the address is taken.
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("PDPLANNER_PROXIES", "1"))
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = 31536000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
LANGUAGE_COOKIE_SECURE = True

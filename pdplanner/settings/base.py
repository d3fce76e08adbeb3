"""Settings that every way of running shares. What differs stands in the module beside this one."""

import os
from pathlib import Path

from csp.constants import NONCE, NONE, SELF, UNSAFE_INLINE

from pdplanner.schedule import beat_schedule

from . import sign_in

ROOT = Path(__file__).resolve().parents[2]
#: Database, media, mail files and logs of this installation.
DATA = Path(os.environ.get("PDPLANNER_DATA") or ROOT / "var").resolve()

DEBUG = False
SITE_ID = 1
#: How long what is kept of a ticket stays; 0: for good. `make run` and production read it alike.
TICKET_MONTHS = int(os.environ.get("PDPLANNER_TICKET_MONTHS", "24"))
LANGUAGE_CODE = "en-us"
USE_TZ = True
TIME_ZONE = "UTC"  # what is stored; pages speak in the district's zone (profiles.middleware)

INSTALLED_APPS = [
    "pdplanner",
    "pdplanner.insights",
    "pdplanner.plans",
    "courses",
    "profiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    *sign_in.more_apps(os.environ),
    "wagtail.contrib.redirects",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "django_htmx",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "profiles.middleware.DistrictTimeMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

ROOT_URLCONF = "pdplanner.urls"
WSGI_APPLICATION = "pdplanner.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "profiles.context_processors.who_is_here",
            ],
            "builtins": ["profiles.templatetags.words"],
        },
    },
]

# ---- who may come in (every door goes through allauth, see docs/decisions/sign-in.md) -----------

AUTH_USER_MODEL = "profiles.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "profiles.adapters.ClosedAccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # addresses come from the roster or an invitation
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_RATE_LIMITS = {
    # A whole school comes from one address at eight o'clock: wide per address, tight per account.
    "login": "600/m/ip",
    "login_failed": "600/m/ip,5/300s/key",
    "request_login_code": "300/m/ip,3/m/key",
    "reset_password": "300/m/ip,5/m/key",
}
SOCIALACCOUNT_ADAPTER = "profiles.sign_in.adapter.DistrictSocialAdapter"
SOCIALACCOUNT_PROVIDERS = sign_in.providers(os.environ)
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_REQUESTS_TIMEOUT = 10
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "pdplanner"

# ---- Wagtail ------------------------------------------------------------------------------------

WAGTAIL_SITE_NAME = "pdplanner"
WAGTAILIMAGES_IMAGE_MODEL = "courses.TrainingImage"
WAGTAILADMIN_LOGIN_URL = "account_login"
WAGTAIL_FRONTEND_LOGIN_URL = "/accounts/login/"
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAILUSERS_PASSWORD_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_PRIVATE_PAGE_OPTIONS = {"SHARED_PASSWORD": False}  # kept readable in the database
WAGTAILDOCS_PRIVATE_COLLECTION_OPTIONS = {"SHARED_PASSWORD": False}
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_I18N_ENABLED = False
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "odp", "ods", "odt", "pdf", "pptx", "txt", "xlsx", "zip"]
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILIMAGES_EXTENSIONS = ["avif", "gif", "jpeg", "jpg", "png", "webp"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 10 * 1024 * 1024

# ---- files --------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATICFILES_DIRS = [ROOT / "pdplanner" / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA / "media"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000  # a long session body has many fields
#: Seals the tokens of help desks; empty: made of the secret key (profiles/seals.py).
SEAL_KEY = os.environ.get("PDPLANNER_SEAL_KEY", "")
#: Help desks that may live at a private or loopback address, by host name.
FEED_PRIVATE_HOSTS = [
    host.strip().casefold()
    for host in os.environ.get("PDPLANNER_FEED_PRIVATE_HOSTS", "").split(",")
    if host.strip()
]
#: The largest file a coordinator may upload, in bytes.
IMPORT_MAX_BYTES = 50 * 1024 * 1024

# ---- safety -------------------------------------------------------------------------------------

X_FRAME_OPTIONS = "SAMEORIGIN"  # Wagtail's preview panel shows our pages in a frame of its own
SILENCED_SYSTEM_CHECKS = [
    "security.W019",  # which asks for DENY
    "models.W047",  # SQLite knows no "nulls are alike"; there, one writer at a time looks first
]
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
CONTENT_SECURITY_POLICY = {
    "EXCLUDE_URL_PREFIXES": ["/admin/"],
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        # Inline style attributes carry the width of a bar and the colours of a swatch.
        "style-src": [SELF, UNSAFE_INLINE],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
    },
}

# ---- work in the background ---------------------------------------------------------------------

CELERY_BROKER_URL = ""  # none: nudges go nowhere, the sweep of the work process finds what is owed
CELERY_TASK_ALWAYS_EAGER = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = beat_schedule()
#: Worker processes that work out a state's paths side by side, when thousands are owed at once.
PLAN_PROCESSES = int(os.environ.get("PDPLANNER_PLAN_PROCESSES", "1"))

DEFAULT_FROM_EMAIL = os.environ.get("PDPLANNER_MAIL_FROM", "pdplanner@localhost")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
#: Where links in mails lead. The embedded mode sets it to the address it prints.
WAGTAILADMIN_BASE_URL = os.environ.get("PDPLANNER_ADDRESS", "http://localhost:8000")

# Errors say where they happened, and never what a ticket, a roster or a form held.
DEFAULT_EXCEPTION_REPORTER = "profiles.error_reports.QuietReporter"
DEFAULT_EXCEPTION_REPORTER_FILTER = "profiles.error_reports.QuietFilter"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "class": "profiles.error_reports.QuietFormatter",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "pdplanner": {"level": "INFO"},
        # Below that it writes down what help desks are asked, whose answers and names are private.
        "urllib3": {"level": "WARNING"},
    },
}

"""Settings of one installation; everything an operator may change comes from the environment."""

from __future__ import annotations

import os
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from songhe.site.env import ZONE, Network, carrier, database, env, flag, groups, networks, origin, words
from songhe.site.messages import compile_if_stale

ROOT = Path(__file__).resolve().parents[3]
DATA = env("SONGHE_DATA", ROOT / "data", Path)
CITY = env("SONGHE_CITY", "weihai", str)

DEBUG = env("SONGHE_DEBUG", False, flag)
DEMO = env("SONGHE_DEMO", False, flag)
DEFAULT_SECRET = "only-for-development-and-tests"  # noqa: S105  `songhe check` refuses to serve with it
SECRET_KEY = env("SONGHE_SECRET_KEY", DEFAULT_SECRET, str)
ALLOWED_HOSTS = env("SONGHE_HOSTS", ["localhost", "127.0.0.1", "[::1]", "testserver"], words)
CSRF_TRUSTED_ORIGINS: list[str] = env("SONGHE_ORIGINS", [], words)
PROXIES: list[Network] = env("SONGHE_PROXIES", [], networks)
KEY_FILE = env("SONGHE_KEY_FILE", None, Path)

CARRIED_BY = "songhe.edges.notices.configured.carriers"
CARRIERS = {
    "sms": carrier("SMS", "sms"),
    "sms-second": carrier("SMS_SECOND", "sms"),
    "voice": carrier("VOICE", "voice"),
    "voice-second": carrier("VOICE_SECOND", "voice"),
}
ROBOT_GROUPS: dict[str, str] = env("SONGHE_ROBOT_GROUPS", {}, groups)
ROBOT_SECRET = env("SONGHE_ROBOT_SECRET", "", str)
PREPARED = env("SONGHE_PREPARED", True, flag)
TILES = env("SONGHE_TILES", "", str.strip)
TILES_SOURCE = env("SONGHE_TILES_SOURCE", "", str.strip)
CSP_EXTRA = {"img-src": origin(TILES)}
"""Pages fetch nothing from elsewhere, except pictures from the tile server that is named, if one is."""
CONSOLE = env("SONGHE_CONSOLE", DEMO, flag)
SWITCHES = {
    "signed": "songhe.edges.telephony.signed.SignedSwitch",
    "simulated": "songhe.edges.telephony.simulated.SimulatedSwitch",
}
"""Who tells a telephone exchange of each kind what it shall do."""
CITY_LINE_CARRIERS = {
    "signed": "songhe.edges.cityline.carriers.SignedCarrier",
    "simulated": "songhe.edges.cityline.carriers.SimulatedCarrier",
}
"""Who carries what we say to 12345."""

DATABASES = {
    "default": database(env("DATABASE_URL", "postgresql://songhe_app@localhost/songhe", str)),
}
if os.environ.get("DATABASE_OWNER_URL"):
    DATABASES["owner"] = database(os.environ["DATABASE_OWNER_URL"])

INSTALLED_APPS = [
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "ninja",
    "django_htmx",
    "songhe.engines.regions",
    "songhe.engines.access",
    "songhe.engines.vault",
    "songhe.engines.acts",
    "songhe.engines.jobs",
    "songhe.engines.live",
    "songhe.engines.commands",
    "songhe.engines.imports",
    "songhe.engines.forms",
    "songhe.engines.policies",
    "songhe.engines.cases",
    "songhe.engines.ledger",
    "songhe.engines.notices",
    "songhe.engines.indicators",
    "songhe.kit",
    "songhe.areas.registry",
    "songhe.areas.providers",
    "songhe.areas.assessment",
    "songhe.areas.stays",
    "songhe.areas.entitlement",
    "songhe.areas.canteens",
    "songhe.areas.contracts",
    "songhe.areas.devices",
    "songhe.areas.grid",
    "songhe.areas.inspections",
    "songhe.areas.lines",
    "songhe.areas.premises",
    "songhe.areas.visits",
    "songhe.areas.care",
    "songhe.areas.roster",
    "songhe.areas.verification",
    "songhe.areas.caring",
    "songhe.areas.alarms",
    "songhe.areas.hotline",
    "songhe.areas.family",
    "songhe.areas.finance",
    "songhe.areas.tickets",
    "songhe.areas.claims",
    "songhe.areas.payments",
    "songhe.areas.circle",
    "songhe.areas.cockpit",
    "songhe.areas.administration",
    "songhe.edges.gateway",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "songhe.kit.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "songhe.kit.middleware.ScopeMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "songhe.site.urls"
ASGI_APPLICATION = "songhe.site.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "songhe.kit.context.frame",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
        },
    }
]

FORM_RENDERER = "songhe.kit.drawing.Drawing"
AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS: list[str] = []
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
SESSION_ENGINE = "songhe.kit.sessions"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env("SONGHE_HTTPS", False, flag)
SESSION_SERIALIZER = "django.contrib.sessions.serializers.JSONSerializer"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [ROOT / "src/songhe/locale"]
compile_if_stale()
TIME_ZONE = ZONE
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = env("SONGHE_STATIC", ROOT / "var/static", Path)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20
UPLOAD_MAX_BYTES = 64 * 2**20

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}

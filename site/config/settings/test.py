"""Tests: quick hashing, mail in memory, an unmanifested static storage; the database is copied from a template."""

from .base import *  # noqa: F403
from .base import DATABASES, PAYMENT_GATEWAYS, STORAGES, VAR

SECRET_KEY = "only-for-tests"  # noqa: S105
ALLOWED_HOSTS = ["*"]
PORTAL_CLOCK_MAY_MOVE = True
PORTAL_TODAY = ""
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
SESSION_ENGINE = "portal.core.sessions.db"
PAYMENT_GATEWAYS = {"demo": "portal.payments.gateways.demo.gateway.DemoGateway", **PAYMENT_GATEWAYS}
PAYMENTS_TAKE_TESTS = True
PAYMENT_GATEWAY = "demo"
LIVEJOURNAL_BY_DEFAULT = True
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
MEDIA_ROOT = VAR / "test-media"
WHITENOISE_AUTOREFRESH = True
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"]["init_command"] = (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY;"
    )

"""Production settings: those without a safe default are required (deploy/env.example lists them)."""

from .base import *  # noqa: F403
from .base import env
from .environment import logging_settings, required, secret_key

SECRET_KEY = secret_key(env.str("DJANGO_SECRET_KEY", default=""))
ALLOWED_HOSTS = [host.strip() for host in required(env, "ALLOWED_HOSTS", "portal.example").split(",") if host.strip()]
WAGTAILADMIN_BASE_URL = required(env, "BASE_URL", "https://portal.example")
if not env.str("EMAIL_URL", default=""):  # until it is set, letters wait in the outbox
    EMAIL_BACKEND = "portal.notifications.unconfigured_mail.UnconfiguredBackend"

SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=60 * 60 * 24 * 365)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", default=True)
SECURE_HSTS_PRELOAD = env.bool("SECURE_HSTS_PRELOAD", default=False)
# With the prefix a browser takes the cookie over TLS only, for this host only, whatever a neighbour domain sets.
SESSION_COOKIE_NAME = "__Host-sessionid"
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrftoken"
CSRF_COOKIE_SECURE = True
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if not host.startswith(".")]
LANGUAGE_COOKIE_NAME = "__Host-language"
LANGUAGE_COOKIE_SECURE = True
MESSAGE_COOKIE_NAME = "__Host-messages"
DEVICE_COOKIE_NAME = "__Host-device"
STAFF_TWO_FACTOR_REQUIRED = env.bool("STAFF_TWO_FACTOR_REQUIRED", default=True)

BACKUP_EXPECTED = env.bool("BACKUP_EXPECTED", default=True)
LOGGING = logging_settings(env, default="json", access=True)

SILENCED_SYSTEM_CHECKS = [
    "security.W019",  # the admin previews pages in a frame of this site: SAMEORIGIN, and frame-ancestors 'self'
    "security.W021",  # the list of preloaded hosts binds the whole domain: the company decides (SECURE_HSTS_PRELOAD)
]

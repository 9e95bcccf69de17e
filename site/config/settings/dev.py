"""`make run`: the demo on one machine. DEBUG=1 in the environment turns Django's debug pages on."""

import secrets

from .base import *  # noqa: F403
from .base import PAYMENT_GATEWAYS, STORAGES, VAR, env

DEBUG = env.bool("DEBUG", default=False)


def _local_secret() -> str:
    """A key of this checkout, made once; production refuses to start without DJANGO_SECRET_KEY."""
    path = VAR / "secret_key"
    if not path.exists():
        path.write_text(secrets.token_urlsafe(50))
        path.chmod(0o600)
    return path.read_text()


SECRET_KEY = env.str("DJANGO_SECRET_KEY", default="") or _local_secret()
PORTAL_CLOCK_MAY_MOVE = True
PAYMENT_GATEWAYS = {"demo": "portal.payments.gateways.demo.gateway.DemoGateway", **PAYMENT_GATEWAYS}
PAYMENTS_TAKE_TESTS = env.bool("PAYMENTS_TAKE_TESTS", default=True)
PAYMENT_GATEWAY = env.str("PAYMENT_GATEWAY", default="demo")
LIVEJOURNAL_BY_DEFAULT = True
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True
EMAIL_URL_GIVEN = bool(env.str("EMAIL_URL", default=""))
if not EMAIL_URL_GIVEN:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR / "mail"
SERVE_MEDIA = True

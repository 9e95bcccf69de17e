"""WSGI entry point (gunicorn --pythonpath site config.wsgi)."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application

GUNICORN_STOPS = 3  # its workers are not started again after this exit code

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")


def checked_application() -> WSGIHandler:
    """The application, or an exit with one line for each mistake of the configuration."""
    try:
        application = get_wsgi_application()
        from portal.core.checks import refuse_wrong_configuration

        refuse_wrong_configuration()
    except ImproperlyConfigured as error:
        print(error, file=sys.stderr)  # noqa: T201
        sys.exit(GUNICORN_STOPS)
    return application


application = checked_application()

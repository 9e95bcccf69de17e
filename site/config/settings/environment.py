"""Reading what must be well-formed before anything starts: each mistake is one line that names the remedy."""

import os
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

from portal.core.logs import FORMATS, Format, logging_config

SHORTEST_KEY = 50
FEWEST_CHARACTERS = 16
NEW_KEY = 'python3 -c "import secrets; print(secrets.token_urlsafe(64))"'


def read_environment(root: Path) -> environ.Env:
    """The process's environment, completed by the file that PORTAL_ENV_FILE names (default `.env` of the checkout).

    Raises ImproperlyConfigured when PORTAL_ENV_FILE names a file that cannot be read.
    """
    named = os.environ.get("PORTAL_ENV_FILE", "")
    if named and not os.access(named, os.R_OK):
        raise ImproperlyConfigured(f"PORTAL_ENV_FILE={named} cannot be read. Give its group to the portal's user.")
    env = environ.Env()
    env.read_env(named or root / ".env", overwrite=False)
    return env


def secret_key(key: str) -> str:
    """The key itself, when it is one. Raises ImproperlyConfigured: missing, short, with spaces, of few characters."""
    if len(key) < SHORTEST_KEY:
        problem = f"has {len(key)} characters, at least {SHORTEST_KEY} are needed" if key else "is not set"
    elif not key.isprintable() or any(character.isspace() for character in key):
        problem = "has spaces in it: that is a text, not a key"
    elif len(set(key)) < FEWEST_CHARACTERS:
        problem = f"has fewer than {FEWEST_CHARACTERS} different characters"
    elif key.startswith("django-insecure-"):
        problem = "is an example's"
    else:
        return key
    raise ImproperlyConfigured(f"DJANGO_SECRET_KEY {problem}. Make one of your own: {NEW_KEY}")


def email_settings(env: environ.Env, *, default: str) -> dict[str, Any]:
    """Django's EMAIL_… settings of EMAIL_URL. Raises ImproperlyConfigured."""
    try:
        settings: dict[str, Any] = env.email_url_config(env.str("EMAIL_URL", default="") or default)
    except (ImproperlyConfigured, ValueError) as error:
        raise ImproperlyConfigured(
            f"EMAIL_URL cannot be read ({error}). Write smtp+tls://user:password@host:587, with special characters "
            "of the password percent-encoded."
        ) from error
    return settings


SQLITE = "django.db.backends.sqlite3"
SQLITE_OPTIONS = {
    "timeout": 20,
    "transaction_mode": "IMMEDIATE",
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
    " PRAGMA cache_size=-32000; PRAGMA temp_store=MEMORY;",
}


def database(env: environ.Env, *, default: str, is_pooled: bool) -> dict[str, Any]:
    """Django's DATABASES entry of DATABASE_URL, behind a pooler or not. Raises ImproperlyConfigured."""
    try:
        settings: dict[str, Any] = env.db("DATABASE_URL", default=default)
    except (ImproperlyConfigured, ValueError, KeyError) as error:
        raise ImproperlyConfigured(
            f"DATABASE_URL cannot be read ({error}). Write postgres:///portal or "
            "postgres://user:password@host:5432/portal, or leave it out for SQLite."
        ) from error
    if settings["ENGINE"] not in {SQLITE, "django.db.backends.postgresql"}:
        raise ImproperlyConfigured(
            "DATABASE_URL must be postgres://… or sqlite:///…: other databases are not supported."
        )
    if settings["ENGINE"] == SQLITE:
        settings["OPTIONS"] = dict(SQLITE_OPTIONS)
    else:
        settings |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
        settings.setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
    return pooled(settings) if is_pooled else settings


def pooled(settings: dict[str, Any]) -> dict[str, Any]:
    """Django's DATABASES entry for a pooler that may give each transaction another connection of the server.

    Nothing may live longer than a transaction: no cursors of the server outside one, no prepared statements.
    """
    options = settings.get("OPTIONS", {}) | {"prepare_threshold": None}
    return settings | {"DISABLE_SERVER_SIDE_CURSORS": True, "OPTIONS": options}


def logging_settings(env: environ.Env, *, default: Format, access: bool) -> dict[str, Any]:
    """Django's LOGGING of LOG_FORMAT, with a line for each request if `access`. Raises ImproperlyConfigured."""
    form = env.str("LOG_FORMAT", default=default) or default
    if form not in FORMATS:
        raise ImproperlyConfigured(f"LOG_FORMAT={form} is not known. Write {' or '.join(FORMATS)}.")
    return logging_config(form, access=access)


def file_storages(*, in_bucket: bool) -> dict[str, dict[str, str]]:
    """Django's STORAGES of uploads: public media and private files, in the S3 bucket or under MEDIA_ROOT."""
    if in_bucket:
        places = {"default": "s3.S3MediaStorage", "private": "s3.S3PrivateStorage"}
    else:
        places = {"default": "storage.MediaStorage", "private": "storage.PrivateStorage"}
    return {alias: {"BACKEND": f"portal.core.files.{place}"} for alias, place in places.items()}


def required(env: environ.Env, name: str, example: str) -> str:
    """A value without a default. Raises ImproperlyConfigured when it is missing or empty."""
    value: str = env.str(name, default="").strip()
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. Write it as in deploy/env.example: {name}={example}")
    return value

"""System checks of what an installation configures: each mistake is one line that names the remedy.

They run at the start of the web server, of the worker and of every command.
"""

import ipaddress
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.http.request import validate_host

from portal.core import metrics

CONFIGURATION = "configuration"
SHORTEST_TOKEN = 16
SHORTEST_FILE_KEY = 32
S3_NAMES = ("S3_BUCKET", "S3_ENDPOINT", "S3_ACCESS_KEY", "S3_SECRET_KEY")
S3_ADDRESSINGS = ("path", "virtual")
PGBOUNCER_PORT = "6432"
NEW_KEY = 'python3 -c "import secrets; print(secrets.token_urlsafe(32))"'


def invalid_networks(networks: Iterable[str]) -> list[str]:
    """Return the texts that are no IP networks in CIDR notation."""
    return [text for text in networks if not _is_network(text)]


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text)
    except ValueError:
        return False
    return True


@checks.register(CONFIGURATION)
def check_trusted_proxies(**_kwargs: Any) -> list[checks.CheckMessage]:
    """TRUSTED_PROXIES are networks: a typing error would let nobody, or anybody, name visitors' addresses."""
    return [
        checks.Error(
            f"TRUSTED_PROXIES: «{text}» is not an IP network. Write them as 127.0.0.1/32,10.0.0.0/8.", id="core.E001"
        )
        for text in invalid_networks(settings.TRUSTED_PROXIES)
    ]


@checks.register(CONFIGURATION)
def check_monitoring(**_kwargs: Any) -> list[checks.CheckMessage]:
    """Who may see the state and the metrics, and where processes count together."""
    return [checks.Error(text, id="core.E004") for text in _monitoring_problems()]


def _monitoring_problems() -> Iterator[str]:
    for name in ("READYZ_NETWORKS", "METRICS_NETWORKS"):
        for text in invalid_networks(getattr(settings, name)):
            yield f"{name}: «{text}» is not an IP network. Write them as 127.0.0.0/8,10.0.0.0/8."
    for name in ("READYZ_TOKEN", "METRICS_TOKEN"):
        token = getattr(settings, name)
        if token and len(token) < SHORTEST_TOKEN:
            yield f"{name} has {len(token)} characters, at least {SHORTEST_TOKEN} are needed. Make one: {NEW_KEY}"
    if settings.METRICS_DIR and metrics.shared_folder() is None:
        yield (
            f"METRICS_DIR={settings.METRICS_DIR} cannot be written. Give it to the portal's user, "
            "or leave it empty: then each process shows its own counts only."
        )


@checks.register(CONFIGURATION)
def check_base_url(**_kwargs: Any) -> list[checks.CheckMessage]:
    """BASE_URL is the address of the site as visitors type it: letters link to it."""
    return [checks.Error(f"BASE_URL={settings.WAGTAILADMIN_BASE_URL}: {text}", id="core.E002") for text in _base_url()]


def _base_url() -> Iterator[str]:
    example = "write it as https://portal.example, without a path."
    try:
        parts = urlsplit(settings.WAGTAILADMIN_BASE_URL)
        host, _port = parts.hostname, parts.port
    except ValueError:
        yield f"not an address; {example}"
        return
    if parts.scheme not in {"http", "https"} or not host or parts.path not in {"", "/"} or parts.query:
        yield f"not the address of a site; {example}"
    elif settings.SECURE_SSL_REDIRECT and parts.scheme != "https":
        yield f"this site is served over TLS only; {example}"
    elif not validate_host(host, settings.ALLOWED_HOSTS):
        yield f"its host is not in ALLOWED_HOSTS ({', '.join(settings.ALLOWED_HOSTS)})."


@checks.register(CONFIGURATION)
def check_email(**_kwargs: Any) -> list[checks.CheckMessage]:
    """A mail server has a name and at most one kind of TLS."""
    if settings.EMAIL_BACKEND != "django.core.mail.backends.smtp.EmailBackend" or settings.EMAIL_HOST:
        return []
    return [checks.Error("EMAIL_URL names no server. Write smtp+tls://user:password@mail.example:587.", id="core.E003")]


@checks.register(CONFIGURATION)
def check_queue_timeout(**_kwargs: Any) -> list[checks.CheckMessage]:
    """QUEUE_TIMEOUT sheds load: below a second it would turn visitors away at every breath of the machine."""
    timeout = settings.QUEUE_TIMEOUT
    if timeout == 0 or 1 <= timeout <= 60:
        return []
    return [checks.Error(f"QUEUE_TIMEOUT={timeout}: write 1 to 60 seconds, or 0 for never.", id="core.E005")]


@checks.register(CONFIGURATION)
def check_s3(**_kwargs: Any) -> list[checks.CheckMessage]:
    """S3 is given whole or not at all."""
    return [checks.Error(text, id="core.E006") for text in _s3_problems()]


def _s3_problems() -> Iterator[str]:
    given = {name: str(getattr(settings, name)) for name in S3_NAMES}
    if not any(given.values()):
        return
    for name, value in given.items():
        if not value:
            example = "https://storage.example" if name == "S3_ENDPOINT" else "…"
            yield f"{name} is not set, but other S3_… are. Write {name}={example}, or leave all of them out."
    parts = urlsplit(settings.S3_ENDPOINT)
    if settings.S3_ENDPOINT and (parts.scheme not in {"http", "https"} or not parts.hostname):
        yield f"S3_ENDPOINT={settings.S3_ENDPOINT} is not an address. Write it as https://storage.example."
    if settings.S3_ADDRESSING not in S3_ADDRESSINGS:
        yield f"S3_ADDRESSING={settings.S3_ADDRESSING} is not known. Write {' or '.join(S3_ADDRESSINGS)}."


@checks.register(CONFIGURATION)
def check_database_pooler(**_kwargs: Any) -> list[checks.CheckMessage]:
    """A pooler in transaction mode is said to be one: cursors would be lost between two transactions."""
    problems = pooler_problems(settings.DATABASES["default"], is_pooled=settings.DATABASE_POOLED)
    return [checks.Error(text, id="core.E007") for text in problems]


def pooler_problems(database: dict[str, Any], *, is_pooled: bool) -> Iterator[str]:
    """What does not fit between an entry of DATABASES and DATABASE_POOLED."""
    if not is_pooled:
        if str(database.get("PORT", "")) == PGBOUNCER_PORT:
            yield (
                f"DATABASE_URL leads to port {PGBOUNCER_PORT}, which is pgbouncer's: write DATABASE_POOLED=true, or "
                "the port of PostgreSQL."
            )
    elif database["ENGINE"] != "django.db.backends.postgresql":
        yield "DATABASE_POOLED=true is for pgbouncer before PostgreSQL; DATABASE_URL names SQLite."
    elif "options" in database.get("OPTIONS", {}):
        yield "DATABASE_URL has options=…, which pgbouncer does not pass on: set them with ALTER ROLE in PostgreSQL."


@checks.register(CONFIGURATION)
def check_file_keys(**_kwargs: Any) -> list[checks.CheckMessage]:
    """Keys of files are long and random: each encrypts for years."""
    return [
        checks.Error(
            f"FILE_ENCRYPTION_KEYS: key {number} has {len(key)} characters, at least {SHORTEST_FILE_KEY} are needed. "
            f"Make one: {NEW_KEY}",
            id="core.E008",
        )
        for number, key in enumerate(settings.FILE_ENCRYPTION_KEYS, 1)
        if len(key) < SHORTEST_FILE_KEY
    ]


@checks.register(checks.Tags.security, deploy=True)
def check_own_file_key(**_kwargs: Any) -> list[checks.CheckMessage]:
    """Files have a key of their own: who changes the secret key of the site must not lose them."""
    if settings.FILE_ENCRYPTION_KEYS:
        return []
    return [
        checks.Warning(
            "FILE_ENCRYPTION_KEYS is empty: private files are encrypted with the keys of the database or "
            f"DJANGO_SECRET_KEY, and lost with them. Make one: {NEW_KEY}; put the old one behind it after a comma.",
            id="core.W001",
        )
    ]


def refuse_wrong_configuration() -> None:
    """Raise ImproperlyConfigured with one line for each error of the installation's configuration."""
    errors = [
        message
        for message in checks.run_checks(tags=[CONFIGURATION])
        if message.is_serious() and not message.is_silenced()
    ]
    if errors:
        raise ImproperlyConfigured("\n".join(str(message.msg) for message in errors))

"""A production that is configured wrongly does not start, and says in one line what to write."""

import os
import re
import secrets
import subprocess
import sys
from pathlib import Path
from typing import Any

import environ
import pytest
from django.core.exceptions import ImproperlyConfigured

from config.settings.environment import email_settings, secret_key
from portal.core.checks import refuse_wrong_configuration

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "deploy" / "env.example"


def example(**changes: str) -> dict[str, str]:
    """The settings of env.example, read as systemd reads them, with a key and with changes."""
    lines = [line for line in EXAMPLE.read_text().splitlines() if line and not line.startswith("#")]
    values = dict(line.split("=", 1) for line in lines)
    return (
        values
        | {
            "DJANGO_SECRET_KEY": secrets.token_urlsafe(64),
            "FILE_ENCRYPTION_KEYS": secrets.token_urlsafe(48),
        }
        | changes
    )


def run(command: list[str], folder: Path, settings: dict[str, str]) -> subprocess.CompletedProcess[str]:
    own = {"VAR_DIR": str(folder / "var"), "MEDIA_ROOT": str(folder / "media"), "PATH": os.environ["PATH"]}
    absent = {"PORTAL_ENV_FILE": os.devnull}
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=settings | own | absent, capture_output=True, text=True, check=False
    )


def test_the_example_reads_alike_for_systemd_and_for_the_portal(monkeypatch: pytest.MonkeyPatch) -> None:
    for line in EXAMPLE.read_text().splitlines():
        assert re.fullmatch(r"|#.*|[A-Z_]+=[^\s\"'$\\#]*", line), line
    for name, value in example().items():
        monkeypatch.setenv(name, value)
        assert environ.Env().str(name) == value


def test_the_example_with_a_key_of_its_own_passes_the_deployment_checks_in_silence(tmp_path: Path) -> None:
    done = run(["manage.py", "check", "--deploy", "--fail-level", "WARNING"], tmp_path, example())
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("System check identified no issues")


@pytest.mark.parametrize(
    "key",
    [
        "",
        "change-me",
        'python -c "import secrets; print(secrets.token_urlsafe(50))"' * 2,
        "ab" * 40,
        "django-insecure-" + "abcdefghijklmnopqrstuvwxyz0123456789" * 2,
        "q7Lw2ZrT9xKe4VbN8mPc3YhG6sDf1JuA5oRiXtCzWvBkEnHyU",
    ],
)
def test_a_key_that_is_not_one_is_refused(key: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"\ADJANGO_SECRET_KEY .* Make one of your own: .*\Z"):
        secret_key(key)


def test_a_random_key_is_taken() -> None:
    key = secrets.token_urlsafe(64)
    assert secret_key(key) == key


@pytest.mark.parametrize(
    ("command", "status"), [(["manage.py", "migrate"], 1), (["-c", "import config.wsgi"], 3)], ids=["command", "web"]
)
def test_nothing_starts_without_a_key_and_one_line_says_why(tmp_path: Path, command: list[str], status: int) -> None:
    settings = example(DJANGO_SECRET_KEY="", PYTHONPATH="site")
    done = run(command, tmp_path, settings)
    assert done.returncode == status
    assert done.stderr.startswith("DJANGO_SECRET_KEY is not set. ")
    assert done.stderr.count("\n") == 1


def test_the_web_server_does_not_start_on_the_demos_bank(tmp_path: Path) -> None:
    done = run(["-c", "import config.wsgi"], tmp_path, example(PAYMENT_GATEWAY="demo", PYTHONPATH="site"))
    assert done.returncode == 3
    assert done.stderr.startswith("PAYMENT_GATEWAY=demo is refused")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("TRUSTED_PROXIES", ["127.0.0.1/32 # own"], "TRUSTED_PROXIES: .* is not an IP network"),
        ("TRUSTED_PROXIES", ["10.0.0.1/8"], "TRUSTED_PROXIES: .* is not an IP network"),
        ("METRICS_NETWORKS", ["10.0.0.0/33"], "METRICS_NETWORKS: .* is not an IP network"),
        ("METRICS_TOKEN", "short", "METRICS_TOKEN has 5 characters, at least 16 are needed"),
        ("METRICS_DIR", "/proc/metrics", "METRICS_DIR=/proc/metrics cannot be written"),
        ("WAGTAILADMIN_BASE_URL", "portal.example", "BASE_URL=.*not the address of a site"),
        ("WAGTAILADMIN_BASE_URL", "https://portal.example:port", "BASE_URL=.*not an address"),
        ("PAYMENT_GATEWAY", "yookasa", "PAYMENT_GATEWAY=yookasa is refused"),
        ("PAYMENT_GATEWAY", "yookassa", "PAYMENT_GATEWAY=yookassa needs YOOKASSA_SHOP_ID"),
    ],
)
def test_an_ill_formed_value_is_refused_in_one_line(settings: Any, name: str, value: Any, words: str) -> None:
    settings.YOOKASSA_SECRET_KEY = "secret"
    setattr(settings, name, value)
    with pytest.raises(ImproperlyConfigured, match=rf"\A{words}.*\Z"):
        refuse_wrong_configuration()


def test_the_address_is_of_this_site_and_of_tls(settings: Any) -> None:
    settings.ALLOWED_HOSTS, settings.SECURE_SSL_REDIRECT = ["portal.example"], True
    settings.WAGTAILADMIN_BASE_URL = "http://portal.example"
    with pytest.raises(ImproperlyConfigured, match="over TLS only"):
        refuse_wrong_configuration()
    settings.WAGTAILADMIN_BASE_URL = "https://other.example"
    with pytest.raises(ImproperlyConfigured, match="not in ALLOWED_HOSTS"):
        refuse_wrong_configuration()
    settings.WAGTAILADMIN_BASE_URL = "https://portal.example"
    refuse_wrong_configuration()


@pytest.mark.parametrize("url", ["mail.example:587", "smtp+tls://user:pass@mail.example:port", "smtps"])
def test_a_mail_server_that_cannot_be_read_is_refused(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("EMAIL_URL", url)
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL cannot be read"):
        email_settings(environ.Env(), default="consolemail://")


def test_a_mail_url_without_a_server_is_refused(settings: Any) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = "django.core.mail.backends.smtp.EmailBackend", None
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL names no server"):
        refuse_wrong_configuration()

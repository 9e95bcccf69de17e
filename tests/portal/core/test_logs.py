"""Log lines: JSON with the request's and the job's id; what comes from outside is cut out of the texts."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django_q.tasks import async_task
from environ import Env

from config.settings.environment import logging_settings
from portal.core.logs import REQUEST_FIELDS, ContextFilter, JsonLineFormatter, PlainLineFormatter
from portal.core.redaction import redacted

logger = logging.getLogger(__name__)


class Lines(logging.StreamHandler[io.StringIO]):
    """What a handler in production would have written."""

    def __init__(self, formatter: logging.Formatter) -> None:
        super().__init__(io.StringIO())
        self.setFormatter(formatter)
        self.addFilter(ContextFilter())

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def objects(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.text.splitlines()]


def written(formatter: logging.Formatter) -> Iterator[Lines]:
    """Collect lines of all loggers from INFO on."""
    lines, root = Lines(formatter), logging.getLogger()
    changed = [root, *map(logging.getLogger, ("portal.access", "portal.jobs"))]
    levels = [changed_logger.level for changed_logger in changed]
    root.addHandler(lines)
    for changed_logger in changed:
        changed_logger.setLevel(logging.INFO)
    yield lines
    root.removeHandler(lines)
    for changed_logger, level in zip(changed, levels, strict=True):
        changed_logger.setLevel(level)


@pytest.fixture
def lines() -> Iterator[Lines]:
    yield from written(JsonLineFormatter())


@pytest.fixture
def plain_lines() -> Iterator[Lines]:
    yield from written(PlainLineFormatter())


def noisy_job() -> None:
    """A job of the test that logs."""
    logger.warning("it is done for %s", "anna@mail.example", extra={"secret": "hidden"})


def failing_job() -> None:
    """A job of the test that breaks."""
    raise ValueError("not a number: Иванова")


@pytest.mark.django_db
def test_a_request_has_one_line_and_its_id_in_the_answer(client: Client, lines: Lines) -> None:
    response = client.get("/accounts/login/?next=/personal/&token=abc")
    (line,) = [line for line in lines.objects if line["logger"] == "portal.access"]
    assert line["request_id"] == response["X-Request-ID"]
    assert set(line) == {"time", "level", "logger", "message", "request_id", *REQUEST_FIELDS}
    assert (line["method"], line["route"], line["status"]) == ("GET", "accounts/login/", 200)


@pytest.mark.django_db
def test_the_id_of_a_request_is_believed_from_a_trusted_proxy_only(client: Client, settings: object) -> None:
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]  # type: ignore[attr-defined]
    given, wrong = "0123456789abcdef0123456789abcdef", 'x" injected="1'
    ids = [
        client.get("/accounts/login/", REMOTE_ADDR=peer, HTTP_X_REQUEST_ID=value)["X-Request-ID"]
        for peer, value in (("10.1.2.3", given), ("203.0.113.5", given), ("10.1.2.3", wrong))
    ]
    assert ids[0] == given
    assert given not in ids[1:]
    assert wrong not in ids
    assert len({*ids}) == 3


def test_a_probe_is_logged_when_it_fails_only(client: Client, lines: Lines) -> None:
    assert client.get("/healthz")["X-Request-ID"]
    assert lines.objects == []
    client.post("/healthz")
    assert lines.objects[-1]["route"] == "/healthz"
    assert lines.objects[-1]["status"] == 405


@pytest.mark.django_db
def test_lines_of_a_job_name_it(lines: Lines) -> None:
    name = f"{__name__}.noisy_job"
    task_id = async_task(name, sync=True)
    with pytest.raises(ValueError, match="not a number"):
        async_task(f"{__name__}.failing_job", sync=True)
    logger.warning("outside of any job")
    of_job = [line for line in lines.objects if line.get("job") and line["logger"] != "django-q"]
    assert of_job[0] == {"time": of_job[0]["time"], "level": "WARNING", "logger": __name__} | {
        "message": "it is done for <email>",
        "job_id": task_id,
        "job": name,
    }
    ends = [line for line in of_job if line["logger"] == "portal.jobs"]
    assert [(line["message"], line["job"]) for line in ends] == [
        ("job done", name),
        ("job failed", f"{__name__}.failing_job"),
    ]
    assert "job_id" not in lines.objects[-1]
    assert "Иванова" not in lines.text


def test_a_plain_line_says_the_same(plain_lines: Lines, client: Client) -> None:
    try:
        raise KeyError("Иванова Анна")
    except KeyError:
        logger.exception("refused %s", "+7 916 123-45-67")
    assert "ERROR" in plain_lines.text
    assert "refused <number>" in plain_lines.text
    assert "KeyError: '<text>'" in plain_lines.text


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ('"GET /admin/accounts/person/?q=Иванова HTTP/1.1" 200 17', '"GET /admin/accounts/person/ HTTP/1.1" 200 17'),
        ("Not Found: /api/v1/accounts/0010001/ledger/", "Not Found: /api/v1/accounts/-/ledger/"),
        ("Is it all right? Yes.", "Is it all right? Yes."),
        ("DETAIL:  Key (email)=(anna@mail.example) already exists.", "DETAIL:  Key (email)=<value> already exists."),
        ("letter to anna%40mail.example", "letter to <email>"),
        ("at ул. Речная, д. 4, кв. 17 it leaks", "at <text> it leaks"),
        ("/news/%D0%98%D0%B2%D0%B0%D0%BD/", "/news/<text>/"),
        ("account 0010001 of 2026-11-30 12:15", "account <number> of 2026-11-30 12:15"),
        ("/accounts/email/confirm/aBcdefgh1jklmnopqrstuvwx/", "/accounts/email/confirm/<token>/"),
        ("Listening at: http://127.0.0.1:8000 (1946)", None),
        ("call 123-45-67 or (916) 123 45 67", "call <number> or <number>"),
        ("redis://portal:hunter2@cache:6379/0", "redis://portal:<password>@cache:6379/0"),
        ('File "/srv/portal/app/portal/core/logs.py", line 12, in filter', None),
    ],
)
def test_what_comes_from_outside_is_cut(line: str, kept: str | None) -> None:
    assert redacted(line) == (line if kept is None else kept)


def test_a_format_that_is_not_known_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_FORMAT", "xml")
    with pytest.raises(ImproperlyConfigured, match=r"LOG_FORMAT=xml is not known\. Write json or plain\."):
        logging_settings(Env(), default="json", access=True)
    monkeypatch.setenv("LOG_FORMAT", "")
    config = logging_settings(Env(), default="json", access=True)
    assert config["formatters"]["line"]["()"] is JsonLineFormatter

"""Log lines: one JSON object or one plain line, with the request and the job they belong to, without personal data.

Every line goes through the same formatter, whoever wrote it: the portal, Django, django-q2 or gunicorn.
"""

import datetime as dt
import logging
import time
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Literal

from pythonjsonlogger.json import JsonFormatter

from portal.core.redaction import redacted

ACCESS, JOBS = "portal.access", "portal.jobs"
"""Loggers of one line for each request, and for each job."""
QUEUE = "django-q"
Format = Literal["json", "plain"]
FORMATS: tuple[Format, ...] = ("json", "plain")
FIELDS = ("time", "level", "logger", "message", "request_id", "job_id", "job")
REQUEST_FIELDS = ("method", "route", "status", "milliseconds")
ALLOWED = frozenset({*FIELDS, *REQUEST_FIELDS, "exception", "stack"})

current_request: ContextVar[str] = ContextVar("current_request", default="")
"""The id of the request that this thread answers; empty outside of one."""


@dataclass(frozen=True, slots=True)
class Job:
    """The job that a worker does; `name` is a dotted path, `started` of time.monotonic."""

    id: str = ""
    name: str = ""
    started: float = 0.0


NO_JOB = Job()
current_job: ContextVar[Job] = ContextVar("current_job", default=NO_JOB)


def begin_job(*, task: dict[str, Any] | None = None, **_sent: object) -> None:
    """Receiver of django-q2's `pre_execute`: lines from now on belong to this job."""
    if task is not None:
        current_job.set(Job(str(task.get("id", "")), _job_name(task.get("func", "")), time.monotonic()))


def end_job(*, task: dict[str, Any] | None = None, **_sent: object) -> None:
    """Receiver of django-q2's `post_execute_in_worker`: one line about the job."""
    job = current_job.get()
    milliseconds = round((time.monotonic() - job.started) * 1000)
    is_success = task is not None and task.get("success", False)
    logging.getLogger(JOBS).info("job done" if is_success else "job failed", extra={"milliseconds": milliseconds})
    current_job.set(NO_JOB)


def _job_name(func: object) -> str:
    return func if isinstance(func, str) else f"{getattr(func, '__module__', '')}.{getattr(func, '__qualname__', '')}"


class ContextFilter(logging.Filter):
    """Adds the request's id and the job's id and name to a record."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = current_request.get()
        job = current_job.get()
        record.job_id, record.job = job.id, job.name
        return True


class PlainLineFormatter(logging.Formatter):
    """A line for people: time, level, logger, message, and the ids where there are some."""

    def formatException(self, ei: Any) -> str:  # noqa: N802  # logging's own name
        return redacted(super().formatException(ei))

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  # logging's own name
        ids = {"request": getattr(record, "request_id", ""), "job": getattr(record, "job_id", "")}
        ids_text = "".join(f" {name}={value}" for name, value in ids.items() if value)
        message = redacted(record.message, free_text=_may_hold_data(record))
        return f"{self.formatTime(record)} {record.levelname} {record.name}{ids_text} {message}{_request_text(record)}"


class JsonLineFormatter(JsonFormatter):
    """A line for machines: one JSON object with the fields of ALLOWED, no others whatever a library adds."""

    def __init__(self) -> None:
        super().__init__(
            ["levelname", "name", "message", "request_id", "job_id", "job"],
            rename_fields={"levelname": "level", "name": "logger", "exc_info": "exception", "stack_info": "stack"},
            json_ensure_ascii=False,
        )

    def add_fields(self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]) -> None:
        """Begin with the moment, in UTC; cut personal data out of texts."""
        moment = dt.datetime.fromtimestamp(record.created, tz=dt.UTC)
        log_data["time"] = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        super().add_fields(log_data, record, message_dict)
        log_data["message"] = redacted(str(log_data.get("message", "")), free_text=_may_hold_data(record))
        for name in ("exception", "stack"):
            if name in log_data:
                log_data[name] = redacted(str(log_data[name]))

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        """Leave out empty fields and those not in ALLOWED."""
        return {name: value for name, value in log_data.items() if name in ALLOWED and value not in ("", None)}


def _may_hold_data(record: logging.LogRecord) -> bool:
    """Whether Cyrillic in a message is somebody's data: the queue's own messages are Russian, but for job results."""
    return record.name != QUEUE or record.module == "monitor"


def _request_text(record: logging.LogRecord) -> str:
    values = {name: getattr(record, name) for name in REQUEST_FIELDS if hasattr(record, name)}
    return "".join(f" {name}={value}" for name, value in values.items()) if len(values) == len(REQUEST_FIELDS) else ""


def logging_config(form: Format, *, access: bool) -> dict[str, Any]:
    """The dictionary of logging: every line to stderr in one format; `access` adds one for each request and job."""
    formatter = JsonLineFormatter if form == "json" else PlainLineFormatter
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"context": {"()": ContextFilter}},
        "formatters": {"line": {"()": formatter}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["context"]}},
        "loggers": {
            # The development server's lines of requests, which Django writes by a handler of its own.
            "django.server": {"handlers": ["console"], "level": "INFO", "propagate": False},
            # The master process of gunicorn and its workers; its own access log is off, ours has no queries.
            "gunicorn.error": {"handlers": ["console"], "level": "INFO", "propagate": False},
            **{name: {"level": "INFO" if access else "WARNING"} for name in (ACCESS, JOBS)},
        },
        "root": {"handlers": ["console"], "level": "WARNING"},
    }

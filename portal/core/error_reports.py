"""Errors to Sentry or GlitchTip (SENTRY_DSN), without personal data. Imported only where a DSN is set."""

from typing import Any

import sentry_sdk
from django.core.exceptions import ImproperlyConfigured
from sentry_sdk.types import Event, Hint
from sentry_sdk.utils import BadDsn, Dsn

from portal.core.logs import current_job, current_request
from portal.core.redaction import redacted

REPORTED_OF_REQUEST = ("method",)
TEXTS = ("message", "formatted")


def start(dsn: str, *, environment: str, release: str) -> None:
    """Report unhandled errors and logged ones of level ERROR; of a request its method and route alone are sent.

    Raises ImproperlyConfigured for a DSN that cannot be read.
    """
    try:
        Dsn(dsn)
    except BadDsn as error:
        example = "https://key@sentry.example/1"
        raise ImproperlyConfigured(f"SENTRY_DSN cannot be read ({error}). Write it as {example}.") from error
    sentry_sdk.init(
        dsn=dsn,
        environment=environment,
        release=release or None,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        traces_sample_rate=0.0,
        auto_session_tracking=False,
        before_send=without_personal_data,
    )


def without_personal_data(event: Event, _hint: Hint) -> Event:
    """Keep where it broke and which request or job it was; texts go through the same sieve as the log."""
    report: dict[str, Any] = dict(event)
    for name in ("user", "extra", "breadcrumbs", "server_name", "modules"):
        report.pop(name, None)
    request = report.pop("request", None) or {}
    report["request"] = {name: request[name] for name in REPORTED_OF_REQUEST if name in request}
    for exception in (report.get("exception") or {}).get("values", []):
        exception["value"] = redacted(str(exception.get("value", "")))
        exception.pop("mechanism", None)
    entry = report.get("logentry") or {}
    entry.pop("params", None)
    for holder in (report, entry):
        holder.update({name: redacted(str(holder[name])) for name in TEXTS if holder.get(name)})
    job = current_job.get()
    report["tags"] = {"request_id": current_request.get(), "job_id": job.id, "job": job.name}
    report["contexts"] = {
        name: value for name, value in (report.get("contexts") or {}).items() if name in {"runtime", "trace"}
    }
    return report  # type: ignore[return-value]  # an Event again

"""Every call of a gateway: how long it took and how it ended, as a metric and as the gateway's last state."""

import logging
import time
from collections.abc import Callable, Iterator
from typing import Any

from django.db import DatabaseError, transaction
from django.utils import timezone
from prometheus_client import Histogram

from portal.core import metrics  # noqa: F401  # chooses where is counted, before the first metric is made
from portal.payments.gateways.base import Gateway, GatewayError, GatewayMisconfigured, GatewayRefusal, GatewayUnknown
from portal.payments.models import GatewayState

logger = logging.getLogger(__name__)

CALL_SECONDS = Histogram(
    "portal_gateway_seconds",
    "Duration of calls of a payment gateway, by operation and outcome (ok, refused, misconfigured, unknown, error).",
    ["gateway", "operation", "outcome"],
    buckets=(0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
CALLS = ("create", "fetch", "capture", "refund", "fetch_refund", "fetch_receipt", "fetch_refund_receipt")
LISTING = "list_payments"
ANSWERED = ("ok", "refused")


class MeasuredGateway:
    """A gateway as it is, its calls measured."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._gateway, name)
        if name in CALLS:
            return self._measured(name, attribute)
        return self._measured_listing(attribute) if name == LISTING else attribute

    def _measured(self, operation: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def measured(**arguments: Any) -> Any:
            started, outcome, failure = time.monotonic(), "ok", ""
            try:
                return call(**arguments)
            except Exception as error:
                outcome, failure = outcome_of(error), str(getattr(error, "code", type(error).__name__))
                raise
            finally:
                note_call(self._gateway.code, operation, outcome, time.monotonic() - started, failure=failure)

        return measured

    def _measured_listing(self, call: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
        """Pages are fetched as they are read: the time between them is the reader's, and is not counted."""

        def measured(**arguments: Any) -> Iterator[Any]:
            seconds, outcome, failure = 0.0, "ok", ""
            pages: Iterator[Any] | None = None
            try:
                while True:
                    started = time.monotonic()
                    try:
                        pages = iter(call(**arguments)) if pages is None else pages
                        item = next(pages)
                    except StopIteration:
                        return
                    finally:
                        seconds += time.monotonic() - started
                    yield item
            except GatewayError as error:
                outcome, failure = outcome_of(error), error.code
                raise
            finally:
                note_call(self._gateway.code, LISTING, outcome, seconds, failure=failure)

        return measured


def outcome_of(error: Exception) -> str:
    """How a call ended that raised."""
    if isinstance(error, GatewayMisconfigured):
        return "misconfigured"
    if isinstance(error, GatewayRefusal):
        return "refused"
    return "unknown" if isinstance(error, GatewayUnknown) else "error"


def note_call(gateway: str, operation: str, outcome: str, seconds: float, *, failure: str = "") -> None:
    """Count a call and store the gateway's state. An error of the database is logged: no payment may fail by it."""
    CALL_SECONDS.labels(gateway, operation, outcome).observe(seconds)
    now = timezone.now()
    if outcome in ANSWERED:
        state = GatewayState(code=gateway, answered_at=now, milliseconds=round(seconds * 1000))
        fields = ["answered_at", "milliseconds", "failing_since"]
    else:
        state = GatewayState(code=gateway, failed_at=now, failure=failure[:60], failing_since=now)
        fields = ["failed_at", "failure"]
    try:
        with transaction.atomic():
            GatewayState.objects.bulk_create(
                [state], update_conflicts=True, unique_fields=["code"], update_fields=fields
            )
            if outcome not in ANSWERED:
                GatewayState.objects.filter(code=gateway, failing_since=None).update(failing_since=now)
    except DatabaseError:
        logger.exception("the state of the gateway was not stored")

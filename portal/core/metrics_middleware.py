"""Counts of requests by django-prometheus, with labels that visitors cannot multiply."""

from typing import Any

from django.http import HttpRequest
from django_prometheus.middleware import PrometheusAfterMiddleware, PrometheusBeforeMiddleware
from django_prometheus.utils import Time

from portal.core import metrics  # noqa: F401  # chooses where is counted, before the first metric is made

__all__ = ["BeforeMiddleware", "RequestMetricsMiddleware"]

BeforeMiddleware = PrometheusBeforeMiddleware


class RequestMetricsMiddleware(PrometheusAfterMiddleware):
    """Requests by view, method and status. An invented method would be a new time series with each request."""

    def process_request(self, request: HttpRequest) -> None:
        """Count the request; one whose length is no number is refused further in, the library would fail over it."""
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isascii() and length.isdigit():
            super().process_request(request)
        else:
            request.prometheus_after_middleware_event = Time()  # type: ignore[attr-defined]  # the library's own mark

    def label_metric(self, metric: Any, request: HttpRequest, response: Any = None, **labels: Any) -> Any:
        if "method" in labels:
            labels["method"] = self._method(request)
        return super().label_metric(metric, request, response, **labels)

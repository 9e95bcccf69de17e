"""Content Security Policy of payment pages: forms may lead to the origins that the gateway declares."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponseBase

from portal.payments.gateways import current_gateway

View = Callable[..., HttpResponseBase]


def allow_gateway_pages(view: View) -> View:
    """Add the gateway's `page_origins` to form-action of the answer's Content-Security-Policy."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        origins = list(current_gateway().page_origins)
        return csp_update({"form-action": origins})(view)(request, *args, **kwargs)

    return wrapped

"""Limits at the edge: words on the form, status 429, Retry-After."""

from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from portal.core.rate_limits.exceptions import RateLimited
from portal.core.refusals import error_message

REFUSED = "rate_limited"


def mark_limited(request: HttpRequest, refusal: RateLimited) -> None:
    """Have the answer to this request sent as 429 with Retry-After, whatever page it is."""
    setattr(request, REFUSED, refusal)


def show_limit(request: HttpRequest, form: BaseForm, refusal: RateLimited, *, field: str | None = None) -> None:
    """Say on a form that a limit is reached; what was typed stays in it."""
    form.add_error(field, refusal_error(refusal))
    mark_limited(request, refusal)


def refusal_error(refusal: RateLimited) -> ValidationError:
    """The error of a form: no field is at fault, and it passes by itself."""
    return ValidationError(error_message(refusal), code=REFUSED)


class RateLimitMiddleware:
    """429 with Retry-After: for a form that shows a limit, and for a limit that no view answered for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        refusal = getattr(request, REFUSED, None)
        if refusal is not None:
            response.status_code = 429
            response["Retry-After"] = str(refusal.seconds)
            response["Cache-Control"] = "private, no-store"
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """The page of a limit, for buttons and links that have no form of their own."""
        if not isinstance(exception, RateLimited):
            return None
        mark_limited(request, exception)
        return render(request, "429.html", {"message": error_message(exception)}, status=429)

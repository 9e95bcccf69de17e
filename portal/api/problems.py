"""Errors of the API as RFC 9457 problem details: their codes, titles, and the answers made of them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext_lazy as _

from portal.core.logs import current_request
from portal.core.refusals import error_message
from portal.metering import exceptions as metering
from portal.payments import exceptions as payments

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MEDIA_TYPE = "application/problem+json"
DOCUMENTATION = "/api/v1/docs/"


@dataclass(frozen=True, slots=True)
class ProblemType:
    """A kind of error: its HTTP status, its title, and what a program should do about it."""

    status: int
    title: "StrOrPromise"
    advice: "StrOrPromise"


class Problem(Exception):
    """An error to be answered as problem details; `code` is a key of PROBLEM_TYPES."""

    def __init__(
        self,
        code: str,
        detail: "StrOrPromise" = "",
        *,
        errors: Sequence[Mapping[str, str]] = (),
        extra: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.errors = errors
        self.extra = extra or {}
        self.headers = headers or {}


_SEND_ANOTHER = _("Show the text to the person; send another value, or nothing.")
_LATER = _("Send the request again after the time in Retry-After.")
_REFUSED: dict[type[Exception], tuple["StrOrPromise", "StrOrPromise"]] = {
    metering.ReadingWindowClosed: (_("The window for readings is closed"), _("Send it within next_window.")),
    metering.LowerThanPrevious: (
        _("The reading is lower than the last one"),
        _("Send it again with confirmed_rollover if the meter turned past its last digit."),
    ),
    metering.UnusuallyHigh: (
        _("The reading is unusually high"),
        _("Ask the person; if it is right, send it again with confirmed_high."),
    ),
    metering.HighWithoutHistory: (
        _("The reading is high for a new meter"),
        _("Ask the person; if it is right, send it again with confirmed_high."),
    ),
    metering.AboveMaximumFlow: (_("The meter cannot pass so much water"), _SEND_ANOTHER),
    metering.TooManyDigits: (_("The meter has fewer digits"), _SEND_ANOTHER),
    metering.TooManyDecimals: (_("More than three decimal places"), _SEND_ANOTHER),
    metering.NegativeValue: (_("The reading is below zero"), _SEND_ANOTHER),
    metering.HigherThanNext: (_("The reading is above a later one"), _SEND_ANOTHER),
    metering.ControlReadingStands: (_("There is a control reading of this day"), _("Nothing needs to be sent.")),
    metering.LaterReadingStands: (_("There is a later reading"), _("Nothing needs to be sent.")),
    metering.MeterClosed: (_("The meter is closed"), _("Read the list of meters again.")),
    metering.NotCountingYet: (_("The meter does not count yet"), _("Send it in the window after the day named.")),
    payments.AmountRefused: (_("The sum cannot be paid"), _SEND_ANOTHER),
    payments.ContactNeeded: (_("The electronic receipt needs a contact"), _("Send it again with contact.")),
    payments.KeyReused: (_("This payment exists with another sum"), _("Use a new Idempotency-Key.")),
    payments.SimilarPaymentOpen: (
        _("A payment of the same sum is open"),
        _("Ask the person; if they want a second one, send it again with confirm_duplicate."),
    ),
}


def code_of(kind: type[Exception]) -> str:
    """The code of a refusal: the exception's name in snake case."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()


PROBLEM_TYPES: dict[str, ProblemType] = {
    "bad_request": ProblemType(400, _("The request cannot be read"), _("Correct the program: the body is not JSON.")),
    "unauthorized": ProblemType(401, _("No valid key"), _("Send Authorization: Bearer KEY with a key that works.")),
    "scope_missing": ProblemType(403, _("The key does not open this"), _("Make a key with the scope named.")),
    "not_found": ProblemType(
        404, _("Not found"), _("Read the list again: it does not exist, or it does not belong to this login.")
    ),
    "method_not_allowed": ProblemType(405, _("Method not allowed"), _("Use a method of the header Allow.")),
    "not_acceptable": ProblemType(406, _("No such media type"), _("Accept application/json, or the type named.")),
    "refused": ProblemType(409, _("Refused"), _SEND_ANOTHER),
    **{code_of(kind): ProblemType(409, title, advice) for kind, (title, advice) in _REFUSED.items()},
    "idempotency_key_in_use": ProblemType(409, _("The same request is being answered"), _LATER),
    "idempotency_key_reused": ProblemType(
        409, _("The Idempotency-Key was used with another request"), _("Use a new key for another request.")
    ),
    "too_large": ProblemType(413, _("The request is too large"), _("Send at most 16 KB.")),
    "unsupported_media_type": ProblemType(415, _("Not JSON"), _("Send Content-Type: application/json.")),
    "invalid": ProblemType(422, _("Fields are missing or wrong"), _("Correct the fields named in errors.")),
    "throttled": ProblemType(429, _("Too many requests"), _LATER),
    "too_many_attempts": ProblemType(429, _("Too many wrong keys"), _LATER),
    "server_error": ProblemType(
        500, _("Error on our side"), _("Send the request again later; if it stays so, write to us with the instance.")
    ),
    "unavailable": ProblemType(503, _("Not available now"), _LATER),
    "no_space": ProblemType(507, _("The server is out of space"), _LATER),
}
BY_STATUS = {400: "bad_request", 401: "unauthorized", 403: "scope_missing", 404: "not_found"} | {
    405: "method_not_allowed",
    413: "too_large",
    429: "throttled",
    500: "server_error",
    503: "unavailable",
    507: "no_space",
}
"""The code of an answer that Django or a middleware gave without one."""


def refusal(error: Exception, **extra: Any) -> Problem:
    """A refusal of the business as a problem, 409: the request is well formed, the state of the account refuses it."""
    code = next((code_of(kind) for kind in type(error).__mro__ if kind in _REFUSED), "refused")
    return Problem(code, error_message(error), extra=extra)


def problem_response(request: HttpRequest, problem: Problem) -> JsonResponse:
    """The answer of a problem. `instance` is the id of the request, the same as in X-Request-ID and in our log."""
    kind = PROBLEM_TYPES[problem.code]
    content: dict[str, Any] = {
        "type": f"{request.build_absolute_uri(DOCUMENTATION)}#{problem.code}",
        "title": str(kind.title),
        "status": kind.status,
        "detail": str(problem.detail or kind.advice),
        "instance": f"urn:request:{current_request.get() or 'none'}",
        "code": problem.code,
        **problem.extra,
    }
    if problem.errors:
        content["errors"] = list(problem.errors)
    response = JsonResponse(
        content, status=kind.status, content_type=MEDIA_TYPE, json_dumps_params={"ensure_ascii": False}
    )
    for name, value in problem.headers.items():
        response[name] = value
    return response


def problem_of_status(status: int) -> Problem:
    """The problem of a bare HTTP status; an unknown one counts as a bad request or as our fault."""
    known = BY_STATUS.get(status)
    return Problem(known or ("bad_request" if status < HTTPStatus.INTERNAL_SERVER_ERROR else "server_error"))

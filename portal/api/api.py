"""The resident's own API: its operations, and what their exceptions are answered with."""

import functools
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from portal.accounts.exceptions import TooManyAttempts
from portal.api.endpoints import accounts, charges, payments, readings
from portal.api.openapi import Json, ScopedSchema, complete_schema
from portal.api.problems import Problem, problem_of_status, problem_response
from portal.api.validation import field_errors
from portal.core.list_parameters import LONGEST_TEXT
from portal.core.rate_limits.exceptions import RateLimited
from portal.core.refusals import error_message


class ResidentApi(NinjaAPI):
    """The API with a schema that says all: scopes, errors, headers, examples."""

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: Json | None = None) -> OpenAPISchema:
        """The OpenAPI 3.1 schema in the language of the request."""
        return complete_schema(ScopedSchema(self, path_prefix or self.get_root_path(path_params or {})))

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """The name of the function."""
        return operation.view_func.__name__


api = ResidentApi(
    title=gettext_noop("API of the resident"),
    version="1",
    description=gettext_noop(
        "Your own accounts, meters, readings, charges, receipts, payments and outages. Sums in ₽ and volumes in m³ are "
        "strings; days are of Moscow."
    ),
    openapi_url="/schema/",
    docs_url=None,
    urls_namespace="api",
)


def refuse_unknown_parameters(view: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse parameters of an address that the operation does not declare, or that come twice."""
    models = view._ninja_operation.models  # type: ignore[attr-defined]  # ninja's own, set without a type
    queries = (model for model in models if model.__ninja_param_source__ == "query")
    declared = {name for model in queries for name in model.__ninja_flatten_map__}

    @functools.wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        unknown = [name for name in request.GET if name not in declared or len(request.GET.getlist(name)) > 1]
        if unknown:
            detail = _("This address has no such parameter, or it may come once.")
            raise Problem("invalid", errors=[{"parameter": name[:LONGEST_TEXT], "detail": detail} for name in unknown])
        return view(request, *args, **kwargs)

    return checked


api.add_decorator(refuse_unknown_parameters)
for router in (accounts.router, readings.router, charges.router, payments.router):
    api.add_router("", router)


@api.exception_handler(Problem)
def _problem(request: HttpRequest, error: Problem) -> HttpResponse:
    return problem_response(request, error)


@api.exception_handler(TooManyAttempts)
def _paused(request: HttpRequest, error: TooManyAttempts) -> HttpResponse:
    seconds = int(error.wait.total_seconds())
    detail = _("Too many wrong keys from your network. Wait %(seconds)d seconds.") % {"seconds": seconds}
    return problem_response(request, Problem("too_many_attempts", detail, headers={"Retry-After": str(seconds)}))


@api.exception_handler(RateLimited)
def _too_often(request: HttpRequest, error: RateLimited) -> HttpResponse:
    headers = {"Retry-After": str(error.seconds)}
    return problem_response(request, Problem("throttled", error_message(error), headers=headers))


@api.exception_handler(AuthenticationError)
def _no_key(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return problem_response(request, Problem("unauthorized", headers={"WWW-Authenticate": "Bearer"}))


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return problem_response(request, Problem("invalid", errors=field_errors(error.errors)))


@api.exception_handler(HttpError)
def _http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem_response(request, problem_of_status(error.status_code))

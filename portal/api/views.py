"""The page of the API for readers, made of its schema: no scripts, nothing from elsewhere."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.accounts.enums import ApiScope
from portal.api.api import api
from portal.api.openapi import Json, operations
from portal.api.presentation import fields_of, shown_example
from portal.api.problems import PROBLEM_TYPES


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Every operation with its parameters, fields, examples and curl; every error by its code."""
    schema = api.get_openapi_schema()
    context = {
        "info": schema["info"],
        "accounts_url": request.build_absolute_uri("../accounts/"),
        "operations": [_operation(schema, *operation) for operation in operations(schema)],
        "scopes": ApiScope.choices,
        "problems": PROBLEM_TYPES.items(),
    }
    return render(request, "api/docs.html", context)


def _operation(schema: Json, path: str, method: str, operation: Json) -> dict[str, Any]:
    status, success = next(iter(operation["responses"].items()))
    body = operation.get("requestBody")
    return {
        "id": operation["operationId"],
        "path": path,
        "method": method.upper(),
        "summary": operation["summary"],
        "description": operation.get("description", ""),
        "scope": next(iter(operation["security"][0].values()))[0],
        "parameters": operation["parameters"],
        "body": fields_of(schema, body) if body else [],
        "body_example": shown_example(body) if body else "",
        "status": status,
        "answer": fields_of(schema, success),
        "answer_example": shown_example(success),
    }

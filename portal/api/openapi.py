"""The OpenAPI schema made whole: scopes, errors, headers, examples, in the language of the reader."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext, gettext_noop
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from portal.api import examples
from portal.api.auth import KeyAuth
from portal.api.descriptions import DESCRIPTIONS
from portal.api.problems import MEDIA_TYPE, PROBLEM_TYPES, ProblemType
from portal.api.schemas import ProblemOut

SCHEME = "KeyAuth"
Json = dict[str, Any]
METHODS = ("get", "post")
ALWAYS = ("400", "401", "403", "404", "406", "422", "429", "500", "503")
OF_POSTS = ("409", "413", "415")
EXAMPLE_CODES = {
    "400": ["bad_request"],
    "401": ["unauthorized"],
    "403": ["scope_missing"],
    "404": ["not_found"],
    "406": ["not_acceptable"],
    "409": ["lower_than_previous", "reading_window_closed", "idempotency_key_reused"],
    "413": ["too_large"],
    "415": ["unsupported_media_type"],
    "422": ["invalid"],
    "429": ["throttled"],
    "500": ["server_error"],
    "503": ["unavailable"],
}
TRANSLATED = ("summary", "description", "title")
LIMITS = {
    "RateLimit": gettext_noop("What is left of each limit: r requests in the next t seconds"),
    "RateLimit-Policy": gettext_noop("The limits: q requests in w seconds"),
}


class ScopedSchema(OpenAPISchema):
    """The schema of django-ninja with the scope that each operation asks of a key."""

    def operation_security(self, operation: Operation) -> list[Json]:
        """The scheme with one scope: OpenAPI 3.1 has them for keys too, django-ninja leaves them empty."""
        return [{SCHEME: [str(auth.scope)]} for auth in operation.auth_callbacks if isinstance(auth, KeyAuth)]


def operations(schema: Json) -> Iterator[tuple[str, str, Json]]:
    """Every operation of a schema: path, method, the operation itself."""
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            if method in METHODS:
                yield path, method, operation


def complete_schema(schema: ScopedSchema) -> ScopedSchema:
    """The schema of django-ninja with what it does not know of."""
    components = schema["components"]
    components["schemas"] |= _problem_schemas()
    components["responses"] = {f"Problem{status}": _problem_response(status) for status in EXAMPLE_CODES}
    components["headers"] = {name: _header(description) for name, description in LIMITS.items()}
    components["securitySchemes"] = {
        SCHEME: {"type": "http", "scheme": "bearer", "description": gettext("A key made in the profile")}
    }
    for _path, method, operation in operations(schema):
        _complete(method, operation)
    _translate(schema)
    return schema


def _complete(method: str, operation: Json) -> None:
    name = operation["operationId"]
    operation["description"] = DESCRIPTIONS[name]
    done = next(status for status in operation["responses"] if int(status) < 300)  # success in HTTP
    success = operation["responses"].pop(done)
    success["description"] = gettext("Done")
    success["headers"] = _success_headers(method, operation)
    if name == "receipt_pdf":
        success["content"] = {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}
    else:
        success["content"]["application/json"]["examples"] = {"example": {"value": examples.ANSWERS[name]}}
    responses = {str(int(done)): success}
    if method == "get":
        responses["304"] = {"description": gettext("Not changed since the ETag in If-None-Match")}
    else:
        operation["requestBody"]["content"]["application/json"]["examples"] = examples.BODIES[name]
    statuses = [*ALWAYS, *(OF_POSTS if method == "post" else ())]
    responses |= {status: {"$ref": f"#/components/responses/Problem{status}"} for status in sorted(statuses)}
    operation["responses"] = responses
    for parameter in operation["parameters"]:
        parameter["example"] = examples.PARAMETERS[parameter["name"]]


def _success_headers(method: str, operation: Json) -> Json:
    headers: Json = {name: {"$ref": f"#/components/headers/{name}"} for name in LIMITS}
    if method == "get":
        headers["ETag"] = _header(gettext_noop("Send it in If-None-Match to be answered 304 while nothing has changed"))
    if any(parameter["name"] == "cursor" for parameter in operation["parameters"]):
        headers["Link"] = _header(gettext_noop("Address of the next page, rel=next; none on the last page")) | {
            "required": False
        }
    return headers


def _header(description: str) -> Json:
    return {"description": gettext(description), "required": True, "schema": {"type": "string"}}


def _problem_schemas() -> Json:
    schema = ProblemOut.model_json_schema(ref_template="#/components/schemas/{model}")
    return schema.pop("$defs") | {"ProblemOut": schema}


def _problem_response(status: str) -> Json:
    values = {code: {"value": example_of(code, PROBLEM_TYPES[code])} for code in EXAMPLE_CODES[status]}
    response: Json = {
        "description": str(PROBLEM_TYPES[EXAMPLE_CODES[status][0]].title if status != "409" else gettext("Refused")),
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemOut"}, "examples": values}},
    }
    if status in ("429", "503"):
        response["headers"] = {"Retry-After": _header(gettext_noop("Seconds to wait"))}
    return response


def example_of(code: str, kind: ProblemType) -> Json:
    """An example of a problem."""
    return {
        "type": f"https://portal.example/api/v1/docs/#{code}",
        "title": str(kind.title),
        "status": kind.status,
        "detail": str(kind.advice),
        "instance": "urn:request:9f0c5d7e4a1b4c55a3b6f2d8e7c1a094",
        "code": code,
    } | examples.PROBLEMS.get(code, {})


def _translate(node: Any) -> None:
    """Translate descriptions in place; examples are data and stay."""
    if isinstance(node, list):
        for part in node:
            _translate(part)
    if not isinstance(node, dict):
        return
    for key, value in node.items():
        if key in ("examples", "example"):
            continue
        if key in TRANSLATED and isinstance(value, str) and value:
            node[key] = gettext(value)
        else:
            _translate(value)

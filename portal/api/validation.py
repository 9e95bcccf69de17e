"""Wrong fields and parameters in words, each with its place in the request."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MOST = 20
BODY = "body"
WORDS: dict[str, Promise] = {
    "missing": _("This is missing."),
    "extra_forbidden": _("There is no such field."),
    "greater_than_equal": _("At least %(ge)s."),
    "less_than_equal": _("At most %(le)s."),
    "string_too_long": _("At most %(max_length)s characters."),
    "string_too_short": _("At least %(min_length)s characters."),
    "int_type": _("A whole number is expected."),
    "int_parsing": _("A whole number is expected."),
    "bool_type": _("true or false is expected."),
    "string_type": _("A text is expected."),
    "value_error": _("A decimal number is expected, such as 141.455."),
    "string_pattern_mismatch": _("Letters, digits and the signs . _ : - are expected."),
}


def field_errors(errors: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Pydantic's errors as members of `errors`: a JSON pointer into the body, or the name of a parameter."""
    return [_error(error) for error in list(errors)[:MOST]]


def _error(error: Mapping[str, Any]) -> dict[str, str]:
    place: Sequence[str | int] = error["loc"]
    message = WORDS.get(error["type"])
    detail = str(message) % error.get("ctx", {}) if message is not None else str(_("This value cannot be read."))
    if place[0] == BODY:  # then the name of the operation's own argument, then the field
        return {"pointer": "#" + "".join(f"/{_escaped(step)}" for step in place[2:]), "detail": detail}
    return {"parameter": str(place[-1]), "detail": detail}


def _escaped(step: str | int) -> str:
    return str(step).replace("~", "~0").replace("/", "~1")[:100]

"""No save without the preview: a button carries a token of the values whose effect was shown."""

from collections.abc import Mapping
from typing import Any

from django.core.signing import Signer
from django.http import HttpRequest

_signer = Signer(salt="office.effects")


def preview_token(values: Mapping[str, Any]) -> str:
    """The token of a form's cleaned values (files left out: they change nothing that is shown)."""
    shown = sorted(values.keys() - {"file"})
    return _signer.signature("|".join(f"{name}={values[name]}" for name in shown))


def was_previewed(request: HttpRequest, values: Mapping[str, Any]) -> bool:
    """Whether the button that was pressed belongs to exactly these values."""
    return request.POST.get("preview_token") == preview_token(values)

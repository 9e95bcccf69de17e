"""The second click: a form carries a key, and a key is used once in a session."""

import secrets

from django.http import HttpRequest

KEPT = 50


def new_key() -> str:
    """A key for a form that is shown now."""
    return secrets.token_urlsafe(12)


def first_time(request: HttpRequest, key: str) -> bool:
    """Whether the form with this key was not sent before from this session."""
    used: list[str] = request.session.get("office_forms", [])
    if key in used:
        return False
    request.session["office_forms"] = [*used, key][-KEPT:]
    return True

"""Reading what a list was asked for."""

from django.http import HttpRequest


def int_param(request: HttpRequest, name: str) -> int | None:
    """A whole number of the address, or None when it is missing or none."""
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None

"""Headers of files that somebody uploaded or that hold personal data: they are taken away, never run."""

from typing import TypeVar

from django.http import HttpResponseBase
from django.utils.http import content_disposition_header

POLICY = "default-src 'none'; sandbox"
Response = TypeVar("Response", bound=HttpResponseBase)


def as_download(response: Response, name: str, *, inline: bool = False) -> Response:
    """Give a response the headers of a file: its name (RFC 6266), no guessing of its type, no scripts, no origin.

    `inline` lets the browser show it. A PDF shown so keeps the site's own policy: in a sandbox the browser's viewer
    does not start.
    """
    response["Content-Disposition"] = content_disposition_header(not inline, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    if not (inline and response.get("Content-Type") == "application/pdf"):
        response["Content-Security-Policy"] = POLICY
    return response

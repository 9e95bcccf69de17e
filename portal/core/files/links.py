"""Which addresses a link inside an uploaded file may have."""

import re

ALLOWED_SCHEMES = frozenset({"http", "https", "mailto", "tel", "consultantplus", "garantf1"})
"""Web and mail, and the two law databases whose exported texts link to themselves."""

_IGNORED = re.compile(r"[\x00-\x20\x7f-\xa0\u2000-\u200f\u2028-\u202f\ufeff]+")
_SCHEME = re.compile(r"([a-z][a-z0-9+.\-]*):")


def is_safe_link(address: str) -> bool:
    """Whether a link of a document leads to the web, to mail, or within the document.

    Control characters and spaces are left out first, as browsers do, so that `java\\tscript:` is seen.
    Relative addresses are not safe: a saved document resolves them against the folder it lies in.
    """
    plain = _IGNORED.sub("", address).lower()
    if not plain or plain.startswith(("#", "www.")):
        return True
    scheme = _SCHEME.match(plain)
    return scheme is not None and scheme[1] in ALLOWED_SCHEMES

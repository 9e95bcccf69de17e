"""Reading seals."""

import re

from portal.integrity.models import Seal

_HASH = re.compile(r"[0-9a-f]{64}")


def parse_hash(text: str) -> str | None:
    """A hash as it was pasted from a letter, blanks and capitals forgiven; None when it is none."""
    text = "".join(text.split()).lower()
    return text if _HASH.fullmatch(text) else None


def seal_with_hash(sha256: str) -> Seal | None:
    """The seal that has this hash, of a letter; None when the chain has none."""
    return Seal.objects.filter(sha256=sha256).first()


def last_seal() -> Seal | None:
    """The newest seal."""
    return Seal.objects.order_by("-number").first()

"""The text of PDF documents, for search."""

import logging
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError

logger = logging.getLogger(__name__)
MAX_PAGES = 400
MAX_CHARACTERS = 400_000


def pdf_text(document: Any) -> str:
    """Return the text of a stored PDF on one line, at most 400,000 characters; empty when it cannot be read."""
    try:
        with document.file.open("rb") as content:
            reader = PdfReader(content)
            parts = [part.extract_text() or "" for part in reader.pages[:MAX_PAGES]]
    except (PyPdfError, OSError, ValueError, KeyError, RecursionError):
        logger.warning("The text of document %s could not be read", document.pk)
        return ""
    return " ".join(" ".join(parts).split())[:MAX_CHARACTERS]

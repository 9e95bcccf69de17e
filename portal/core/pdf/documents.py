"""Documents on the company's letterhead: contracts, slips, acts, forms, statements, reports."""

from collections.abc import Mapping
from typing import Any

from portal.core.models import CompanySettings
from portal.core.pdf.engine import render_pdf


def render_document(template: str, context: Mapping[str, Any], *, copies: int = 1) -> bytes:
    """Lay out a template that extends pdf/document.html and return the PDF.

    Adds `company` (today's details, unless the context brings those of another day) and `copies`: the whole
    document stands in the file that many times, each copy numbered. See docs/algorithms/pdf.md.
    """
    added = {"company": CompanySettings.load(), "copies": range(1, copies + 1)}
    return render_pdf(template, {**added, **context})

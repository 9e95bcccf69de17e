"""PDF documents of the portal: receipts, contracts, acts, slips, forms, statements.

Ways in: `documents.render_document` for all that stands on the letterhead, `render_pdf` for a page of one's own,
`forms.FormPrinter` for what is printed by the thousand. Knows HTML, fonts and pages; nothing of water, people
or money owed.
"""

from portal.core.pdf.engine import render_html, render_pdf
from portal.core.pdf.exceptions import PdfError

__all__ = ["PdfError", "render_html", "render_pdf"]

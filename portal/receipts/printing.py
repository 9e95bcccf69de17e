"""Receipts as PDF: one, or many in one file; stamped into forms laid out once per shape."""

import io
from collections.abc import Iterable
from functools import cache
from itertools import chain
from typing import BinaryIO

from portal.core.pdf.forms import FormPrinter, View
from portal.core.pdf.qr import qr_code
from portal.core.pdf.writer import Page, write_pages
from portal.core.qr import payment_string
from portal.receipts.presentation import MM, payment_order, receipt_view
from portal.receipts.snapshot import ReceiptData

TEMPLATE = "pdf/receipt.html"
FLOW = ("head", "who", "charges", "balance", "meters", "reference", "notes")
FIXED = ("slip",)
QR_SIZE = 50 * MM
QR_X = 9 * MM
QR_Y = 8 * MM
# The mark of the letterhead on a grid of 24: a rounded square, a level of water, a wave.
LOGO = (
    f"q 1.02 0 0 1.02 {12 * MM:.2f} {(297 - 9) * MM - 27.5:.2f} cm 0.0431 0.2118 0.2667 rg"
    " 6 0 m 18 0 l 21.3 0 24 2.7 24 6 c 24 18 l 24 21.3 21.3 24 18 24 c 6 24 l 2.7 24 0 21.3 0 18 c 0 6 l"
    " 0 2.7 2.7 0 6 0 c f 0.1725 0.5961 0.7098 rg"
    " 0 11 m 4 14 8 14 12 11 c 16 8 20 8 24 11 c 24 6 l 24 2.7 21.3 0 18 0 c 6 0 l 2.7 0 0 2.7 0 6 c f"
    " 1 1 1 RG 1.2 w 1 J 4 16.5 m 7 18.7 9 18.7 12 16.5 c 15 14.3 17 14.3 20 16.5 c S Q"
)
TITLE = "Платёжный документ"
QR_KEY = "qr"


def _mark_and_code(view: View, page: int) -> str:
    return f"{LOGO} {qr_code(view[QR_KEY], x=QR_X, y=QR_Y, size=QR_SIZE)}" if page == 1 else ""


@cache
def printer() -> FormPrinter:
    """The printer of this process, with the forms it has laid out so far."""
    return FormPrinter(TEMPLATE, FLOW, FIXED, overlay=_mark_and_code)


def form_view(data: ReceiptData) -> View:
    """Return the view of a receipt for its printer, QR code included.

    Raises portal.core.qr.PaymentStringError when the company's bank details make no valid code.
    """
    return {**receipt_view(data), QR_KEY: payment_string(payment_order(data))}


def receipt_pages(data: ReceiptData) -> list[Page]:
    """Return the pages of a receipt."""
    return printer().pages(form_view(data))


def receipt_pdf(data: ReceiptData) -> bytes:
    """Return a receipt as a PDF of its own; the same data give the same bytes."""
    file = io.BytesIO()
    write_pages(file, receipt_pages(data), title=f"{TITLE} № {data.number}")
    return file.getvalue()


def receipts_pdf(receipts: Iterable[ReceiptData]) -> bytes:
    """Return several receipts as one PDF, in the order given."""
    file = io.BytesIO()
    write_receipts(file, receipts, title="Платёжные документы")
    return file.getvalue()


def write_receipts(file: BinaryIO, receipts: Iterable[ReceiptData], *, title: str) -> int:
    """Write many receipts into one PDF as they come and return the number of pages; memory stays flat."""
    return write_pages(file, chain.from_iterable(map(receipt_pages, receipts)), title=title)

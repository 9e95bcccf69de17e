"""Receipts as PDF: one, or many in one file; stamped into forms laid out once per shape."""

import io
from collections.abc import Iterable, Iterator
from functools import cache
from typing import BinaryIO

from portal.billing.receipts.presentation import MM, payment_order, receipt_view
from portal.billing.receipts.snapshot import ReceiptData
from portal.core.pdf.forms import FormPrinter, View
from portal.core.pdf.qr import qr_code
from portal.core.pdf.writer import Page, write_pages
from portal.core.qr import payment_string

TEMPLATE = "pdf/receipt.html"
QR_SIZE = 48 * MM
QR_X = 12 * MM
QR_Y = 8 * MM
TITLE = "Платёжный документ"
QR_KEY = "qr"


def _qr_on_first_page(view: View, page: int) -> str:
    return qr_code(view[QR_KEY].data, x=QR_X, y=QR_Y, size=QR_SIZE) if page == 1 else ""


class PaymentCode:
    """The QR code's bytes: carried by the view, no part of the form's shape."""

    __slots__ = ("data",)

    def __init__(self, data: bytes) -> None:
        self.data = data

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PaymentCode)

    def __hash__(self) -> int:
        return hash(PaymentCode)


@cache
def printer() -> FormPrinter:
    """The printer of this process, with the forms it has laid out so far."""
    return FormPrinter(TEMPLATE, overlay=_qr_on_first_page)


def form_view(data: ReceiptData) -> View:
    """Return the view of a receipt for its printer, QR code included.

    Raises portal.core.qr.PaymentStringError when the company's requisites make no valid code.
    """
    return {**receipt_view(data), QR_KEY: PaymentCode(payment_string(payment_order(data)))}


def receipt_pages(data: ReceiptData) -> list[Page]:
    """Return the pages of a receipt."""
    return printer().pages(form_view(data))


def receipt_pdf(data: ReceiptData) -> bytes:
    """Return a receipt as a PDF of its own; the same data give the same bytes."""
    file = io.BytesIO()
    write_pages(file, receipt_pages(data), title=f"{TITLE} № {data.number}")
    return file.getvalue()


def write_receipts(file: BinaryIO, receipts: Iterable[ReceiptData], *, title: str) -> int:
    """Write many receipts into one PDF as they come and return the number of pages; memory stays flat."""
    return write_pages(file, _pages(receipts), title=title)


def _pages(receipts: Iterable[ReceiptData]) -> Iterator[Page]:
    for data in receipts:
        yield from receipt_pages(data)

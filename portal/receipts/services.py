"""Issuing receipts: data, file and SHA-256, once; a wrong one is annulled by a new one that names it."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable

from django.db import IntegrityError, transaction

from portal.core import clock
from portal.core.files.services import open_file, store_file
from portal.core.models import PrivateFile
from portal.core.pdf import PdfError
from portal.core.periods import Period
from portal.core.qr import PaymentStringError, payment_string
from portal.core.runs.enums import RunStatus
from portal.ledger.services import lock_accounts
from portal.receipts import printing
from portal.receipts.assembling import assemble_receipts, receipt_number
from portal.receipts.exceptions import (
    CannotIssue,
    NothingToPrint,
    ReceiptReplaced,
    ReceiptsBeingIssued,
    ReceiptsIssued,
)
from portal.receipts.models import Receipt, ReceiptFile, ReceiptRun
from portal.receipts.notifications import notify_residents
from portal.receipts.presentation import payment_order
from portal.receipts.selectors import data_of, has_receipts
from portal.receipts.snapshot import ReceiptData

FILE_KIND = "receipt"


def new_receipt(
    account_id: int,
    data: ReceiptData,
    *,
    run: ReceiptRun | None = None,
    version: int = 1,
    replaces: Receipt | None = None,
) -> Receipt:
    """A receipt ready to be stored. Raises CannotIssue("bank_details") when its payment code would be invalid."""
    try:
        payment_string(payment_order(data))
    except PaymentStringError as error:
        raise CannotIssue("bank_details", str(error)) from error
    stored = data.model_dump(mode="json")
    return Receipt(
        account_id=account_id,
        period=data.period,
        version=version,
        number=data.number,
        to_pay=data.to_pay,
        up_to_entry=data.up_to_entry,
        due_on=data.due_on,
        issued_on=data.issued_on,
        issued_at=clock.now(),
        data=stored,
        data_sha256=data_digest(stored),
        replaces=replaces,
        reason=data.reason,
        run=run,
    )


def data_digest(stored: object) -> str:
    """SHA-256 of a receipt's data in one canonical form, so that check_ledger can prove it unchanged."""
    text = json.dumps(stored, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def ensure_receipt_pdf(*, receipt: Receipt) -> PrivateFile:
    """The PDF of a receipt: the stored one, or made there and then; two who ask at once get the same file.

    Raises CannotIssue("layout") when it cannot be laid out, FileRefused when it cannot be stored.
    """
    existing = ReceiptFile.objects.filter(receipt=receipt).select_related("file").first()
    if existing is not None:
        return existing.file
    try:
        content = printing.receipt_pdf(data_of(receipt))
    except PdfError as error:
        raise CannotIssue("layout", str(error)) from error
    stored = store_file(
        kind=FILE_KIND,
        owner=f"receipt:{receipt.pk}",
        name=file_name(receipt),
        content=content,
        content_type="application/pdf",
    )
    try:
        with transaction.atomic():
            ReceiptFile.objects.create(receipt=receipt, file=stored, sha256=stored.sha256, made_at=clock.now())
    except IntegrityError:  # somebody else was first
        stored.file.delete(save=False)
        stored.delete()
        return ReceiptFile.objects.select_related("file").get(receipt=receipt).file
    return stored


def file_name(receipt: Receipt) -> str:
    """«Квитанция 0010001-2026-10.pdf»."""
    return f"Квитанция {receipt.number}.pdf"


def receipt_bytes(*, receipt: Receipt) -> bytes:
    """The content of a receipt's PDF, made if need be. Raises as ensure_receipt_pdf."""
    with open_file(ensure_receipt_pdf(receipt=receipt)) as file:
        return file.read()


def combined_pdf(*, receipts: Iterable[Receipt]) -> bytes:
    """Several receipts as one PDF, in the order given. Raises NothingToPrint when there is none."""
    data = [data_of(receipt) for receipt in receipts]
    if not data:
        raise NothingToPrint
    return printing.receipts_pdf(data)


def require_no_receipts(period: Period) -> None:
    """Forbid the reversal of a closing whose receipts were issued: only corrections are possible from then on.

    Raises ReceiptsBeingIssued, ReceiptsIssued.
    """
    if ReceiptRun.objects.filter(period=period.first_day, status=RunStatus.RUNNING).exists():
        raise ReceiptsBeingIssued(period=period)
    issued = has_receipts(period)
    if issued:
        raise ReceiptsIssued(period=period, count=issued)


def replace_receipt(*, receipt: Receipt, reason: str, issued_on: dt.date, notify: bool = True) -> Receipt:
    """Annul a receipt by a new one, made from what the portal knows now, that names it and says why.

    It counts what was booked up to now, unless a later month is closed: what came since is on that month's receipt.
    Raises ReceiptReplaced when it was annulled already, CannotIssue when a new one cannot be made,
    ValueError without a reason.
    """
    if not reason.strip():
        raise ValueError("a receipt is annulled for a reason")
    period = Period.of(receipt.period)
    version = receipt.version + 1
    try:
        with transaction.atomic():
            lock_accounts([receipt.account_id])
            assembled, refused = assemble_receipts([receipt.account_id], period=period, issued_on=issued_on)
            if not assembled:
                raise refused[receipt.account_id]
            account_id, data = assembled[0]
            number = receipt_number(data.account, period, version)
            data = data.model_copy(update={"number": number, "annuls": receipt.number, "reason": reason.strip()})
            fresh = new_receipt(account_id, data, version=version, replaces=receipt)
            fresh.save(force_insert=True)
            if notify:
                notify_residents([fresh])
    except IntegrityError as error:
        existing = Receipt.objects.filter(replaces=receipt).first()
        if existing is None:
            raise
        raise ReceiptReplaced(number=existing.number) from error
    return fresh

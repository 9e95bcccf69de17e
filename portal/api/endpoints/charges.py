"""Charges with their reasons, and receipts."""

from http import HTTPStatus
from typing import Annotated

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_noop as _
from ninja import Path, Query, Router

from portal.accounts.enums import ApiScope
from portal.accounts.models import Account
from portal.api.auth import ApiRequest, KeyAuth
from portal.api.cursors import after, link_next, read_cursor
from portal.api.endpoints.common import AccountId, Cursor, Limit, own_account
from portal.api.problems import Problem
from portal.api.schemas import DEFAULT_BILLS, DEFAULT_PAGE, LARGEST_BILLS, MAX_KEY, BillOut, ChargeOut, ReceiptOut
from portal.billing.selectors import closed_periods, period_bill
from portal.billing.selectors.bills import BillLine, ClosedPeriod
from portal.core.files.downloads import as_download
from portal.core.files.exceptions import FileRefused
from portal.core.files.services import open_file
from portal.core.periods import Period
from portal.receipts.exceptions import CannotIssue
from portal.receipts.models import Receipt
from portal.receipts.selectors import receipts_of
from portal.receipts.services import ensure_receipt_pdf

PDF = "application/pdf"
router = Router(tags=["charges"])
Bills = Annotated[int, Query(ge=1, le=LARGEST_BILLS, description=_("Months on a page"))]
ReceiptId = Annotated[int, Path(ge=1, le=MAX_KEY, description=_("The receipt, from the list of receipts"))]


def _closed(row: ClosedPeriod) -> tuple[str, int]:
    return row.period.first_day.isoformat(), 0


@router.get(
    "/accounts/{account}/charges/",
    auth=KeyAuth(ApiScope.READ),
    response={HTTPStatus.OK: list[BillOut]},
    summary=_("Charges with their reasons"),
)
def list_charges(
    request: ApiRequest,
    response: HttpResponse,
    account: AccountId,
    limit: Bills = DEFAULT_BILLS,
    cursor: Cursor = "",
) -> list[BillOut]:
    """Bills of the closed months, newest first: every line with its volume, price, sum and reasons."""
    own = own_account(request, account)
    rows = after(closed_periods(own), read_cursor(request, cursor), _closed)
    page = link_next(request, response, rows, limit=limit, position=_closed)
    return [bill for row in page if (bill := _bill(own, row.period)) is not None]


def _bill(account: Account, period: Period) -> BillOut | None:
    bill = period_bill(account, period)
    if bill is None:
        return None
    return BillOut(
        period=bill.period.first_day,
        closed_on=bill.closed_on,
        due_on=bill.due_on,
        total=bill.total,
        charges=[_charge(line) for line in bill.lines],
    )


def _charge(line: BillLine) -> ChargeOut:
    charge = line.charge
    return ChargeOut(
        title=line.title,
        kind=charge.kind,
        service=charge.service,
        for_month=charge.for_period,
        volume=charge.volume,
        price=charge.price,
        amount=charge.amount,
        reasons=line.sentences,
    )


def _issued(receipt: Receipt) -> tuple[str, int]:
    return receipt.period.isoformat(), receipt.pk


@router.get(
    "/accounts/{account}/receipts/",
    auth=KeyAuth(ApiScope.READ),
    response={HTTPStatus.OK: list[ReceiptOut]},
    summary=_("Receipts"),
)
def list_receipts(
    request: ApiRequest, response: HttpResponse, account: AccountId, limit: Limit = DEFAULT_PAGE, cursor: Cursor = ""
) -> list[ReceiptOut]:
    """Receipts of the months in which the login holds the account, newest first."""
    position = read_cursor(request, cursor)
    receipts = _receipts(request, own_account(request, account))
    page = link_next(request, response, after(receipts, position, _issued), limit=limit, position=_issued)
    return [_receipt(request, account, receipt) for receipt in page]


def _receipts(request: ApiRequest, account: Account) -> list[Receipt]:
    return receipts_of(account, viewer=request.auth)


def _receipt(request: ApiRequest, account_id: int, receipt: Receipt) -> ReceiptOut:
    path = reverse("api:receipt_pdf", kwargs={"account": account_id, "receipt": receipt.pk})
    return ReceiptOut(
        id=receipt.pk,
        number=receipt.number,
        period=receipt.period,
        issued_on=receipt.issued_on,
        due_on=receipt.due_on,
        to_pay=receipt.to_pay,
        pdf=request.build_absolute_uri(path),
    )


@router.get(
    "/accounts/{account}/receipts/{receipt}/pdf/",
    auth=KeyAuth(ApiScope.READ, produces=PDF),
    response={HTTPStatus.OK: None},
    summary=_("A receipt as PDF"),
    url_name="receipt_pdf",
)
def receipt_pdf(request: ApiRequest, account: AccountId, receipt: ReceiptId) -> HttpResponse:
    """The receipt as it was issued; made there and then when it was not yet."""
    own = next((row for row in _receipts(request, own_account(request, account)) if row.pk == receipt), None)
    if own is None:
        raise Problem("not_found")
    try:
        stored = ensure_receipt_pdf(receipt=own)
    except (CannotIssue, FileRefused):
        detail = translated("The receipt could not be made just now. Try again in a few minutes.")
        raise Problem("unavailable", detail, headers={"Retry-After": "300"}) from None
    with open_file(stored) as file:
        response = HttpResponse(file.read(), content_type=PDF)
    return as_download(response, stored.name)

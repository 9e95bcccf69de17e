"""Accounts, meters, the ledger, outages."""

import datetime as dt
from decimal import Decimal
from http import HTTPStatus

from django.http import HttpResponse
from django.utils.translation import gettext_noop as _
from ninja import Router

from portal.accounts.enums import ApiScope
from portal.accounts.models import Account
from portal.accounts.selectors import accounts_of
from portal.api.auth import ApiRequest, KeyAuth
from portal.api.cursors import day_and_key, link_next, read_cursor
from portal.api.endpoints.common import AccountId, Cursor, Limit, own_account
from portal.api.endpoints.windows import window_out
from portal.api.schemas import DEFAULT_PAGE, AccountDetailOut, AccountOut, EntryOut, MeterOut, OutageOut
from portal.billing.selectors import current_bill
from portal.core import clock
from portal.ledger.models import Entry
from portal.ledger.selectors import balances, page_of_entries
from portal.metering.selectors import active_meters, previous_values
from portal.service_requests.outages.selectors import concerned

router = Router(auth=KeyAuth(ApiScope.READ), tags=["accounts"])


def _account_out(account: Account, balance: Decimal) -> AccountOut:
    return AccountOut(
        id=account.pk,
        number=account.number,
        address=account.premises.address,
        balance=balance,
        opened_on=account.opened_on,
        closed_on=account.closed_on,
    )


@router.get("/accounts/", response={HTTPStatus.OK: list[AccountOut]}, summary=_("My accounts"))
def list_accounts(
    request: ApiRequest, response: HttpResponse, limit: Limit = DEFAULT_PAGE, cursor: Cursor = ""
) -> list[AccountOut]:
    """Accounts that the login holds now, with their balances, by number."""
    position = read_cursor(request, cursor)
    accounts = accounts_of(request.auth)
    following = [account for account in accounts if position is None or (account.number, account.pk) > position]
    page = link_next(request, response, following, limit=limit, position=lambda account: (account.number, account.pk))
    owed = balances([account.pk for account in page])
    return [_account_out(account, owed.get(account.pk, Decimal("0.00"))) for account in page]


@router.get("/accounts/{account}/", response={HTTPStatus.OK: AccountDetailOut}, summary=_("One account"))
def get_account(request: ApiRequest, account: AccountId) -> AccountDetailOut:
    """Balance, the day by which the last bill is to be paid, the next window for readings."""
    own = own_account(request, account)
    bill = current_bill(own)
    return AccountDetailOut(
        **_account_out(own, bill.balance).model_dump(), due_on=bill.due_on, window=window_out(clock.today())
    )


@router.get("/accounts/{account}/meters/", response={HTTPStatus.OK: list[MeterOut]}, summary=_("Active meters"))
def list_meters(request: ApiRequest, account: AccountId) -> list[MeterOut]:
    "Active meters, each with its last accepted reading."
    today = clock.today()
    meters = list(active_meters(own_account(request, account), on=today))
    last = previous_values(meters, before=today + dt.timedelta(days=1))
    return [
        MeterOut(
            id=meter.pk,
            service=meter.service,
            place=meter.place,
            serial_number=meter.serial_number,
            digits=meter.digits,
            verified_until=meter.verified_until,
            last_value=last[meter.pk].value,
            last_taken_on=last[meter.pk].taken_on,
        )
        for meter in meters
    ]


@router.get("/accounts/{account}/ledger/", response={HTTPStatus.OK: list[EntryOut]}, summary=_("Ledger"))
def list_entries(
    request: ApiRequest, response: HttpResponse, account: AccountId, limit: Limit = DEFAULT_PAGE, cursor: Cursor = ""
) -> list[EntryOut]:
    "Charges and payments in force, with the balance after each, newest first."
    before = day_and_key(read_cursor(request, cursor))
    rows = page_of_entries(own_account(request, account), before=before, limit=limit + 1).rows
    page = link_next(
        request, response, rows, limit=limit, position=lambda entry: (entry.effective_on.isoformat(), entry.pk)
    )
    return [_entry_out(entry) for entry in page]


def _entry_out(entry: Entry) -> EntryOut:
    return EntryOut(
        id=entry.pk,
        date=entry.effective_on,
        kind=entry.kind,
        amount=entry.amount,
        balance_after=entry.balance_after,
        period=entry.period,
    )


@router.get("/accounts/{account}/outages/", response={HTTPStatus.OK: list[OutageOut]}, summary=_("Outages"))
def list_outages(request: ApiRequest, account: AccountId) -> list[OutageOut]:
    """Outages of now and the next fourteen days that concern the account's house."""
    return [
        OutageOut(
            id=outage.pk,
            kind=outage.kind,
            services=outage.services,
            starts_at=outage.starts_at,
            ends_at=outage.ends_at,
            reason=outage.reason,
            delivery=outage.delivery,
        )
        for outage in concerned(own_account(request, account), clock.now())
    ]

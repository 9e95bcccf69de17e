"""What a month cannot be billed without: the company's details, its accounts, rates and norms."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from portal.accounts.models import AccountService
from portal.billing.enums import SetupStep
from portal.billing.loading.facts import open_accounts
from portal.billing.models import Norm, Rate
from portal.core import service_catalogue
from portal.core.models import CompanySettings
from portal.core.payment_code_panel import code_of
from portal.core.periods import Period
from portal.core.qr import PaymentStringError


@dataclass(frozen=True, slots=True)
class SetupGap:
    """A step of the setup that is not done: fields of the company that are empty, or services without a number."""

    step: SetupStep
    fields: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    is_wrong: bool = False
    """Whether values are there, and no payment code can be made of them."""


COMPANY_FIELDS = ("name", "legal_name", "inn")
BANK_FIELDS = ("bank_name", "bank_account", "bic")


def setup_gaps(period: Period) -> list[SetupGap]:
    """Return what is missing before a month can be closed and its receipts issued (five queries)."""
    return [*_company(), *_accounts(period)]


def _company() -> Iterator[SetupGap]:
    company = CompanySettings.load()
    for step, names in ((SetupStep.COMPANY, COMPANY_FIELDS), (SetupStep.BANK_DETAILS, BANK_FIELDS)):
        if empty := tuple(name for name in names if not getattr(company, name)):
            yield SetupGap(step, fields=empty)
    try:
        code_of(company)
    except PaymentStringError:
        yield SetupGap(SetupStep.BANK_DETAILS, is_wrong=True)


def _accounts(period: Period) -> Iterator[SetupGap]:
    """Accounts of the month; rates in force in it of the services supplied to them; norms of any of these.

    One norm of several that is missing stops only the accounts that need it: their closing says so.
    """
    if not open_accounts(period).exists():
        yield SetupGap(SetupStep.ACCOUNTS)
        return
    supplied = supplied_services(period)
    rates = _services_of(Rate.objects.active().filter(valid_from__lte=period.last_day))
    if missing := tuple(service for service in supplied if service not in rates):
        yield SetupGap(SetupStep.RATES, services=missing)
    if supplied and not _services_of(Norm.objects.active()).intersection(supplied):
        yield SetupGap(SetupStep.NORMS, services=tuple(supplied))


def _services_of(rows: "QuerySet[Any]") -> set[str]:
    return set(rows.order_by().values_list("service", flat=True).distinct())


def supplied_services(period: Period) -> list[str]:
    """Services that some open account has in a month, in the order of bills (one query)."""
    rows = AccountService.objects.filter(account__in=open_accounts(period), since__lte=period.last_day)
    rows = rows.exclude(until__lt=period.first_day)
    return sorted(rows.order_by().values_list("service", flat=True).distinct(), key=service_catalogue.position)

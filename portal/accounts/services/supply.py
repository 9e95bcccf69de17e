"""Services of an account and the number of its residents: registered persons, services, the account's end. All with a
day.
"""

import datetime as dt

from django.db import transaction
from django.db.models import Q

from portal.accounts import audit
from portal.accounts.enums import Service
from portal.accounts.exceptions import (
    AccountIsClosed,
    BeforeOpening,
    DayNotCome,
    EndsBeforeItBegins,
    NothingChanged,
    NotSupplied,
    ServiceGone,
    SuppliedAlready,
)
from portal.accounts.models import Account, AccountService, Occupancy, User
from portal.core.formatting import date_text


def require_day(account: Account, *, on: dt.date, today: dt.date) -> None:
    """Raise AccountIsClosed, DayNotCome or BeforeOpening unless a fact of an account may change on a day."""
    if account.closed_on is not None:
        raise AccountIsClosed(account.number)
    if on > today:
        raise DayNotCome(str(on))
    if on < account.opened_on:
        raise BeforeOpening(opened_on=account.opened_on)


@transaction.atomic
def change_persons(
    *, account: Account, since: dt.date, registered: int, owners: int, by: User | None, today: dt.date
) -> Occupancy:
    """So many are registered from a day on (inclusive); what was entered for the same day is replaced.

    Raises NothingChanged and the refusals of `require_day`.
    """
    require_day(account, on=since, today=today)
    before = account.occupancies.filter(since__lte=since).order_by("-since").first()
    if before is not None and (before.registered, before.owners) == (registered, owners):
        raise NothingChanged(account.number)
    row, _made = Occupancy.objects.update_or_create(
        account=account, since=since, defaults={"registered": registered, "owners": owners}
    )
    if by is not None:
        audit.changed(
            account,
            by=by,
            what=f"Зарегистрировано человек с {date_text(since, year=True)}",
            before="" if before is None else before.registered,
            after=registered,
        )
    return row


@transaction.atomic
def supply(*, account: Account, service: Service, since: dt.date, by: User | None, today: dt.date) -> AccountService:
    """A service is supplied from a day on (inclusive). Raises SuppliedAlready and the refusals of `require_day`."""
    require_day(account, on=since, today=today)
    _require_free(account, service, since=since)
    row = AccountService.objects.create(account=account, service=service, since=since)
    if by is not None:
        audit.changed(account, by=by, what=f"Услуга «{service.label}»", after=f"с {date_text(since, year=True)}")
    return row


@transaction.atomic
def stop(*, account: Account, service: Service, until: dt.date, by: User | None, today: dt.date) -> AccountService:
    """A service is supplied until a day (inclusive). Raises NotSupplied and the refusals of `require_day`."""
    require_day(account, on=until, today=today)
    row = account.services.filter(service=service, until=None, since__lte=until).first()
    if row is None:
        later = account.services.filter(service=service, since__gt=until).order_by("since").first()
        raise NotSupplied(service, since=later.since if later else None)
    row.until = until
    row.save(update_fields=["until"])
    if by is not None:
        audit.changed(account, by=by, what=f"Услуга «{service.label}»", after=f"по {date_text(until, year=True)}")
    return row


@transaction.atomic
def move_service(
    *, row: AccountService, since: dt.date, until: dt.date | None, reason: str, by: User | None, today: dt.date
) -> AccountService:
    """Give a service that was entered with wrong days the right ones, both inclusive; `until` None: it goes on.

    The caller has made sure that no closing used the row. Raises NothingChanged, ServiceGone, EndsBeforeItBegins,
    SuppliedAlready and the refusals of `require_day`.
    """
    row = _locked(row)
    if (row.since, row.until) == (since, until):
        raise NothingChanged(row.account.number)
    for day in filter(None, (since, until)):
        require_day(row.account, on=day, today=today)
    if until is not None and until < since:
        raise EndsBeforeItBegins(row.service)
    _require_free(row.account, Service(row.service), since=since, until=until, besides=row)
    before = _days(row)
    row.since, row.until = since, until
    row.save(update_fields=["since", "until"])
    _note(row, by=by, before=before, after=f"{_days(row)}. Причина: {reason}")
    return row


@transaction.atomic
def withdraw_service(*, row: AccountService, reason: str, by: User | None) -> None:
    """Take back a service that was entered by mistake; the audit keeps its days and the reason.

    The caller has made sure that no closing used the row. Raises ServiceGone and AccountIsClosed.
    """
    row = _locked(row)
    if row.account.closed_on is not None:
        raise AccountIsClosed(row.account.number)
    _note(row, by=by, before=_days(row), after=f"запись отозвана. Причина: {reason}")
    row.delete()


def _locked(row: AccountService) -> AccountService:
    """The row as it stands, its account locked against other changes. Raises ServiceGone."""
    Account.objects.select_for_update().get(pk=row.account_id)
    locked = (
        AccountService.objects.select_related("account").filter(pk=row.pk, since=row.since, until=row.until).first()
    )
    if locked is None:
        raise ServiceGone(row.service)
    return locked


def _require_free(
    account: Account,
    service: Service,
    *,
    since: dt.date,
    until: dt.date | None = None,
    besides: AccountService | None = None,
) -> None:
    """Raise SuppliedAlready when another row of the service has one of the days, both inclusive."""
    others = account.services.filter(Q(until=None) | Q(until__gte=since), service=service)
    if until is not None:
        others = others.filter(since__lte=until)
    if besides is not None:
        others = others.exclude(pk=besides.pk)
    other = others.order_by("since").first()
    if other is not None:
        raise SuppliedAlready(service, since=other.since, until=other.until)


def _days(row: AccountService) -> str:
    since = f"с {date_text(row.since, year=True)}"
    return since if row.until is None else f"{since} по {date_text(row.until, year=True)}"


def _note(row: AccountService, *, by: User | None, before: str, after: str) -> None:
    if by is not None:
        audit.changed(row.account, by=by, what=f"Услуга «{row.get_service_display()}»", before=before, after=after)


@transaction.atomic
def close_account(*, account: Account, on: dt.date, by: User | None, today: dt.date) -> Account:
    """The account's last day (inclusive); its contracts end with it. Its holders see it on, and its debt stays.

    Raises the refusals of `require_day`.
    """
    account = Account.objects.select_for_update().get(pk=account.pk)
    require_day(account, on=on, today=today)
    account.closed_on = on
    account.save(update_fields=["closed_on"])
    account.contracts.filter(ended_on=None).update(ended_on=on)
    if by is not None:
        audit.changed(account, by=by, what="Счёт закрыт", after=f"по {date_text(on, year=True)}")
    return account

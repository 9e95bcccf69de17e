"""What is supplied to an account and for how many: registered persons, services, the account's end. All with a day."""

import datetime as dt

from django.db import transaction
from django.db.models import Q

from portal.accounts import audit
from portal.accounts.enums import Service
from portal.accounts.exceptions import (
    AccountIsClosed,
    BeforeOpening,
    DayNotCome,
    NothingChanged,
    NotSupplied,
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
    if account.services.filter(Q(until=None) | Q(until__gte=since), service=service).exists():
        raise SuppliedAlready(service)
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
        raise NotSupplied(service)
    row.until = until
    row.save(update_fields=["until"])
    if by is not None:
        audit.changed(account, by=by, what=f"Услуга «{service.label}»", after=f"по {date_text(until, year=True)}")
    return row


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

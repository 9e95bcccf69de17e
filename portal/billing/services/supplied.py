"""Correcting a service that was entered by mistake: as long as no closing charged it."""

import datetime as dt

from django.db import transaction

from portal.accounts.models import AccountService, User
from portal.accounts.services.supply import move_service, withdraw_service
from portal.billing.enums import ChargeKind
from portal.billing.exceptions import ServiceWasCharged
from portal.billing.models import Charge
from portal.billing.services.numbers import lock_numbers
from portal.core.periods import Period


def first_charged(row: AccountService) -> Period | None:
    """The first closed month that charged a service within its days; None: it may still be corrected (one query)."""
    charged = Charge.objects.filter(
        account=row.account_id,
        service=row.service,
        kind__in=(ChargeKind.CHARGE, ChargeKind.RECALCULATION),
        reversed_at=None,
        for_period__gte=row.since.replace(day=1),
    )
    if row.until is not None:
        charged = charged.filter(for_period__lte=row.until)
    first = charged.order_by("period").values_list("period", flat=True).first()
    return Period.of(first) if first else None


@transaction.atomic
def correct_service(
    *,
    row: AccountService,
    days: tuple[dt.date, dt.date | None] | None,
    reason: str,
    by: User | None,
    today: dt.date,
) -> None:
    """Give a service other days (first, last or None: it goes on; inclusive), or withdraw it when `days` is None.

    Without `by` nothing is written in the audit: a preview. Raises ServiceWasCharged and the refusals of
    `move_service` and `withdraw_service`.
    """
    lock_numbers()  # a closing takes it when it starts: it charges the service before or after, not meanwhile
    charged = first_charged(row)
    if charged is not None:
        raise ServiceWasCharged(period=charged)
    if days is None:
        withdraw_service(row=row, reason=reason, by=by)
    else:
        move_service(row=row, since=days[0], until=days[1], reason=reason, by=by, today=today)

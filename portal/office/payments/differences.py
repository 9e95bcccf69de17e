"""A reconciliation difference as the list shows it: sums, states, age, what to do."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.urls import reverse

from portal.core import clock
from portal.core.formatting import money_text
from portal.payments.enums import DifferenceKind, PaymentState
from portal.payments.models import Difference
from portal.payments.proposals import PROPOSALS
from portal.payments.services.reconciliation import UNIDENTIFIED_GRACE


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """A difference as the list shows it; `age` in days."""

    kind: str
    subject: str
    url: str
    day: dt.date
    ours: str
    theirs: str
    age: int
    proposal: str
    is_waiting: bool


def difference_row(difference: Difference, now: dt.datetime) -> DifferenceRow:
    """A difference as the list and its export show it at `now`."""
    if difference.payment_id:
        url = reverse("office_payment", args=[difference.payment_id])
    elif difference.kind == DifferenceKind.UNIDENTIFIED:
        url = reverse("office_unknown")
    else:
        url = ""
    age = (clock.date_of(now) - clock.date_of(difference.found_at)).days
    return DifferenceRow(
        kind=difference.get_kind_display(),
        subject=difference.subject,
        url=url,
        day=difference.day,
        ours=_value_text(difference.ours),
        theirs=_value_text(difference.theirs),
        age=max(0, age),
        proposal=str(PROPOSALS[difference.kind]),
        is_waiting=difference.kind == DifferenceKind.UNIDENTIFIED and now - difference.found_at < UNIDENTIFIED_GRACE,
    )


def _value_text(value: str) -> str:
    """A stored sum as money, a stored state by its name."""
    if value in PaymentState.values:
        return str(PaymentState(value).label)
    try:
        return money_text(Decimal(value))
    except InvalidOperation:
        return value

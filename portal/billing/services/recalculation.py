"""Recalculation on demand: what closed months come to with the facts of now, shown before it is booked."""

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db import transaction

from portal.accounts import audit
from portal.accounts.models import Account, User
from portal.approvals.enums import OperationKind, OperationState
from portal.approvals.exceptions import ApprovalRefused
from portal.approvals.models import MoneyOperation
from portal.approvals.services import NewOperation, submit
from portal.billing.calculation import stored_explanations
from portal.billing.calculation.exceptions import NotComputable
from portal.billing.calculation.explanations import Corrected
from portal.billing.calculation.lines import ChargeLine
from portal.billing.calculation.months import first_day, month_of
from portal.billing.calculation.restate import Restated, fingerprint, restate
from portal.billing.calculation.state import dumped, loaded
from portal.billing.calculation.units import from_litres, price
from portal.billing.enums import ChargeKind
from portal.billing.exceptions import BillingRefused, NothingToRecalculate
from portal.billing.loading.rate_book import load_rate_book
from portal.billing.loading.restatements import load_for
from portal.billing.models import AccountClosing, Charge
from portal.core import clock
from portal.core.formatting import money_text
from portal.core.money import from_kopecks
from portal.core.periods import Period
from portal.ledger.enums import EntryKind
from portal.ledger.services import NewEntry, lock_accounts, post_entry


@dataclass(frozen=True, slots=True)
class RecalculatedMonth:
    """One service of one closed month: m³ and ₽ that are added (negative: taken off)."""

    service: str
    for_period: Period
    was: Decimal
    should_be: Decimal
    volume: Decimal
    price: Decimal
    amount: Decimal


def preview_recalculation(*, account: Account, months: int) -> list[RecalculatedMonth]:
    """Return what recalculating the last closed months would book now; nothing is stored. Raises NotComputable."""
    _, restated = _restated(account, months)
    return [_difference(line) for line in restated.lines]


@transaction.atomic
def submit_recalculation(
    *, account: Account, months: int, reason: str, by: User, now: dt.datetime
) -> MoneyOperation | None:
    """An employee recalculates closed months: booked at once within their limits, else when a second person approves.

    What is counted is the sum of the lines without their signs. While one waits for the account, that one is returned.
    None: the volumes differ and the money does not, so there was nothing to count. Raises NothingToRecalculate,
    NotComputable.
    """
    lock_accounts([account.pk])
    differences = preview_recalculation(account=account, months=months)
    if not differences:
        raise NothingToRecalculate(account.number)
    moved = sum((abs(line.amount) for line in differences), Decimal(0))
    on = clock.date_of(now)
    if not moved:
        recalculate(account=account, months=months, on=on, by=by, reason=reason)
        return None
    operations = MoneyOperation.objects.filter(account=account, kind=OperationKind.RECALCULATION)
    number = operations.exclude(state=OperationState.WAITING).count()
    operation, created = submit(
        NewOperation(
            kind=OperationKind.RECALCULATION,
            key=f"recalculation:{account.pk}:{number}",
            account=account,
            amount=sum((line.amount for line in differences), Decimal(0)),
            moved=moved,
            reason=reason,
            details={"months": months, "lines": _written(differences)},
        ),
        by=by,
        now=now,
    )
    if created and operation.state == OperationState.ALONE:
        recalculate(account=account, months=months, on=on, by=by, reason=reason)
    return operation


def book_operation(operation: MoneyOperation, now: dt.datetime) -> None:
    """Book a recalculation that was approved, if it still comes to what was shown. Raises ApprovalRefused: changed."""
    account, months = operation.account, operation.details["months"]
    lock_accounts([account.pk])
    try:
        differences = preview_recalculation(account=account, months=months)
    except (BillingRefused, NotComputable) as error:
        raise ApprovalRefused("changed") from error
    if _written(differences) != operation.details["lines"]:
        raise ApprovalRefused("changed")
    recalculate(
        account=account,
        months=months,
        on=clock.date_of(now),
        by=operation.made_by,
        reason=operation.reason,
        approved_by=operation.decided_by,
    )


def _written(differences: list[RecalculatedMonth]) -> list[list[str]]:
    return [[line.service, str(line.for_period), str(line.volume), str(line.amount)] for line in differences]


@transaction.atomic
def recalculate(
    *, account: Account, months: int, on: dt.date, by: User | None, reason: str, approved_by: User | None = None
) -> list[Charge]:
    """Book the differences of the last closed months, with a reason; in sum they settle debts or are owed next time.

    Employees come here through `submit_recalculation`, which asks for a second person. Raises NothingToRecalculate
    when nothing differs, NotComputable.
    """
    last, restated = _restated(account, months)
    if not restated.lines:
        raise NothingToRecalculate(account.number)
    booked_in = Period.of(last.period).next
    count = Charge.objects.filter(account=account, key__startswith=f"recalc:{account.pk}:").count()
    booked = [
        _book(account, line, booked_in, f"recalc:{account.pk}:{count + number}", on, reason, by, approved_by)
        for number, line in enumerate(restated.lines, start=1)
    ]
    _put_right(last, restated, account)
    total = sum((charge.amount for charge in booked), Decimal(0))
    audit.money(account, by=by, what=f"Перерасчёт за месяцев: {months}", after=f"{money_text(total)}. {reason}")
    return booked


def _restated(account: Account, months: int) -> tuple[AccountClosing, Restated]:
    last = AccountClosing.objects.filter(account=account, reversed_at=None).order_by("-period").first()
    if last is None:
        raise NothingToRecalculate(account.number)
    before = Period.of(last.period).next
    work = load_for([account.pk], before=before, months_back=months)[account.pk]
    restated = restate(
        work.facts,
        work.base,
        load_rate_book(),
        closings=work.closings,
        charged_litres=work.charged_litres,
        booked_in=month_of(before.first_day),
        reason="on_demand",
    )
    return last, restated


def _corrected(line: ChargeLine) -> Corrected:
    """The explanation of a line that `restate` made. Raises TypeError for another line."""
    if not isinstance(line.why, Corrected):
        raise TypeError(f"{type(line.why).__name__} explains no recalculation")
    return line.why


def _difference(line: ChargeLine) -> RecalculatedMonth:
    why = _corrected(line)
    return RecalculatedMonth(
        service=line.service,
        for_period=Period.of(first_day(line.for_month)),
        was=from_litres(why.was),
        should_be=from_litres(why.share),
        volume=from_litres(line.volume or 0),
        price=price(line.price or 0),
        amount=from_kopecks(line.amount),
    )


def _book(
    account: Account,
    line: ChargeLine,
    booked_in: Period,
    key: str,
    on: dt.date,
    reason: str,
    by: User | None,
    approved_by: User | None,
) -> Charge:
    difference = _difference(line)
    charge = Charge.objects.create(
        account=account,
        period=booked_in.first_day,
        for_period=difference.for_period.first_day,
        kind=ChargeKind.RECALCULATION,
        service=line.service,
        volume=difference.volume,
        price=difference.price,
        rate_id=line.rate,
        amount=difference.amount,
        explanation=stored_explanations.dumped(replace(_corrected(line), note=reason)),
        key=key,
    )
    if difference.amount:
        post_entry(
            NewEntry(
                account_id=account.pk,
                kind=EntryKind.RECALCULATION,
                amount=difference.amount,
                effective_on=on,
                key=key,
                source=key,
                period=booked_in.first_day,
                note=reason[:250],
                made_by=by.get_username() if by else "",
                approved_by=approved_by.get_username() if approved_by else "",
            )
        )
    return charge


def _put_right(last: AccountClosing, restated: Restated, account: Account) -> None:
    """The next closing starts from the corrected months; debts stay as they were."""
    month = month_of(last.period)
    state = loaded(last.state, month=month, closed_on=last.closed_on)
    state.waters, state.months = restated.waters, restated.months
    state.fingerprint = fingerprint(load_for([account.pk], before=Period.of(last.period).next)[account.pk].facts, month)
    AccountClosing.objects.filter(pk=last.pk).update(state=dumped(state))

"""Reminders of overdue debts: each step of a debt once, however often the job runs."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from django.db import transaction

from portal.accounts.models import Account, Holder
from portal.accounts.recipients import reachable
from portal.billing import notifications
from portal.billing.models import DebtReminder, DebtReminderSettings
from portal.billing.selectors.debts import DebtRow, debt_states
from portal.core.money import ZERO
from portal.ledger.selectors import balances

CHUNK = 500
COVERED_DAYS = 2
"""For how many days after a reminder the steps of the account's other debts count as sent with it."""


def remind_of_debts(*, today: dt.date) -> int:
    """Remind the present holders of overdue debts whose step has come; returns how many accounts were reminded.

    A debt is reminded of on the days of DebtReminderSettings while the account's overdue debts reach the least sum;
    after the third step only the oldest debt goes on, so that an old debtor gets one monthly letter. A new holder
    hears nothing of months before their own. Each account is a transaction; a repeat, also at once, sends nothing.
    """
    terms = DebtReminderSettings.load()
    if not terms.is_enabled:
        return 0
    reminded = 0
    for chunk in _owing(terms.least_sum):
        states = debt_states([account.pk for account in chunk], today=today)
        holders = _holders([pk for pk, state in states.items() if state.overdue >= terms.least_sum])
        for account in chunk:
            state, people = states[account.pk], holders.get(account.pk, [])
            overdue = _concerning([row for row in state.debts if row.days_overdue > 0], people)
            if sum((row.open for row in overdue), ZERO) >= terms.least_sum:
                reminded += _remind(account, overdue, people, terms, today)
    return reminded


def _owing(least_sum: Decimal) -> Iterator[list[Account]]:
    """Open accounts that owe so much, in parts."""
    last = 0
    accounts = Account.objects.filter(closed_on=None).select_related("premises__house__street").order_by("pk")
    while chunk := list(accounts.filter(pk__gt=last)[:CHUNK]):
        owed = balances([account.pk for account in chunk])
        yield [account for account in chunk if owed.get(account.pk, ZERO) >= least_sum]
        last = chunk[-1].pk


def _holders(account_ids: Sequence[int]) -> Mapping[int, list[Holder]]:
    holders: defaultdict[int, list[Holder]] = defaultdict(list)
    present = Holder.objects.filter(account_id__in=account_ids, until=None).select_related("person__user")
    for holder in present.order_by("pk"):
        holders[holder.account_id].append(holder)
    return holders


def _concerning(overdue: Sequence[DebtRow], people: Sequence[Holder]) -> list[DebtRow]:
    """Debts of months in which one of the present holders held the account, oldest first."""
    since = min((holder.since for holder in people), default=None)
    return [] if since is None else [row for row in overdue if row.period.last_day >= since]


def _remind(
    account: Account, overdue: Sequence[DebtRow], people: Sequence[Holder], terms: DebtReminderSettings, today: dt.date
) -> int:
    oldest = overdue[0]
    recipients = reachable([holder for holder in people if holder.since <= oldest.period.last_day])
    steps = [(row, step) for row in overdue if (step := terms.days.step_to_send(row.days_overdue)) is not None]
    steps = [(row, step) for row, step in steps if row is oldest or not terms.days.is_repeated(step)]
    if not recipients or not steps:
        return 0
    total = sum((row.open for row in overdue), ZERO)
    with transaction.atomic():
        new = _new_steps(account, steps, total, today)
        if not new or not new[0].is_sent:
            return 0
        notifications.notify_of_debt(account, oldest=oldest, total=total, recipients=recipients, step=new[0])
    return 1


def _new_steps(
    account: Account, steps: Sequence[tuple[DebtRow, int]], total: Decimal, today: dt.date
) -> list[DebtReminder]:
    """The rows of steps that nobody stored before; the first one is sent unless another letter went lately."""
    lately = today - dt.timedelta(days=COVERED_DAYS)
    covered = DebtReminder.objects.filter(account=account, is_sent=True, reminded_on__gte=lately).exists()
    new: list[DebtReminder] = []
    for row, step in steps:
        values = {
            "due_on": row.due_on,
            "overdue": total,
            "reminded_on": today,
            "is_sent": not covered and not new,
        }
        reminder, is_new = DebtReminder.objects.get_or_create(
            account=account, period=row.period.first_day, step=step, defaults=values
        )
        if is_new:
            new.append(reminder)
    return new

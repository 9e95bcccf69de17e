"""Notifications that a receipt is ready."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Account, Holder
from portal.accounts.recipients import naming_account, with_other_accounts
from portal.core.money import ZERO
from portal.notifications import categories
from portal.notifications.declarations import Link, NotificationKind, day, money, period, register
from portal.notifications.enums import DeliveryChannel
from portal.notifications.services import Recipient, notify
from portal.notifications.texts import Text
from portal.receipts.models import Receipt

RECEIPT_READY = register(
    NotificationKind(
        code="receipt_ready",
        name=_("Receipt ready"),
        category=categories.RECEIPT_READY,
        icon="file",
        link=Link("cabinet:receipts"),
        placeholders={
            "month": period(_("Month of the bill"), dt.date(2026, 11, 1)),
            "amount": money(_("What is to be paid"), Decimal("1240.50")),
            "due": day(_("Day by which it is to be paid"), dt.date(2026, 12, 15)),
        },
        russian=Text("Квитанция за {month} готова", "К оплате {amount} до {due}. Квитанция ждёт в личном кабинете."),
        english=Text("The bill for {month} is ready", "To pay: {amount} by {due}. The bill is in your account."),
    )
)


def notify_residents(
    receipts: Sequence[Receipt], *, channels: Sequence[DeliveryChannel] = (DeliveryChannel.INBOX, DeliveryChannel.EMAIL)
) -> int:
    """Tell everybody who holds the accounts that receipts are ready; returns how many messages are new.

    A receipt is notified of once in each channel, however often this is called.
    """
    people = _recipients([receipt.account_id for receipt in receipts])
    return sum(
        notify(
            kind=RECEIPT_READY,
            event=f"receipt:{receipt.pk}",
            recipients=people[receipt.account_id],
            context={"month": receipt.period, "amount": max(receipt.to_pay, ZERO), "due": receipt.due_on},
            channels=channels,
        )
        for receipt in receipts
        if people.get(receipt.account_id)
    )


def _recipients(account_ids: Sequence[int]) -> dict[int, list[Recipient]]:
    current = Holder.objects.filter(account_id__in=account_ids, until=None)
    holders: defaultdict[Account, list[Holder]] = defaultdict(list)
    for holder in with_other_accounts(current).select_related("account__premises__house__street").order_by("pk"):
        holders[holder.account].append(holder)
    return {account.pk: naming_account(rows, account) for account, rows in holders.items()}

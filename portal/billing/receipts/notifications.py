"""Who is told that a receipt is ready, and what."""

from collections import defaultdict
from collections.abc import Sequence

from django.utils import translation

from portal.accounts.models import Holder
from portal.accounts.recipients import recipient_of
from portal.billing.receipts.models import Receipt
from portal.core.formatting import date_text, money_text, period_text
from portal.notifications.enums import Channel, Kind
from portal.notifications.services import Recipient, notify

RECEIPTS_PATH = "/personal/receipts/"


def notify_residents(
    receipts: Sequence[Receipt], *, channels: Sequence[Channel] = (Channel.INBOX, Channel.EMAIL)
) -> int:
    """Tell everybody who holds the accounts that receipts are ready; returns how many messages are new.

    A receipt is told of once in each channel, however often this is called.
    """
    people = _holders([receipt.account_id for receipt in receipts])
    notified = 0
    for receipt in receipts:
        if not people[receipt.account_id]:
            continue
        with translation.override("ru"):
            context = {
                "month": period_text(receipt.period),
                "amount": money_text(max(receipt.to_pay, receipt.to_pay * 0)),
                "due": date_text(receipt.due_on),
            }
        notified += notify(
            kind=Kind.RECEIPT_READY,
            event=f"receipt:{receipt.pk}",
            recipients=people[receipt.account_id],
            context=context,
            link=RECEIPTS_PATH,
            channels=channels,
        )
    return notified


def _holders(account_ids: Sequence[int]) -> defaultdict[int, list[Recipient]]:
    found: defaultdict[int, list[Recipient]] = defaultdict(list)
    holders = Holder.objects.filter(account_id__in=account_ids, until=None).select_related("person__user")
    for holder in holders.order_by("pk"):
        person = holder.person
        if person.user is not None or person.email:
            found[holder.account_id].append(recipient_of(person))
    return found

"""A receipt for every closed month, as data; PDFs where the named residents will look first; one print run."""

from django.db.models import Q

from portal.billing.receipts.issuing import issue_receipts
from portal.billing.receipts.models import Receipt
from portal.billing.receipts.notifications import tell_residents
from portal.billing.receipts.print_run import for_paper, start_print_run
from portal.billing.receipts.selectors import standing_receipts
from portal.billing.receipts.services import ensure_receipt_pdf, replace_receipt
from portal.billing.services import Executor
from portal.core.calendars import month_calendar
from portal.notifications.enums import Channel
from portal.operations.demo.world import World

MONTHS_WITH_FILES = 12
REPLACED_MONTHS_AGO = 5
"""How long ago the receipt was issued that was annulled since."""


def load(world: World) -> None:
    """Receipts of the past, without mail; the inbox tells of the last one."""
    for period in world.closed:
        issued_on = month_calendar(period).receipts_day
        issue_receipts(period=period, issued_on=issued_on, executor=Executor.INLINE, tell=False, with_files=False)
    _replace_one(world)
    since = world.current.shift(-MONTHS_WITH_FILES).first_day
    named = Q(account__in=world.named_accounts)
    for receipt in standing_receipts().filter(named, period__gte=since).order_by("period"):
        ensure_receipt_pdf(receipt=receipt)
    latest = world.current.previous
    tell_residents(list(standing_receipts().filter(named, period=latest.first_day)), channels=(Channel.INBOX,))
    if for_paper(latest).exists():
        start_print_run(period=latest, executor=Executor.INLINE, requested_by=world.staff.get("accountant"))


def _replace_one(world: World) -> None:
    """Boris's second account: a receipt that named the wrong area was annulled by another."""
    period = world.current.shift(-REPLACED_MONTHS_AGO)
    receipt = Receipt.objects.filter(account__number="0010003", period=period.first_day).first()
    if receipt is not None:
        day = month_calendar(period.next).window_opens
        replace_receipt(receipt=receipt, reason="уточнена площадь квартиры", issued_on=day, tell=False)

"""A receipt for every closed month, as data; PDFs where the named residents will look first; one print run."""

import datetime as dt

from portal.billing.services import Executor
from portal.core.calendars import month_calendar
from portal.core.periods import Period
from portal.notifications.enums import DeliveryChannel
from portal.operations.demo.world import MORNING, World, at_time
from portal.receipts.issuing import issue_receipts
from portal.receipts.models import Receipt
from portal.receipts.notifications import notify_residents
from portal.receipts.print_run import paper_receipts, start_print_run
from portal.receipts.selectors import current_receipts
from portal.receipts.services import ensure_receipt_pdf, replace_receipt

MONTHS_WITH_FILES = 12
PRINTED_AT = dt.time(10, 40)
"""When the accountant asked for the receipts on paper."""
REPLACED_MONTHS_AGO = 5
"""How long ago the receipt was issued that was annulled since."""


def load(world: World) -> None:
    """Receipts of the past, each month on its day, without mail; the inbox tells of the last one."""
    for period in world.closed:
        day = month_calendar(period).receipts_day
        world.at(at_time(day, MORNING))
        issue_receipts(period=period, issued_on=day, executor=Executor.INLINE, notify=False, with_files=False)
        if period >= world.current.shift(-MONTHS_WITH_FILES):
            _named_receipts(world, period)
        if period == world.current.shift(-REPLACED_MONTHS_AGO):
            _replace_one(world, period)
    if paper_receipts(world.current.previous).exists():
        world.at(at_time(month_calendar(world.current.previous).receipts_day, PRINTED_AT))
        start_print_run(
            period=world.current.previous, executor=Executor.INLINE, requested_by=world.staff.get("accountant")
        )


def _named_receipts(world: World, period: Period) -> None:
    """Files for those who will look first; of the last month they are told."""
    receipts = list(current_receipts().filter(account__in=world.named_accounts, period=period.first_day))
    for receipt in receipts:
        ensure_receipt_pdf(receipt=receipt)
    if period == world.current.previous:
        notify_residents(receipts, channels=(DeliveryChannel.INBOX,))


def _replace_one(world: World, period: Period) -> None:
    """Boris's second account: a receipt that named the wrong area was annulled by another."""
    receipt = Receipt.objects.filter(account__number="0010003", period=period.first_day).first()
    if receipt is not None:
        day = world.at(world.office(month_calendar(period.next).window_opens)).date()
        fresh = replace_receipt(receipt=receipt, reason="уточнена площадь квартиры", issued_on=day, notify=False)
        ensure_receipt_pdf(receipt=fresh)

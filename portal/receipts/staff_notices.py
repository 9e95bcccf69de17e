"""Alerts to staff when receipts could not be made."""

from django.utils.translation import gettext_lazy as _

from portal.accounts.staff import withdraw_alerts
from portal.billing.enums import MonthStep
from portal.billing.staff_notices import CLOSING_PAGE, MONTH, accounts_left, notify_incomplete, withdraw_step_alerts
from portal.core.periods import Period
from portal.notifications import categories
from portal.notifications.declarations import NotificationKind, register
from portal.notifications.texts import Text
from portal.receipts.models import ReceiptRun
from portal.receipts.reasons import REASONS

ISSUE_INCOMPLETE = register(
    NotificationKind(
        code="issue_incomplete",
        name=_("Receipts were not made (staff)"),
        category=categories.JOB_FAILED,
        link=CLOSING_PAGE,
        permission="office.close_month",
        placeholders={"month": MONTH, "left": accounts_left((REASONS["layout"], 2), (REASONS["no_payer"], 1))},
        russian=Text(
            "Задание не удалось: квитанции за {month}",
            "{left} Остальные квитанции готовы. Исправьте причину и запустите выпуск ещё раз: сделаются только "
            "недостающие.",
        ),
        english=Text(
            "A job failed: the bills for {month}",
            "{left} The other bills are ready. Mend the cause and start the issue again: only the missing ones are "
            "made.",
        ),
    )
)


def notify_issue_incomplete(run: ReceiptRun) -> int:
    """Tell those who close months which receipts were not made, by reason; once per try."""
    return notify_incomplete(ISSUE_INCOMPLETE, run, job="issue", reasons=REASONS)


def withdraw_issue_alerts(run: ReceiptRun) -> None:
    """An issue of receipts succeeded."""
    withdraw_alerts(f"issue:{run.pk}:")
    withdraw_step_alerts(Period.of(run.period), MonthStep.RECEIPTS)

"""Alerts to staff when a closing or a step of the month does not succeed."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import Max
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from portal.accounts.staff import notify_employees, withdraw_alerts
from portal.billing.enums import MonthStep
from portal.billing.exceptions import BillingRefused, LaterPeriodClosed
from portal.billing.finding_texts import finding_texts
from portal.billing.models import ClosingReview, PeriodRun
from portal.billing.reasons import CLOSING
from portal.core.periods import Period
from portal.core.refusals import error_message
from portal.core.runs.failures import failures_by_reason
from portal.notifications import categories
from portal.notifications.declarations import Link, NotificationKind, Placeholder, day, period, register
from portal.notifications.texts import Text

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

CLOSING_PAGE, MONTH_PAGE = Link("office_closing_month", ("2026-10",)), Link("office_month")
MONTH = period(_("The month"), dt.date(2026, 10, 1))


def _left_text(counts: Sequence[tuple["StrOrPromise", int]]) -> str:
    """«Остались 3 счёта. Нет действующего норматива — 2; у счёта нет владельца — 1.»"""
    total = sum(count for _reason, count in counts)
    reasons = "; ".join(f"{str(reason).rstrip('.')} — {count}" for reason, count in counts)
    return ngettext("%(n)d account is left.", "%(n)d accounts are left.", total) % {"n": total} + f" {reasons}."


def _reason_text(error: Exception) -> str:
    """The message of a refusal; an unexpected exception by its class and text."""
    if isinstance(error, BillingRefused):
        return error_message(error, for_staff=True)
    return f"{type(error).__name__}: {error}".rstrip(".") + "."


def accounts_left(*sample: tuple[str | Promise, int]) -> Placeholder:
    """The placeholder of how many accounts a run could not do, by reason; `sample` is what its preview shows."""
    return Placeholder(_("How many accounts are left, and why"), list(sample), _left_text)


CLOSING_INCOMPLETE = register(
    NotificationKind(
        code="closing_incomplete",
        name=_("Closing left accounts out (staff)"),
        category=categories.JOB_FAILED,
        link=CLOSING_PAGE,
        permission="office.close_month",
        placeholders={"month": MONTH, "left": accounts_left((CLOSING["no_norm"], 2), (CLOSING["no_persons"], 1))},
        russian=Text(
            "Задание не удалось: закрытие за {month}",
            "{left} Остальные счета закрыты. Исправьте причину и запустите закрытие ещё раз: посчитаются только эти "
            "счета.",
        ),
        english=Text(
            "A job failed: the closing of {month}",
            "{left} The other accounts are closed. Mend the cause and start the closing again: only these accounts "
            "are computed.",
        ),
    )
)
STEP_FAILED = register(
    NotificationKind(
        code="step_failed",
        name=_("Step of the month failed (staff)"),
        category=categories.JOB_FAILED,
        link=MONTH_PAGE,
        permission="office.watch_month",
        placeholders={
            "step": Placeholder(_("Which step"), MonthStep.CLOSE.label, lambda label: str(label).lower()),
            "month": MONTH,
            "due": day(_("Day on which it is due"), dt.date(2026, 11, 1)),
            "reason": Placeholder(_("Why"), LaterPeriodClosed(period=Period(2026, 10)), _reason_text),
        },
        russian=Text(
            "Задание не удалось: {step}, {month}",
            "Шаг «{step}» за {month} (срок {due}) не выполнен. {reason} Портал пробует снова каждые полчаса; "
            "запустить шаг сейчас можно на странице месяца.",
        ),
        english=Text(
            "A job failed: {step}, {month}",
            "The step “{step}” of {month} (due on {due}) did not run. {reason} The portal tries again every half "
            "hour; the page of the month starts the step now.",
        ),
    )
)
CLOSING_HELD = register(
    NotificationKind(
        code="closing_held",
        name=_("Closing waits for a decision (staff)"),
        category=categories.NEEDS_DECISION,
        link=CLOSING_PAGE,
        permission="office.release_closing",
        placeholders={
            "month": MONTH,
            "findings": Placeholder(
                _("What is out of the ordinary"), [], lambda findings: " ".join(finding_texts(findings))
            ),
        },
        russian=Text(
            "Нужно ваше решение: закрытие за {month} остановлено",
            "Закрытие по расписанию остановлено до начислений. {findings} Посмотрите на странице закрытия, исправьте, "
            "что нужно, и закройте месяц с указанием причины. Пока решения нет, ничего не начислено.",
        ),
        english=Text(
            "Your decision is needed: the closing of {month} stopped",
            "The closing of the timetable stopped before anything was booked. {findings} Look at the page of the "
            "closing, mend what is needed and close the month with a reason. Until then nothing is booked.",
        ),
    )
)


def notify_closing_incomplete(run: PeriodRun) -> int:
    """Tell those who close months which accounts a closing left, by reason; once per try (three queries more)."""
    return notify_incomplete(CLOSING_INCOMPLETE, run, job="closing", reasons=CLOSING)


def notify_step_failed(*, period: Period, step: MonthStep, due_on: dt.date, error: Exception, today: dt.date) -> int:
    """Tell those who watch the month that its step failed and why; once a day, for it is tried again."""
    return notify_employees(
        STEP_FAILED,
        event=f"step:{period}:{step.value}:{today}",
        context={"step": step.label, "month": period, "due": due_on, "reason": error},
    )


def notify_closing_held(review: ClosingReview) -> int:
    """Tell those who may release it that the timetable's closing stopped, and why; once."""
    return notify_employees(
        CLOSING_HELD,
        event=held_event(review),
        context={"month": review.period, "findings": review.typed_findings},
        link_args=(f"{review.period:%Y-%m}",),
    )


def held_event(review: ClosingReview) -> str:
    """The event under which a stopped closing is notified of."""
    return f"closing-held:{review.pk}"


def withdraw_closing_alerts(run: PeriodRun) -> None:
    """A closing succeeded, or was reversed: nothing about it stands on the dashboard any more."""
    withdraw_alerts(f"closing:{run.pk}:")
    withdraw_step_alerts(Period.of(run.period), MonthStep.CLOSE)


def withdraw_step_alerts(period: Period, step: MonthStep) -> None:
    """A step of the month ran after all."""
    withdraw_alerts(f"step:{period}:{step.value}:")


def notify_incomplete(kind: NotificationKind, run: Any, *, job: str, reasons: Mapping[str, Any]) -> int:
    """Tell those who close months which accounts a run over accounts left, by reason; once per try.

    `run`: of any kind with chunks and failures; `job` begins the event's name; `reasons`: words by failure code.
    """
    counts = failures_by_reason(run).items()
    return notify_employees(
        kind,
        event=f"{job}:{run.pk}:{_try_of(run)}",
        context={"month": run.period, "left": [(reasons.get(code, code), count) for code, count in counts]},
        link_args=(f"{run.period:%Y-%m}",),
        started_by=run.requested_by,
    )


def _try_of(run: Any) -> int:
    """Each try cuts its own chunks: the last one's number names it."""
    return run.chunks.aggregate(last=Max("pk"))["last"] or 0

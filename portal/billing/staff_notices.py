"""What staff are told when a closing, an issue of receipts or a step of the month does not succeed. Russian content."""

import datetime as dt
from collections.abc import Mapping

from django.db.models import Count, Max
from django.utils import translation
from django.utils.functional import Promise

from portal.accounts.staff import notify_staff, withdraw_alerts
from portal.billing.enums import Step
from portal.billing.exceptions import EarlierPeriodOpen, LaterPeriodClosed, ReversalUnfinished, WorkdayYearMissing
from portal.billing.finding_words import findings_in_words
from portal.billing.models import ClosingReview, PeriodRun
from portal.billing.reasons import CLOSING, RECEIPTS
from portal.billing.receipts.models import ReceiptRun
from portal.core.formatting import date_text, period_text, plural
from portal.core.periods import Period
from portal.notifications.enums import Kind

CLOSE, WATCH, RELEASE = "office.close_month", "office.watch_month", "office.release_closing"
_STEP_REASONS: dict[type[Exception], str] = {
    EarlierPeriodOpen: "закрытие прошлого месяца ещё не закончилось",
    LaterPeriodClosed: "уже закрыт более поздний месяц",
    ReversalUnfinished: "отмена прошлого закрытия остановилась на полпути",
}


def notify_closing_incomplete(run: PeriodRun) -> int:
    """Tell those who close months which accounts a closing left, by reason; once per try (three queries more)."""
    rest = "Остальные счета закрыты. Исправьте причину и запустите закрытие ещё раз: посчитаются только эти счета."
    return _notify_incomplete(run, job="closing", what="закрытие", reasons=CLOSING, rest=rest)


def notify_issue_incomplete(run: ReceiptRun) -> int:
    """Tell those who close months which receipts were not made, by reason; once per try."""
    rest = "Остальные квитанции готовы. Исправьте причину и запустите выпуск ещё раз: сделаются только недостающие."
    return _notify_incomplete(run, job="issue", what="квитанции", reasons=RECEIPTS, rest=rest)


def notify_step_failed(*, period: Period, step: Step, due_on: dt.date, error: Exception, today: dt.date) -> int:
    """Tell those who watch the month that its step failed and why; once a day, for it is tried again."""
    with translation.override("ru"):
        label = str(step.label).lower()
        reason = _step_reason(error)
        text = (
            f"Шаг «{label}» за {period_text(period)} (срок {date_text(due_on)}) не выполнен: {reason}. "
            "Портал пробует снова каждые полчаса; запустить шаг сейчас можно на странице месяца."
        )
        what = f"{label}, {period_text(period)}"
    return notify_staff(
        event=f"step:{period}:{step.value}:{today}",
        what=what,
        text=text,
        link="/admin/office/month/",
        permission=WATCH,
    )


def notify_closing_held(review: ClosingReview) -> int:
    """Tell those who may release it that the timetable's closing stopped, and why; once."""
    with translation.override("ru"):
        month = period_text(review.period)
        found = " ".join(findings_in_words(review.found))
        text = (
            f"Закрытие по расписанию остановлено до начислений. {found} Посмотрите на странице закрытия, исправьте, "
            "что нужно, и закройте месяц с указанием причины. Пока решения нет, ничего не начислено."
        )
    return notify_staff(
        event=held_event(review),
        what=f"закрытие за {month} остановлено",
        text=text,
        link=f"/admin/office/closing/{review.period:%Y-%m}/",
        permission=RELEASE,
        kind=Kind.NEEDS_DECISION,
    )


def held_event(review: ClosingReview) -> str:
    """The event under which a stopped closing is told."""
    return f"closing-held:{review.pk}"


def withdraw_closing_alerts(run: PeriodRun) -> None:
    """A closing succeeded, or was reversed: nothing told of it stands on the dashboard any more."""
    withdraw_alerts(f"closing:{run.pk}:")
    withdraw_step_alerts(Period.of(run.period), Step.CLOSE)


def withdraw_issue_alerts(run: ReceiptRun) -> None:
    """An issue of receipts succeeded."""
    withdraw_alerts(f"issue:{run.pk}:")
    withdraw_step_alerts(Period.of(run.period), Step.RECEIPTS)


def withdraw_step_alerts(period: Period, step: Step) -> None:
    """A step of the month ran after all."""
    withdraw_alerts(f"step:{period}:{step.value}:")


def _step_reason(error: Exception) -> str:
    if isinstance(error, WorkdayYearMissing):
        return f"не внесён производственный календарь на {error.year} год"
    return _STEP_REASONS.get(type(error), f"{type(error).__name__}: {error}")


def _notify_incomplete(
    run: PeriodRun | ReceiptRun, *, job: str, what: str, reasons: Mapping[str, "str | Promise"], rest: str
) -> int:
    with translation.override("ru"):
        month, text = period_text(run.period), f"{_left(run, reasons)} {rest}"
    return notify_staff(
        event=f"{job}:{run.pk}:{_try_of(run)}",
        what=f"{what} за {month}",
        text=text,
        link=f"/admin/office/closing/{run.period:%Y-%m}/",
        permission=CLOSE,
        started_by=run.requested_by,
    )


def _try_of(run: PeriodRun | ReceiptRun) -> int:
    """Each try cuts its own chunks: the last one's number names it."""
    return run.chunks.aggregate(last=Max("pk"))["last"] or 0


def _left(run: PeriodRun | ReceiptRun, words: Mapping[str, "str | Promise"]) -> str:
    """«Остались 3 счёта: нет действующего норматива — 2, у счёта нет владельца — 1.»"""
    counts = dict(run.failures.order_by("code").values_list("code").annotate(count=Count("pk")))
    total = sum(counts.values())
    reasons = "; ".join(f"{str(words.get(code, code)).rstrip('.')} — {count}" for code, count in counts.items())
    left = plural(total, "Остался", "Остались", "Осталось")
    return f"{left} {total} {plural(total, 'счёт', 'счёта', 'счетов')}. {reasons}."

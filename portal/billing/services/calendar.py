"""The month runs by itself: each step on its day or, when the machine was down, as soon as it is up again."""

import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import dataclass

from portal.billing import notifications
from portal.billing.enums import MonthStep, StepStatus
from portal.billing.exceptions import ClosingHeld, ClosingUndone, StepNotRegistered
from portal.billing.loading.facts import open_accounts
from portal.billing.models import CalendarStep, PeriodRun
from portal.billing.selectors.calendar import due_days
from portal.billing.services.closing import close_period
from portal.billing.services.closing_checks import require_checked
from portal.billing.staff_notices import notify_step_failed, withdraw_step_alerts
from portal.core import clock
from portal.core.calendars import Month, month_calendar
from portal.core.periods import Period

logger = logging.getLogger(__name__)


# What a step leaves as its result: one of these, "messages:12", "closing:5", "issue:7", or the name of an error.
WINDOW_OVER, NO_ACCOUNTS = "window_over", "no_accounts"


@dataclass(frozen=True, slots=True)
class Ran:
    """A step that ran just now."""

    period: Period
    step: MonthStep
    status: StepStatus
    result: str


class NotYet(Exception):
    """A step waits for another one: it is tried again next time, and is no failure."""


def run_due_steps(*, today: dt.date) -> list[Ran]:
    """Run what is due of this month's calendar and of the last one's; what ran once does not run again."""
    current = Period.of(today)
    ran: list[Ran] = []
    for period in (current.previous, current):
        if period == current or _was_run_here(period):
            ran += _run_month(month_calendar(period), today)
    return ran


def run_step(*, period: Period, step: MonthStep, today: dt.date) -> Ran:
    """Run one step now, whatever the calendar says (a manager's button). Raises NotYet."""
    month = month_calendar(period)
    return _record(month, step, due_days(month)[step], today)


def _was_run_here(period: Period) -> bool:
    """Whether the month before was closed in the portal: a site that begins in March does not bill February."""
    earlier = PeriodRun.objects.active().filter(period__lt=period.first_day)
    return earlier.exists()


def _run_month(month: Month, today: dt.date) -> list[Ran]:
    done = set(
        CalendarStep.objects.filter(period=month.period.first_day, status=StepStatus.DONE).values_list(
            "step", flat=True
        )
    )
    ran: list[Ran] = []
    for step, due_on in due_days(month).items():
        if step.value in done or due_on > today:
            continue
        try:
            ran.append(_record(month, step, due_on, today))
        except NotYet:
            break
    return ran


def _record(month: Month, step: MonthStep, due_on: dt.date, today: dt.date) -> Ran:
    try:
        if step not in _actions:
            raise StepNotRegistered(step=step)
        result, status = _actions[step](month, today), StepStatus.DONE
        withdraw_step_alerts(month.period, step)
    except NotYet:
        raise
    except ClosingUndone as undone:
        result, status = f"undone:{undone.run}", StepStatus.HELD
    except ClosingHeld as held:
        result, status = f"held:{held.review}", StepStatus.HELD
    except Exception as error:
        logger.exception("step %s of %s failed", step.value, month.period)
        result, status = f"{type(error).__name__}: {error}", StepStatus.FAILED
        notify_step_failed(period=month.period, step=step, due_on=due_on, error=error, today=today)
    CalendarStep.objects.update_or_create(
        period=month.period.first_day,
        step=step.value,
        defaults={"due_on": due_on, "status": status, "ran_at": clock.now(), "result": result[:250]},
    )
    return Ran(month.period, step, status, result)


def _open_window(month: Month, today: dt.date) -> str:
    if today > month.window_closes:
        return WINDOW_OVER
    return f"messages:{notifications.notify_window_opens(month)}"


def _remind(month: Month, today: dt.date) -> str:
    if today > month.window_closes:
        return WINDOW_OVER
    return f"messages:{notifications.notify_reminder(month)}"


def _close(month: Month, today: dt.date) -> str:
    if not open_accounts(month.period).exists():
        return NO_ACCOUNTS
    if not require_checked(month.period):
        raise NotYet
    run = close_period(period=month.period, today=today)
    return f"closing:{run.pk}"


Action = Callable[[Month, dt.date], str]
"""Runs the step of a month on a day and returns its result. Raises NotYet."""
_actions: dict[MonthStep, Action] = {}


def register_step(step: MonthStep, action: Action) -> None:
    """Say what a step of the month does; an app above billing registers its own steps when Django starts."""
    _actions[step] = action


register_step(MonthStep.WINDOW_OPENS, _open_window)
register_step(MonthStep.REMINDER, _remind)
register_step(MonthStep.CLOSE, _close)

"""The month by itself: which days it has, what ran, what is due, what failed, and running it now."""

import datetime as dt
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django_q.models import Failure, Schedule, Task
from django_q.tasks import async_task

from portal.billing.models import CalendarStep
from portal.core.calendars import month_calendar
from portal.core.periods import Period
from portal.core.schedule import PREFIX

SHOWN_FAILURES = 30


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the month's calendar and what happens on it."""

    label: "str | Promise"
    day: dt.date
    passed: bool


@dataclass(frozen=True, slots=True)
class TimedJob:
    """A timed job: when it runs next, how its last run ended."""

    name: str
    label: str
    next_run: dt.datetime | None
    last_run: dt.datetime | None
    succeeded: bool | None
    result: str


@dataclass(frozen=True, slots=True)
class Automation:
    """Everything about the month's own work."""

    days: list[Day]
    steps: list[CalendarStep]
    jobs: list[TimedJob]
    failures: list[Failure]


def automation(today: dt.date) -> Automation:
    """The month as it runs by itself."""
    period = Period.of(today)
    return Automation(
        days=_days(period, today),
        steps=list(CalendarStep.objects.filter(period__gte=period.previous.first_day).order_by("-period", "due_on")),
        jobs=_jobs(),
        failures=list(Failure.objects.order_by("-stopped")[:SHOWN_FAILURES]),
    )


def _days(period: Period, today: dt.date) -> list[Day]:
    month = month_calendar(period)
    days = (
        (_("The reading window opens"), month.window_opens),
        (_("Reminder to those without a reading"), month.reminder),
        (_("The window closes at the end of the day"), month.window_closes),
        (_("The month is closed"), month.closing_day),
        (_("Receipts are issued"), month.receipts_day),
    )
    return [Day(label, day, today > day) for label, day in days]


def _jobs() -> list[TimedJob]:
    schedules = list(Schedule.objects.filter(name__startswith=PREFIX).order_by("name"))
    last = Task.objects.in_bulk([schedule.task for schedule in schedules if schedule.task])
    return [_job(schedule, last.get(schedule.task)) for schedule in schedules]


def _job(schedule: Schedule, task: Task | None) -> TimedJob:
    name = schedule.name.removeprefix(PREFIX)
    return TimedJob(
        name=name,
        label=name.replace("-", " "),
        next_run=schedule.next_run,
        last_run=task.stopped if task else None,
        succeeded=task.success if task else None,
        result=str(task.result or "")[:120] if task else "",
    )


def run_now(name: str) -> bool:
    """Queue a timed job at once; False when there is none of this name."""
    schedule = Schedule.objects.filter(name=PREFIX + name).first()
    if schedule is None:
        return False
    async_task(schedule.func, group="by hand")
    return True


def run_again(task_id: str) -> bool:
    """Queue a failed job again with the same data and forget its failure; False when it is gone."""
    failed = Failure.objects.filter(pk=task_id).first()
    if failed is None:
        return False
    async_task(failed.func, *(failed.args or ()), group="again", **(failed.kwargs or {}))
    failed.delete()
    return True

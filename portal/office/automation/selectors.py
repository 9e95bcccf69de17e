"""The month by itself: its steps with their days, what ran, what is due, what failed, and running it now."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_q.models import Failure, Schedule, Task
from django_q.tasks import async_task

from portal.billing.enums import MonthStep
from portal.billing.selectors import CalendarRow, calendar_of, is_closed
from portal.billing.services import progress
from portal.core.calendars import Month, month_calendar
from portal.core.periods import Period
from portal.core.schedule import PREFIX
from portal.office.closing.selectors import active_run
from portal.office.receipts.selectors import issue_progress
from portal.receipts.selectors import has_receipts

SHOWN_FAILURES = 30
FAILURES_COUNTED = dt.timedelta(days=7)

JOBS: dict[str, "str | Promise"] = {
    "send-messages": gettext_lazy("Send waiting messages"),
    "ask-about-payments": gettext_lazy("Ask the bank about open payments"),
    "reconcile-payments": gettext_lazy("Compare payments with the bank"),
    "resume-bank-files": gettext_lazy("Resume bank file imports"),
    "sweep-imports": gettext_lazy("Resume imports and exports of files"),
    "forget-imports": gettext_lazy("Delete files of old imports and exports"),
    "answer-recoveries": gettext_lazy("Answer requests for access"),
    "publish-scheduled": gettext_lazy("Publish pages on their day"),
    "look-at-links": gettext_lazy("Check links"),
    "sweep-files": gettext_lazy("Delete files that nothing refers to"),
    "sweep-captcha": gettext_lazy("Delete old pictures with codes"),
    "sweep-api-answers": gettext_lazy("Delete stored answers of the API"),
    "notify-of-ending-keys": gettext_lazy("Warn about API keys that expire soon"),
    "sweep-retention": gettext_lazy("Delete data past its retention term"),
    "sweep-accounts": gettext_lazy("Delete expired login data"),
    "sweep-receipts": gettext_lazy("Resume stuck receipt runs"),
    "sweep-closings": gettext_lazy("Resume stuck closings"),
    "run-due-steps": gettext_lazy("Run the due steps of the month"),
    "remind-of-debts": gettext_lazy("Remind of debts"),
    "seal-ledger": gettext_lazy("Seal the ledger"),
    "check-ledger": gettext_lazy("Check the ledger"),
    "close-unanswered-requests": gettext_lazy("Close requests that nobody disputes"),
    "settle-missed-visits": gettext_lazy("Close visits that did not happen"),
    "open-crews-calendar": gettext_lazy("Open the crews' calendar"),
    "watch-verifications": gettext_lazy("Watch verifications"),
    "tell-of-failures": gettext_lazy("Notify staff of failed jobs"),
}


@dataclass(frozen=True, slots=True)
class StepRow:
    """A step of a month: its day, how it stands in words, what came of it and where that is seen."""

    period: Period
    step: MonthStep
    due_on: dt.date
    state: str
    state_text: str
    ran_at: dt.datetime | None
    result: str
    month: str
    """The month whose closing shows more; empty when there is none."""

    @property
    def is_done(self) -> bool:
        return self.state == "done"

    @property
    def is_failed(self) -> bool:
        return self.state == "failed"

    @property
    def is_due(self) -> bool:
        return self.state == "due"


@dataclass(frozen=True, slots=True)
class TimedJob:
    """A timed job: when it runs next, how its last run ended."""

    name: str
    label: "str | Promise"
    next_run: dt.datetime | None
    last_run: dt.datetime | None
    succeeded: bool | None
    result: str
    failures: int
    """Within FAILURES_COUNTED."""


@dataclass(frozen=True, slots=True)
class FailedJob:
    """A job that failed, and why."""

    pk: str
    label: "str | Promise"
    stopped: dt.datetime
    result: str


@dataclass(frozen=True, slots=True)
class Automation:
    """Everything about the month's own work."""

    current: Month
    steps: list[StepRow]
    jobs: list[TimedJob]
    failures: list[FailedJob]


def automation(today: dt.date) -> Automation:
    """The month as it runs by itself: this one and the one before."""
    period = Period.of(today)
    failures = Failure.objects.order_by("-stopped")[:SHOWN_FAILURES]
    names = dict(Schedule.objects.filter(name__startswith=PREFIX).values_list("func", "name"))
    return Automation(
        current=month_calendar(period),
        steps=month_steps(period, today) + month_steps(period.previous, today),
        jobs=timed_jobs(),
        failures=[
            FailedJob(
                failure.pk, job_label(names.get(failure.func, failure.func)), failure.stopped, failure.result or ""
            )
            for failure in failures
        ],
    )


def month_steps(period: Period, today: dt.date) -> list[StepRow]:
    """The steps of a month in words, the closing and the issue with how far they are (a constant number of queries)."""
    over = today > month_calendar(period).window_closes
    by_hand = {MonthStep.CLOSE: is_closed(period), MonthStep.RECEIPTS: bool(has_receipts(period))}
    return [
        _step(period, row, _state(row, over=over, by_hand=by_hand.get(row.step, False)), today)
        for row in calendar_of(period, today=today)
    ]


def _state(row: CalendarRow, *, over: bool, by_hand: bool) -> str:
    """Return what was done by hand is done, though the timetable never ran it; after the window nobody needs its
    notices.
    """
    if row.ran is not None:
        return row.state
    if by_hand:
        return "done"
    return "past" if over and row.step in (MonthStep.WINDOW_OPENS, MonthStep.REMINDER) else row.state


def _step(period: Period, row: CalendarRow, state: str, today: dt.date) -> StepRow:
    return StepRow(
        period=period,
        step=row.step,
        due_on=row.due_on,
        state=state,
        state_text=_state_text(state, (today - row.due_on).days),
        ran_at=row.ran.ran_at if row.ran else None,
        result=_outcome(period, row) or (result_text(row.ran.result) if row.ran else ""),
        month=str(period) if row.step in (MonthStep.CLOSE, MonthStep.RECEIPTS) else "",
    )


def _outcome(period: Period, row: CalendarRow) -> str:
    """Return how far the closing or the issue is that a step began; empty when there is none."""
    if row.step == MonthStep.CLOSE and (closing := active_run(period)) is not None:
        so_far = progress(closing)
        outcome = _("closed: %(done)s of %(all)s") % {"done": so_far.done, "all": so_far.total}
        return outcome + (_(", not computed: %(failed)s") % {"failed": so_far.failed} if so_far.failed else "")
    if row.step == MonthStep.RECEIPTS and (issue := issue_progress(period)) is not None:
        return _("issued: %(done)s of %(all)s") % {"done": issue.done, "all": issue.total}
    return ""


def _state_text(state: str, days: int) -> str:
    if state == "done":
        return _("finished")
    if state == "held":
        return _("stopped, waits for a decision")
    if state == "failed":
        return _("did not succeed")
    if state == "past":
        return _("the window is over")
    if state == "waiting":
        return _("waits for its day")
    return _("due today") if days == 0 else _("overdue")


def result_text(result: str) -> str:
    """Return what a step left, in words."""
    what, _colon, number = result.partition(":")
    texts = {
        "window_over": _("not needed any more: the window was over"),
        "no_accounts": _("nothing to do: no account is open"),
        "messages": _("messages written: %(number)s") % {"number": number},
        "closing": _("the closing has started"),
        "issue": _("the issue has started"),
        "held": _("stopped before charging: the sums are out of the ordinary, somebody decides on the month's page"),
        "undone": _("somebody undid the closing: close the month by hand when it is right"),
        "WorkdayYearMissing": _("the working-day calendar of %(year)s is not entered") % {"year": number.strip()},
        "SetupIncomplete": _("the portal is not set up yet: see «First steps»"),
        "EarlierPeriodOpen": _("the month before is still being closed"),
        "ReversalUnfinished": _("undoing the closing stopped halfway"),
    }
    return texts.get(what, result)


def job_label(name: str) -> "str | Promise":
    """A timed job's name on the screens, by its schedule's name; a job outside the timetable keeps its dotted name."""
    short = name.removeprefix(PREFIX)
    return JOBS.get(short, short if name == short else short.replace("-", " "))


def timed_jobs() -> list[TimedJob]:
    """Every job of the timetable by name (three queries)."""
    schedules = list(Schedule.objects.filter(name__startswith=PREFIX).order_by("name"))
    last = Task.objects.in_bulk([schedule.task for schedule in schedules if schedule.task])
    lately = Failure.objects.filter(stopped__gte=timezone.now() - FAILURES_COUNTED)
    failures = dict(lately.values_list("func").annotate(count=Count("pk")).order_by("func"))
    return [_job(schedule, last.get(schedule.task), failures.get(schedule.func, 0)) for schedule in schedules]


def _job(schedule: Schedule, task: Task | None, failures: int) -> TimedJob:
    name = schedule.name.removeprefix(PREFIX)
    return TimedJob(
        name=name,
        label=job_label(schedule.name),
        next_run=schedule.next_run,
        last_run=task.stopped if task else None,
        succeeded=task.success if task else None,
        result=str(task.result or "")[:120] if task else "",
        failures=failures,
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

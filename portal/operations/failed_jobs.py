"""Failed jobs of the queue: those who watch the month are notified, once a day for each job."""

import datetime as dt

from django.db.models import Count, Max
from django_q.models import Failure, Schedule

from portal.accounts.staff import notify_employees
from portal.core import clock
from portal.core.schedule import PREFIX
from portal.notifications.selectors import undelivered
from portal.office.automation.selectors import job_label
from portal.operations.notifications import JOB_FAILED, LETTERS_UNDELIVERED

LATELY = dt.timedelta(days=1)


def notify_failures(*, now: dt.datetime) -> int:
    """Tell of jobs that broke within a day before `now`, their count and the last error; returns the new messages."""
    lately = Failure.objects.filter(stopped__gte=now - LATELY, stopped__lte=now)
    names = dict(Schedule.objects.filter(name__startswith=PREFIX).values_list("func", "name"))
    notified = 0
    for row in lately.values("func").annotate(count=Count("pk"), last=Max("stopped")).order_by("func"):
        last = lately.filter(func=row["func"], stopped=row["last"]).first()
        label = job_label(names.get(row["func"], row["func"]))
        lines = str(last.result or "").strip().splitlines() if last is not None else []
        error = lines[-1][:300] if lines else ""
        notified += notify_employees(
            JOB_FAILED,
            event=f"job:{row['func']}:{clock.date_of(row['last'])}"[:120],
            context={"job": label, "count": row["count"], "moment": row["last"], "error": error},
        )
    return notified


def notify_undelivered(*, now: dt.datetime) -> int:
    """Tell, once a day, of letters that were given up within a day before `now`; returns the new messages."""
    count = undelivered(since=now - LATELY).count()
    if not count:
        return 0
    return notify_employees(LETTERS_UNDELIVERED, event=f"letters:{clock.date_of(now)}", context={"count": count})

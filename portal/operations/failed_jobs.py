"""Jobs of the queue that broke: those who watch the month are told, once a day for each job. Russian content."""

import datetime as dt

from django.db.models import Count, Max
from django_q.models import Failure, Schedule

from portal.accounts.staff import notify_staff
from portal.core import clock
from portal.core.formatting import moment_text, plural
from portal.core.schedule import PREFIX
from portal.notifications.selectors import undelivered
from portal.office.automation import job_label

WATCH = "office.watch_month"
LATELY = dt.timedelta(days=1)


def notify_failures(*, now: dt.datetime) -> int:
    """Tell of jobs that broke within a day before `now`, their count and the last error; returns the new messages."""
    lately = Failure.objects.filter(stopped__gte=now - LATELY, stopped__lte=now)
    names = dict(Schedule.objects.filter(name__startswith=PREFIX).values_list("func", "name"))
    notified = 0
    for row in lately.values("func").annotate(count=Count("pk"), last=Max("stopped")).order_by("func"):
        last = lately.filter(func=row["func"], stopped=row["last"]).first()
        label = str(job_label(names.get(row["func"], row["func"])))
        times = f"{row['count']} {plural(row['count'], 'раз', 'раза', 'раз')}"
        error = str(last.result).strip().splitlines()[-1][:300] if last is not None and last.result else ""
        text = (
            f"За последние сутки задание прервалось {times}, последний раз {moment_text(row['last'])}. {error}\n"
            "На странице месяца его можно запустить ещё раз."
        )
        notified += notify_staff(
            event=f"job:{row['func']}:{clock.date_of(row['last'])}"[:120],
            what=label,
            text=text,
            link="/admin/office/month/",
            permission=WATCH,
        )
    return notified


def notify_undelivered(*, now: dt.datetime) -> int:
    """Tell, once a day, of letters that were given up within a day before `now`; returns the new messages."""
    count = undelivered(since=now - LATELY).count()
    if not count:
        return 0
    return notify_staff(
        event=f"letters:{clock.date_of(now)}",
        what="письма не доставлены",
        text=f"За последние сутки не доставлено писем: {count}. В списке видно, кому и почему; там же их можно "
        "отправить ещё раз.",
        link="/admin/notices/history/?state=failed&channel=email",
        permission="notifications.retry_message",
    )

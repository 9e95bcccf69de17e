"""One of the jobs of requests and notifications, in a process of its own that begins when told to."""

import datetime as dt
from multiprocessing.connection import Connection

from django.conf import settings

from portal.billing import services as billing
from portal.notifications import services as notifications
from portal.service_requests.commissioning import services as commissioning
from portal.service_requests.dispatch import services as dispatch
from portal.service_requests.replacement import services as replacement


def run_job(pipe: Connection, job: str, now: dt.datetime, port: int = 0) -> None:
    """Say that it is ready, wait for any word, do the job as of a moment, send back what it returned.

    `mail` sends what is due to an SMTP server on `port` of this machine; the others settle what is theirs.
    """
    if port:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    jobs = {
        "mail": lambda: notifications.send_due(limit=1000),
        "visits": lambda: commissioning.settle_missed_visits(now=now),
        "requests": lambda: dispatch.close_unanswered(moment=now),
        "debts": lambda: billing.remind_of_debts(today=now.date()),
        "verifications": lambda: replacement.watch(moment=now),
    }
    pipe.send("ready")
    pipe.recv()
    pipe.send(jobs[job]())

"""A process of its own that does one of the jobs of requests and notices. Run by test_jobs_twice.py.

`JOB ISO-MOMENT [PORT]`: `mail` sends what is due to an SMTP server on PORT of this machine, the others settle what
is theirs as of the moment. It says «ready», and begins when a line comes in, so that several begin together.
"""

import datetime as dt
import sys


def main(job: str, moment: str, port: str = "") -> None:
    import django

    django.setup()
    from django.conf import settings

    from portal.billing import services as billing
    from portal.notifications import services as notices
    from portal.service_requests.commissioning import services as commissioning
    from portal.service_requests.dispatch import services as dispatch
    from portal.service_requests.replacement import services as replacement

    if port:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(port)
    now = dt.datetime.fromisoformat(moment)
    jobs = {
        "mail": lambda: notices.send_due(limit=1000),
        "visits": lambda: commissioning.settle_missed_visits(now=now),
        "requests": lambda: dispatch.close_unanswered(moment=now),
        "debts": lambda: billing.remind_of_debts(today=now.date()),
        "verifications": lambda: replacement.watch(moment=now),
    }
    print("ready", flush=True)
    sys.stdin.readline()
    print(jobs[job](), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Every timed job of the portal, in one table; `manage.py sync_schedule` writes it to django-q2."""

from portal.core.schedule import Timed

TIMETABLE: tuple[Timed, ...] = (
    Timed("send-messages", "portal.notifications.jobs.send_due", minutes=1),
    Timed("ask-about-payments", "portal.payments.jobs.poll_open_payments", minutes=1),
    Timed("reconcile-payments", "portal.payments.jobs.reconcile_recent_days", cron="30 4 * * *"),
    Timed("resume-bank-files", "portal.exchange.bank_files.jobs.resume_bank_files", minutes=1),
    Timed("sweep-imports", "portal.exchange.jobs.sweep_imports", minutes=5),
    Timed("forget-imports", "portal.exchange.jobs.forget_imports", cron="35 3 * * *"),
    Timed("answer-recoveries", "portal.accounts.jobs.answer_recoveries", minutes=1),
    Timed("publish-scheduled", "cms_pages.core.jobs.publish_scheduled", minutes=5),
    Timed("look-at-links", "cms_pages.documents.jobs.look_at_links", cron="20 4 * * 1"),
    Timed("sweep-files", "portal.core.jobs.sweep_files", cron="30 3 * * *"),
    Timed("sweep-captcha", "cms_pages.contacts.jobs.sweep_captcha", minutes=60),
    Timed("sweep-accounts", "portal.accounts.jobs.sweep", cron="40 3 * * *"),
    Timed("notify-of-ending-keys", "portal.accounts.jobs.notify_of_ending_keys", cron="15 9 * * *"),
    Timed("sweep-api-answers", "portal.api.jobs.sweep_answers", cron="45 3 * * *"),
    Timed("sweep-retention", "portal.operations.jobs.sweep_retention", cron="50 2 * * *"),
    Timed("sweep-receipts", "portal.receipts.jobs.sweep_receipts", minutes=5),
    Timed("sweep-closings", "portal.billing.jobs.sweep_runs", minutes=5),
    Timed("run-due-steps", "portal.billing.jobs.run_due_steps", minutes=30),
    Timed("remind-of-debts", "portal.billing.jobs.remind_of_debts", cron="0 10 * * *"),
    # Every hour, so that a night without a worker is made up for; one seal a day.
    Timed("seal-ledger", "portal.integrity.jobs.seal_day", cron="10 * * * *"),
    Timed("check-ledger", "portal.operations.jobs.check_ledger", cron="0 4 * * *"),
    Timed("close-unanswered-requests", "portal.service_requests.jobs.close_unanswered", cron="15 * * * *"),
    Timed("settle-missed-visits", "portal.service_requests.jobs.settle_missed_visits", cron="10 3 * * *"),
    Timed("open-crews-calendar", "portal.service_requests.jobs.open_calendar", cron="20 3 * * *"),
    Timed("watch-verifications", "portal.service_requests.jobs.watch_verifications", cron="0 9 * * *"),
    Timed("tell-of-failures", "portal.operations.jobs.notify_failures", minutes=15),
)

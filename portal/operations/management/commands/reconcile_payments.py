"""Compare gateway, payments, ledger and bank files: `reconcile_payments [--from DAY] [--to DAY]`."""

import datetime as dt
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.core import clock
from portal.payments.gateways import current_gateway
from portal.payments.services.reconciliation import reconcile


class Command(BaseCommand):
    help = "List what the gateway, payments, the ledger and bank files disagree about."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--from", dest="first", type=dt.date.fromisoformat, help="First day; default a month ago.")
        parser.add_argument("--to", dest="last", type=dt.date.fromisoformat, help="Last day, inclusive; default today.")

    def handle(self, *args: Any, **options: Any) -> None:
        last = options["last"] or clock.today()
        first = options["first"] or last - dt.timedelta(days=31)
        if first > last:
            raise CommandError("the first day is after the last")
        run = reconcile(first_day=first, last_day=last, gateway=current_gateway(), now=clock.now())
        for difference in run.differences.filter(resolved_at=None):
            self.stderr.write(
                f"{difference.day} {difference.kind} {difference.subject}: "
                f"ours {difference.ours or '-'}, theirs {difference.theirs or '-'}"
            )
        summary = f"{run.payments} payments, {run.amount}, {run.difference_count} differences"
        if run.waiting:
            summary += f", {run.waiting} wait for their account"
        if not run.gateway_answered:
            raise CommandError(f"{summary}; the gateway did not answer: {run.error}")
        if run.difference_count:
            raise CommandError(summary)
        self.stdout.write(summary)

"""Makes an SQLite database with a month in it: `python -m tests.portal.operations.sqlite_month FILE`.

For tests that run on PostgreSQL themselves.
"""

import datetime as dt
import shutil
import sys
from pathlib import Path

from tests import django_ready

assert django_ready  # models are imported once Django is set up

from portal.billing.services import Executor  # noqa: E402
from portal.core import clock  # noqa: E402
from portal.integrity.services import seal_day  # noqa: E402
from portal.payments.gateways import current_gateway  # noqa: E402
from portal.payments.services.paying import refresh_payment  # noqa: E402
from portal.receipts.issuing import issue_receipts  # noqa: E402
from tests import database  # noqa: E402
from tests.company import put_numbers  # noqa: E402
from tests.people import make_cast  # noqa: E402
from tests.portal.billing.month import JANUARY, close  # noqa: E402
from tests.portal.payments.bank import begin, pay_at_bank  # noqa: E402


def make(file: Path) -> None:
    """A closed month with receipts, a payment and a seal."""
    keeper = database.backend()
    keeper.prepare()
    name = keeper.create()
    with database.switched_to(name):
        cast = make_cast()
        put_numbers()
        close(JANUARY)
        issue_receipts(
            period=JANUARY,
            issued_on=dt.date(2026, 2, 1),
            executor=Executor.INLINE,
            notify=False,
            with_files=False,
        )
        payment = begin(cast.anna, "120.00")
        pay_at_bank(payment)
        refresh_payment(payment=payment, gateway=current_gateway(), now=clock.now())
        seal_day(now=clock.real_now())
    shutil.move(name, file)
    keeper.drop(name)


if __name__ == "__main__":
    make(Path(sys.argv[1]))

"""October 2026 of the cast as a closed month."""

import datetime as dt
from decimal import Decimal

from django.core.management import call_command

from portal.accounts.enums import Service
from portal.billing.models import Norm, Rate, WorkdayYear
from portal.core.clock import MOSCOW
from portal.metering.enums import ReadingSource
from portal.metering.models import Meter
from portal.metering.services import submit_reading
from tests.company import put_company
from tests.conftest import SetDate
from tests.people import Cast


def close_october(cast: Cast, business_date: SetDate) -> None:
    """Read Anna's meters, close October, issue its receipts; then it is the 15th of November."""
    for service, price, norm in (("cold_water", "64.84", "4.331"), ("wastewater", "73.82", "7.418")):
        Rate.objects.create(
            service=service, valid_from=dt.date(2026, 1, 1), price=Decimal(price), source="Распоряжение № 298-Р"
        )
        Norm.objects.create(service=service, valid_from=dt.date(2020, 1, 1), value=Decimal(norm))
    Norm.objects.create(service=Service.HOT_WATER, valid_from=dt.date(2020, 1, 1), value=Decimal("3.087"))
    WorkdayYear.objects.get_or_create(year=2026)
    put_company()
    cold, hot = Meter.objects.filter(account=cast.anna.account).order_by("service")
    for meter, value in ((cold, "141.455"), (hot, "83.210")):
        submit_reading(
            meter=meter,
            value=Decimal(value),
            moment=dt.datetime(2026, 10, 15, 12, tzinfo=MOSCOW),
            source=ReadingSource.PHONE,
        )
    business_date("2026-10-21")
    call_command("close_period", "2026-10")
    call_command("issue_receipts", "2026-10")
    business_date("2026-11-15")

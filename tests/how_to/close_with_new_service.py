"""Run in a copy of the tree to which `add_service` added a service: what the service does there, as JSON.

Makes the migrations, applies them to the database of DATABASE_URL, closes a month for an account with it.
"""

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402 (Django is set up)
from django.core.management import call_command  # noqa: E402 (Django is set up)
from django.utils import translation  # noqa: E402 (Django is set up)

KEY = "irrigation"


def main() -> dict[str, Any]:
    before = _migrations()
    call_command("makemigrations", verbosity=0)
    call_command("migrate", verbosity=0, interactive=False)
    settings.PORTAL_TODAY = "2026-01-26"
    return {"migrations": sorted(str(path) for path in _migrations() - before), **_month(), **_screens()}


def _migrations() -> set[Path]:
    return {path for app in ("portal", "cms_pages") for path in Path(app).glob("*/migrations/*.py")}


def _month() -> dict[str, Any]:
    """January closed for an account with cold water, wastewater and the new service, each by its meter."""
    from portal.accounts.enums import Service
    from portal.billing import services
    from portal.billing.models import VatRate
    from portal.billing.selectors import period_bill
    from portal.receipts.assembling import assemble_receipts
    from tests import people
    from tests.company import put_numbers
    from tests.portal.billing import month

    put_numbers()
    VatRate.objects.create(valid_from=people.SINCE, percent=None)
    services.adopt_rates(
        rates=[services.NewRate(service=Service(KEY), valid_from=people.SINCE, price=Decimal("31.20"))],
        source="Распоряжение № 12",
    )
    irrigation = Service(KEY)
    account = people.make_account("0010001", flat="17", services=(Service.COLD_WATER, Service.WASTEWATER, irrigation))
    people.make_resident("anna", account, last_name="Иванова", first_name="Анна")
    for service, value in ((Service.COLD_WATER, "106.335"), (irrigation, "112.500")):
        meter = people.make_meter(account, service, serial=f"M-{service}", start="100.000")
        month.read(meter, value, dt.date(2026, 1, 20))
    month.close(month.JANUARY)
    with translation.override("ru"):
        bill = period_bill(account, month.JANUARY)
        assert bill is not None
        receipts, refused = assemble_receipts([account.pk], period=month.JANUARY, issued_on=dt.date(2026, 1, 26))
        assert not refused, refused
        return {
            "bill": [(line.title, str(line.charge.volume), str(line.charge.amount)) for line in bill.lines],
            "total": str(bill.total),
            "receipt": [(line.service, line.basis, str(line.rate), str(line.total)) for line in receipts[0][1].lines],
        }


def _screens() -> dict[str, Any]:
    """Where else the service appears by itself."""
    from portal.cabinet.requests.forms import CommissioningForm
    from portal.core.service_catalogue import find_by_name
    from portal.office.registration.forms import AccountForm
    from portal.service_requests.outages.notifications import services_text

    service = find_by_name("ОРОШЕНИЕ участка")
    registration: Any = AccountForm().fields["services"]
    commissioning: Any = CommissioningForm(accounts=[], meters=[]).fields["service"]
    with translation.override("ru"):
        return {
            "registration": [str(label) for _, label in registration.choices],
            "commissioning": [str(label) for _, label in commissioning.choices],
            "outage": services_text([KEY]),
            "import": service.key if service else "",
        }


if __name__ == "__main__":
    print(json.dumps(main(), ensure_ascii=False))

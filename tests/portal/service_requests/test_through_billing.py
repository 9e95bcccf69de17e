"""Months of a moved clock: from an application to the first charge by the new meter."""

import datetime as dt
from decimal import Decimal

import pytest

from portal.accounts.models import Account
from portal.billing.models import Charge
from portal.core.periods import Period
from portal.metering.commissioning import record_start
from portal.metering.models import Meter
from portal.service_requests.commissioning import services
from portal.service_requests.commissioning.enums import ApplicationState, FileKind
from tests.company import put_numbers
from tests.people import Cast, make_login
from tests.portal.billing.month import close, read
from tests.portal.service_requests.samples import applied, good_check, later, meter_data, page, slots

OCTOBER, NOVEMBER, DECEMBER = (Period(2026, month) for month in (10, 11, 12))


@pytest.fixture
def engineer(db: None) -> object:
    put_numbers()
    return make_login("engineer", staff=True)


def cold(account: Account, *periods: Period) -> list[tuple[str, Decimal]]:
    """Basis and m³ of the charges for cold water, one month after the other."""
    charges = Charge.objects.filter(account=account, service="cold_water", kind="charge")
    if periods:
        charges = charges.filter(period__in=[period.first_day for period in periods])
    return list(charges.order_by("period").values_list("basis", "volume"))


def test_the_resident_was_out_first_then_in_service_and_billed_from_the_first(cast: Cast, engineer: object) -> None:
    account, application, offered = cast.boris.account, applied(cast), slots()
    services.offer(application=application, slots=offered, by=engineer, moment=later(1))  # type: ignore[arg-type]
    out = services.pick(application=application, slot_id=offered[0].pk, by=cast.boris.user, now=later(1))
    services.resident_was_out(visit=out, by=engineer, moment=later(3))  # type: ignore[arg-type]
    visit = services.pick(application=application, slot_id=offered[1].pk, by=cast.boris.user, now=later(3, 15))
    services.put_into_service(visit=visit, check=good_check(), by=engineer, moment=later(4))  # type: ignore[arg-type]
    close(NOVEMBER)
    meter = Meter.objects.get(account=account)
    record_start(meter=meter, value=Decimal("3.500"), taken_on=dt.date(2026, 12, 1))
    read(meter, "9.750", dt.date(2026, 12, 15))
    close(DECEMBER)
    assert cold(account) == [("norm", Decimal("12.993")), ("reading", Decimal("6.250"))]


def test_the_company_did_not_come_and_it_is_billed_from_the_month_after_the_application(
    cast: Cast, engineer: object
) -> None:
    """The visit was to be in December; the application of November holds."""
    application, offered = applied(cast), slots()
    services.offer(application=application, slots=offered, by=engineer, moment=later(1))  # type: ignore[arg-type]
    visit = services.pick(application=application, slot_id=offered[0].pk, by=cast.boris.user, now=later(1))
    services.company_did_not_come(visit=visit, now=later(3, 13), by=cast.boris.user)
    close(NOVEMBER)
    read(Meter.objects.get(account=cast.boris.account), "5.120", dt.date(2026, 12, 15))
    close(DECEMBER)
    assert cold(cast.boris.account) == [("norm", Decimal("12.993")), ("reading", Decimal("5.000"))]
    application.refresh_from_db()
    assert application.state == ApplicationState.COMMISSIONED


def test_a_replaced_meter_is_billed_without_a_gap(cast: Cast, engineer: object) -> None:
    """What runs by the old one up to the act is November's, what runs by the new one since is December's."""
    account, old = cast.anna.account, Meter.objects.get(serial_number="A-1001")
    application = services.apply(
        key="old",
        account=account,
        applicant=services.Applicant(name="Анна", phone="89161234567"),
        meter=meter_data(replaces=old, final_value=Decimal("139.000")),
        preferred=services.PreferredSlot(later(5).date()),
        files={FileKind.PASSPORT: [page(cast.anna.user)]},
        author=cast.anna.user,
        moment=later(0),
    )
    offered = slots()
    services.offer(application=application, slots=offered, by=engineer, moment=later(1))  # type: ignore[arg-type]
    visit = services.pick(application=application, slot_id=offered[0].pk, by=cast.anna.user, now=later(1))
    check = good_check(old_value=Decimal("139.200"))
    services.put_into_service(visit=visit, check=check, by=engineer, moment=later(3))  # type: ignore[arg-type]
    close(NOVEMBER)
    read(Meter.objects.get(serial_number="31 507-442"), "7.480", dt.date(2026, 12, 15))
    close(DECEMBER)
    assert cold(account) == [("reading", Decimal("4.080")), ("reading", Decimal("7.000"))]

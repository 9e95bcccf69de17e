"""A verification ends: warned, averaged, raised, verified again and metered; each month's bill to the kopeck."""

import datetime as dt
from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from portal.accounts.enums import Service
from portal.accounts.models import Account
from portal.billing.models import Charge, RaisingCoefficient
from portal.core.clock import MOSCOW
from portal.core.periods import Period
from portal.ledger.selectors import balance
from portal.metering.exceptions import HigherThanNext, LowerThanPrevious
from portal.metering.models import Meter, UnverifiedSpan
from portal.metering.selectors import reading_rows
from portal.notifications.models import Message
from portal.service_requests.replacement import services
from portal.service_requests.replacement.models import Verification
from tests.company import put_numbers
from tests.people import Cast, make_login, make_meter
from tests.portal.billing.month import close, pay, read
from tests.portal.service_requests.test_in_the_cabinet import photo

BILLS = {
    # 48.67 ₽ for cold water, 41.05 ₽ for wastewater of the same volume; two persons.
    3: ("reading", "6.000", "538.32"),  # 292.02 + 246.30
    4: ("reading", "5.500", "493.47"),  # 267.69 + 225.78
    5: ("reading", "7.100", "637.02"),  # 345.56 + 291.46
    6: ("reading", "6.400", "574.21"),  # 311.49 + 262.72
    7: ("average", "6.250", "560.75"),  # (6.0 + 5.5 + 7.1 + 6.4) ÷ 4 = 6.250: 304.19 + 256.56
    8: ("average", "6.250", "560.75"),
    9: ("average", "6.250", "560.75"),
    10: ("norm", "25.986", "1873.76"),  # 4.331 × 2 × 3: 1 264.74; wastewater not raised, 7.418 × 2 = 14.836: 609.02
    11: ("reading", "2.500", "224.31"),  # from the certificate's 183.000: 121.68 + 102.63
    12: ("reading", "6.500", "583.19"),  # 316.36 + 266.83
}
READINGS = {
    3: "106.000",
    4: "111.500",
    5: "118.600",
    6: "125.000",
    7: "138.000",
    8: "150.000",
    9: "161.000",
    10: "172.000",
    11: "185.500",
    12: "192.000",
}


@pytest.fixture
def meter(cast: Cast) -> Meter:
    """Boris' only meter, verified until 30 June; the coefficient is the law's of December 2025."""
    put_numbers()
    RaisingCoefficient.objects.create(service=Service.COLD_WATER, valid_from=dt.date(2025, 12, 6), value=Decimal(3))
    meter = make_meter(cast.boris.account, Service.COLD_WATER, serial="V-1", start="100.000")
    meter.verified_until = dt.date(2026, 6, 30)
    meter.save()
    return meter


def at(day: dt.date) -> dt.datetime:
    """Ten in the morning."""
    return dt.datetime.combine(day, dt.time(10), tzinfo=MOSCOW)


def month(meter: Meter, number: int) -> None:
    """A reading in the window, the closing, the payment of all that is owed before it is due."""
    read(meter, READINGS[number], dt.date(2026, number, 15))
    close(Period(2026, number))
    pay(meter.account, str(balance(meter.account)), dt.date(2026, number, 25))


def bill(account: Account, number: int) -> tuple[str, str, str]:
    """Basis and m³ of the cold water, ₽ of the whole month."""
    lines = list(Charge.objects.filter(account=account, period=dt.date(2026, number, 1)))
    assert {(line.service, line.kind) for line in lines} == {("cold_water", "charge"), ("wastewater", "charge")}
    cold = next(line for line in lines if line.service == "cold_water")
    return cold.basis, str(cold.volume), str(sum(line.amount for line in lines))


def notified(cast: Cast) -> list[str]:
    """What the inbox says of verification, without its no-break spaces."""
    messages = Message.objects.filter(
        user=cast.boris.user, channel="inbox", event__startswith="verification:"
    ).order_by("pk")
    return [message.body.replace("\u00a0", " ") for message in messages]


def words(client: Client, path: str) -> str:
    """A page as text with plain spaces."""
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode().replace("\u00a0", " ")


def test_no_reading_goes_below_the_certificate(cast: Cast, meter: Meter) -> None:
    """Else the month would be billed 8 m³ less than nothing; and no certificate above a reading that came after it."""
    month(meter, 3)
    read(meter, "110.000", dt.date(2026, 7, 15))
    data = {
        "meter": meter,
        "valid_until": dt.date(2032, 11, 9),
        "by": cast.boris.user,
        "moment": at(dt.date(2026, 11, 16)),
    }
    services.record_verification(verified_on=dt.date(2026, 11, 10), value=Decimal("183.000"), **data)  # type: ignore[arg-type]
    with pytest.raises(LowerThanPrevious) as refused:
        read(meter, "175.000", dt.date(2026, 11, 15))
    assert (refused.value.previous, refused.value.taken_on) == (Decimal("183.000"), dt.date(2026, 11, 10))
    sent = read(meter, "185.500", dt.date(2026, 11, 15))
    assert [row.volume for row in reading_rows(meter.account) if row.reading == sent] == [Decimal("2.500")]
    Meter.objects.filter(pk=meter.pk).update(verified_until=dt.date(2026, 11, 11))
    with pytest.raises(HigherThanNext):
        services.record_verification(verified_on=dt.date(2026, 11, 14), value=Decimal("190.000"), **data)  # type: ignore[arg-type]


def test_warned_averaged_raised_and_back_to_the_meter(cast: Cast, meter: Meter, business_date: object) -> None:
    """What the meter showed from July to the certificate never counts, before it or after."""
    account, resident = meter.account, Client()
    resident.force_login(cast.boris.user)
    for number in (3, 4, 5, 6):
        month(meter, number)
    for day in (dt.date(2026, 4, 1), dt.date(2026, 5, 31), dt.date(2026, 6, 23)):
        assert services.watch(moment=at(day)) == 1
        assert "1 264,74 ₽ в месяц" in notified(cast)[-1], "what the line will cost"

    business_date("2026-09-12")  # type: ignore[operator]
    month(meter, 7)
    month(meter, 8)
    home = words(resident, "/personal/")
    assert "сейчас считаем по среднему, с октября — по нормативу с повышающим" in home
    assert "без показани" not in home, "a reading would not help"
    assert "1 264,74 ₽" in words(resident, "/personal/requests/replacement/")
    assert "показание запишем, но в счёт оно не войдёт" in words(resident, "/personal/readings/")
    month(meter, 9)
    month(meter, 10)
    reasons = words(resident, "/personal/bills/2026-10/")
    assert "действовала до 30 июня 2026: его показания не учитываются" in reasons
    assert "4,331 м³ на человека × 2 человека × 3,0 = 25,986 м³" in reasons
    assert "Из них повышающий коэффициент 3,0 добавил 17,324 м³" in reasons
    assert "25,986 м³ × 48,67 ₽ = 1 264,74 ₽" in reasons

    business_date("2026-11-12")  # type: ignore[operator]
    form = {"verified_on": "2026-11-10", "valid_until": "2032-11-09", "value": "183,000", "certificate": photo()}
    resident.post(f"/personal/requests/replacement/{meter.pk}/certificate/", form)
    engineer = make_login("engineer", staff=True)
    engineer.user_permissions.set(Permission.objects.filter(codename__in=["access_admin", "commission_meters"]))
    office = Client()
    office.force_login(engineer)
    assert "V-1" in words(office, "/admin/field/replacement/")
    office.post(f"/admin/field/certificate/{Verification.objects.get().pk}/", {"action": "accept"})
    assert "до 9 ноября 2032" in notified(cast)[-1]
    month(meter, 11)
    month(meter, 12)

    assert {number: bill(account, number) for number in BILLS} == BILLS
    assert "183,000" in words(resident, "/personal/bills/2026-11/")
    span = UnverifiedSpan.objects.get()
    assert (span.since, span.until) == (dt.date(2026, 7, 1), dt.date(2026, 11, 9))
    assert "не учитываются" not in words(resident, "/personal/")

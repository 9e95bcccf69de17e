"""The company replaces a meter in time; who did not agree is warned; a certificate extends a meter."""

import datetime as dt
from decimal import Decimal

import pytest

from portal.accounts.enums import Service
from portal.billing.models import Norm, RaisingCoefficient, Rate
from portal.metering.exceptions import VerificationExpired
from portal.metering.models import Meter
from portal.notifications.models import Message
from portal.service_requests.commissioning.models import Visit
from portal.service_requests.exceptions import SlotTaken, WrongState
from portal.service_requests.replacement import selectors, services
from portal.service_requests.replacement.exceptions import CertificateMissing, CertificatePending, PriceUnknown
from portal.service_requests.replacement.models import OrderState, ReplacementOrder
from tests.people import Cast, make_login
from tests.portal.service_requests.samples import NOW, TODAY, later, page, slots


def meter_ending(days: int) -> Meter:
    Meter.objects.filter(serial_number="A-1001").update(verified_until=TODAY + dt.timedelta(days=days))
    return Meter.objects.select_related("account").get(serial_number="A-1001")


def agreed(cast: Cast, days: int = 60) -> Meter:
    meter = meter_ending(days)
    services.publish_price(price=Decimal("2400.00"), source="/services/")
    services.agree(meter=meter, by=cast.anna.user, moment=NOW)
    return meter


def notified(cast: Cast) -> list[str]:
    messages = Message.objects.filter(user=cast.anna.user, channel="inbox", event__startswith="verification:").order_by(
        "pk"
    )
    return [message.body for message in messages]


def test_nobody_agrees_to_an_unknown_price(cast: Cast) -> None:
    with pytest.raises(PriceUnknown):
        services.agree(meter=meter_ending(60), by=cast.anna.user, moment=NOW)


def test_the_price_agreed_stays(cast: Cast) -> None:
    meter = agreed(cast)
    services.publish_price(price=Decimal("9000.00"), source="/services/")
    assert services.agree(meter=meter, by=cast.anna.user, moment=NOW).price == Decimal("2400.00")


@pytest.mark.parametrize(("days", "proposed"), [(61, 0), (60, 1), (5, 1)])
def test_proposed_sixty_days_ahead_once(cast: Cast, days: int, proposed: int) -> None:
    agreed(cast, days)
    services.watch(moment=NOW)
    assert ReplacementOrder.objects.count() == proposed
    services.watch(moment=NOW)
    assert ReplacementOrder.objects.count() == proposed


@pytest.mark.parametrize(("days", "warned"), [(91, 0), (90, 1), (60, 0), (30, 1), (7, 1), (6, 0)])
def test_without_agreement_warned_on_three_days_once(cast: Cast, days: int, warned: int) -> None:
    meter_ending(days)
    assert services.watch(moment=NOW) == warned
    assert services.watch(moment=NOW) == 0
    assert len(notified(cast)) == warned


def test_the_warning_says_what_it_costs(cast: Cast) -> None:
    since = dt.date(2026, 1, 1)
    Rate.objects.create(service=Service.COLD_WATER, valid_from=since, price=Decimal("48.67"), source="—")
    Norm.objects.create(service=Service.COLD_WATER, valid_from=since, value=Decimal("4.331"))
    RaisingCoefficient.objects.filter(service=Service.COLD_WATER).delete()
    RaisingCoefficient.objects.create(service=Service.COLD_WATER, valid_from=since, value=Decimal(3))
    meter = meter_ending(30)
    assert selectors.cost_of_inaction(meter, TODAY) == Decimal("1264.74"), "4.331 × 2 persons × 3 × 48.67"
    services.watch(moment=NOW)
    assert "1\u00a0264,74" in notified(cast)[0]


def test_a_house_in_one_trip_and_both_meters_by_one_act(cast: Cast) -> None:
    meter, engineer = agreed(cast), make_login("engineer", staff=True)
    services.watch(moment=NOW)
    house, orders = selectors.orders_by_house()[0]
    slot = slots()[0]
    services.plan_visit(house=house, orders=orders, slot_id=slot.pk, by=engineer, now=later(1))
    assert selectors.orders_by_house() == []
    visit = Visit.objects.select_related("order__meter__account__premises__house__street").get()
    new = services.NewOne(
        type_name="СГВ-15",
        serial_number="N-77",
        seal_number="П-9",
        verified_until=dt.date(2032, 11, 1),
        value=Decimal("0.010"),
        old_value=Decimal("140.000"),
    )
    certificate = services.replace(visit=visit, new=new, by=engineer, moment=later(3))
    meter.refresh_from_db()
    assert (meter.closed_on, meter.closing_value) == (later(3).date(), Decimal("140.000"))
    assert certificate.meter is not None
    assert certificate.meter.commissioned_on == dt.date(2026, 12, 1)
    assert ReplacementOrder.objects.get().state == OrderState.DONE
    with pytest.raises(WrongState):
        services.replace(visit=visit, new=new, by=engineer, moment=later(3))


def test_a_slot_takes_no_more_orders_than_visits(cast: Cast) -> None:
    agreed(cast)
    engineer = make_login("engineer", staff=True)
    services.watch(moment=NOW)
    house, orders = selectors.orders_by_house()[0]
    with pytest.raises(SlotTaken):
        services.plan_visit(house=house, orders=orders * 2, slot_id=slots()[0].pk, by=engineer, now=later(1))
    assert ReplacementOrder.objects.get().state == OrderState.PROPOSED


def test_withdrawn_the_order_is_cancelled_and_warnings_return(cast: Cast) -> None:
    meter = agreed(cast, 30)
    services.watch(moment=NOW)
    services.withdraw(agreement=meter.replacement_agreements.get(), moment=NOW)
    assert ReplacementOrder.objects.get().state == OrderState.CANCELLED
    assert services.watch(moment=NOW) == 1


def sent(cast: Cast, meter: Meter, **changed: object) -> object:
    values: dict[str, object] = {
        "meter": meter,
        "verified_on": TODAY,
        "valid_until": dt.date(2032, 11, 11),
        "by": cast.anna.user,
        "moment": NOW,
        "certificate": page(cast.anna.user),
        "value": Decimal(140),
    }
    return services.send_certificate(**(values | changed))  # type: ignore[arg-type]


def test_a_certificate_extends_the_meter(cast: Cast) -> None:
    meter, engineer = meter_ending(-10), make_login("engineer", staff=True)
    verification = sent(cast, meter)
    with pytest.raises(CertificatePending):
        sent(cast, meter)
    services.accept_certificate(verification=verification, by=engineer, moment=NOW)  # type: ignore[arg-type]
    meter.refresh_from_db()
    assert meter.verified_until == dt.date(2032, 11, 11)
    with pytest.raises(WrongState):
        services.refuse_certificate(verification=verification, reason="x", by=engineer, moment=NOW)  # type: ignore[arg-type]


def test_a_refused_certificate_changes_nothing_and_says_why(cast: Cast) -> None:
    meter, engineer = meter_ending(-10), make_login("engineer", staff=True)
    services.refuse_certificate(
        verification=sent(cast, meter),
        reason="нет печати",
        by=engineer,
        moment=NOW,  # type: ignore[arg-type]
    )
    assert "нет печати" in notified(cast)[-1]
    meter.refresh_from_db()
    assert meter.verified_until == TODAY - dt.timedelta(days=10)


def test_what_is_no_certificate(cast: Cast) -> None:
    meter = meter_ending(5)
    with pytest.raises(CertificateMissing):
        sent(cast, meter, certificate=None)
    with pytest.raises(VerificationExpired):
        sent(cast, meter, verified_on=dt.date(2020, 1, 1), valid_until=dt.date(2026, 1, 1))

"""Meters that the company replaces, certificates that residents sent, a verification between two others."""

import datetime as dt
import itertools
from collections.abc import Iterator
from decimal import Decimal

from portal.accounts.models import User
from portal.metering.models import Meter
from portal.metering.selectors import previous_values
from portal.operations.demo.commissioning import sample_page
from portal.operations.demo.world import World
from portal.service_requests.commissioning.models import Visit
from portal.service_requests.crews.selectors import free_slots
from portal.service_requests.replacement import selectors, services
from portal.service_requests.replacement.models import ReplacementOrder

AGREED, PLANNED = 6, 2


def load(world: World) -> None:
    """Agreements with their orders, one house planned, one replaced, one certificate to check, one entered."""
    meters = _meters(world)
    agreed = list(itertools.islice(meters, AGREED))
    for number, (meter, user) in enumerate(agreed):
        _ends(meter, world.today + dt.timedelta(days=18 + 7 * number))
        services.agree(meter=meter, by=user, moment=_at(world, -3, 17 + number, 11 * number))
    services.watch(moment=_at(world, -2, 9))
    _plan(world)
    for meter, user in itertools.islice(meters, 1):
        _certificate(world, meter, user)
    for meter, _user in itertools.islice(meters, 1):
        _verified(world, meter)


def _at(world: World, days: int, hour: int, minute: int = 0) -> dt.datetime:
    """Play on from a moment so many days from today; returns it."""
    return world.at(world.time(days, hour, minute))


def _meters(world: World) -> Iterator[tuple[Meter, User]]:
    """An active meter of each household with a login and no story of its own that has not sent yet, from the last."""
    for home in reversed(world.households):
        waiting = home.account.meters.filter(closed_on=None).exclude(readings__taken_on__gte=world.current.first_day)
        meter = waiting.select_related("account").first()
        if meter is not None and home.holder.user is not None and not home.named:
            yield meter, home.holder.user


def _ends(meter: Meter, day: dt.date) -> None:
    """The demo's past gave the meter a verification until a day."""
    meter.verified_until = day
    meter.save(update_fields=["verified_until"])


def _plan(world: World) -> None:
    engineer = world.staff["engineer"]
    slots = list(free_slots(world.today, world.today + dt.timedelta(days=10)))
    for number, (house, orders) in enumerate(selectors.orders_by_house()[:PLANNED]):
        slot = next(candidate for candidate in slots[number * 4 :] if candidate.free >= len(orders))
        now = world.at(world.office(world.today, of=number))
        services.plan_visit(house=house, orders=orders, slot_id=slot.pk, by=engineer, now=now)
    _replaced(world, engineer)


def _replaced(world: World, engineer: User) -> None:
    """The first of the planned ones was done earlier than planned."""
    order = ReplacementOrder.objects.filter(state="planned").select_related("meter__account").first()
    if order is None:
        return
    visit = Visit.objects.select_related("slot", "order__meter__account__premises__house__street").get(order=order)
    services.replace(
        visit=visit,
        by=engineer,
        early=True,
        moment=world.at(world.office(world.today, of=5)),
        new=services.NewOne(
            type_name="СГВ-15",
            serial_number="31600001",
            seal_number="П-140",
            value=Decimal("0.004"),
            verified_until=world.six_years_on,
            old_value=_shown(order.meter),
        ),
    )


def _shown(meter: Meter) -> Decimal:
    return previous_values([meter], before=dt.date.max)[meter.pk].value + Decimal("1.250")


def _certificate(world: World, meter: Meter, user: User) -> None:
    _ends(meter, world.today - dt.timedelta(days=2))
    services.send_certificate(
        meter=meter,
        verified_on=world.today - dt.timedelta(days=1),
        value=_shown(meter),
        by=user,
        valid_until=world.six_years_on,
        certificate=sample_page(user, meter.serial_number),
        moment=_at(world, -1, 20, 18),
    )


def _verified(world: World, meter: Meter) -> None:
    """Three days without verification: they are kept."""
    now = world.at(world.office(world.today, of=4))
    _ends(meter, now.date() - dt.timedelta(days=4))
    services.record_verification(
        meter=Meter.objects.select_related("account").get(pk=meter.pk),
        verified_on=now.date() - dt.timedelta(days=1),
        value=_shown(meter),
        by=world.staff["engineer"],
        valid_until=world.six_years_on,
        moment=now,
    )

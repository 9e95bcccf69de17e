"""Facts of the last closed month that a bill has to explain: an outage, a tampering report, persons that changed.

They concern other accounts than `World.named_accounts`, whose figures are documented and must not change.
"""

import datetime as dt
from collections.abc import Iterator

from portal.accounts.enums import Service
from portal.accounts.models import Account, House, Occupancy
from portal.billing.models import Interruption
from portal.billing.services import NewTamperingReport, approve_interruption, enter_report, propose_interruption
from portal.core.periods import Period
from portal.operations.demo.world import Household, World, at_time

REPORT_NUMBER = "А-17"
OUTAGE = "Авария на водоводе"


def before_closing(world: World, period: Period) -> None:
    """Enter the facts of a month that is about to be closed."""
    metered = next(_other_households(world, metered=True), None)
    unmetered = next(_other_households(world, metered=False), None)
    if metered is not None:
        _add_outage(world, metered.account.premises.house, period)
        _add_tampering_report(world, metered.account, period)
    if unmetered is not None:
        _add_person(world, unmetered.account, period)


def _other_households(world: World, *, metered: bool) -> Iterator[Household]:
    """Households with a login, outside the houses of `World.named_accounts`, with meters or without."""
    named_houses = {account.premises.house_id for account in world.named_accounts}
    for household in world.households:
        if household.named or household.holder.user_id is None or household.account.premises.house_id in named_houses:
            continue
        if household.account.meters.filter(closed_on=None, service=Service.COLD_WATER).exists() == metered:
            yield household


def _add_outage(world: World, house: House, period: Period) -> None:
    """Twelve hours without cold water, approved by the accountant: 0.15 % for each hour beyond four."""
    day = period.day(6)
    started = at_time(day, dt.time(8, 0))
    (proposed,) = propose_interruption(
        houses=[house],
        services=[Service.COLD_WATER],
        started_at=started,
        ended_at=started + dt.timedelta(hours=12),
        source=OUTAGE,
    )
    moment = world.at(world.office(period.day(9)))
    approve_interruption(
        interruption=Interruption.objects.get(pk=proposed.pk), by=world.staff.get("accountant"), moment=moment
    )


def _add_tampering_report(world: World, account: Account, period: Period) -> None:
    """A magnet on the meter for ten days: ten times the norm (Rules 354, cl. 62)."""
    drawn_on = period.day(14)
    world.at(at_time(drawn_on, dt.time(15, 30)))
    report = NewTamperingReport(
        account=account,
        service=Service.COLD_WATER,
        number=REPORT_NUMBER,
        drawn_on=drawn_on,
        since=period.day(4),
        until=period.day(13),
    )
    enter_report(report, by=world.staff.get("accountant"), today=drawn_on)


def _add_person(world: World, account: Account, period: Period) -> None:
    """One person more from the middle of the month, where the norm applies."""
    before = Occupancy.objects.filter(account=account, since__lt=period.day(12)).order_by("since").last()
    registered = before.registered if before is not None else 1
    world.at(at_time(period.day(13), dt.time(11, 0)))
    Occupancy.objects.update_or_create(
        account=account, since=period.day(12), defaults={"registered": registered + 1, "owners": 1}
    )

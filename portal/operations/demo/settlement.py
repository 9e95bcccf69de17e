"""Streets, houses, premises, accounts with their people, and meters."""

import datetime as dt
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.contrib.auth.hashers import make_password

from portal.accounts.enums import HolderRole, PremisesKind, ReceiptDelivery, Service
from portal.accounts.models import (
    Account,
    AccountService,
    Contract,
    Holder,
    House,
    Occupancy,
    Person,
    Premises,
    Street,
    User,
)
from portal.core import clock
from portal.core.money import cubic_metres
from portal.core.periods import Period
from portal.metering.models import Meter, MeterType
from portal.operations.demo import names
from portal.operations.demo.names import DemoHouse
from portal.operations.demo.world import PASSWORD, Household, World

COLD, HOT, WASTEWATER = Service.COLD_WATER, Service.HOT_WATER, Service.WASTEWATER


@dataclass(frozen=True, slots=True)
class Named:
    """A resident of the contract; the first `accounts` numbers after the former one are theirs."""

    login: str
    last_name: str
    first_name: str
    patronymic: str
    phone: str
    accounts: int
    persons: int
    metered: bool = True


NAMED = (
    Named("anna", "Иванова", "Анна", "Петровна", "+79161234501", 1, 2),
    Named("boris", "Петров", "Борис", "Андреевич", "+79161234502", 2, 3),
    Named("vera", "Смирнова", "Вера", "Николаевна", "+79161234503", 1, 2),
    Named("gleb", "Волков", "Глеб", "Сергеевич", "+79161234504", 1, 4),
    Named("dina", "Морозова", "Дина", "Олеговна", "+79161234505", 1, 3, metered=False),
)


def load(world: World) -> None:
    """About 300 accounts of Павшинская Пойма; the first six belong to the residents of the contract."""
    _Settling(world).everything()


class _Settling:
    """Fills the settlement; keeps what the steps of one account share."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.random = world.random
        self.since = world.first.first_day
        self.password = make_password(PASSWORD)
        self.types = [
            MeterType.objects.create(
                name=m.name,
                digits=m.digits,
                interval_months=m.interval_months,
                nominal_diameter=m.nominal_diameter,
            )
            for m in names.METER_MODELS
        ]
        self.serials = itertools.count(20_418_001)
        self.meters: list[Meter] = []
        self.moves: list[Occupancy] = []

    def everything(self) -> None:
        self.world.at(self.world.office(self.since - dt.timedelta(days=12)))
        flats = self._premises()
        numbers = itertools.count(10_001)
        for named in NAMED:
            self._named(named, [next(flats) for _ in range(named.accounts)], numbers)
        for (place, premises), number in zip(flats, numbers, strict=False):
            self._household(place, premises, number)
        Meter.objects.bulk_create(self.meters)
        for number, move in enumerate(self.moves):
            self.world.at(self.world.office(move.since + dt.timedelta(days=3), of=number))
            move.save()

    def _premises(self) -> Iterator[tuple[DemoHouse, Premises]]:
        """As many premises as the world has accounts, house by house, each house in proportion."""
        total = sum(place.accounts for place in names.HOUSES)
        wanted = _shares([place.accounts for place in names.HOUSES], self.world.size, total)
        for place, count in zip(names.HOUSES, wanted, strict=True):
            house = self._house(place)
            for index in range(count):
                yield place, self._flat(place, house, index)

    def _house(self, place: DemoHouse) -> House:
        street, _ = Street.objects.get_or_create(kind=place.kind, name=place.street, settlement=names.SETTLEMENT)
        return House.objects.create(street=street, number=place.house, postcode=names.POSTCODE)

    def _flat(self, place: DemoHouse, house: House, index: int) -> Premises:
        private = place.premises == PremisesKind.HOUSE
        area = Decimal(self.random.randint(620, 1800) if private else self.random.randint(310, 960)) / 10
        return Premises.objects.create(
            house=house,
            number="" if private else str(index * 4 + self.random.randint(1, 4)),
            kind=place.premises,
            area=area,
            meter_feasible=self.random.random() > 0.05,
        )

    def _named(self, named: Named, flats: list[tuple[DemoHouse, Premises]], numbers: Iterator[int]) -> None:
        person = self._person(
            named.login,
            named.last_name,
            named.first_name,
            named.patronymic,
            phone=named.phone,
            born_on=dt.date(1958 + 7 * len(self.world.people), 4, 12),
        )
        for place, premises in flats:
            account = self._account(place, premises, next(numbers), person, persons=named.persons)
            account.delivery = ReceiptDelivery.ELECTRONIC
            account.save(update_fields=["delivery"])
            premises.meter_feasible = True
            premises.save(update_fields=["meter_feasible"])
            use = Decimal("3.2") * named.persons
            household = Household(
                account, person, named.persons, cold=use, hot=use / 2, sends=1.0, pays=1.0, late=False, named=True
            )
            self._story(named.login, household)
            self.world.households.append(household)
            if named.metered:
                until = self.world.today + dt.timedelta(days=20) if named.login == "gleb" else None
                self._meters(account, household, cold_until=until)

    def _story(self, login: str, household: Household) -> None:
        if login == "vera":
            household.silent_since = self.world.current.shift(-2)
        if login == "anna":
            household.unpaid_since = self.world.current.shift(-2)
        if login in {"gleb", "dina"} or household.account.number == "0010003":
            household.unpaid_since = self.world.current.previous

    def _person(
        self, login: str, last_name: str, first_name: str, patronymic: str, *, phone: str, born_on: dt.date
    ) -> Person:
        user = None
        email = f"{login}@mail.example" if login else ""
        if login:
            user = User.objects.create(
                username=login,
                email=email,
                password=self.password,
                first_name=first_name,
                last_name=last_name,
                date_joined=clock.now(),
            )
        person = Person.objects.create(
            user=user,
            last_name=last_name,
            first_name=first_name,
            patronymic=patronymic,
            phone=phone,
            email=email,
            born_on=born_on,
        )
        if login:
            self.world.people[login] = person
        return person

    def _household(self, place: DemoHouse, premises: Premises, number: int) -> None:
        person = self._stranger(number)
        persons = self.random.choices([0, 1, 2, 3, 4, 5], [2, 20, 34, 24, 15, 5])[0]
        account = self._account(place, premises, number, person, persons=persons)
        use = cubic_metres(Decimal(self.random.uniform(2.1, 4.4)) * max(persons, 1))
        household = Household(
            account,
            person,
            max(persons, 1),
            cold=use,
            hot=cubic_metres(use * Decimal(self.random.uniform(0.3, 0.6))),
            sends=self.random.choices([0.98, 0.85, 0.5, 0.05], [62, 25, 9, 4])[0],
            pays=self.random.choices([0.99, 0.9, 0.6, 0.1], [70, 18, 8, 4])[0],
            late=self.random.random() < 0.2,
        )
        self.world.households.append(household)
        if self.random.random() < 0.91:
            self._meters(account, household)
        self._moves(account, persons)

    def _stranger(self, number: int) -> Person:
        woman = self.random.random() < 0.56
        last_name = self.random.choice(names.LAST_NAMES) + ("а" if woman else "")
        first_name = self.random.choice(names.WOMEN if woman else names.MEN)
        patronymic = self.random.choice(names.FATHERS) + ("на" if woman else "ич")
        login = f"r{number:07}" if self.random.random() < 0.6 else ""
        return self._person(
            login,
            last_name,
            first_name,
            patronymic,
            phone=f"+7916{self.random.randint(1000000, 9999999)}",
            born_on=dt.date(self.random.randint(1942, 2003), self.random.randint(1, 12), self.random.randint(1, 28)),
        )

    def _account(self, place: DemoHouse, premises: Premises, number: int, person: Person, *, persons: int) -> Account:
        on_paper = person.user_id is None and self.random.random() < 0.8
        opened = dt.date(self.random.randint(2014, 2022), self.random.randint(1, 12), self.random.randint(1, 28))
        els = f"50{self.random.randint(10**7, 10**8 - 1)}"
        account = Account.objects.create(
            number=f"{number:07}",
            premises=premises,
            opened_on=opened,
            els=els,
            delivery=ReceiptDelivery.PAPER if on_paper else ReceiptDelivery.ELECTRONIC,
        )
        Holder.objects.create(account=account, person=person, role=HolderRole.OWNER, since=opened)
        Occupancy.objects.create(account=account, since=opened, registered=persons, owners=1)
        supplied = (COLD, HOT, WASTEWATER) if place.hot_water else (COLD, WASTEWATER)
        AccountService.objects.bulk_create(
            AccountService(account=account, service=service, since=self.since) for service in supplied
        )
        Contract.objects.create(
            account=account, person=person, number=f"ВП-{opened.year}/{number - 10_000:04}", signed_on=opened
        )
        self.world.accounts[account.number] = account
        return account

    def _meters(self, account: Account, household: Household, *, cold_until: dt.date | None = None) -> None:
        kind = self.random.choice(self.types)
        for service, place, use in ((COLD, "Кухня", household.cold), (HOT, "Ванная", household.hot)):
            age = self.random.randint(2, kind.interval_months // 12 * 10)
            start = cubic_metres(use * age + Decimal(self.random.randint(0, 999)) / 1000)
            until = (cold_until if service == COLD else None) or self._verified_until(household.named)
            self.meters.append(
                Meter(
                    account=account,
                    service=service,
                    place=place,
                    type=kind,
                    digits=kind.digits,
                    start_value=start,
                    serial_number=str(next(self.serials)),
                    seal_number=f"П-{self.random.randint(100000, 999999)}",
                    mounted_on=self.since - dt.timedelta(days=30 * age),
                    commissioned_on=self.since,
                    verified_until=until,
                )
            )

    def _verified_until(self, verified: bool) -> dt.date:
        """Most are valid for years; some run out soon, a few have run out."""
        if verified or self.random.random() < 0.86:
            return self.world.today + dt.timedelta(days=self.random.randint(200, 1500))
        if self.random.random() < 0.7:
            return self.world.today + dt.timedelta(days=self.random.randint(5, 110))
        return self.world.today - dt.timedelta(days=self.random.randint(20, 150))

    def _moves(self, account: Account, persons: int) -> None:
        """In a tenth of the households somebody is born or moves within the two years."""
        if self.random.random() > 0.1 or self.world.months < 3:
            return
        month: Period = self.world.first.shift(self.random.randint(1, self.world.months - 2))
        since = month.day(self.random.randint(1, 28))
        self.moves.append(Occupancy(account=account, since=since, registered=max(1, persons + 1), owners=1))


def _shares(weights: list[int], wanted: int, total: int) -> list[int]:
    """Split a number in proportion to whole weights; at least one to the first, the sum exact."""
    shares, distributed = [], 0
    reached = 0
    for weight in weights:
        reached += weight
        share = -(-wanted * reached // total) - distributed
        shares.append(share)
        distributed += share
    return shares

"""Money as it comes in: cards through the demo bank, a bank's registry, refunds, a payment made twice."""

import datetime as dt
import uuid
from decimal import Decimal

from portal.accounts.models import Account, Person, User
from portal.exchange.registries.services import take_registry
from portal.exchange.registries.told import submit_told_readings
from portal.ledger.selectors import balances
from portal.metering.selectors import standing_meters
from portal.operations.demo.world import World, at_time
from portal.payments.gateways import gateway_by_code
from portal.payments.gateways.demo import bank, cards
from portal.payments.gateways.demo.gateway import DemoGateway
from portal.payments.models import DemoBankPayment, Payment, RegistryTemplate
from portal.payments.services.paying import Wish, begin_payment, refresh_payment
from portal.payments.services.receipts import refresh_receipt, refresh_refund_receipt
from portal.payments.services.reconciliation import reconcile
from portal.payments.services.refunds import make_refund, request_refund, send_refund
from portal.payments.services.registries import begin_import, import_all

MIR, VISA, MASTERCARD, NO_MONEY = "2200000000000004", "4111111111111111", "5555555555554444", "4000000000000010"
IN_REGISTRY = 24
PAID_AT = ((12, 34), (19, 8), (8, 51), (21, 17), (10, 26))
"""At what times people pay."""
NIGHT = (4, 30)
"""When what the bank knows is compared with the payments."""


def load(world: World) -> None:
    """Card payments of the named residents, one registry imported and one with a bad line, refunds, a double."""
    gateway = DemoGateway()
    if gateway.is_ready:
        _cards(world, gateway)
    bank_day = world.office(world.today).date()
    _nights(world, gateway, world.today - dt.timedelta(days=6), bank_day)
    _registries(world, bank_day)
    _nights(world, gateway, bank_day + dt.timedelta(days=1), world.today)
    world.progress("card payments, a bank registry, refunds")


def _nights(world: World, gateway: DemoGateway, first: dt.date, last: dt.date) -> None:
    """Every night (both inclusive) compares the books of the week before."""
    for days in range((first - world.today).days, (last - world.today).days + 1):
        day = world.today + dt.timedelta(days=days)
        reconcile(
            first_day=day - dt.timedelta(days=7), last_day=day - dt.timedelta(days=1), gateway=gateway,
            now=world.at(world.time(days, *NIGHT)),
        )  # fmt: skip


def _paid(world: World, person: Person, account: Account, amount: str, days_ago: int, card: str = MIR) -> Payment:
    """One card payment of the past, from the form to the bank's answer."""
    moment, gateway = world.at(world.time(-days_ago, *PAID_AT[(days_ago + len(amount)) % len(PAID_AT)])), DemoGateway()
    user, chosen = person.user, cards.test_card(card)
    if user is None or chosen is None:
        raise LookupError(person.pk)
    wish = Wish(
        account=account, payer=user, amount=Decimal(amount), key=f"demo:{uuid.uuid4()}", contact=user.email,
        although_similar=True,
    )  # fmt: skip
    payment = begin_payment(
        wish=wish, gateway=gateway, return_url=lambda made: f"/personal/pay/{made.reference}/", now=moment
    )
    row = DemoBankPayment.objects.get(pk=payment.gateway_id)
    bank.decide(payment=bank.present_card(payment=row, card=chosen), card=chosen, now=moment)
    payment = refresh_payment(payment=payment, gateway=gateway, now=moment)
    return refresh_receipt(payment=payment, gateway=gateway, now=moment)


def _cards(world: World, gateway: DemoGateway) -> None:
    anna, boris, dina = (world.people[name] for name in ("anna", "boris", "dina"))
    annas, boriss, dinas = (world.accounts[number] for number in ("0010001", "0010002", "0010006"))
    accountant = world.staff["accountant"]
    _paid(world, anna, annas, "150.00", 9, NO_MONEY)
    _paid(world, anna, annas, "150.00", 9, MIR)
    partly = _paid(world, anna, annas, "200.00", 6, VISA)
    now = world.at(world.office(world.today - dt.timedelta(days=5)))
    refund = make_refund(
        payment=partly, amount=Decimal("50.00"), reason="Заплатила больше, чем хотела", by=accountant, now=now
    )
    refund = send_refund(refund=refund, gateway_of=gateway_by_code, now=now)
    refresh_refund_receipt(refund=refund, gateway=gateway, now=now)
    asked = _paid(world, boris, boriss, "320.00", 4, MASTERCARD)
    request_refund(
        payment=asked, amount=Decimal("320.00"), reason="Перепутал лицевой счёт", by=User.objects.get(username="boris"),
        now=world.at(world.time(-3, 20, 43)),
    )  # fmt: skip
    sum_of_dina = str(max(balances([dinas.pk]).get(dinas.pk, Decimal(0)), Decimal("450.00")))
    _paid(world, dina, dinas, sum_of_dina, 2)
    _paid(world, dina, dinas, sum_of_dina, 2)


def _registries(world: World, bank_day: dt.date) -> None:
    template = RegistryTemplate.objects.get(code="sberbank-13")
    paying = [household.account for household in world.households if not household.named]
    owed = balances([account.pk for account in paying])
    rows = [(a.number, owed[a.pk], a.premises.address) for a in paying if owed.get(a.pk, Decimal(0)) > 10]
    rows = rows[:IN_REGISTRY]
    if not rows:
        return
    unknown = [("00100O7", Decimal("410.00"), "РЕЧНАЯ 4-17"), ("9", Decimal("1250.40"), "")]
    day, accountant = bank_day - dt.timedelta(days=1), world.staff.get("accountant")
    now = world.at(at_time(bank_day, dt.time(9, 42)))
    good = _file([*rows, *unknown], day)
    file = take_registry(
        template=template, name=f"sber_{day:%Y%m%d}.txt", data=good, by=accountant, now=now, today=bank_day
    )  # fmt: skip
    import_all(file_id=begin_import(file=file).pk, now=now)
    _with_readings(world, bank_day, [account for account in paying[:40] if owed.get(account.pk, Decimal(0)) > 10])
    wrong = _file(rows[:5], bank_day).replace(b";12-00-00;", b";12-00-00;;", 1)
    take_registry(
        template=template, name=f"sber_{bank_day:%Y%m%d}.txt", data=wrong, by=accountant,
        now=world.at(at_time(bank_day, dt.time(16, 8))), today=bank_day,
    )  # fmt: skip


def _with_readings(world: World, bank_day: dt.date, paying: list[Account]) -> None:
    """A bank's file whose payers told readings too, cold before hot; what could be of either meter says so."""
    day, lines = bank_day - dt.timedelta(days=1), []
    now = world.at(at_time(bank_day, dt.time(9, 55)))
    for number, account in enumerate(paying, 1):
        meters = standing_meters(account, on=day).order_by("-service")
        last = [meter.readings.order_by("-taken_on").values_list("value", flat=True).first() for meter in meters]
        told = [f"{(value or Decimal(0)) + Decimal('3.5'):.3f}".replace(".", ",") for value in last]
        fields = ";".join(f"CounterVal_{place}:{value}" for place, value in enumerate(told, 1))
        lines.append(f"{day:%d-%m-%Y};R{number};1,00;CLIENTNO:{account.number};{fields}")
    file = take_registry(
        template=RegistryTemplate.objects.get(code="sberbank-readings"), name=f"sber_pokazaniya_{day:%Y%m%d}.txt",
        data="\r\n".join(lines).encode("cp1251"), by=world.staff.get("accountant"), now=now,
        today=bank_day,
    )  # fmt: skip
    file = import_all(file_id=begin_import(file=file).pk, now=now)
    submit_told_readings(file_id=file.pk)


def _file(rows: list[tuple[str, Decimal, str]], day: dt.date) -> bytes:
    """A registry of Sberbank's thirteen fields."""
    lines = []
    for number, (account, amount, address) in enumerate(rows, 1):
        sum_text = str(amount).replace(".", ",")
        place = address.replace("\u00a0", " ").replace(";", " ").upper()
        fields = [
            f"{day:%d-%m-%Y}", "12-00-00", "9038/0117", "14", f"{day:%m%d}{number:04}", account, "ПЛАТЕЛЬЩИК", place,
            f"{day:%m%y}", sum_text, sum_text, "0,00", "",
        ]  # fmt: skip
        lines.append(";".join(fields))
    total = str(sum(amount for _, amount, _ in rows)).replace(".", ",")
    lines.append(f"={len(rows)};{total};{total};0,00;000417;{day:%d-%m-%Y}")
    return "\r\n".join(lines).encode("cp1251", errors="replace")

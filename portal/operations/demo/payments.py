"""Money as it comes in: cards through the demo bank, a bank's payment file, refunds, a payment made twice."""

import datetime as dt
import uuid
from dataclasses import dataclass
from decimal import Decimal

from portal.accounts.models import Account, Person, User
from portal.billing.services import submit_correction
from portal.exchange.bank_files.reported_readings import submit_reported_readings
from portal.exchange.bank_files.services import take_bank_file
from portal.ledger.selectors import balances
from portal.metering.selectors import active_meters
from portal.operations.demo.world import World, at_time
from portal.payments.gateways import gateway_by_code
from portal.payments.gateways.demo import bank, cards
from portal.payments.gateways.demo.gateway import DemoGateway
from portal.payments.models import BankFile, BankFileTemplate, DemoBankPayment, Payment
from portal.payments.services.bank_files import begin_import, import_all
from portal.payments.services.paying import PaymentRequest, begin_payment, refresh_payment
from portal.payments.services.receipts import refresh_receipt, refresh_refund_receipt
from portal.payments.services.reconciliation import reconcile
from portal.payments.services.refunds import make_refund, request_refund
from portal.payments.services.sending_refunds import send_refund

MIR, VISA, MASTERCARD, NO_MONEY = "2200000000000004", "4111111111111111", "5555555555554444", "4000000000000010"
IN_BANK_FILE, WITH_READINGS = 24, 12
ZERO, MUCH = Decimal(0), Decimal(6000)
NIGHT = (4, 30)
"""When what the bank knows is compared with the payments."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A payment of a bank's file."""

    number: str
    amount: Decimal
    payer: str
    account: Account | None = None
    address: str = ""


UNKNOWN = (
    _Row("00100O7", Decimal("410.00"), "Савельева М. П.", address="Речная 4-17"),
    _Row("9", Decimal("1250.40"), "Гусев А. Н."),
)


def load(world: World) -> None:
    """Card payments of the named residents, one bank file imported and one with a bad line, refunds, a double."""
    gateway = DemoGateway()
    if gateway.is_ready:
        _cards(world, gateway)
    bank_day = world.office(world.today).date()
    _nights(world, gateway, world.today - dt.timedelta(days=6), bank_day)
    _bank_files(world, bank_day)
    asleep = dt.timedelta(days=world.loaded_at < dt.time(*NIGHT))
    _nights(world, gateway, bank_day + dt.timedelta(days=1), world.today - asleep)
    world.progress("card payments, bank files, refunds")


def _nights(world: World, gateway: DemoGateway, first: dt.date, last: dt.date) -> None:
    """Every night (both inclusive) compares the books of the week before."""
    for days in range((first - world.today).days, (last - world.today).days + 1):
        day = world.today + dt.timedelta(days=days)
        reconcile(
            first_day=day - dt.timedelta(days=7),
            last_day=day - dt.timedelta(days=1),
            gateway=gateway,
            now=world.at(world.time(days, *NIGHT)),
        )


def _paid(world: World, person: Person, account: Account, amount: str, moment: dt.datetime, card: str = MIR) -> Payment:
    """One card payment of the past, from the form to the bank's answer."""
    world.at(moment)
    gateway, user, chosen = DemoGateway(), person.user, cards.test_card(card)
    if user is None or chosen is None:
        raise LookupError(person.pk)
    request = PaymentRequest(
        account=account,
        payer=user,
        amount=Decimal(amount),
        key=f"demo:{uuid.uuid4()}",
        contact=user.email,
        confirm_duplicate=True,
    )
    payment = begin_payment(
        request=request, gateway=gateway, return_url=lambda made: f"/personal/pay/{made.reference}/", now=moment
    )
    row = DemoBankPayment.objects.get(pk=payment.gateway_id)
    bank.decide(payment=bank.present_card(payment=row, card=chosen), card=chosen, now=moment)
    payment = refresh_payment(payment=payment, gateway=gateway, now=moment)
    return refresh_receipt(payment=payment, gateway=gateway, now=moment)


def _cards(world: World, gateway: DemoGateway) -> None:
    anna, boris, dina = (world.people[name] for name in ("anna", "boris", "dina"))
    annas, boriss, dinas = (world.accounts[number] for number in ("0010001", "0010002", "0010006"))
    accountant = world.staff["accountant"]
    _paid(world, anna, annas, "150.00", world.time(-9, 12, 34), NO_MONEY)
    _paid(world, anna, annas, "150.00", world.time(-9, 12, 39), MIR)
    partly = _paid(world, anna, annas, "200.00", world.time(-6, 8, 51), VISA)
    now = world.at(world.office(world.today - dt.timedelta(days=5)))
    refund = make_refund(
        payment=partly, amount=Decimal("50.00"), reason="Заплатила больше, чем хотела", by=accountant, now=now
    )
    refund = send_refund(refund=refund, gateway_of=gateway_by_code, now=now)
    refresh_refund_receipt(refund=refund, gateway=gateway, now=now)
    payment = _paid(world, boris, boriss, "320.00", world.time(-4, 19, 8), MASTERCARD)
    request_refund(
        payment=payment,
        amount=Decimal("320.00"),
        reason="Перепутал лицевой счёт",
        by=User.objects.get(username="boris"),
        now=world.at(world.time(-3, 20, 43)),
    )
    _waiting(world, annas)
    sum_of_dina = str(max(balances([dinas.pk]).get(dinas.pk, ZERO), Decimal("450.00")))
    for minute in (17, 26):
        _paid(world, dina, dinas, sum_of_dina, world.time(-2, 21, minute))


def _waiting(world: World, account: Account) -> None:
    """A correction above the limits of one person: whoever may approve it finds it waiting."""
    submit_correction(
        account=account,
        amount=Decimal("-4150.00"),
        for_period=world.current.previous,
        reason="Двойное начисление по акту: списать",
        document="Служебная записка № 12",
        by=world.staff["accountant"],
        key="demo",
        now=world.at(world.time(-1, 11, 25)),
    )


def _bank_files(world: World, bank_day: dt.date) -> None:
    owed = balances([household.account.pk for household in world.households])
    paying = [
        household
        for household in world.households
        if not household.named and 10 < owed.get(household.account.pk, ZERO) < MUCH
    ]
    world.random.shuffle(paying)
    rows = [
        _Row(household.account.number, owed[household.account.pk], household.holder.short_name, household.account)
        for household in paying
    ]
    if not rows:
        return
    day = bank_day - dt.timedelta(days=1)
    _imported(world, "sberbank-13", f"sber_{day:%Y%m%d}.txt", _file([*rows[:IN_BANK_FILE], *UNKNOWN], day), 9, 42)
    with_readings = rows[IN_BANK_FILE : IN_BANK_FILE + WITH_READINGS] or rows[:1]
    file = _imported(
        world, "sberbank-readings", f"sber_pokazaniya_{day:%Y%m%d}.txt", _with_readings(with_readings, day), 9, 55
    )
    submit_reported_readings(file_id=file.pk)
    wrong = _file(rows[-5:], bank_day).replace(b";12-00-00;", b";12-00-00;;", 1)
    _taken(world, "sberbank-13", f"sber_{bank_day:%Y%m%d}.txt", wrong, 16, 8)


def _taken(world: World, template: str, name: str, data: bytes, hour: int, minute: int) -> BankFile:
    """Return what the accountant sent up on the last working day."""
    now = world.at(at_time(world.office(world.today).date(), dt.time(hour, minute)))
    return take_bank_file(
        template=BankFileTemplate.objects.get(code=template),
        name=name,
        data=data,
        by=world.staff.get("accountant"),
        now=now,
        today=now.date(),
    )


def _imported(world: World, template: str, name: str, data: bytes, hour: int, minute: int) -> BankFile:
    file = _taken(world, template, name, data, hour, minute)
    return import_all(file_id=begin_import(file=file).pk, now=file.uploaded_at + dt.timedelta(minutes=2))


def _with_readings(rows: list[_Row], day: dt.date) -> bytes:
    """A bank's file whose payers reported readings too, cold before hot; what could be of either meter says so."""
    lines = []
    for number, row in enumerate(rows, 1):
        meters = active_meters(row.account, on=day).order_by("-service") if row.account else ()
        last = [meter.readings.order_by("-taken_on").values_list("value", flat=True).first() for meter in meters]
        readings = [f"{(value or ZERO) + Decimal('3.5'):.3f}".replace(".", ",") for value in last]
        fields = ";".join(f"CounterVal_{place}:{value}" for place, value in enumerate(readings, 1))
        lines.append(f"{day:%d-%m-%Y};R{number};{_comma(row.amount)};CLIENTNO:{row.number};{fields}")
    return "\r\n".join(lines).encode("cp1251")


def _file(rows: list[_Row], day: dt.date) -> bytes:
    """A bank file of Sberbank's thirteen fields; the bill paid is of the month before."""
    lines = []
    for number, row in enumerate(rows, 1):
        address = row.account.premises.address if row.account else row.address
        place = address.replace("\u00a0", " ").replace("\u2011", "-").replace(";", " ").upper()
        fields = [
            f"{day:%d-%m-%Y}",
            _paid_at(number),
            "9038/0117",
            "14",
            f"{day:%m%d}{number:04}",
            row.number,
            row.payer.replace("\u00a0", " ").upper(),
            place,
            f"{day.replace(day=1) - dt.timedelta(days=1):%m%y}",
            _comma(row.amount),
            _comma(row.amount),
            "0,00",
            "",
        ]
        lines.append(";".join(fields))
    total = _comma(sum((row.amount for row in rows), ZERO))
    lines.append(f"={len(rows)};{total};{total};0,00;000417;{day:%d-%m-%Y}")
    return "\r\n".join(lines).encode("cp1251", errors="replace")


def _paid_at(number: int) -> str:
    """The time in a line of the file; the first one's is noon."""
    return f"{7 + number * 5 % 15:02}-{(number * 17 - 17) % 60:02}-{(number * 41 - 41) % 60:02}"


def _comma(amount: Decimal) -> str:
    return str(amount).replace(".", ",")

"""Data of receipts for tests and benchmarks: one usual, and any number drawn at random, long names among them."""

import datetime as dt
import random
from decimal import Decimal
from typing import Any

from portal.receipts.snapshot import Company, Penalty, ReceiptData, ReceiptLine, ReceiptMeter, ReceiptNorm

COMPANY = Company(
    name="Водоканал Павшино",
    legal_name="АО «Водоканал Павшино»",
    inn="5024000016",
    kpp="502401001",
    bank_name="ПАО Сбербанк",
    bank_account="40702810100000000001",
    bic="044525225",
    correspondent_account="30101810400000000225",
    address="г. Красногорск, Павшинский бульвар, 1",
    office_hours="пн–пт 8:00–20:00, сб 9:00–15:00",
    office_phone="+7 495 000-01-11",
    emergency_phone="+7 495 000-01-12",
    email="info@vodokanal-pavshino.example",
)
NORMS = (
    ReceiptNorm(service="Холодная вода", value=Decimal("4.331"), raising=Decimal(3)),
    ReceiptNorm(service="Горячая вода", value=Decimal("3.087"), raising=Decimal("1.5")),
    ReceiptNorm(service="Водоотведение", value=Decimal("7.418")),
)
LAST_NAMES = ("Иванов", "Соколова", "Ким", "Салтыков-Щедрин", "Константинопольская-Задунайская", "О'Нил", "Ёлкин")
FIRST_NAMES = ("Анна", "Пётр", "Александра-Виктория", "Ия", "Христофор", "Мария Магдалена")
PATRONYMICS = ("Петровна", "Сергеевич", "Константиновна", "Абдурахман оглы", "")
STREETS = (
    "ул. Речная",
    "Павшинский б-р",
    "проезд имени космонавта-испытателя Владислава Николаевича Волкова (бывшая Вторая Набережная)",
    "наб. Ивана Гуся",
)
NOTES = (
    "Холодная вода: показание 141,455 от 15 октября минус 135,120 от 15 сентября = 6,335 м³.",
    (
        "Перерасчёт холодной воды за август и сентябрь: без показаний начислили по среднему 12,500 м³, по переданному"
        " показанию за эти месяцы вышло 13,674 м³, разница 1,174 м³ × 48,67 ₽ = 57,14 ₽ (порядок компании)."
    ),
    "Горячая вода: поверка счётчика № 19-204519 истекла 30 сентября 2026; норматив 3,087 м³ × 3 человека × 1,5.",
)


METERS = (
    ReceiptMeter(
        service="Холодная вода",
        number="19-204518",
        previous=Decimal("135.120"),
        previous_on=dt.date(2026, 9, 15),
        current=Decimal("141.455"),
        current_on=dt.date(2026, 10, 15),
        volume=Decimal("6.335"),
        verified_until=dt.date(2028, 5, 14),
    ),
    ReceiptMeter(
        service="Горячая вода",
        number="19-204519",
        previous=Decimal("80.000"),
        previous_on=dt.date(2026, 9, 15),
        verified_until=dt.date(2026, 9, 30),
    ),
)


def usual(**changes: Any) -> ReceiptData:
    """Anna's receipt for October 2026: three services, a recalculation, a raised norm, penalties, two meters."""
    values: dict[str, Any] = {
        "number": "0010001-2026-10",
        "period": dt.date(2026, 10, 1),
        "issued_on": dt.date(2026, 10, 24),
        "due_on": dt.date(2026, 11, 16),
        "company": COMPANY,
        "payer": "Соколова Анна Петровна",
        "last_name": "Соколова",
        "address": "г. Красногорск, Павшинский б-р, 12, кв. 45",
        "account": "0010001",
        "els": "10ЕЛ123456",
        "izhku": "10ЕЛ123456-01",
        "persons": 3,
        "area": Decimal("54.30"),
        "lines": (
            _line("Холодная вода", "по показаниям", "6.335", "48.67", "308.32", recalculation="57.14"),
            _line("Горячая вода", "по нормативу × 1,5", "13.892", "245.11", "2270.04", raising="1135.02"),
            _line("Водоотведение", "по показаниям", "9.545", "41.05", "391.82"),
        ),
        "penalties": (
            Penalty(
                period=dt.date(2026, 6, 1), debt=Decimal(1000), days=48, rate=Decimal("9.5"), amount=Decimal("12.15")
            ),
        ),
        "meters": METERS,
        "notes": NOTES,
        "norms": NORMS,
        "opening": Decimal("1240.50"),
        "paid": Decimal("240.50"),
        "penalty_total": Decimal("12.15"),
        "to_pay": Decimal("5174.49"),
        "vat_rate": Decimal(22),
        "vat": Decimal("750.59"),
    }
    return ReceiptData(**{**values, **changes})


def _line(
    service: str, basis: str, volume: str, rate: str, charged: str, *, raising: str = "0", recalculation: str = "0"
) -> ReceiptLine:
    parts = (Decimal(charged), Decimal(raising), Decimal(recalculation))
    return ReceiptLine(
        service=service,
        basis=basis,
        volume=Decimal(volume),
        rate=Decimal(rate),
        charged=parts[0],
        raising=parts[1],
        recalculation=parts[2],
        total=sum(parts, Decimal(0)),
    )


def drawn(seed: int) -> ReceiptData:
    """A receipt drawn at random, the same for the same seed."""
    chance = random.Random(seed)
    account = f"{chance.randrange(10**7):07}"
    lines = tuple(_drawn_line(chance, service) for service in _services(chance))
    total = sum((line.total for line in lines), Decimal(0))
    opening, paid = _sum(chance, -2000, 20000), _sum(chance, 0, 5000)
    penalties = tuple(_drawn_penalty(chance) for _ in range(chance.choice((0, 0, 0, 1, 3))))
    penalty_total = sum((penalty.amount for penalty in penalties), Decimal(0))
    last_name = chance.choice(LAST_NAMES)
    name = " ".join(filter(None, (last_name, chance.choice(FIRST_NAMES), chance.choice(PATRONYMICS))))
    els = f"{chance.randrange(10, 99)}ЕЛ{chance.randrange(10**6):06}" if chance.random() < 0.5 else ""
    flat = chance.choice(("", f", кв. {chance.randrange(1, 400)}"))
    return usual(
        number=f"{account}-2026-10",
        account=account,
        payer=name,
        last_name=last_name,
        address=f"г. Красногорск, {chance.choice(STREETS)}, {chance.randrange(1, 60)}{flat}",
        els=els,
        izhku=f"{els}-01" if els else "",
        persons=chance.randrange(0, 7),
        area=chance.choice((None, _sum(chance, 20, 150))),
        lines=lines,
        penalties=penalties,
        penalty_total=penalty_total,
        meters=tuple(_drawn_meter(chance) for _ in range(chance.choice((0, 1, 2, 2, 3)))),
        notes=NOTES[: chance.randrange(4)],
        opening=opening,
        paid=paid,
        to_pay=opening - paid + total + penalty_total,
        vat=_sum(chance, 0, 900),
        vat_rate=chance.choice((Decimal(22), Decimal(22), None)),
    )


def _sum(chance: random.Random, low: int, high: int) -> Decimal:
    return Decimal(chance.randrange(low * 100, high * 100)) / 100


def _services(chance: random.Random) -> tuple[str, ...]:
    return chance.choice(
        (
            ("Холодная вода", "Водоотведение"),
            ("Холодная вода", "Горячая вода", "Водоотведение"),
            ("Холодная вода", "Холодная вода", "Водоотведение", "Водоотведение"),
        )
    )


def _drawn_line(chance: random.Random, service: str) -> ReceiptLine:
    volume = Decimal(chance.randrange(0, 40000)) / 1000
    rate = _sum(chance, 30, 300)
    charged = (volume * rate).quantize(Decimal("0.01"))
    basis = chance.choice(("по показаниям", "по среднему", "по нормативу", "по нормативу × 3"))
    raising = str(charged / 2) if "×" in basis else "0"
    recalculation = str(_sum(chance, -300, 300)) if chance.random() < 0.2 else "0"
    return _line(service, basis, str(volume), str(rate), str(charged), raising=raising, recalculation=recalculation)


def _drawn_penalty(chance: random.Random) -> Penalty:
    month = dt.date(2026, chance.randrange(1, 8), 1)
    return Penalty(
        period=month,
        debt=_sum(chance, 1, 9000),
        days=chance.randrange(1, 200),
        rate=Decimal("9.5"),
        amount=_sum(chance, 1, 90),
    )


def _drawn_meter(chance: random.Random) -> ReceiptMeter:
    previous = Decimal(chance.randrange(0, 99999999)) / 1000
    used = Decimal(chance.randrange(0, 30000)) / 1000
    sent = chance.random() < 0.8
    return ReceiptMeter(
        service=chance.choice(("Холодная вода", "Горячая вода")),
        number=f"{chance.randrange(10**8):08}",
        previous=previous,
        previous_on=dt.date(2026, 9, chance.randrange(1, 30)),
        current=previous + used if sent else None,
        current_on=dt.date(2026, 10, chance.randrange(10, 21)) if sent else None,
        volume=used if sent else None,
        verified_until=dt.date(chance.randrange(2026, 2033), 5, 14),
    )

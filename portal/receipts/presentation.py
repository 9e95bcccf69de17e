"""A receipt's data as the texts of its form, and the payment order of its QR code.

Texts are Russian whatever the reader's language: the receipt is a document, not a screen.
"""

from decimal import Decimal
from typing import Any, NamedTuple

from django.utils import translation

from portal.core.formatting import (
    NBSP,
    date_text,
    exact_text,
    money_text,
    month_name,
    number_text,
    period_text,
    plural,
    volume_text,
)
from portal.core.pdf.fonts import BOLD, REGULAR, wrap_text
from portal.core.pdf.forms import Fixed, Room
from portal.core.periods import Period
from portal.core.qr import Payee, PaymentOrder
from portal.receipts.snapshot import Penalty, ReceiptData, ReceiptLine, ReceiptMeter, ReceiptNorm, VatPart

MM = 72 / 25.4
DASH = "—"
NOTE_STEP = 5
# Sizes of templates/pdf/receipt.css, in points.
BODY_SIZE, SMALL_SIZE, SLIP_SIZE, PAYER_SIZE = 8.5, 7.5, 8, 10


def receipt_view(data: ReceiptData) -> dict[str, Any]:
    """Return the texts of the form templates/pdf/receipt.html."""
    with translation.override("ru"):
        return _view(data)


def payment_order(data: ReceiptData) -> PaymentOrder:
    """Return what the receipt's QR code asks to pay."""
    company = data.company
    with translation.override("ru"):
        purpose = f"За воду, {period_text(data.period)}, л/с {data.account}".replace(NBSP, " ")
    return PaymentOrder(
        payee=Payee(
            name=company.legal_name,
            account=company.bank_account,
            bank_name=company.bank_name,
            bic=company.bic,
            correspondent_account=company.correspondent_account,
            inn=company.inn,
            kpp=company.kpp,
        ),
        amount=data.to_pay,
        personal_account=data.account,
        period=Period.of(data.period),
        last_name=data.last_name,
        address=data.address,
        purpose=purpose,
    )


def _view(data: ReceiptData) -> dict[str, Any]:
    period = Fixed(period_text(data.period))
    to_pay = money_text(abs(data.to_pay))
    instruction = _what_to_pay(data)
    return {
        "title": Fixed("Платёжный документ"),
        "head": {
            "period": period,
            "number": f"№{NBSP}{data.number} от {date_text(data.issued_on, year=True)}",
            "as_of": f"по состоянию на {date_text(data.as_of, year=True)}" if data.as_of else "",
            "annuls": f"Взамен № {data.annuls}, который аннулирован" if data.annuls else "",
            "company": _company(data),
        },
        "who": {
            "account": data.account,
            "payer": _wrapped(data.payer, 93, PAYER_SIZE, BOLD),
            "address": _wrapped(data.address, 93, BODY_SIZE),
            "els": " / ".join(filter(None, (data.els, data.izhku))),
            "premises": _premises(data),
            "to_pay": to_pay,
            "heading": instruction.heading,
            "note": instruction.note,
        },
        "charges": {
            "period": period,
            "lines": [_line(line) for line in data.lines],
            "totals": _totals(data),
            "vat": _vat(data),
        },
        "balance": {
            "rows": _balance(data),
            "last": instruction.row,
            "to_pay": to_pay,
            "penalties": [_penalty(penalty) for penalty in data.penalties],
        },
        "meters": {"rows": [_meter(meter) for meter in data.meters]},
        "reference": {"lines": [Fixed(line) for text in _reference(data) for line in _wrapped(text, 184, SMALL_SIZE)]},
        "notes": {"lines": _notes(data)},
        "slip": _slip(data) | {"period": period, "heading": instruction.slip, "to_pay": to_pay},
    }


def _slip(data: ReceiptData) -> dict[str, Any]:
    """The part that is cut off and paid with: payer, payee, bank."""
    company = data.company
    return {
        "account": data.account,
        "payer": _wrapped(data.payer, 64, SLIP_SIZE),
        "address": _wrapped(data.address, 64, SLIP_SIZE),
        "payee": _fixed(f"{company.legal_name}, ИНН{NBSP}{company.inn}, КПП{NBSP}{company.kpp}"),
        "bank": _fixed(_bank(data)),
        "penalties": money_text(data.penalty_total),
    }


class _Words(NamedTuple):
    """Texts of the sum to pay: above it, under it, in the calculation, on the slip."""

    heading: str
    note: str
    row: str
    slip: str


def _what_to_pay(data: ReceiptData) -> _Words:
    if data.to_pay > 0:
        day = f"до {date_text(data.due_on, year=True)}"
        return _Words("К оплате", day, "К оплате", f"К оплате {day}")
    if data.to_pay < 0:
        return _Words("Платить не нужно, аванс", "зачтём в следующем месяце", "Аванс на следующий месяц", "Аванс")
    return _Words("К оплате", "всё оплачено", "К оплате", "К оплате")


def _notes(data: ReceiptData) -> list[Room]:
    """The last lines of the page, in steps of NOTE_STEP: fewer shapes of the form to lay out."""
    lines = [line for note in data.notes for line in _wrapped(note, 184, SMALL_SIZE)]
    missing = -len(lines) % NOTE_STEP
    return [Room(line) for line in (*lines, *[""] * missing)]


def _fixed(text: str) -> list[Fixed]:
    return [Fixed(line) for line in _wrapped(text, 64, SLIP_SIZE)]


def _wrapped(text: str, millimetres: float, size: float, face: str = REGULAR) -> tuple[str, ...]:
    return wrap_text(text, width=millimetres * MM, size=size, face=face)


def _company(data: ReceiptData) -> dict[str, Fixed]:
    company = data.company
    phones = [
        f"авария, круглосуточно {company.emergency_phone}" if company.emergency_phone else "",
        f"офис {company.office_phone}" if company.office_phone else "",
    ]
    return {
        "name": Fixed(company.name),
        "phones": Fixed(" · ".join(filter(None, phones))),
        "address": Fixed(company.address),
        "hours": Fixed(company.office_hours),
        "email": Fixed(company.email),
    }


def _bank(data: ReceiptData) -> str:
    company = data.company
    return (
        f"р/с{NBSP}{company.bank_account} в{NBSP}{company.bank_name}, БИК{NBSP}{company.bic},"
        f" к/с{NBSP}{company.correspondent_account}"
    )


def _premises(data: ReceiptData) -> str:
    people_text = plural(data.persons, "человек", "человека", "человек")
    people_label = "собственников учтено" if data.owners_counted else "зарегистрировано"
    parts = [f"{people_label} {data.persons}{NBSP}{people_text}"]
    if data.area is not None:
        parts.insert(0, f"площадь {number_text(data.area, 1)}{NBSP}м²")
    return ", ".join(parts)


def _sum_or_dash(amount: Decimal) -> str:
    return money_text(amount, unit=False) if amount else DASH


def _line(line: ReceiptLine) -> dict[str, str]:
    return {
        "service": line.service,
        "basis": line.basis,
        "volume": DASH if line.volume is None else volume_text(line.volume, unit=False),
        "rate": DASH if line.rate is None else number_text(line.rate, 2),
        "charged": _sum_or_dash(line.charged) if line.volume is None else money_text(line.charged, unit=False),
        "raising": _sum_or_dash(line.raising),
        "recalculation": _sum_or_dash(line.recalculation),
        "total": money_text(line.total, unit=False),
    }


def _totals(data: ReceiptData) -> dict[str, str]:
    zero = Decimal(0)
    return {
        "charged": money_text(sum((line.charged for line in data.lines), zero), unit=False),
        "raising": _sum_or_dash(sum((line.raising for line in data.lines), zero)),
        "recalculation": _sum_or_dash(sum((line.recalculation for line in data.lines), zero)),
        "total": money_text(sum((line.total for line in data.lines), zero), unit=False),
    }


def _vat(data: ReceiptData) -> str:
    parts = [part for part in data.vat_parts if part.total]
    if len(parts) > 1:
        return f"в т. ч. НДС: {'; '.join(_vat_part(part) for part in parts)}; всего {money_text(data.vat)}"
    rate = parts[0].rate if parts else data.vat_rate
    if rate is None:
        return "НДС не облагается"
    return f"в т. ч. НДС {exact_text(rate)}{NBSP}%: {money_text(data.vat)}"


def _vat_part(part: VatPart) -> str:
    """«20 % с −51,04 ₽ — −8,51 ₽»: what is under one rate, and the VAT within."""
    if part.rate is None:
        return f"без НДС {money_text(part.total)}"
    return f"{exact_text(part.rate)}{NBSP}% с {money_text(part.total)}{NBSP}— {money_text(part.vat)}"


def _balance(data: ReceiptData) -> list[dict[str, str]]:
    rows = [
        ("Долг по прошлой квитанции" if data.opening >= 0 else "Аванс по прошлой квитанции", abs(data.opening)),
        ("Оплачено после неё" if data.paid >= 0 else "Возвращено после неё", -data.paid),
        *([("Внесён долг за прошлые периоды", data.entered_debts)] if data.entered_debts else []),
        (f"Начислено за {month_name(data.period)}", sum((line.total for line in data.lines), Decimal(0))),
    ]
    if data.corrections:
        rows.append(("Исправления", data.corrections))
    if data.corrected_since:
        closed = f" {date_text(data.closed_on)}" if data.closed_on else ""
        rows.append((f"Исправления после расчёта{closed}", data.corrected_since))
    if data.penalty_total:
        rows.append(("Пени", data.penalty_total))
    return [{"label": label, "sum": money_text(amount)} for label, amount in rows]


def _penalty(penalty: Penalty) -> dict[str, str]:
    return {
        "period": period_text(penalty.period),
        "debt": money_text(penalty.debt, unit=False),
        "days": str(penalty.days),
        "rate": f"{number_text(penalty.rate, 2)}{NBSP}%",
        "amount": money_text(penalty.amount, unit=False),
    }


def _meter(meter: ReceiptMeter) -> dict[str, str]:
    def volume(value: Decimal | None) -> str:
        return DASH if value is None else volume_text(value, unit=False)

    return {
        "name": f"{meter.service}, №{NBSP}{meter.number}",
        "previous": volume(meter.previous),
        "previous_on": f"{meter.previous_on:%d.%m.%Y}" if meter.previous_on else DASH,
        "current": volume(meter.current),
        "current_on": f"{meter.current_on:%d.%m.%Y}" if meter.current_on else "не передано",
        "volume": volume(meter.volume),
        "verified_until": f"{meter.verified_until:%d.%m.%Y}" if meter.verified_until else DASH,
    }


def _reference(data: ReceiptData) -> list[str]:
    norms = "; ".join(_norm(norm) for norm in data.norms)
    texts = [f"Нормативы потребления на человека в месяц: {norms}."] if norms else []
    texts.append(
        f"Показания принимаем с {data.window_opens} по {data.window_closes} число каждого месяца в личном кабинете."
        " Без показаний до трёх месяцев подряд считаем по среднему, дальше по нормативу (Правила № 354, пп. 59, 60)."
    )
    texts.append(
        "Пени начисляются с 31-го дня просрочки (ст. 155 ч. 14 ЖК РФ)."
        " Не согласны с суммой: напишите или позвоните, перепроверим и ответим письменно."
    )
    return texts


def _norm(norm: ReceiptNorm) -> str:
    text = f"{norm.service.lower()} {volume_text(norm.value)}"
    if norm.raising != 1:
        text += f" (без исправного счётчика × {number_text(norm.raising, 1)})"
    return text

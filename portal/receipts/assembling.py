"""From a closing's rows to the data of receipts: lines, penalties, meters, reasons.

Charges and sums are taken as they are booked. Worked out here is what only the receipt shows: the VAT in its lines, the
part of a charge that the raising coefficient adds, and the difference of a meter's values that no charge counted.
"""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.utils import translation

from portal.accounts.models import Account
from portal.billing import explain
from portal.billing.calculation.explanations import ByNorm, Metered, MeterVolume, Penalties
from portal.billing.calculation.units import FACTOR_SCALE, PRICE_SCALE, cost, divided, from_litres
from portal.billing.enums import ChargeKind
from portal.billing.models import Charge
from portal.core.formatting import NBSP, number_text
from portal.core.money import ZERO, from_kopecks, included_vat
from portal.core.periods import Period
from portal.core.service_catalogue import DOCUMENT_NAMES
from portal.receipts.collecting import MonthFacts, MonthMeter, Rows, load_month, load_rows
from portal.receipts.exceptions import CannotIssue
from portal.receipts.labels import BASES, RECALCULATION
from portal.receipts.snapshot import Penalty, ReceiptData, ReceiptLine, ReceiptMeter, VatPart

RECALCULATED = (ChargeKind.RECALCULATION, ChargeKind.OUTAGE)
NOTE_KINDS = (ChargeKind.CHARGE, ChargeKind.RECALCULATION, ChargeKind.OUTAGE)


def assemble_receipts(
    account_ids: Sequence[int], *, period: Period, issued_on: dt.date
) -> tuple[list[tuple[int, ReceiptData]], dict[int, CannotIssue]]:
    """The data of the receipts of accounts for a closed period, and why some cannot have one. Writes nothing.

    Numbers are those of first issues; services.replace_receipt gives a later issue its own.
    """
    accounts = Account.objects.filter(pk__in=account_ids).with_address().order_by("pk")
    month = load_month(period, issued_on)
    rows = load_rows(account_ids, period)
    assembled: list[tuple[int, ReceiptData]] = []
    refused: dict[int, CannotIssue] = {}
    with translation.override("ru"):
        for account in accounts:
            try:
                assembled.append((account.pk, _receipt(account, rows, month)))
            except CannotIssue as reason:
                refused[account.pk] = reason
    return assembled, refused


def receipt_number(account_number: str, period: Period, version: int = 1) -> str:
    """«0010001-2026-10», a later issue «0010001-2026-10-2»."""
    return f"{account_number}-{period}" + (f"-{version}" if version > 1 else "")


def _receipt(account: Account, rows: Rows, month: MonthFacts) -> ReceiptData:
    if account.pk not in rows.closed:
        raise CannotIssue("not_closed")
    if account.pk not in rows.payers:
        raise CannotIssue("no_payer")
    payer, sums, occupancy = rows.payers[account.pk], rows.sums[account.pk], rows.occupancies.get(account.pk)
    charges = rows.charges.get(account.pk, [])
    lines = _lines(charges)
    charged = sum((line.total for line in lines), ZERO)
    vat_parts = _vat_parts(charges, month)
    penalties = tuple(_penalty(charge) for charge in charges if charge.kind == ChargeKind.PENALTY)
    penalty_total = sum((penalty.amount for penalty in penalties), ZERO)
    services = {charge.service for charge in charges if charge.service}
    return ReceiptData(
        number=receipt_number(account.number, month.period),
        period=month.period.first_day,
        issued_on=month.issued_on,
        due_on=month.due_on,
        company=month.company,
        payer=payer.full_name,
        last_name=payer.last_name,
        address=full_address(account),
        account=account.number,
        els=account.els,
        izhku=account.izhku,
        persons=occupancy.persons if occupancy else 0,
        owners_counted=occupancy is not None and occupancy.registered == 0,
        area=account.premises.area,
        lines=lines,
        penalties=penalties,
        meters=_meters(rows.meters.get(account.pk, []), charges),
        notes=tuple(_note(charge) for charge in charges if charge.kind in NOTE_KINDS),
        norms=tuple(norm for service, norm in month.norms.items() if service in services),
        opening=sums.opening,
        entered_debts=sums.entered_debts,
        paid=sums.paid,
        corrections=sums.corrections + sums.charged - charged + sums.penalties - penalty_total,
        corrected_since=sums.corrected_since,
        penalty_total=penalty_total,
        to_pay=sums.to_pay,
        vat_rate=month.vat(month.period.first_day),
        vat=sum((part.vat for part in vat_parts), ZERO),
        vat_parts=vat_parts,
        window_opens=month.window.window_opens.day,
        window_closes=month.window.window_closes.day,
        as_of=max(month.issued_on, sums.last_day) if sums.includes_all_entries else sums.last_day,
        closed_on=rows.closed[account.pk],
        up_to_entry=sums.up_to_entry,
    )


def full_address(account: Account) -> str:
    """«143407, г. Красногорск, ул. Речная, 4, кв. 17»; needs house and street loaded."""
    house = account.premises.house
    return ", ".join(filter(None, (house.postcode, f"г.{NBSP}{house.street.settlement}", account.premises.address)))


def _vat_parts(charges: Sequence[Charge], month: MonthFacts) -> tuple[VatPart, ...]:
    """Return what the lines come to under each rate of VAT: a recalculation of a month by the rate of that month.

    The rate of the receipt's own month comes first, the others from the newest month to the oldest.
    """
    totals: dict[Decimal | None, Decimal] = {month.vat(month.period.first_day): ZERO}
    counted = [
        charge
        for charge in charges
        if charge.service in DOCUMENT_NAMES and charge.kind in (ChargeKind.CHARGE, *RECALCULATED)
    ]
    for charge in sorted(counted, key=lambda charge: charge.for_period, reverse=True):
        rate = month.vat(charge.for_period)
        totals[rate] = totals.get(rate, ZERO) + charge.amount
    return tuple(VatPart(rate=rate, total=total, vat=included_vat(total, rate)) for rate, total in totals.items())


def _lines(charges: Sequence[Charge]) -> tuple[ReceiptLine, ...]:
    """One line for each charge; what was recalculated of a service stands on its first line, or on a line alone."""
    lines: list[ReceiptLine] = []
    for service, name in DOCUMENT_NAMES.items():
        own = [charge for charge in charges if charge.service == service]
        changed = sum((charge.amount for charge in own if charge.kind in RECALCULATED), ZERO)
        for charge in own:
            if charge.kind == ChargeKind.CHARGE:
                lines.append(_line(name, charge, changed))
                changed = ZERO
        if changed:
            lines.append(ReceiptLine(service=name, basis=RECALCULATION, recalculation=changed, total=changed))
    return tuple(lines)


def _line(name: str, charge: Charge, recalculation: Decimal) -> ReceiptLine:
    why, raising = charge.why, _raising(charge)
    basis = BASES[charge.basis]
    if raising and isinstance(why, ByNorm) and why.factor is not None:
        basis += f" × {_plain(Decimal(why.factor) / FACTOR_SCALE)}"
    return ReceiptLine(
        service=name,
        basis=basis,
        volume=charge.volume,
        rate=charge.price,
        charged=charge.amount - raising,
        raising=raising,
        recalculation=recalculation,
        total=charge.amount + recalculation,
    )


def _plain(number: Decimal) -> str:
    return number_text(number, 0 if number == number.to_integral_value() else 1)


def _raising(charge: Charge) -> Decimal:
    """Return what the raising coefficient adds to a charge, ₽ (the unraised volume is priced as the law prices it)."""
    why = charge.why
    if not isinstance(why, ByNorm) or why.factor is None or charge.volume is None or charge.price is None:
        return ZERO
    volume, unraised = int(charge.volume * 1000), why.unraised
    if why.part is not None:  # a part of the month before or since a change of the rate
        unraised = divided(volume * unraised, max(why.part.volume, 1))
    return charge.amount - from_kopecks(cost(unraised, int(charge.price * PRICE_SCALE)))


def _penalty(charge: Charge) -> Penalty:
    parts = charge.why.parts if isinstance(charge.why, Penalties) else ()
    return Penalty(
        period=charge.for_period,
        debt=from_kopecks(sum(abs(part.amount) for part in parts)),
        days=max((part.early + part.late for part in parts), default=0),
        rate=Decimal(parts[-1].yearly) / FACTOR_SCALE if parts else ZERO,
        amount=charge.amount,
    )


def _meters(meters: Sequence[MonthMeter], charges: Sequence[Charge]) -> tuple[ReceiptMeter, ...]:
    counted = {
        used.label: used
        for charge in charges
        if charge.kind == ChargeKind.CHARGE and isinstance(charge.why, Metered)
        for used in charge.why.meters
    }
    return tuple(_meter(meter, counted) for meter in meters)


def _meter(meter: MonthMeter, counted: dict[str, MeterVolume]) -> ReceiptMeter:
    used = counted.get(meter.serial_number) or counted.get(str(meter.pk))
    if used is not None:
        return ReceiptMeter(
            service=DOCUMENT_NAMES[meter.service],
            number=meter.serial_number,
            previous=from_litres(used.start),
            previous_on=dt.date.fromisoformat(used.start_day),
            current=from_litres(used.end),
            current_on=dt.date.fromisoformat(used.end_day),
            volume=from_litres(used.volume),
            verified_until=meter.verified_until,
        )
    volume = None if meter.current is None else meter.current - meter.previous
    return ReceiptMeter(
        service=DOCUMENT_NAMES[meter.service],
        number=meter.serial_number,
        previous=meter.previous,
        previous_on=meter.previous_on,
        current=meter.current,
        current_on=meter.current_on,
        # A corrected reading may lie below the one before: the values are printed, a negative volume is not.
        volume=volume if volume is None or volume >= 0 else None,
        verified_until=meter.verified_until,
    )


def _note(charge: Charge) -> str:
    return f"{explain.title(charge)}. {' '.join(explain.sentences(charge))}"

"""Meters from a file (FORMATS: «Meter files»): each row through metering's service, as at commissioning."""

import datetime as dt
from decimal import Decimal
from functools import partial

from django.db import IntegrityError
from django.utils.translation import gettext as _

from portal.accounts.models import Account
from portal.core.formatting import date_text, volume_text
from portal.core.refusals import error_message
from portal.core.service_catalogue import METERED, declaration, find_by_name
from portal.exchange.headings import normal
from portal.exchange.numbers import AccountNumbers
from portal.exchange.readings import no_account_text
from portal.exchange.reports import ImportReport, RowOutcome, doubt_texts
from portal.exchange.rows import RowContext, RowRefused, take_row
from portal.exchange.tables import CellRefused, TableRow
from portal.metering.exceptions import MeterRefused, ReadingRefused
from portal.metering.models import Meter, MeterType
from portal.metering.registration import DEFAULT_DIGITS, NewMeter, normalise_serial, register_meter

COLUMNS = {
    "account": ("Лицевой счет", "Лицевой счёт", "ЛС", "Л/с", "Номер лицевого счета"),
    "kind": ("Тип счетчика", "Вид счетчика", "Услуга", "Тип прибора"),
    "serial": ("Номер счетчика", "Заводской номер", "Номер прибора учета", "№ счетчика", "Номер прибора"),
    "start": ("Начальное показание", "Показание 1", "Показание", "Показания"),
    "counts_from": ("Дата ввода в эксплуатацию", "Введен в эксплуатацию", "Считает с"),
    "verified_until": ("Дата следующей поверки", "Поверка действительна до", "Поверен до"),
    "verified_on": ("Дата поверки", "Дата последней поверки"),
    "mounted_on": ("Дата установки",),
    "place": ("Место установки", "Место"),
    "model": ("Марка", "Модель", "Тип прибора учета"),
    "digits": ("Разрядность", "Знаков до запятой"),
    "seal": ("Номер пломбы", "Пломба"),
}
REQUIRED = ("account", "kind", "serial", "counts_from", "verified_until")
SAMPLES = [
    {
        "account": "0010001",
        "kind": "ХВС",
        "serial": "12345678",
        "start": "0,000",
        "counts_from": "01.02.2024",
        "verified_until": "31.01.2030",
        "verified_on": "01.02.2024",
        "mounted_on": "30.01.2024",
        "place": "Кухня",
        "digits": "5",
        "seal": "0012345",
    }
]
MOST_DIGITS = Decimal(8)


def take_meters(report: ImportReport, context: RowContext) -> None:
    """Register the meters of the report's rows, each in a transaction of its own; one that stands is a repeat."""
    numbers = AccountNumbers(row.shown("account") for row in report.table.rows)
    types = {normal(kind.name): kind for kind in MeterType.objects.all()}
    for row in report.table.rows:
        take_row(
            report,
            row.number,
            " ".join(filter(None, (row.shown("account"), row.shown("serial")))),
            partial(_meter, row, report, numbers, types, context.today),
            accept_asked=context.accept_asked,
            refusals={
                MeterRefused: lambda refusal: error_message(refusal, for_staff=True),
                ReadingRefused: lambda refusal: error_message(refusal, for_staff=True),
                IntegrityError: lambda _error: _("The dates or values of the meter contradict each other."),
            },
        )


def meter_key(row: TableRow) -> str:
    """What rows about one meter have in common."""
    return normalise_serial(row.shown("serial"))[:120]


def _meter(
    row: TableRow, report: ImportReport, numbers: AccountNumbers, types: dict[str, MeterType], today: dt.date
) -> RowOutcome:
    row.require_sound()
    account_id = numbers.find(row.code("account"))
    if account_id is None:
        raise RowRefused(no_account_text(row.code("account"), numbers))
    account = Account.objects.get(pk=account_id)
    new, counts_from = _new_meter(row, types), _day(row, "counts_from")
    if counts_from > today:
        raise RowRefused(_("The day has not come yet."))
    if counts_from < account.opened_on:
        raise RowRefused(
            _("The meter would count before the account was opened, on %(day)s.")
            % {"day": date_text(account.opened_on, year=True)}
        )
    for active_meter in Meter.objects.filter(account=account, service=new.service, closed_on=None):
        if normalise_serial(active_meter.serial_number) == normalise_serial(new.serial_number):
            return RowOutcome(new=False)
    meter = register_meter(account=account, new=new, counts_from=counts_from, on=counts_from)
    outcome = RowOutcome(new=True, made={"meter": meter.pk}, notes=doubt_texts(row, report.table))
    outcome.change = _("New meter %(serial)s of %(service)s on account %(number)s, from %(day)s at %(value)s") % {
        "serial": meter.serial_number,
        "service": declaration(new.service).short_name,
        "number": account.number,
        "day": date_text(counts_from, year=True),
        "value": volume_text(new.start_value),
    }
    if new.verified_until < today:
        outcome.notes.append(
            _("The verification ended on %(day)s: the norm is charged until it is verified again.")
            % {"day": date_text(new.verified_until, year=True)}
        )
    return outcome


def _new_meter(row: TableRow, types: dict[str, MeterType]) -> NewMeter:
    serial = row.code("serial")
    if not serial:
        raise RowRefused(_("There is no meter number."))
    service = find_by_name(normal(row.text("kind")))
    if service is None or not service.metered:
        known = ", ".join(declaration(key).short_name for key in METERED)
        raise RowRefused(_("The kind of meter is none of these: %(known)s.") % {"known": known})
    verified_until, verified_on = _day(row, "verified_until"), row.date("verified_on")
    if verified_on is not None and verified_on > verified_until:
        raise RowRefused(_("The next verification is earlier than the last one: are the columns swapped?"))
    kind = types.get(normal(row.text("model")))
    digits = row.number_of("digits", most=MOST_DIGITS)
    if digits is not None and digits != int(digits):
        raise CellRefused("digits", "whole", value=row.shown("digits"))
    return NewMeter(
        service=service.key,
        serial_number=serial,
        start_value=row.number_of("start") or Decimal(0),
        verified_until=verified_until,
        place=row.text("place")[:60],
        mounted_on=row.date("mounted_on"),
        digits=int(digits) if digits else (kind.digits if kind else DEFAULT_DIGITS),
        type=kind,
        seal_number=row.code("seal")[:40],
    )


def _day(row: TableRow, column: str) -> dt.date:
    day = row.date(column)
    if day is None:
        raise CellRefused(column, "date", value="")
    return day

"""Readings from a file (FORMATS: «Meter files»): each row through the same service as a reading by telephone."""

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from portal.accounts.enums import Service
from portal.accounts.models import User
from portal.core import clock
from portal.exchange.numbers import AccountNumbers
from portal.exchange.reasons import reading_words
from portal.exchange.reports import BadRow, Report, cell_words
from portal.exchange.staff_notices import READINGS, note_import, tell_rows_refused
from portal.exchange.tables import CellRefused, Row, read_table
from portal.metering.enums import Flag, Source
from portal.metering.exceptions import ReadingRefused
from portal.metering.models import Meter, Reading
from portal.metering.services import submit_reading

COLUMNS = {
    "account": ("Лицевой счет", "Лицевой счёт", "ЛС", "Л/с", "Номер лицевого счета"),
    "kind": ("Тип счетчика", "Вид счетчика", "Услуга", "Тип прибора"),
    "serial": ("Номер счетчика", "Заводской номер", "Номер прибора учета", "№ счетчика", "Номер прибора"),
    "value": ("Показание 1", "Показание", "Показания", "Текущее показание"),
    "second": ("Показание 2",),
    "taken_on": ("Дата передачи показаний", "Дата показания", "Дата показаний", "Дата"),
}
REQUIRED = ("serial", "value")
KINDS = {
    "хвс": Service.COLD_WATER, "холодная вода": Service.COLD_WATER, "холодное водоснабжение": Service.COLD_WATER,
    "гвс": Service.HOT_WATER, "горячая вода": Service.HOT_WATER, "горячее водоснабжение": Service.HOT_WATER,
}  # fmt: skip
NOON = dt.timedelta(hours=12)


class RowRefused(Exception):
    """A row that is not taken; its text is for people."""


class _Rolledback(Exception):
    """Ends a dry run: nothing of it stays."""


def import_readings(data: bytes, *, today: dt.date, by: User | None = None, dry_run: bool = False) -> Report:
    """Take the readings of a file; a reading that stands already is repeated, not doubled.

    Bad rows are listed and do not stop the others. A dry run does the same and stores nothing. Far above the usual
    is taken and flagged. Raises TableRefused.
    """
    rows = read_table(data, columns=COLUMNS, required=REQUIRED)
    report = Report(dry_run=dry_run, rows=len(rows))
    try:
        with transaction.atomic():
            _take(rows, report, today=today, by=by)
            if dry_run:
                raise _Rolledback
    except _Rolledback:
        pass
    tell_rows_refused(READINGS, report, data=data, by=by, today=today)
    note_import(READINGS, report, data=data, by=by)
    return report


def _take(rows: list[Row], report: Report, *, today: dt.date, by: User | None) -> None:
    numbers = AccountNumbers()
    for row in rows:
        subject = " ".join(filter(None, (row.text("account"), row.text("serial"))))
        try:
            with transaction.atomic():
                reading, new = _reading(row, numbers, today=today, by=by)
        except RowRefused as refusal:
            report.refuse(row.number, subject, str(refusal))
        except CellRefused as refusal:
            report.refuse(row.number, subject, cell_words(refusal, COLUMNS[refusal.column][0]))
        except ReadingRefused as refusal:
            report.refuse(row.number, subject, reading_words(refusal))
        else:
            report.taken += new
            report.repeated += not new
            if new and reading.flags:
                words = ", ".join(str(Flag(flag).label) for flag in reading.flags)
                report.notes.append(BadRow(row.number, subject, words))


def _reading(row: Row, numbers: AccountNumbers, *, today: dt.date, by: User | None) -> tuple[Reading, bool]:
    value = row.number_of("value")
    if value is None:
        raise RowRefused(_("There is no reading."))
    if row.number_of("second") not in {None, Decimal(0)}:
        raise RowRefused(_("A water meter has one reading; the second column is filled."))
    day = row.date("taken_on") or today
    if day > today:
        raise RowRefused(_("The day has not come yet."))
    meter = _meter(row, numbers)
    if meter.commissioned_on > day:
        raise RowRefused(_("The meter did not count on this day yet."))
    before = Reading.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    reading = submit_reading(
        meter=meter, value=value, moment=clock.start_of(day) + NOON, source=Source.FILE, entered_by=by,
        confirmed_high=True,
    )  # fmt: skip
    return reading, reading.pk > before


def _meter(row: Row, numbers: AccountNumbers) -> Meter:
    serial = row.text("serial")
    if not serial:
        raise RowRefused(_("There is no meter number."))
    found = Meter.objects.filter(closed_on=None)
    if row.text("account"):
        account = numbers.find(row.text("account"))
        if account is None:
            raise RowRefused(_("There is no such account."))
        found = found.filter(account_id=account)
    kind = row.text("kind").lower()
    if kind:
        if kind not in KINDS:
            raise RowRefused(_("The kind of meter is neither ХВС nor ГВС."))
        found = found.filter(service=KINDS[kind])
    meters = [meter for meter in found.filter(serial_number__iendswith=serial) if _same_serial(meter, serial)]
    if not meters:
        raise RowRefused(_("There is no standing meter with this number."))
    if len(meters) > 1:
        raise RowRefused(_("Several meters have this number: give the account and the kind."))
    return meters[0]


def _same_serial(meter: Meter, serial: str) -> bool:
    """The same number, though a spreadsheet has eaten leading zeros."""
    return meter.serial_number.lower().lstrip("0") == serial.lower().lstrip("0")

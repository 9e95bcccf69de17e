"""Readings from a file (FORMATS: «Meter files»): each row through the same service as a reading by telephone."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.billing.selectors.opening import billed_until
from portal.core import clock
from portal.core.formatting import date_text, volume_text
from portal.core.refusals import error_message
from portal.core.service_catalogue import METERED, declaration, find_by_name
from portal.exchange.headings import normal
from portal.exchange.numbers import AccountNumbers
from portal.exchange.reports import ImportReport, RowOutcome, begin_report, doubt_texts, several_accounts
from portal.exchange.rows import RowContext, RowRefused, refusing, take_row
from portal.exchange.staff_notices import READINGS, note_import, notify_rows_refused
from portal.exchange.tables import TableRow, read_table
from portal.metering.enums import Flag, ReadingSource
from portal.metering.exceptions import ReadingRefused
from portal.metering.models import Meter
from portal.metering.services import Sent, record_reading

COLUMNS = {
    "account": ("Лицевой счет", "Лицевой счёт", "ЛС", "Л/с", "Номер лицевого счета"),
    "kind": ("Тип счетчика", "Вид счетчика", "Услуга", "Тип прибора"),
    "serial": ("Номер счетчика", "Заводской номер", "Номер прибора учета", "№ счетчика", "Номер прибора"),
    "value": ("Показание 1", "Показание", "Показания", "Текущее показание"),
    "second": ("Показание 2",),
    "taken_on": ("Дата передачи показаний", "Дата показания", "Дата показаний", "Дата"),
}
REQUIRED = ("serial", "value")
SAMPLES = [
    {
        "account": "0010001",
        "kind": "ХВС",
        "serial": "12345678",
        "value": "141,455",
        "second": "",
        "taken_on": "15.11.2026",
    },
    {"account": "0010001", "kind": "ГВС", "serial": "12345679", "value": "83", "second": "", "taken_on": "15.11.2026"},
]
"""Rows of the sample that staff download."""
NOON = dt.timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class _ReportedReading:
    """A reading that a row tells."""

    row: TableRow
    meter: Meter
    value: Decimal
    day: dt.date
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class _ReadingsImport:
    """State shared by the rows of one import."""

    report: ImportReport
    context: RowContext
    closed_month: dt.date | None
    """First day of the last closed month."""
    numbers: AccountNumbers


def import_readings(
    data: bytes, *, today: dt.date, by: User | None = None, dry_run: bool = False, accept_asked: bool = False
) -> ImportReport:
    """Take the readings of a file; a reading that stands already is repeated, not doubled.

    Bad rows are listed and do not stop the others; two values of one meter and day refuse both. A reading of a day
    before the last closed month, or one that replaces another of its day, is asked about: it is taken with
    `accept_asked` only; so is one far above the usual. A dry run does the same and stores nothing. Raises TableRefused.
    """
    table = read_table(data, columns=COLUMNS, required=REQUIRED)
    report = begin_report(table, dry_run=dry_run)
    if table.rows and "taken_on" not in table.columns:
        report.remarks.append(
            _("The table has no column «%(column)s»: every reading is taken as of today, %(day)s.")
            % {"column": COLUMNS["taken_on"][0], "day": date_text(today, year=True)}
        )
    with transaction.atomic():
        take_readings(report, RowContext(today, by, accept_asked))
        if dry_run:
            transaction.set_rollback(True)
    report.bad.sort(key=lambda bad: bad.number)
    notify_rows_refused(READINGS, report, data=data, by=by, today=today)
    note_import(READINGS, report, data=data, by=by)
    return report


def take_readings(report: ImportReport, context: RowContext) -> None:
    """Take the readings of the report's rows, each in a transaction of its own, and report what became of them."""
    closed = billed_until()
    numbers = AccountNumbers(row.shown("account") for row in (*report.table.rows, *context.others))
    work = _ReadingsImport(report, context, closed and closed.replace(day=1), numbers)
    for reported in _without_conflicts(_reported_rows(work), _others(work), report):
        _take(reported, work)


def reading_key(row: TableRow) -> str:
    """What rows about one meter have in common."""
    return row.shown("serial").lower().lstrip("0")


def _others(work: _ReadingsImport) -> list[_ReportedReading]:
    """Return what rows of other parts of the file tell; those that cannot be read are refused there."""
    unread = ImportReport(dry_run=True, table=work.report.table)
    reported = []
    for row in work.context.others:
        with refusing(unread, row.number, _subject(row)):
            reported.append(_reported_reading(row, work))
    return reported


def _subject(row: TableRow) -> str:
    return " ".join(filter(None, (row.shown("account"), row.shown("serial"))))


def _reported_rows(work: _ReadingsImport) -> list[_ReportedReading]:
    """Return what the rows tell; those that cannot be read are refused."""
    reported = []
    for row in work.report.table.rows:
        with refusing(work.report, row.number, _subject(row)):
            reported.append(_reported_reading(row, work))
    return reported


def _without_conflicts(
    reported: list[_ReportedReading], elsewhere: list[_ReportedReading], report: ImportReport
) -> list[_ReportedReading]:
    """Leave out the rows of a meter and day that have different values: nobody knows which is right."""
    groups: dict[tuple[int, dt.date], list[_ReportedReading]] = defaultdict(list)
    for reading in (*reported, *elsewhere):
        groups[reading.meter.pk, reading.day].append(reading)
    accepted = []
    for reading in reported:
        others = [other for other in groups[reading.meter.pk, reading.day] if other.value != reading.value]
        if not others:
            accepted.append(reading)
            continue
        report.refuse(
            reading.row.number,
            _subject(reading.row),
            _("The same meter has another reading of this day in row %(row)s: %(other)s, here %(value)s. Leave one.")
            % {
                "row": others[0].row.number,
                "other": volume_text(others[0].value),
                "value": volume_text(reading.value),
            },
        )
    return accepted


def _take(reported: _ReportedReading, work: _ReadingsImport) -> None:
    take_row(
        work.report,
        reported.row.number,
        _subject(reported.row),
        lambda: _submitted(reported, work),
        accept_asked=work.context.accept_asked,
        refusals={ReadingRefused: lambda refusal: error_message(refusal, for_staff=True)},
    )


def _submitted(reported: _ReportedReading, work: _ReadingsImport) -> RowOutcome:
    """Take a reading; whether it is new, and what is asked about it."""
    reading, new = record_reading(
        Sent(meter=reported.meter, value=reported.value, confirmed_high=True),
        moment=clock.start_of(reported.day) + NOON,
        source=ReadingSource.FILE,
        entered_by=work.context.by,
    )
    outcome = RowOutcome(new=new, notes=[*reported.notes], made={"reading": reading.pk} if new else {})
    outcome.change = _("Reading %(value)s of %(day)s") % {
        "value": volume_text(reported.value),
        "day": date_text(reported.day, year=True),
    }
    if not new:
        return outcome
    if reading.replaces is not None and reading.replaces.taken_on == reported.day:
        outcome.questions.append(
            _("There is another reading of this day, %(value)s (%(source)s): replace it?")
            % {"value": volume_text(reading.replaces.value), "source": reading.replaces.get_source_display()}
        )
    if work.closed_month is not None and reported.day < work.closed_month:
        outcome.questions.append(_("The day lies before the last closed month: is the date right?"))
    if Flag.HIGH in reading.flags:
        outcome.questions.append(_("Far above the usual: is the reading right?"))
    outcome.notes[:0] = [str(Flag(flag).label) for flag in reading.flags if flag != Flag.HIGH]
    return outcome


def _reported_reading(row: TableRow, work: _ReadingsImport) -> _ReportedReading:
    row.require_sound()
    value = row.number_of("value")
    if value is None:
        raise RowRefused(_("There is no reading."))
    if row.number_of("second") not in {None, Decimal(0)}:
        raise RowRefused(_("A water meter has one reading; the second column is filled."))
    written_day = row.date("taken_on")
    day = written_day or work.context.today
    if day > work.context.today:
        raise RowRefused(_("The day has not come yet."))
    meter = _meter(row, work.numbers)
    if meter.commissioned_on > day:
        raise RowRefused(_("The meter did not count on this day yet."))
    notes = []
    if written_day is None and "taken_on" in work.report.table.columns:
        notes.append(_("No date in the row: taken as of today, %(day)s.") % {"day": date_text(day, year=True)})
    notes += doubt_texts(row, work.report.table)
    return _ReportedReading(row, meter, value, day, tuple(notes))


def _meter(row: TableRow, numbers: AccountNumbers) -> Meter:
    serial = row.code("serial")
    if not serial:
        raise RowRefused(_("There is no meter number."))
    candidates = Meter.objects.filter(closed_on=None).select_related("type")
    if row.code("account"):
        account = numbers.find(row.code("account"))
        if account is None:
            raise RowRefused(no_account_text(row.code("account"), numbers))
        candidates = candidates.filter(account_id=account)
    kind = row.text("kind")
    if kind:
        service = find_by_name(normal(kind))
        if service is None or not service.metered:
            services = ", ".join(declaration(key).short_name for key in METERED)
            raise RowRefused(_("The kind of meter is none of these: %(known)s.") % {"known": services})
        candidates = candidates.filter(service=service.key)
    ending = serial.lstrip("0") or serial
    meters = [meter for meter in candidates.filter(serial_number__iendswith=ending) if _same_serial(meter, serial)]
    if not meters:
        raise RowRefused(_("There is no active meter with this number."))
    if len(meters) > 1:
        raise RowRefused(_("Several meters have this number: give the account and the kind."))
    return meters[0]


def _same_serial(meter: Meter, serial: str) -> bool:
    """The same number, though a spreadsheet has eaten leading zeros, or another program has added some."""
    return meter.serial_number.lower().lstrip("0") == serial.lower().lstrip("0")


def no_account_text(written: str, numbers: AccountNumbers) -> str:
    """Return why an account is not found: none, or several that differ in leading zeros."""
    fitting = numbers.fitting(written)
    if fitting:
        return several_accounts(fitting)
    return _("There is no such account.")

"""Accounts from a file: address, people, services, what they bring from before. One row is one account."""

import datetime as dt
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from portal.accounts.enums import Delivery, HolderRole, PremisesKind, Service, StreetKind
from portal.accounts.models import (
    Account,
    AccountService,
    Holder,
    House,
    Occupancy,
    Person,
    Premises,
    Street,
    User,
)
from portal.core.money import roubles
from portal.exchange.reports import Report, cell_words
from portal.exchange.staff_notices import ACCOUNTS, note_import, tell_rows_refused
from portal.exchange.tables import CellRefused, Row, normal, read_table
from portal.ledger.services import open_balance

COLUMNS = {
    "number": ("Лицевой счет", "Лицевой счёт", "ЛС", "Номер лицевого счета"),
    "last_name": ("Фамилия",),
    "first_name": ("Имя",),
    "patronymic": ("Отчество",),
    "phone": ("Телефон",),
    "email": ("Почта", "E-mail", "Email", "Электронная почта"),
    "settlement": ("Населенный пункт", "Город"),
    "street_kind": ("Тип улицы",),
    "street": ("Улица",),
    "house": ("Дом",),
    "premises": ("Помещение", "Квартира", "Кв"),
    "area": ("Площадь",),
    "registered": ("Зарегистрировано", "Прописано"),
    "owners": ("Собственников",),
    "services": ("Услуги",),
    "opened_on": ("Открыт", "Дата открытия"),
    "els": ("ЕЛС",),
    "debt": ("Долг", "Остаток", "Сальдо"),
}
REQUIRED = ("number", "last_name", "first_name", "street", "house", "opened_on")
SERVICES = {
    "хвс": Service.COLD_WATER, "холодная вода": Service.COLD_WATER,
    "гвс": Service.HOT_WATER, "горячая вода": Service.HOT_WATER,
    "водоотведение": Service.WASTEWATER, "канализация": Service.WASTEWATER, "во": Service.WASTEWATER,
}  # fmt: skip
STREET_KINDS = {
    **{str(kind.label).rstrip("."): kind for kind in StreetKind},
    "улица": StreetKind.STREET, "бульвар": StreetKind.BOULEVARD, "проспект": StreetKind.AVENUE,
    "переулок": StreetKind.LANE, "набережная": StreetKind.EMBANKMENT, "шоссе": StreetKind.HIGHWAY,
}  # fmt: skip


class RowRefused(Exception):
    """A row that is not taken; its text is for people."""


class _Rolledback(Exception):
    """Ends a dry run: nothing of it stays."""


def import_accounts(data: bytes, *, today: dt.date, by: User | None = None, dry_run: bool = False) -> Report:
    """Make the accounts of a file; one that stands with the same address is repeated, not doubled.

    Bad rows are listed and do not stop the others. A dry run does the same and stores nothing. Raises TableRefused.
    """
    rows = read_table(data, columns=COLUMNS, required=REQUIRED)
    report = Report(dry_run=dry_run, rows=len(rows))
    try:
        with transaction.atomic():
            for row in rows:
                _take(row, report, today)
            if dry_run:
                raise _Rolledback
    except _Rolledback:
        pass
    tell_rows_refused(ACCOUNTS, report, data=data, by=by, today=today)
    note_import(ACCOUNTS, report, data=data, by=by)
    return report


def _take(row: Row, report: Report, today: dt.date) -> None:
    subject = row.text("number")
    try:
        with transaction.atomic():
            new = _account(row, today)
    except RowRefused as refusal:
        report.refuse(row.number, subject, str(refusal))
    except CellRefused as refusal:
        report.refuse(row.number, subject, cell_words(refusal, COLUMNS[refusal.column][0]))
    except ValidationError as error:
        report.refuse(row.number, subject, " ".join(error.messages))
    else:
        report.taken += new
        report.repeated += not new


def _account(row: Row, today: dt.date) -> bool:
    """Make the account of a row; False when it stands already."""
    opened_on = row.date("opened_on")
    if opened_on is None:
        raise RowRefused(_("There is no day of opening."))
    if opened_on > today:
        raise RowRefused(_("The day has not come yet."))
    premises = _premises(row)
    standing = Account.objects.filter(number=row.text("number")).first()
    if standing is not None:
        if standing.premises_id != premises.pk:
            raise RowRefused(_("This number belongs to another address."))
        return False
    account = Account(
        number=row.text("number"), premises=premises, opened_on=opened_on, els=row.text("els"),
        delivery=Delivery.ELECTRONIC if row.text("email") else Delivery.PAPER,
    )  # fmt: skip
    _checked(account)
    _people(row, account, opened_on)
    for service in _services(row):
        AccountService.objects.create(account=account, service=service, since=opened_on)
    _debt(row, account, today)
    return True


def _premises(row: Row) -> Premises:
    kind = normal(row.text("street_kind"))
    if kind and kind not in STREET_KINDS:
        raise RowRefused(_("The kind of street is not known: %(kind)s.") % {"kind": kind})
    if not row.text("street") or not row.text("house"):
        raise RowRefused(_("The address is not whole: street and house are needed."))
    street, _made = Street.objects.get_or_create(
        kind=STREET_KINDS.get(kind, StreetKind.STREET), name=row.text("street"),
        settlement=row.text("settlement") or Street._meta.get_field("settlement").get_default(),
    )  # fmt: skip
    house, _made = House.objects.get_or_create(street=street, number=row.text("house"))
    number = row.text("premises")
    premises = Premises.objects.filter(house=house, number__iexact=number).first()
    if premises is None:
        premises = Premises(
            house=house, number=number, kind=PremisesKind.FLAT if number else PremisesKind.HOUSE,
            area=row.number_of("area"),
        )  # fmt: skip
        _checked(premises)
    return premises


def _people(row: Row, account: Account, since: dt.date) -> None:
    person = Person(
        last_name=row.text("last_name"), first_name=row.text("first_name"), patronymic=row.text("patronymic"),
        phone=row.text("phone"), email=row.text("email").lower(),
    )  # fmt: skip
    _checked(person)
    Holder.objects.create(account=account, person=person, role=HolderRole.OWNER, since=since)
    registered, owners = row.number_of("registered"), row.number_of("owners")
    _checked(
        Occupancy(
            account=account, since=since, registered=_whole("registered", registered, 0),
            owners=_whole("owners", owners, 1),
        )
    )  # fmt: skip


def _whole(column: str, value: Decimal | None, default: int) -> int:
    if value is None:
        return default
    if value != int(value) or value < 0:
        raise CellRefused(column, "number")
    return int(value)


def _services(row: Row) -> list[Service]:
    written = [normal(part) for part in row.text("services").replace(";", ",").split(",") if part.strip()]
    unknown = [part for part in written if part not in SERVICES]
    if unknown:
        raise RowRefused(_("The service is not known: %(service)s.") % {"service": ", ".join(unknown)})
    return list(dict.fromkeys(SERVICES[part] for part in written)) or [Service.COLD_WATER, Service.WASTEWATER]


def _debt(row: Row, account: Account, today: dt.date) -> None:
    debt = row.number_of("debt")
    if debt is None or debt == 0:
        return
    if roubles(debt) != debt:
        raise CellRefused("debt", "number")
    open_balance(account=account, amount=debt, on=today)


def _checked(record: Account | Premises | Person | Occupancy) -> None:
    record.full_clean()
    record.save()

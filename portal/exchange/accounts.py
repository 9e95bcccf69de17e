"""Accounts from a file: address, people, services, what they bring from before. One row is one account."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count
from django.db.models.functions import Length
from django.utils.translation import gettext as _

from portal.accounts.enums import PremisesKind, Service
from portal.accounts.models import Account, Premises, Street, User
from portal.accounts.models.accounts import MAX_PERSONS
from portal.accounts.phones import russian_phone
from portal.accounts.selectors import current_holder
from portal.accounts.services.address_lookup import near_streets
from portal.accounts.services.importing import (
    ImportedAccount,
    ImportedPerson,
    import_account,
)
from portal.billing.selectors.opening import first_billed_day
from portal.core.formatting import date_text, exact_text, money_text
from portal.core.money import ZERO, roubles
from portal.core.service_catalogue import USUAL, find_by_name
from portal.exchange.addresses import last_places, made_places, premises_of
from portal.exchange.headings import normal
from portal.exchange.numbers import AccountNumbers, bare, longest_spellings
from portal.exchange.reports import ImportReport, RowOutcome, begin_report, doubt_texts, several_accounts
from portal.exchange.rows import RowContext, RowRefused, take_row
from portal.exchange.staff_notices import ACCOUNTS, note_import, notify_rows_refused
from portal.exchange.tables import CellRefused, TableRow, read_table
from portal.ledger.selectors import opening_balance
from portal.ledger.services import open_balance
from portal.payments.models import PaymentSettings

LARGEST_DEBT = Decimal("99999999.99")
MANY_PERSONS = 20
"""More are asked about."""
FEW_ACCOUNTS = 10
"""With fewer, no length of numbers is the usual one."""
LARGE_AREA = Decimal(1000)
"""A flat of more square metres is asked about."""
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
SAMPLES = [
    {
        "number": "0010001",
        "last_name": "Иванова",
        "first_name": "Анна",
        "patronymic": "Петровна",
        "phone": "+79160000001",
        "email": "anna@mail.example",
        "settlement": "Красногорск",
        "street_kind": "улица",
        "street": "Речная",
        "house": "4/2",
        "premises": "17",
        "area": "48,6",
        "registered": "2",
        "owners": "1",
        "services": "ХВС, водоотведение",
        "opened_on": "01.02.2020",
        "els": "",
        "debt": "1240,50",
    },
    {
        "number": "0010002",
        "last_name": "Петров",
        "first_name": "Борис",
        "street": "Новая",
        "house": "7А",
        "registered": "0",
        "owners": "2",
        "services": "ХВС",
        "opened_on": "15.03.2021",
        "debt": "0",
    },
]
"""Rows of the sample that staff download."""
FIELDS = {
    "number": "number",
    "last_name": "last_name",
    "first_name": "first_name",
    "patronymic": "patronymic",
    "phone": "phone",
    "email": "email",
    "area": "area",
    "registered": "registered",
    "owners": "owners",
    "els": "els",
}
"""Fields of the records that a row makes → columns of the table, for the words of a refusal."""


@dataclass(slots=True)
class _AccountsImport:
    """State shared by the rows of one import."""

    report: ImportReport
    today: dt.date
    numbers: AccountNumbers
    spellings: dict[str, str]
    ask_above: Decimal
    context: RowContext
    existing_streets: set[int]
    """Streets that were there before the file."""
    last: Mapping[str, int]
    """The last ids of premises, houses and streets before these rows."""
    usual_length: int | None
    """Signs of an account's number where nearly all have as many."""
    near: dict[str, str] = field(default_factory=dict)
    """A street of the file, with existing ones that look like it."""


def import_accounts(
    data: bytes, *, today: dt.date, by: User | None = None, dry_run: bool = False, accept_asked: bool = False
) -> ImportReport:
    """Make the accounts of a file; one that stands with the same address is repeated, not doubled.

    Bad rows are listed and do not stop the others. A row that looks like a slip (a debt or a number of persons above
    the usual, an account number with lost zeros) is asked about: it is taken with `accept_asked` only. A dry run does
    the same and stores nothing. Raises TableRefused.
    """
    table = read_table(data, columns=COLUMNS, required=REQUIRED)
    report = begin_report(table, dry_run=dry_run)
    with transaction.atomic():
        take_accounts(report, RowContext(today, by, accept_asked))
        if dry_run:
            transaction.set_rollback(True)
    notify_rows_refused(ACCOUNTS, report, data=data, by=by, today=today)
    note_import(ACCOUNTS, report, data=data, by=by)
    return report


def take_accounts(report: ImportReport, context: RowContext) -> None:
    """Make the accounts of the report's rows, each in a transaction of its own, and report what became of them."""
    streets = Street.objects.all()
    if context.last_street is not None:
        streets = streets.filter(pk__lte=context.last_street)
    rows = report.table.rows
    work = _AccountsImport(
        report,
        context.today,
        AccountNumbers(row.shown("number") for row in rows),
        longest_spellings(row.shown("number") for row in (*rows, *context.others)),
        PaymentSettings.load().ask_above,
        context,
        set(streets.values_list("pk", flat=True)),
        last_places(),
        _usual_length(),
    )
    for row in rows:
        _take(row, work)


def account_key(row: TableRow) -> str:
    """What rows about one account have in common."""
    return bare(row.shown("number"))


def _usual_length() -> int | None:
    """Return how many signs nearly all account numbers have; None with few accounts, or of many lengths (one query)."""
    lengths = Account.objects.order_by().values(signs=Length("number")).annotate(accounts=Count("pk"))
    counted = {row["signs"]: row["accounts"] for row in lengths}
    usual, total = max(counted, key=counted.__getitem__, default=None), sum(counted.values())
    return usual if usual and total >= FEW_ACCOUNTS and counted[usual] >= total * 0.95 else None


def _take(row: TableRow, work: _AccountsImport) -> None:
    take_row(
        work.report,
        row.number,
        row.shown("number"),
        lambda: _account(row, work),
        accept_asked=work.context.accept_asked,
        refusals={ValidationError: lambda error: _field_text(row, error, work.report.table.columns)},
    )


def _field_text(row: TableRow, error: ValidationError, headings: Mapping[str, str]) -> str:
    """Return what a record refuses, with the column and what stands in it."""
    if not hasattr(error, "error_dict"):
        return " ".join(error.messages)
    messages_by_field = []
    for name, messages in error.message_dict.items():
        reason = " ".join(messages)
        column = FIELDS.get(name, "")
        messages_by_field.append(
            f"{headings.get(column, column)} «{row.shown(column)}»: {reason}" if column else reason
        )
    return " ".join(messages_by_field)


def _account(row: TableRow, work: _AccountsImport) -> RowOutcome:
    """Make the account of a row, or recognise the one that stands."""
    row.require_sound()
    opened_on = row.date("opened_on")
    if opened_on is None:
        raise RowRefused(_("There is no day of opening."))
    if opened_on > work.today:
        raise RowRefused(_("The day has not come yet."))
    written = row.code("number")
    fitting = work.numbers.fitting(written)
    if len(fitting) > 1:
        raise RowRefused(several_accounts(fitting))
    premises = premises_of(row)
    if fitting:
        return _repeated(row, fitting[0], premises)
    outcome = RowOutcome(new=True)
    account = import_account(_new_account(row, work, opened_on, outcome), premises=premises)
    _doubts(row, account, work, outcome)
    outcome.made = {"account": account.pk, **made_places(premises, work.last)}
    outcome.change = _("New account %(number)s, %(address)s, %(person)s") % {
        "number": account.number,
        "address": premises.address,
        "person": " ".join(filter(None, (row.text("last_name"), row.text("first_name")))),
    }
    _debt(row, account, work, outcome)
    if not outcome.questions or work.context.accept_asked:
        work.numbers.add(account.number, account.pk)
    return outcome


def _doubts(row: TableRow, account: Account, work: _AccountsImport, outcome: RowOutcome) -> None:
    """Questions and notes about the row as a whole."""
    _doubt_street(row, account.premises.house.street, work, outcome)
    if work.usual_length is not None and len(account.number) > work.usual_length:
        outcome.questions.append(
            _("The number %(number)s has %(signs)d signs, nearly all others %(usual)d: is it right?")
            % {"number": account.number, "signs": len(account.number), "usual": work.usual_length}
        )
    if row.text("phone"):
        try:
            russian_phone(row.text("phone"))
        except ValidationError as error:
            outcome.questions.append(f"{row.text('phone')}: {' '.join(error.messages)}")
    whole = work.numbers.lost_zeros(account.number)
    if whole:
        outcome.questions.append(
            _("The number %(number)s is shorter than all others: were leading zeros lost, and %(whole)s is meant?")
            % {"number": account.number, "whole": whole}
        )
    area = account.premises.area
    if area is not None and area > LARGE_AREA and account.premises.kind == PremisesKind.FLAT:
        outcome.questions.append(_("An area of %(area)s m²: is it right?") % {"area": exact_text(area)})
    if account.billed_from is not None:
        outcome.notes.append(
            _("Opened before months that are closed: bills begin with %(day)s, what was before is in the debt.")
            % {"day": date_text(account.billed_from, year=True)}
        )
    outcome.notes += doubt_texts(row, work.report.table)


def _doubt_street(row: TableRow, street: Street, work: _AccountsImport, outcome: RowOutcome) -> None:
    """A street that the file would make is asked about where one that stands is called nearly so."""
    if street.pk in work.existing_streets:
        return
    name = row.text("street")
    if name not in work.near:
        near = [street for street in near_streets(name) if street.pk in work.existing_streets]
        work.near[name] = ", ".join(str(street) for street in near)
    if work.near[name]:
        outcome.questions.append(
            _("There is no street %(street)s; it would be added. Similar: %(near)s. Is it right?")
            % {"street": street, "near": work.near[name]}
        )


def _repeated(row: TableRow, number: str, premises: Premises) -> RowOutcome:
    """An account that stands: nothing of it is changed, what differs is said."""
    account = Account.objects.get(number=number)
    if account.premises_id != premises.pk:
        raise RowRefused(_("This number belongs to another address."))
    outcome = RowOutcome(new=False)
    if row.code("number") != number:
        outcome.notes.append(_("Understood as the account %(number)s.") % {"number": number})
    debt, booked = row.number_of("debt"), opening_balance(account)
    if debt is not None and debt != booked:
        outcome.notes.append(
            _(
                "The account already exists with an earlier debt of %(booked)s; %(debt)s of this row is not booked. "
                "If it is right, make a correction."
            )
            % {"booked": money_text(booked), "debt": money_text(debt)}
        )
    holder = current_holder(account)
    if holder is not None and normal(holder.last_name) != normal(row.text("last_name")):
        outcome.notes.append(
            _("The account is in the name of %(current)s; %(written)s of this row is ignored.")
            % {"current": holder.full_name, "written": row.text("last_name")}
        )
    occupancy = account.occupancies.order_by("-since").first()
    registered = row.number_of("registered")
    if occupancy is not None and registered is not None and registered != occupancy.registered:
        outcome.notes.append(
            _("Registered persons stay %(current)s; %(written)s of this row is ignored.")
            % {"current": occupancy.registered, "written": row.shown("registered")}
        )
    return outcome


def _new_account(row: TableRow, work: _AccountsImport, opened_on: dt.date, outcome: RowOutcome) -> ImportedAccount:
    """The account that a row tells of; questions about it go to the outcome."""
    registered, owners = _whole(row, "registered", 0), _whole(row, "owners", 1)
    if max(registered, owners) > MANY_PERSONS:
        outcome.questions.append(_("%(count)s persons: is it right?") % {"count": max(registered, owners)})
    written = row.code("number")
    return ImportedAccount(
        number=work.spellings.get(bare(written), written),
        opened_on=opened_on,
        billed_from=first_billed_day(opened_on),
        els=row.code("els"),
        person=ImportedPerson(
            last_name=row.text("last_name"),
            first_name=row.text("first_name"),
            patronymic=row.text("patronymic"),
            phone=row.text("phone"),
            email=row.text("email").lower(),
        ),
        registered=registered,
        owners=owners,
        services=_services(row),
    )


def _whole(row: TableRow, column: str, default: int) -> int:
    value = row.number_of(column, most=Decimal(MAX_PERSONS))
    if value is None:
        return default
    if value < 0:
        raise CellRefused(column, "below_zero", value=row.shown(column))
    if value != int(value):
        raise CellRefused(column, "whole", value=row.shown(column))
    return int(value)


def _services(row: TableRow) -> list[Service]:
    written = [normal(part) for part in row.text("services").replace(";", ",").split(",") if part.strip()]
    unknown = [part for part in written if find_by_name(part) is None]
    if unknown:
        raise RowRefused(_("The service is not known: %(service)s.") % {"service": ", ".join(unknown)})
    named = [service.key for part in written if (service := find_by_name(part)) is not None]
    return [Service(key) for key in dict.fromkeys(named or USUAL)]


def _debt(row: TableRow, account: Account, work: _AccountsImport, outcome: RowOutcome) -> None:
    debt = row.number_of("debt", most=LARGEST_DEBT) or ZERO
    if roubles(debt) != debt:
        raise CellRefused("debt", "kopecks", value=row.shown("debt"))
    if debt == 0:
        return
    if abs(debt) > work.ask_above:
        outcome.questions.append(_("A debt of %(debt)s: is it right?") % {"debt": money_text(debt)})
    if work.context.books_debts:
        open_balance(account=account, amount=debt, on=work.today)
    else:
        outcome.made["debt"] = str(debt)
        outcome.notes.append(_("The debt of %(debt)s goes to an import of balances.") % {"debt": money_text(debt)})

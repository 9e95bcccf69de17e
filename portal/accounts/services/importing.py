"""Accounts that come from elsewhere, with their address and people; the file is read by the app that imports."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal

from portal.accounts.enums import HolderRole, PremisesKind, ReceiptDelivery, StreetKind
from portal.accounts.models import Account, AccountService, Holder, House, Occupancy, Person, Premises, Street
from portal.core.references import references


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedAddress:
    """An address as a file tells it; `area` in m², an empty settlement is the company's own."""

    street: str
    house: str
    street_kind: str = StreetKind.STREET
    settlement: str = ""
    premises: str = ""
    area: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedPerson:
    """The owner whom a file names."""

    last_name: str
    first_name: str
    patronymic: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedAccount:
    """An account as a file tells it: all its facts begin on the day on which it opened."""

    number: str
    opened_on: dt.date
    person: ImportedPerson
    registered: int = 0
    owners: int = 1
    services: Sequence[str] = field(default_factory=tuple)
    billed_from: dt.date | None = None
    els: str = ""


def import_premises(address: ImportedAddress) -> Premises:
    """The premises of an address, as it is written; what is missing of them is created. Raises ValidationError."""
    street, _made = Street.objects.get_or_create(
        kind=address.street_kind,
        name=address.street,
        settlement=address.settlement or Street._meta.get_field("settlement").get_default(),
    )
    house, _made = House.objects.get_or_create(street=street, number=address.house)
    premises = Premises.objects.filter(house=house, number__iexact=address.premises).first()
    if premises is not None:
        return premises
    kind = PremisesKind.FLAT if address.premises else PremisesKind.HOUSE
    new = Premises(house=house, number=address.premises, kind=kind, area=address.area)
    _save(new)
    return new


def import_account(new: ImportedAccount, *, premises: Premises) -> Account:
    """Create an account with its owner, services and registered persons. Raises ValidationError.

    Call it in a transaction: what was written before an error stays otherwise.
    """
    account = Account(
        number=new.number,
        premises=premises,
        opened_on=new.opened_on,
        billed_from=new.billed_from,
        els=new.els,
        delivery=ReceiptDelivery.ELECTRONIC if new.person.email else ReceiptDelivery.PAPER,
    )
    _save(account)
    person = Person(**asdict(new.person))
    _save(person)
    Holder.objects.create(account=account, person=person, role=HolderRole.OWNER, since=new.opened_on)
    _save(Occupancy(account=account, since=new.opened_on, registered=new.registered, owners=new.owners))
    AccountService.objects.bulk_create(
        AccountService(account=account, service=service, since=new.opened_on) for service in new.services
    )
    return account


def _save(row: Account | Premises | Person | Occupancy) -> None:
    row.full_clean()
    row.save()


def withdraw_imported_account(account: Account) -> None:
    """Delete an account that was imported by mistake, with its holder, services and persons.

    The person goes too unless something else refers to them. Raises ProtectedError when something is built upon the
    account. Call it in a transaction.
    """
    people = [holder.person for holder in account.holders.select_related("person")]
    account.holders.all().delete()
    account.occupancies.all().delete()
    account.services.all().delete()
    account.delete()
    for person in people:
        if person.user_id is None and not references(Person, [person.pk]):
            person.delete()


def withdraw_imported_place(*, premises: int | None, house: int | None = None, street: int | None = None) -> None:
    """Delete premises, a house and a street, by their ids, that came with a file, where nothing refers to them."""
    places: tuple[tuple[type[Premises | House | Street], int | None], ...] = (
        (Premises, premises),
        (House, house),
        (Street, street),
    )
    for model, pk in places:
        if pk is not None and not references(model, [pk]):
            model._default_manager.filter(pk=pk).delete()

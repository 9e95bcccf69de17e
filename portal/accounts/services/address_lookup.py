"""Addresses without doubles: found whatever the case, spaces and ё, or made."""

import difflib
from dataclasses import dataclass
from decimal import Decimal

from portal.accounts.enums import PremisesKind
from portal.accounts.models import Account, House, Premises, RegistrationSettings, Street


@dataclass(frozen=True, slots=True)
class TypedAddress:
    """An address as it was typed; `area` in m²."""

    street_kind: str
    street: str
    house: str
    flat: str = ""
    postcode: str = ""
    kind: str = PremisesKind.FLAT
    area: Decimal | None = None
    meter_feasible: bool = True


def plain(text: str) -> str:
    """Return what two spellings of one name have in common: case, spaces and ё do not matter."""
    return "".join(text.casefold().replace("ё", "е").split())


def find_street(kind: str, name: str) -> Street | None:
    """The street of this name and kind; SQLite folds Latin letters only, so the comparison is ours."""
    return next((street for street in Street.objects.filter(kind=kind) if plain(street.name) == plain(name)), None)


def near_streets(name: str) -> list[Street]:
    """At most three streets of any kind whose names look like what was typed, the nearest first."""
    by_name: dict[str, list[Street]] = {}
    for street in Street.objects.all():
        by_name.setdefault(plain(street.name), []).append(street)
    near = difflib.get_close_matches(plain(name), list(by_name), n=3, cutoff=0.7)
    return [street for similar in near for street in by_name[similar]][:3]


def find_premises(place: TypedAddress) -> Premises | None:
    """Premises that stand already at this address."""
    street = find_street(place.street_kind, place.street)
    house = _house(street, place.house) if street else None
    return _flat(house, place.flat) if house else None


def _house(street: Street, number: str) -> House | None:
    return next((house for house in street.houses.all() if plain(house.number) == plain(number)), None)


def _flat(house: House, number: str) -> Premises | None:
    flats = house.premises.select_related("house__street")
    return next((flat for flat in flats if plain(flat.number) == plain(number)), None)


def open_account_at(premises: Premises) -> Account | None:
    """The open account of premises, if there is one (one query)."""
    return premises.accounts.filter(closed_on=None).first()


def ensure_premises(place: TypedAddress) -> Premises:
    """The premises of an address; what is missing of street, house and flat is made."""
    street = find_street(place.street_kind, place.street) or Street.objects.create(
        kind=place.street_kind, name=place.street.strip(), settlement=RegistrationSettings.load().settlement
    )
    house = _house(street, place.house) or House.objects.create(
        street=street, number=place.house.strip(), postcode=place.postcode
    )
    return _flat(house, place.flat) or Premises.objects.create(
        house=house, number=place.flat.strip(), kind=place.kind, area=place.area, meter_feasible=place.meter_feasible
    )

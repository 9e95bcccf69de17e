"""The address of a row: premises, made with their house and street where they do not stand."""

from collections.abc import Mapping

from django.db.models import Max
from django.utils.translation import gettext as _

from portal.accounts.enums import StreetKind
from portal.accounts.models import House, Premises, Street
from portal.accounts.services.importing import ImportedAddress, import_premises
from portal.exchange.headings import normal
from portal.exchange.rows import RowRefused
from portal.exchange.tables import TableRow

STREET_KINDS = {
    **{str(kind.label).rstrip("."): kind for kind in StreetKind},
    "улица": StreetKind.STREET,
    "бульвар": StreetKind.BOULEVARD,
    "проспект": StreetKind.AVENUE,
    "переулок": StreetKind.LANE,
    "набережная": StreetKind.EMBANKMENT,
    "шоссе": StreetKind.HIGHWAY,
}


def last_places() -> dict[str, int]:
    """Return the last ids of premises, houses and streets (three queries)."""
    models = {"premises": Premises, "house": House, "street": Street}
    return {name: model._default_manager.aggregate(last=Max("pk"))["last"] or 0 for name, model in models.items()}


def made_places(premises: Premises, last: Mapping[str, int]) -> dict[str, int | str]:
    """Return what of an address did not stand before, by the last ids that did."""
    ids = {"premises": premises.pk, "house": premises.house_id, "street": premises.house.street_id}
    return {name: pk for name, pk in ids.items() if pk > last[name]}


def premises_of(row: TableRow) -> Premises:
    """The premises of a row's address, made where they do not stand. Raises RowRefused, CellRefused."""
    kind = normal(row.text("street_kind"))
    if kind and kind not in STREET_KINDS:
        raise RowRefused(_("The kind of street is not known: %(kind)s.") % {"kind": kind})
    house = row.code("house")
    if not row.text("street") or not house:
        raise RowRefused(_("The address is incomplete: street and house are needed."))
    return import_premises(
        ImportedAddress(
            street_kind=STREET_KINDS.get(kind, StreetKind.STREET),
            street=row.text("street"),
            settlement=row.text("settlement"),
            house=house,
            premises=row.code("premises"),
            area=row.number_of("area"),
        )
    )

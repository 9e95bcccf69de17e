"""The catalogue of services: every service that is supplied and billed, declared once.

The enum `accounts.enums.Service`, choices, database constraints, forms, charts, receipts, imports, tariff pages and the
calculation derive from it. `docs/how-to/service.md` adds a service. Pure: neither database nor clock.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class VolumeSource(StrEnum):
    """Ways to find the volume of a month; the calculation knows these ways."""

    METERS = "meters"
    """By the service's own meters; without readings by the average, then by the norm per person."""
    SEWERED = "sewered"
    """As much as the account's sewered services; by its own norm where they all are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceDeclaration:
    """One service. Every volume is in m³. `key` stands in the database and in files, 12 characters at most."""

    key: str
    label: Promise
    """On screens."""
    genitive: Promise
    """In a sentence about an outage: «отключение холодной воды»."""
    chart_title: Promise
    document_name: str
    """On receipts, which are Russian documents."""
    short_name: str
    """The abbreviation in files: «ХВС»."""
    aliases: tuple[str, ...] = ()
    """Other names in imported files, in lower case."""
    volume: VolumeSource
    sewered: bool = False
    """Whether its volume counts into wastewater."""
    raised: bool = False
    """Whether a raising coefficient may apply to its norm (Rules 354, п. 42)."""
    usual: bool = False
    """Whether an account has it unless something else is entered."""
    icon: str
    """A symbol of `site/static/icons/sprite.svg`."""

    @property
    def metered(self) -> bool:
        """Whether meters may be registered for it."""
        return self.volume == VolumeSource.METERS

    @property
    def choice(self) -> tuple[str, Promise]:
        """The value and label of its member of `accounts.enums.Service`."""
        return self.key, self.label


COLD_WATER = ServiceDeclaration(
    key="cold_water",
    label=_("Cold water"),
    genitive=pgettext_lazy("of what", "cold water"),
    chart_title=_("Cold water used"),
    document_name="Холодная вода",
    short_name="ХВС",
    aliases=("холодная вода", "холодное водоснабжение"),
    volume=VolumeSource.METERS,
    sewered=True,
    raised=True,
    usual=True,
    icon="cold",
)
HOT_WATER = ServiceDeclaration(
    key="hot_water",
    label=_("Hot water"),
    genitive=pgettext_lazy("of what", "hot water"),
    chart_title=_("Hot water used"),
    document_name="Горячая вода",
    short_name="ГВС",
    aliases=("горячая вода", "горячее водоснабжение"),
    volume=VolumeSource.METERS,
    sewered=True,
    raised=True,
    icon="hot",
)
WASTEWATER = ServiceDeclaration(
    key="wastewater",
    label=_("Wastewater"),
    genitive=pgettext_lazy("of what", "wastewater"),
    chart_title=_("Wastewater"),
    document_name="Водоотведение",
    short_name="ВО",
    aliases=("водоотведение", "канализация"),
    volume=VolumeSource.SEWERED,
    usual=True,
    icon="drain",
)

CATALOGUE = (COLD_WATER, HOT_WATER, WASTEWATER)
"""In the order of bills, forms and charts. The first sewered service counts into every account's wastewater."""

KEYS = tuple(service.key for service in CATALOGUE)
METERED = tuple(service.key for service in CATALOGUE if service.metered)
METERED_CHOICES = [service.choice for service in CATALOGUE if service.metered]
"""For forms that ask what a meter measures."""
SEWERED = tuple(service.key for service in CATALOGUE if service.sewered)
RAISED = tuple(service.key for service in CATALOGUE if service.raised)
USUAL = tuple(service.key for service in CATALOGUE if service.usual)
DOCUMENT_NAMES = {service.key: service.document_name for service in CATALOGUE}
_BY_KEY = {service.key: service for service in CATALOGUE}
_BY_ALIAS = {name: service for service in CATALOGUE for name in (service.short_name.lower(), *service.aliases)}


def declaration(key: str) -> ServiceDeclaration:
    """The declaration of a service. Raises KeyError for an unknown key."""
    return _BY_KEY[key]


def position(key: str) -> int:
    """The place of a service in the order of bills; what belongs to no service ("") comes last."""
    return KEYS.index(key) if key else len(KEYS)


def find_by_name(text: str) -> ServiceDeclaration | None:
    """The service that a file names, whatever the case; None when no service has that name."""
    return _BY_ALIAS.get(text.strip().lower())

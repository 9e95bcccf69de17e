"""Fixed vocabularies of people and accounts."""

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.core import service_catalogue


class Service(models.TextChoices):
    """Services: a member for each declaration of the catalogue."""

    COLD_WATER = service_catalogue.COLD_WATER.choice
    HOT_WATER = service_catalogue.HOT_WATER.choice
    WASTEWATER = service_catalogue.WASTEWATER.choice


def service_choices() -> list[tuple[str, Promise]]:
    """Choices of model fields; a callable, so that a new service changes no field in a migration."""
    return [service.choice for service in service_catalogue.CATALOGUE]


class StreetKind(models.TextChoices):
    """Kinds of streets."""

    STREET = "street", "ул."
    BOULEVARD = "boulevard", "б-р"
    AVENUE = "avenue", "просп."
    LANE = "lane", "пер."
    EMBANKMENT = "embankment", "наб."
    HIGHWAY = "highway", "ш."
    PASSAGE = "passage", "проезд"


class PremisesKind(models.TextChoices):
    """Kinds of premises."""

    FLAT = "flat", _("Flat")
    HOUSE = "house", _("House")
    OFFICE = "office", _("Non-residential")


class HolderRole(models.TextChoices):
    """Roles of a person on an account."""

    OWNER = "owner", pgettext_lazy("portal", "Owner")
    TENANT = "tenant", _("Tenant")
    USER = "user", _("Household member")
    AGENT = "agent", _("Representative")


HOLDER_RANKS = (HolderRole.OWNER, HolderRole.TENANT, HolderRole.USER, HolderRole.AGENT)
"""Whom papers of an account name first."""


class HolderGround(models.TextChoices):
    """On what paper a person came to hold an account."""

    SALE = "sale", _("Purchase")
    GIFT = "gift", _("Gift")
    INHERITANCE = "inheritance", _("Inheritance")
    PRIVATISATION = "privatisation", _("Privatisation")
    COURT = "court", _("Court decision")
    LEASE = "lease", _("Lease")
    SOCIAL_LEASE = "social_lease", _("Social lease")
    RESIDENCE = "residence", _("Registration of residence")
    PROXY = "proxy", _("Power of attorney")
    OTHER = "other", _("Another document")


class ReceiptDelivery(models.TextChoices):
    """Ways in which receipts reach the resident."""

    ELECTRONIC = "electronic", _("Electronic")
    PAPER = "paper", _("On paper")


class ThrottleScope(models.TextChoices):
    """Subjects that failures are counted for."""

    LOGIN = "login", pgettext_lazy("portal", "Login")
    ADDRESS = "address", _("Address")
    CODE = "code", _("One-time code")
    API = "api", _("API key")


class PersonalRequestKind(models.TextChoices):
    """Kinds of requests about a resident's own data."""

    NAME = "name", _("Change of name")
    CLOSE = "close", _("Deactivation of the account")


class PersonalRequestState(models.TextChoices):
    """States of the request."""

    WAITING = "waiting", _("Waits for the office")
    DONE = "done", _("Done")
    REFUSED = "refused", _("Refused")


class ExportState(models.TextChoices):
    """States of a download of all data."""

    WAITING = "waiting", _("Being prepared")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")


class ApiScope(models.TextChoices):
    """What a key of the API opens; each operation of the API needs one of these."""

    READ = "read", _("Read: accounts, meters, readings, charges, receipts, outages")
    READINGS = "readings", _("Send readings of meters, as you do in My account")
    PAYMENTS = "payments", _("See payments and begin new ones; you pay on the bank's page yourself")

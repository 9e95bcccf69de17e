"""Fixed vocabularies of people and accounts."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Service(models.TextChoices):
    """What is supplied and billed."""

    COLD_WATER = "cold_water", _("Cold water")
    HOT_WATER = "hot_water", _("Hot water")
    WASTEWATER = "wastewater", _("Wastewater")


class StreetKind(models.TextChoices):
    """How a street is called in an address."""

    STREET = "street", "ул."
    BOULEVARD = "boulevard", "б-р"
    AVENUE = "avenue", "просп."
    LANE = "lane", "пер."
    EMBANKMENT = "embankment", "наб."
    HIGHWAY = "highway", "ш."
    PASSAGE = "passage", "проезд"


class PremisesKind(models.TextChoices):
    """What kind of premises is supplied."""

    FLAT = "flat", _("Flat")
    HOUSE = "house", _("House")
    OFFICE = "office", _("Non-residential")


class HolderRole(models.TextChoices):
    """What a person is to an account."""

    OWNER = "owner", _("Owner")
    TENANT = "tenant", _("Tenant")
    USER = "user", _("Household member")


class Delivery(models.TextChoices):
    """How receipts reach the resident."""

    ELECTRONIC = "electronic", _("Electronic")
    PAPER = "paper", _("On paper")

"""Fixed vocabularies of documents."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class DocumentKind(models.TextChoices):
    """Kinds of documents."""

    CODE = "code", _("Code of law")
    LAW = "law", _("Federal law")
    GOVERNMENT = "government", _("Government decree")
    MINISTRY = "ministry", _("Act of a federal body")
    REGION = "region", _("Act of the region")
    PROCEDURE = "procedure", _("Procedure")
    COMPANY = "company", _("Company document")
    FORM = "form", pgettext_lazy("portal", "Form")

    @classmethod
    def laws(cls) -> frozenset[str]:
        """Kinds that are law."""
        return frozenset({cls.CODE, cls.LAW, cls.GOVERNMENT, cls.MINISTRY, cls.REGION})


class LinkState(models.TextChoices):
    """States of an official address."""

    UNKNOWN = "unknown", _("Not checked yet")
    ALIVE = "alive", _("Answers")
    DEAD = "dead", _("Does not answer")

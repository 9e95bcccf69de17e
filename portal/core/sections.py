"""The public sections of the site, as the header, the phone's menu and the footer name them."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Section:
    """An address of the site and its words."""

    url: str
    title: Promise
    icon: str


SERVICES = Section("/services/", _("Services"), "tools")
TARIFFS = Section("/tariffs/", _("Tariffs"), "table")
OUTAGES = Section("/outages/", _("Outages"), "tap")
NEWS = Section("/news/", _("News"), "news")
DOCUMENTS = Section("/documents/", _("Documents"), "file")
CONTACTS = Section("/contacts/", _("Contacts"), "pin")
REGISTER = Section("/how-to-register/", _("How to get access"), "user")
COMPLAINTS = Section("/complaints/", _("Complaints book"), "book")
SUPPORT = Section("/support/", _("Ask a question"), "question")

MENU = (SERVICES, TARIFFS, OUTAGES, NEWS, CONTACTS)
FOOTER = (SERVICES, TARIFFS, OUTAGES, NEWS, DOCUMENTS, CONTACTS, REGISTER, COMPLAINTS, SUPPORT)

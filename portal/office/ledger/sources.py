"""Sources of ledger entries: the screen that shows it, and the right that opens it."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.ledger.models import Entry


@dataclass(frozen=True, slots=True)
class EntrySource:
    """Source of an entry as text, with its address and the right to open it."""

    label: "str | Promise"
    url: str
    permission: str


SCREENS: dict[str, tuple["str | Promise", str, str]] = {
    "payment": (_("the payment"), "office_payment", "payments.view_payment"),
    "refund": (_("the refund"), "office_refund", "payments.view_refund"),
    "correction": (_("the correction"), "billing_correction_modeladmin_inspect", "billing.view_correction"),
    "opening_debt": (_("the debt brought over"), "billing_openingdebt_modeladmin_inspect", "billing.view_openingdebt"),
}


def source_of(entry: Entry, *, charge: int | None) -> EntrySource | None:
    """The source of an entry; `charge` is the line of a bill that it names. None for an opening balance."""
    if charge is not None:
        return EntrySource(
            _("the line and why"), reverse("billing_charge_modeladmin_inspect", args=[charge]), "billing.view_charge"
        )
    what, _colon, number = entry.source.partition(":")
    if what not in SCREENS or not number.isdigit():
        return None
    label, url_name, permission = SCREENS[what]
    return EntrySource(label, reverse(url_name, args=[number]), permission)

"""Changes of a resident's own profile; each is in the audit and notified to them."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.translation import pgettext_lazy

from portal.accounts import audit
from portal.accounts.enums import ExportState
from portal.accounts.exceptions import RequestWaits
from portal.accounts.models import Account, DataExport, Person, User
from portal.accounts.notifications import CONTACTS_CHANGED, EXPORT_READY, notify_profile_changed
from portal.core.models import PrivateFile

TITLES = {"phone": "Телефон", "postal_address": "Адрес для писем"}
CONTACTS = {
    TITLES["phone"]: pgettext_lazy("contact", "phone"),
    TITLES["postal_address"]: pgettext_lazy("contact", "postal address"),
}


@transaction.atomic
def change_contacts(*, person: Person, phone: str, postal_address: str, by: User, moment: dt.datetime) -> list[str]:
    """Change the phone and the address for letters; returns the titles of what really changed."""
    changed = []
    for name, value in (("phone", phone), ("postal_address", postal_address)):
        before = getattr(person, name)
        if before != value:
            setattr(person, name, value)
            audit.changed(person, by=by, what=TITLES[name], before=before, after=value)
            changed.append(TITLES[name])
    if changed:
        person.save(update_fields=list(TITLES))
        notify_profile_changed(
            CONTACTS_CHANGED,
            user=by,
            event=f"contacts:{person.pk}:{int(moment.timestamp())}",
            what=[CONTACTS[title] for title in changed],
        )
    return changed


@transaction.atomic
def choose_delivery(*, account: Account, delivery: str, by: User) -> None:
    """Receipts on paper or electronic, for one of their accounts."""
    if account.delivery != delivery:
        before = account.get_delivery_display()
        account.delivery = delivery
        account.save(update_fields=["delivery"])
        audit.changed(account, by=by, what="Квитанции", before=before, after=account.get_delivery_display())


def ask_for_export(*, user: User, moment: dt.datetime) -> DataExport:
    """Ask for all data as a ZIP. Raises RequestWaits while one is being made."""
    try:
        with transaction.atomic():
            export = DataExport.objects.create(user=user, asked_at=moment)
            audit.access(user, by=user, what="Запрошена выгрузка всех данных")
    except IntegrityError as error:
        raise RequestWaits("export") from error
    return export


def export_made(*, export_id: int, file: PrivateFile, moment: dt.datetime) -> None:
    """Store the ZIP and notify its owner."""
    DataExport.objects.filter(pk=export_id).update(state=ExportState.READY, file=file, made_at=moment, error="")
    user = DataExport.objects.select_related("user").get(pk=export_id).user
    notify_profile_changed(EXPORT_READY, user=user, event=f"export:{export_id}")


def export_failed(*, export_id: int, error: str) -> None:
    """It did not work; the resident may ask again."""
    DataExport.objects.filter(pk=export_id).update(state=ExportState.FAILED, error=error[:200])

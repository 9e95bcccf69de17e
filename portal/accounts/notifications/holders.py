"""Notifications about the holders of an account: who came and who left."""

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from portal.accounts.enums import HolderRole
from portal.accounts.models import Account, Holder
from portal.accounts.recipients import everybody, reachable
from portal.notifications import categories
from portal.notifications.declarations import Link, NotificationKind, Placeholder, full_day, register
from portal.notifications.services import notify
from portal.notifications.texts import Text

ACCOUNT = Placeholder(_("Number of the account"), "0010001")
ADDRESS = Placeholder(_("Address of the account"), "ул. Речная, д. 8, кв. 14")

HOLDER_ADDED = register(
    NotificationKind(
        code="holder_added",
        name=_("New holder of the account"),
        russian=Text(
            "Изменился абонент лицевого счёта",
            "{name} с {since} — {role} по лицевому счёту {account}, {address}. Если это ошибка, позвоните нам.",
        ),
        english=Text(
            "The holder of an account has changed",
            "{name} is the {role} of the account {account}, {address}, since {since}. If that is a mistake, call us.",
        ),
        placeholders={
            "name": Placeholder(_("Name of the new holder"), "Иванова Анна Петровна"),
            "role": Placeholder(_("Owner or tenant"), HolderRole.OWNER.label, lambda role: str(role).lower()),
            "since": full_day(_("First day of the new holder"), dt.date(2026, 11, 15)),
            "account": ACCOUNT,
            "address": ADDRESS,
        },
        category=categories.HOLDER,
        icon="user",
        link=Link("cabinet:home"),
    )
)
HOLDER_REMOVED = register(
    NotificationKind(
        code="holder_removed",
        name=_("No longer holder of the account"),
        russian=Text(
            "Изменился абонент лицевого счёта",
            "Вы были абонентом лицевого счёта {account}, {address}, по {last_day}. Показания, оплата и "
            "заявки теперь у нового абонента. Ваши квитанции, платежи и выписка за ваше время остались "
            "в личном кабинете: «Профиль», «Ваши прежние лицевые счета». Если это ошибка, позвоните нам.",
        ),
        english=Text(
            "The holder of an account has changed",
            "You were a holder of the account {account}, {address}, until {last_day}. Readings, payment and requests "
            "now belong to the new holder. Your receipts, payments and a statement of your time remain on the portal, "
            "under Profile, Accounts that you held before. If that is a mistake, call us.",
        ),
        placeholders={
            "account": ACCOUNT,
            "address": ADDRESS,
            "last_day": full_day(_("Last day of the former holder"), dt.date(2026, 11, 14)),
        },
        category=categories.HOLDER,
        icon="user",
        link=Link("cabinet:inbox"),
    )
)


def notify_holders_changed(*, account: Account, holder: Holder, left: Sequence[Holder], last_day: dt.date) -> None:
    """Tell everybody who holds an account now of its new holder, and those who left on `last_day` that they did."""
    for former in left:
        if former.person_id != holder.person_id:
            notify_holder_left(former, last_day=last_day)
    notify(
        kind=HOLDER_ADDED,
        event=f"holder:{holder.pk}:since",
        recipients=everybody(account),
        context={
            "name": holder.person.full_name,
            "role": HolderRole(holder.role).label,
            "since": holder.since,
            "account": account.number,
            "address": account.premises.address,
        },
    )


def notify_holder_left(holder: Holder, *, last_day: dt.date) -> None:
    """Tell a person who was taken off an account until when (inclusive) they held it, and what that means."""
    account = holder.account
    notify(
        kind=HOLDER_REMOVED,
        event=f"holder:{holder.pk}:until",
        recipients=reachable([holder]),
        context={"account": account.number, "address": account.premises.address, "last_day": last_day},
    )

"""What people are told about their login: residents are led into the cabinet, staff into the admin."""

import datetime as dt
from collections.abc import Sequence

from django.urls import reverse

from portal.accounts.enums import ThrottleScope
from portal.accounts.models import Account, Holder, User
from portal.accounts.recipients import everybody, reachable
from portal.accounts.staff import is_employee
from portal.core.formatting import date_text
from portal.notifications.enums import Kind
from portal.notifications.services import Recipient, notify

GUESSING: dict[str, Kind] = {
    ThrottleScope.LOGIN: Kind.GUESSED_PASSWORD,
    ThrottleScope.CODE: Kind.GUESSED_CODE,
}


def recipient(user: User) -> Recipient:
    """A login with its address."""
    return Recipient(user=user, address=user.email)


def notify_new_device(*, user: User, device: str, moment: str, event: str) -> None:
    """A login from a browser that was not seen before."""
    staff = is_employee(user)
    notify(
        kind=Kind.NEW_DEVICE,
        event=event,
        recipients=[recipient(user)],
        context={"moment": moment, "device": device, "place": "рабочее место" if staff else "ваш кабинет"},
        link="/admin/account/sessions/" if staff else "/personal/profile/sessions/",
    )


def notify_guessing(*, user: User, scope: ThrottleScope, moment: str, pause: str, event: str) -> int:
    """Wrong passwords or codes for a login, until it was paused; returns how many messages are new.

    `moment` and `pause` (how long the login is paused) are words. Whoever was kept from logging in cannot change the
    password, but can recover it; a guessed code means that somebody knows the password, so that one is to be changed.
    """
    link = reverse("account_reset_password" if scope == ThrottleScope.LOGIN else "account_change_password")
    return notify(
        kind=GUESSING[scope],
        event=event,
        recipients=[recipient(user)],
        context={"moment": moment, "login": user.get_username(), "pause": pause},
        link=link,
    )


def notify_profile_changed(*, user: User, text: str, event: str, also_to: str = "") -> None:
    """What changed in the profile; `also_to` is an old address that should hear of it too."""
    recipients = [recipient(user)]
    if also_to and also_to.lower() != user.email.lower():
        recipients.append(Recipient(address=also_to))
    link = "/admin/account/" if is_employee(user) else "/personal/profile/"
    notify(kind=Kind.PROFILE, event=event, recipients=recipients, context={"text": text}, link=link)


def notify_holders_changed(*, account: Account, holder: Holder, left: Sequence[Holder], last_day: dt.date) -> None:
    """Tell everybody who holds an account now of its new holder, and those who left on `last_day` that they did."""
    since, address = date_text(holder.since, year=True), account.premises.address
    for one in left:
        if one.person_id != holder.person_id:
            notify_holder_left(one, last_day=last_day)
    text = (
        f"{holder.person.full_name} с {since} — {holder.get_role_display().lower()} по лицевому счёту "
        f"{account.number}, {address}. Если это ошибка, позвоните нам."
    )
    notify(
        kind=Kind.HOLDER,
        event=f"holder:{holder.pk}:since",
        recipients=everybody(account),
        context={"text": text},
        link="/personal/",
    )


def notify_holder_left(holder: Holder, *, last_day: dt.date) -> None:
    """Tell a person who was taken off an account until when (inclusive) they held it, and what that means."""
    account = holder.account
    text = (
        f"Вы были абонентом лицевого счёта {account.number}, {account.premises.address}, "
        f"по {date_text(last_day, year=True)}. В личном кабинете этого счёта больше нет. Выписку за ваше время "
        "напечатаем в офисе. Если это ошибка, позвоните нам."
    )
    notify(
        kind=Kind.HOLDER,
        event=f"holder:{holder.pk}:until",
        recipients=reachable([holder]),
        context={"text": text},
        link="/personal/inbox/",
    )

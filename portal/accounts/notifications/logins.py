"""Notifications about logins: residents are led into the cabinet, staff into the admin."""

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.accounts.enums import ThrottleScope
from portal.accounts.models import User
from portal.accounts.staff import is_employee
from portal.core.clock import MOSCOW
from portal.core.rate_limits.messages import waiting_time
from portal.notifications import categories
from portal.notifications.categories import Category
from portal.notifications.declarations import Link, NotificationKind, Placeholder, moment, register
from portal.notifications.services import Recipient, notify
from portal.notifications.texts import Text

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PROFILE_PAGE, STAFF_PROFILE_PAGE = Link("cabinet:profile"), Link("wagtailadmin_account")
MOMENT = moment(_("When it happened"), dt.datetime(2026, 11, 15, 8, 12, tzinfo=MOSCOW))
LOGIN = Placeholder(_("Name of the login"), "anna")
PAUSE = Placeholder(_("How long attempts are stopped"), dt.timedelta(minutes=15), waiting_time)
LINK = Placeholder(_("The link"), "https://portal.example/…", secret=True, required=True)
LINK_UNTIL = replace(
    moment(_("Until when the link works"), dt.datetime(2026, 11, 16, 8, 12, tzinfo=MOSCOW)), secret=True
)


def _declare(
    code: str,
    name: "StrOrPromise",
    russian: Text,
    english: Text,
    placeholders: dict[str, Placeholder] | None = None,
    *,
    category: Category = categories.SECURITY,
    icon: str = "user",
    link: Link | None = PROFILE_PAGE,
    employee_link: Link | None = STAFF_PROFILE_PAGE,
    values_at_sending: str = "",
) -> NotificationKind:
    return register(
        NotificationKind(
            code=code,
            name=name,
            category=category,
            icon=icon,
            link=link,
            employee_link=employee_link,
            placeholders=placeholders or {},
            russian=russian,
            english=english,
            values_at_sending=values_at_sending,
        )
    )


NEW_DEVICE = _declare(
    "new_device",
    _("Login from a new device"),
    Text(
        "Вход с нового устройства",
        "{moment} в {place} вошли с нового устройства: {device}. "
        "Если это не вы, закончите этот сеанс и смените пароль.",
    ),
    Text(
        "Login from a new device",
        "{moment}: somebody logged in to {place} from a new device: {device}. "
        "If it was not you, end that session and change the password.",
    ),
    {
        "moment": MOMENT,
        "device": Placeholder(_("Browser and system"), "Firefox, Linux"),
        "place": Placeholder(_("Where: the resident's account or the staff's workplace"), _("your account")),
    },
    icon="shield",
    link=Link("cabinet:profile-sessions"),
    employee_link=Link("office_own_sessions"),
)
GUESSED_PASSWORD = _declare(
    "guessed_password",
    _("Password being guessed"),
    Text(
        "Кто-то подбирает пароль к вашему логину",
        "{moment} к логину {login} несколько раз подряд ввели неверный пароль. Мы остановили такие попытки на {pause}, "
        "пароль прежний. Если это были вы, подождите или восстановите пароль: после этого вход откроется сразу. "
        "Если нет и пароль простой или есть на других сайтах, смените его.",
    ),
    Text(
        "Somebody is guessing your password",
        "{moment}: several wrong passwords in a row for the login {login}. We stopped such attempts for {pause}; the "
        "password is as it was. If it was you, wait or recover the password: then you can log in at once. If not, and "
        "the password is simple or used elsewhere, change it.",
    ),
    {"moment": MOMENT, "login": LOGIN, "pause": PAUSE},
    icon="shield",
    link=Link("account_reset_password"),
    employee_link=None,
)
GUESSED_CODE = _declare(
    "guessed_code",
    _("One-time code being guessed"),
    Text(
        "Кто-то подбирает одноразовый код",
        "{moment} к логину {login} несколько раз подряд ввели неверный одноразовый код. Пароль при этом был верный. "
        "Мы остановили такие попытки на {pause}. "
        "Если это были не вы, пароль знает кто-то ещё: смените его сейчас.",
    ),
    Text(
        "Somebody is guessing your one-time code",
        "{moment}: several wrong one-time codes in a row for the login {login}, after the right password. "
        "We stopped such attempts for {pause}. "
        "If it was not you, somebody else knows the password: change it now.",
    ),
    {"moment": MOMENT, "login": LOGIN, "pause": PAUSE},
    icon="shield",
    link=Link("account_change_password"),
    employee_link=None,
)
GUESSING: dict[str, NotificationKind] = {
    ThrottleScope.LOGIN: GUESSED_PASSWORD,
    ThrottleScope.CODE: GUESSED_CODE,
}
RECOVERY = _declare(
    "recovery",
    _("Password recovery"),
    Text(
        "Восстановление доступа",
        "Логин: {login}\nЛицевой счёт: {account}\n\n"
        "Чтобы задать новый пароль, откройте ссылку до {until}:\n{link}\n\n"
        "Если вы этого не просили, ничего не делайте: прежний пароль остаётся.",
    ),
    Text(
        "Access recovery",
        "Login: {login}\nAccount: {account}\n\nTo set a new password, open this link before {until}:\n{link}\n\n"
        "If you did not ask for it, do nothing: the old password stays.",
    ),
    {
        "login": replace(LOGIN, secret=True),
        "account": Placeholder(_("Numbers of the accounts"), "0010001", secret=True),
        "link": LINK,
        "until": LINK_UNTIL,
    },
    category=categories.RECOVERY,
    icon="bell",
    link=None,
    employee_link=None,
    values_at_sending="portal.accounts.services.recovery.letter_values",
)
EMAIL_CONFIRM = _declare(
    "email_confirm",
    _("Confirmation of an e-mail address"),
    Text(
        "Подтвердите адрес почты",
        "Этот адрес указали в личном кабинете водоканала. "
        "Чтобы подтвердить его, откройте ссылку до {until}:\n{link}\n\n"
        "Если это были не вы, ничего не делайте.",
    ),
    Text(
        "Confirm your e-mail address",
        "This address was entered in an account with the water utility. "
        "To confirm it, open this link before {until}:\n{link}\n\n"
        "If it was not you, do nothing.",
    ),
    {"link": LINK, "until": LINK_UNTIL},
    category=categories.EMAIL_CONFIRM,
    icon="bell",
    link=None,
    employee_link=None,
    values_at_sending="portal.accounts.services.email_change.letter_values",
)

_PROFILE_RU, _PROFILE_EN = "Изменены данные профиля", "Your profile was changed"
EMAIL_TAKEN = _declare(
    "email_taken",
    _("E-mail address entered by somebody else"),
    Text(
        _PROFILE_RU,
        "Ваш адрес почты указали в другом личном кабинете. Ничего не изменилось: адрес остаётся за вашим логином. "
        "Если это сделали вы, сначала укажите другой адрес в своём профиле.",
    ),
    Text(
        _PROFILE_EN,
        "Your e-mail address was entered in another account. Nothing has changed: the address stays with your login. "
        "If you did it, first enter another address in your profile.",
    ),
)
EMAIL_CONFIRMED = _declare(
    "email_confirmed",
    _("E-mail address confirmed"),
    Text(_PROFILE_RU, "Адрес почты подтверждён."),
    Text(_PROFILE_EN, "Your e-mail address is confirmed."),
)
EMAIL_CHANGED = _declare(
    "email_changed",
    _("E-mail address changed"),
    Text(_PROFILE_RU, "Адрес почты в личном кабинете изменён."),
    Text(_PROFILE_EN, "The e-mail address of your account was changed."),
)
PASSWORD_CHANGED = _declare(
    "password_changed",
    _("Password changed"),
    Text(_PROFILE_RU, "Пароль изменён. Если это не вы, позвоните нам."),
    Text(_PROFILE_EN, "The password was changed. If it was not you, call us."),
)
API_KEY_CREATED = _declare(
    "api_key_created",
    _("API key created"),
    Text(
        _PROFILE_RU,
        "Создан ключ API «{name}», он действует до {until}. Если это не вы, отзовите ключ и смените пароль.",
    ),
    Text(
        _PROFILE_EN,
        "The API key “{name}” was created, it works until {until}. If it was not you, revoke the key and change the "
        "password.",
    ),
    {
        "name": Placeholder(_("Name of the key"), "Умный дом"),
        "until": moment(_("Until when the key works"), dt.datetime(2027, 11, 15, 8, 12, tzinfo=MOSCOW)),
    },
)
API_KEY_ENDS = _declare(
    "api_key_ends",
    _("API key is about to end"),
    Text(
        "Ключ API скоро перестанет работать",
        "Ключ API «{name}» действует до {until}. Если он ещё нужен, создайте новый и замените его в своей программе.",
    ),
    Text(
        "An API key is about to end",
        "The API key “{name}” works until {until}. If you still need it, make a new one and put it into your program.",
    ),
    {
        "name": Placeholder(_("Name of the key"), "Умный дом"),
        "until": moment(_("Until when the key works"), dt.datetime(2027, 11, 15, 8, 12, tzinfo=MOSCOW)),
    },
    link=Link("cabinet:profile-sessions"),
)
LIVEJOURNAL_LINKED = _declare(
    "livejournal_linked",
    _("LiveJournal linked"),
    Text(_PROFILE_RU, "К вашему логину привязан журнал LiveJournal."),
    Text(_PROFILE_EN, "A LiveJournal was linked to your login."),
)
LIVEJOURNAL_UNLINKED = _declare(
    "livejournal_unlinked",
    _("LiveJournal unlinked"),
    Text(_PROFILE_RU, "Журнал LiveJournal отвязан от вашего логина."),
    Text(_PROFILE_EN, "The LiveJournal was unlinked from your login."),
)
CONTACTS_CHANGED = _declare(
    "contacts_changed",
    _("Contacts changed"),
    Text(_PROFILE_RU, "Изменено: {what}. Если это не вы, позвоните нам."),
    Text(_PROFILE_EN, "Changed: {what}. If it was not you, call us."),
    {
        "what": Placeholder(
            _("What was changed"),
            [pgettext_lazy("contact", "phone")],
            lambda names: ", ".join(str(name) for name in names),
        )
    },
)
EXPORT_READY = _declare(
    "export_ready",
    _("Export of personal data ready"),
    Text(_PROFILE_RU, "Выгрузка ваших данных готова. Скачайте её в профиле в течение семи дней."),
    Text(_PROFILE_EN, "The export of your data is ready. Download it in your profile within seven days."),
)
PERSONAL_REQUEST_DECIDED = _declare(
    "personal_request_decided",
    _("Request about personal data decided"),
    Text(_PROFILE_RU, "{request}: {decision}. {answer}"),
    Text(_PROFILE_EN, "{request}: {decision}. {answer}"),
    {
        "request": Placeholder(_("What was asked"), _("Deactivate account")),
        "decision": Placeholder(_("Done or refused"), _("Done"), lambda state: str(state).lower()),
        "answer": Placeholder(_("The answer of the office"), "Логин закрыт."),
    },
)
SECOND_FACTOR_CHANGED = _declare(
    "second_factor_changed",
    _("Second factor changed"),
    Text(_PROFILE_RU, "Изменение входа: {factor} — {change}. Если это не вы, смените пароль и позвоните нам."),
    Text(_PROFILE_EN, "Change of the login: {factor} — {change}. If it was not you, change the password and call us."),
    {
        "factor": Placeholder(_("Which factor"), pgettext_lazy("factor", "second factor")),
        "change": Placeholder(_("Outcome of the request"), pgettext_lazy("factor", "switched on")),
    },
)


def recipient(user: User) -> Recipient:
    """A login with its address."""
    return Recipient(user=user, address=user.email)


def notify_new_device(*, user: User, device: str, moment: dt.datetime, event: str) -> None:
    """A login from a browser that was not seen before."""
    staff = is_employee(user)
    notify(
        kind=NEW_DEVICE,
        event=event,
        recipients=[recipient(user)],
        context={"moment": moment, "device": device, "place": _("your workplace") if staff else _("your account")},
        to_employee=staff,
    )


def notify_guessing(*, user: User, scope: ThrottleScope, moment: dt.datetime, pause: dt.timedelta, event: str) -> int:
    """Wrong passwords or codes for a login, until it was paused for `pause`; returns how many messages are new.

    Whoever was kept from logging in cannot change the password, but can recover it; a guessed code means that somebody
    knows the password, so that one is to be changed.
    """
    return notify(
        kind=GUESSING[scope],
        event=event,
        recipients=[recipient(user)],
        context={"moment": moment, "login": user.get_username(), "pause": pause},
    )


def notify_profile_changed(kind: NotificationKind, *, user: User, event: str, also_to: str = "", **values: Any) -> None:
    """Notify of a change in the profile; `also_to` is an old address to be notified too."""
    recipients = [recipient(user)]
    if also_to and also_to.lower() != user.email.lower():
        recipients.append(Recipient(address=also_to))
    notify(kind=kind, event=event, recipients=recipients, context=values, to_employee=is_employee(user))

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


@dataclass(frozen=True, slots=True)
class PortalTask:
    """Task on the portal, with the Russian words, in dictionary form, by which search finds it."""

    url: str
    title: Promise
    icon: str
    keywords: frozenset[str]


def _task(url: str, title: Promise, icon: str, keywords: str) -> PortalTask:
    return PortalTask(url, title, icon, frozenset(keywords.split()))


TASKS = (
    _task("/personal/readings/", _("Send readings"), "meter", "показание показания передать счетчик прибор сдать"),
    _task("/personal/pay/", _("Pay"), "card", "оплатить оплата платить платеж заплатить долг задолженность карта"),
    _task("/personal/receipts/", _("Receipts"), "file", "квитанция счет платежка начисление расчет"),
    _task("/tariffs/", TARIFFS.title, "table", "тариф цена стоимость стоить ставка куб калькулятор"),
    _task(
        "/personal/requests/new/",
        _("Report a problem"),
        "chat",
        "авария течь протечка утечка заявка прорвать засор вызвать сантехник бригада вода нет",
    ),
    _task("/outages/", OUTAGES.title, "tap", "отключение отключить вода нет авария пропасть"),
    _task(
        "/personal/requests/meters/new/",
        _("New meter"),
        "meter",
        "счетчик прибор поставить установить установка ввод ввести опломбировать пломба опломбировка",
    ),
    _task("/personal/requests/replacement/", _("Verification and replacement"), "calendar", "поверка поверить замена"),
    _task(
        "/how-to-register/",
        REGISTER.title,
        "user",
        "доступ логин регистрация зарегистрироваться кабинет войти анкета",
    ),
    _task("/accounts/password/reset/", _("Recover the password"), "shield", "пароль забыть восстановить"),
    _task("/personal/complaints/new/", _("Write in the complaints book"), "book", "жалоба пожаловаться отзыв"),
    _task("/support/", SUPPORT.title, "question", "вопрос поддержка спросить написать"),
    _task("/contacts/", CONTACTS.title, "pin", "контакт телефон адрес офис режим работа часы график"),
    _task("/services/", SERVICES.title, "tools", "услуга прейскурант подключение"),
)

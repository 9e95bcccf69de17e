"""The texts that a fresh site starts with, by kind and language: subject and body with {placeholders}.

Editors change them in the admin (`NotificationText`); what they leave empty stays as here. No account number,
address or debt stands in a subject.
"""

import string
from collections.abc import Iterable
from dataclasses import dataclass

from portal.notifications.enums import Kind


@dataclass(frozen=True, slots=True)
class Text:
    """A subject and a body with named placeholders."""

    subject: str
    body: str


DEFAULTS: dict[str, Text] = {
    Kind.WINDOW_OPENS: Text(
        "Принимаем показания",
        "Показания за {month} принимаем до {until}. Передайте их в личном кабинете: это займёт минуту.",
    ),
    Kind.READINGS_REMINDER: Text(
        "Показания ждём до {until}",
        "Показаний за {month} пока нет. Передайте их до {until} включительно, иначе посчитаем по среднему.",
    ),
    Kind.READING_ACCEPTED: Text(
        "Показания приняты", "Приняли показания {moment}: {readings}. Заменить их можно до {until}."
    ),
    Kind.READING_QUESTION: Text("Проверьте показание счётчика", "{text}"),
    Kind.RECEIPT_READY: Text(
        "Квитанция за {month} готова", "К оплате {amount} до {due}. Квитанция ждёт в личном кабинете."
    ),
    Kind.PAYMENT: Text("Платёж: {state}", "{text}"),
    Kind.DEBT: Text("Есть неоплаченная квитанция", "{text}"),
    Kind.REQUEST_CHANGED: Text("Заявка № {number}: {state}", "{text}"),
    Kind.VERIFICATION: Text("Поверка счётчика до {until}", "{text}"),
    Kind.OUTAGE: Text("{subject}", "{text}"),
    Kind.RECEIVED: Text("Получили {what} № {number}", "{text}"),
    Kind.ANSWER: Text("Ответ на {what} № {number}", "{text}"),
    Kind.ACT: Text("Составлен акт № {number}", "{text}"),
    Kind.HOLDER: Text("Изменился абонент лицевого счёта", "{text}"),
    Kind.NEW_DEVICE: Text(
        "Вход с нового устройства",
        "{moment} в {place} вошли с нового устройства: {device}. "
        "Если это не вы, закончите этот сеанс и смените пароль.",
    ),
    Kind.GUESSED_PASSWORD: Text(
        "Кто-то подбирает пароль к вашему логину",
        "{moment} к логину {login} несколько раз подряд ввели неверный пароль. Мы остановили такие попытки на {pause}, "
        "пароль прежний. Если это были вы, подождите или восстановите пароль: после этого вход откроется сразу. "
        "Если нет и пароль простой или есть на других сайтах, смените его.",
    ),
    Kind.GUESSED_CODE: Text(
        "Кто-то подбирает одноразовый код",
        "{moment} к логину {login} несколько раз подряд ввели неверный одноразовый код. Пароль при этом был верный. "
        "Мы остановили такие попытки на {pause}. "
        "Если это были не вы, пароль знает кто-то ещё: смените его сейчас.",
    ),
    Kind.RECOVERY: Text(
        "Восстановление доступа",
        "Логин: {login}\nЛицевой счёт: {account}\n\n"
        "Чтобы задать новый пароль, откройте ссылку до {until}:\n{link}\n\n"
        "Если вы этого не просили, ничего не делайте: прежний пароль остаётся.",
    ),
    Kind.PROFILE: Text("Изменены данные профиля", "{text}"),
    Kind.EMAIL_CONFIRM: Text(
        "Подтвердите адрес почты",
        "Этот адрес указали в личном кабинете водоканала. "
        "Чтобы подтвердить его, откройте ссылку до {until}:\n{link}\n\n"
        "Если это были не вы, ничего не делайте.",
    ),
    Kind.JOB_FAILED: Text("Задание не удалось: {what}", "{text}"),
    Kind.SERVICE_STATE: Text("Портал: {what}", "{text}"),
    Kind.DECISION: Text("Деньги вдвоём, {what}: {decision}", "{text}"),
    Kind.NEEDS_DECISION: Text("Нужно ваше решение: {what}", "{text}"),
}

ENGLISH: dict[str, Text] = {
    Kind.WINDOW_OPENS: Text(
        "Meter readings are open", "We take readings for {month} until {until}. Send them in your cabinet: a minute."
    ),
    Kind.READINGS_REMINDER: Text(
        "Readings are due by {until}",
        "We have no readings for {month} yet. Send them by {until}, or we shall bill the average.",
    ),
    Kind.READING_ACCEPTED: Text(
        "Readings accepted", "We accepted your readings, {moment}: {readings}. You can replace them until {until}."
    ),
    Kind.READING_QUESTION: Text("Please check a meter reading", "{text}"),
    Kind.RECEIPT_READY: Text(
        "The bill for {month} is ready", "To pay: {amount} by {due}. The bill is in your cabinet."
    ),
    Kind.PAYMENT: Text("Payment: {state}", "{text}"),
    Kind.DEBT: Text("An unpaid bill", "{text}"),
    Kind.REQUEST_CHANGED: Text("Request No. {number}: {state}", "{text}"),
    Kind.VERIFICATION: Text("Meter verification is due by {until}", "{text}"),
    Kind.OUTAGE: Text("{subject}", "{text}"),
    Kind.RECEIVED: Text("We received your message No. {number}", "{text}"),
    Kind.ANSWER: Text("The answer to your message No. {number}", "{text}"),
    Kind.ACT: Text("Act No. {number} was drawn up", "{text}"),
    Kind.HOLDER: Text("The holder of an account has changed", "{text}"),
    Kind.NEW_DEVICE: Text(
        "Login from a new device",
        "{moment}: somebody logged in from a new device: {device}. "
        "If it was not you, end that session and change the password.",
    ),
    Kind.GUESSED_PASSWORD: Text(
        "Somebody is guessing your password",
        "{moment}: several wrong passwords in a row for the login {login}. We stopped such attempts for {pause}; the "
        "password is as it was. If it was you, wait or recover the password: then you can log in at once. If not, and "
        "the password is simple or used elsewhere, change it.",
    ),
    Kind.GUESSED_CODE: Text(
        "Somebody is guessing your one-time code",
        "{moment}: several wrong one-time codes in a row for the login {login}, after the right password. "
        "We stopped such attempts for {pause}. "
        "If it was not you, somebody else knows the password: change it now.",
    ),
    Kind.RECOVERY: Text(
        "Access recovery",
        "Login: {login}\nAccount: {account}\n\nTo set a new password, open this link before {until}:\n{link}\n\n"
        "If you did not ask for it, do nothing: the old password stays.",
    ),
    Kind.PROFILE: Text("Your profile was changed", "{text}"),
    Kind.EMAIL_CONFIRM: Text(
        "Confirm your e-mail address",
        "This address was entered in the water utility's cabinet. "
        "To confirm it, open this link before {until}:\n{link}\n\n"
        "If it was not you, do nothing.",
    ),
    Kind.JOB_FAILED: Text("A job failed: {what}", "{text}"),
    Kind.SERVICE_STATE: Text("Portal: {what}", "{text}"),
    Kind.DECISION: Text("Money by two, {what}: {decision}", "{text}"),
    Kind.NEEDS_DECISION: Text("Your decision is needed: {what}", "{text}"),
}


class UnknownPlaceholder(ValueError):
    """A text names a placeholder that its kind does not have; `name` is what it names."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class BrokenBraces(ValueError):
    """A brace without its pair."""


def check_placeholders(text: str, allowed: Iterable[str]) -> None:
    """See that a text names nothing but its kind's placeholders, plainly: no attributes, indexes or formats.

    Raises UnknownPlaceholder or BrokenBraces.
    """
    names = set(allowed)
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError as error:
        raise BrokenBraces(str(error)) from error
    for _literal, name, form, conversion in parts:
        if name is not None and (name not in names or form or conversion):
            raise UnknownPlaceholder(name + (f":{form}" if form else ""))

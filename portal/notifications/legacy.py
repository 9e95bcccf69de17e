"""Kinds that are not declared in their domain yet."""

import datetime as dt
from dataclasses import dataclass, field

from portal.notifications import categories
from portal.notifications.declarations import NotificationKind, Placeholder, register
from portal.notifications.enums import Kind
from portal.notifications.texts import Text


@dataclass(frozen=True, slots=True)
class Rules:
    """Rules of a kind."""

    placeholders: dict[str, str]
    obligatory: bool = False
    urgent: bool = False
    email_by_default: bool = True
    made_at_sending: frozenset[str] = field(default_factory=frozenset)
    for_staff: bool = False
    worthless_after: dt.timedelta | None = None


RULES: dict[str, Rules] = {
    Kind.WINDOW_OPENS: Rules(
        {"month": "ноябрь", "until": "20 ноября"}, email_by_default=False, worthless_after=dt.timedelta(days=10)
    ),
    Kind.READINGS_REMINDER: Rules({"month": "ноябрь", "until": "20 ноября"}, worthless_after=dt.timedelta(days=2)),
    Kind.READING_ACCEPTED: Rules(
        {"moment": "15 ноября, 8:12", "readings": "холодная вода 141,455 м³", "until": "20 ноября"}
    ),
    Kind.READING_QUESTION: Rules(
        {"text": "Счётчик № 31507442: 155,135 м³ от 15 ноября — это вчетверо больше обычного. Проверьте цифры."}
    ),
    Kind.RECEIPT_READY: Rules({"month": "ноябрь 2026", "amount": "1 240,50 ₽", "due": "15 декабря"}),
    Kind.PAYMENT: Rules({"state": "прошёл", "text": "Получили 1 240,50 ₽ картой МИР."}),
    Kind.DEBT: Rules({"text": "Не оплачена квитанция за сентябрь: 820,00 ₽."}),
    Kind.REQUEST_CHANGED: Rules(
        {"number": "11842", "state": "бригада выехала", "text": "Бригада 2 будет у вас до 9:00."}, urgent=True
    ),
    Kind.VERIFICATION: Rules({"until": "14 декабря", "text": "Поверка счётчика № 31507442 скоро закончится."}),
    Kind.OUTAGE: Rules(
        {"subject": "Отключение холодной воды", "text": "15 ноября с 9:00 до 14:00 воды не будет: меняем задвижку."},
        urgent=True,
        worthless_after=dt.timedelta(days=1),
    ),
    Kind.RECEIVED: Rules({"what": "вопрос", "number": "318", "text": "Ответим до 12 декабря."}, obligatory=True),
    Kind.ANSWER: Rules({"what": "вопрос", "number": "318", "text": "Ответили на ваш вопрос."}, obligatory=True),
    Kind.ACT: Rules(
        {"number": "14", "text": "Составлен акт о вмешательстве в работу счётчика: доначислим 4 120,30 ₽."},
        obligatory=True,
    ),
    Kind.HOLDER: Rules({"text": "Вы были абонентом лицевого счёта 0010001 по 14 ноября 2026."}, obligatory=True),
    Kind.NEW_DEVICE: Rules(
        {"moment": "15 ноября, 8:12", "device": "Firefox, Linux", "place": "ваш кабинет"}, obligatory=True, urgent=True
    ),
    Kind.GUESSED_PASSWORD: Rules(
        {"moment": "15 ноября, 8:12", "login": "anna", "pause": "15 минут"}, obligatory=True, urgent=True
    ),
    Kind.GUESSED_CODE: Rules(
        {"moment": "15 ноября, 8:12", "login": "anna", "pause": "15 минут"}, obligatory=True, urgent=True
    ),
    Kind.RECOVERY: Rules(
        {
            "login": "anna",
            "account": "0010001",
            "link": "https://portal.example/…",
            "until": "15 ноября, 11:00",
        },
        obligatory=True,
        urgent=True,
        made_at_sending=frozenset({"login", "account", "link", "until"}),
        worthless_after=dt.timedelta(hours=12),
    ),
    Kind.PROFILE: Rules({"text": "Изменён адрес почты."}, obligatory=True, urgent=True),
    Kind.EMAIL_CONFIRM: Rules(
        {"link": "https://portal.example/…", "until": "15 ноября, 11:00"},
        obligatory=True,
        urgent=True,
        made_at_sending=frozenset({"link", "until"}),
        worthless_after=dt.timedelta(days=1),
    ),
    Kind.JOB_FAILED: Rules(
        {
            "what": "закрытие за ноябрь 2026",
            "text": "Не посчитаны 3 счёта: нет действующего норматива — 3. Исправьте и запустите закрытие ещё раз.",
        },
        obligatory=True,
        urgent=True,
        for_staff=True,
    ),
    Kind.SERVICE_STATE: Rules(
        {"what": "не отвечает очередь заданий", "text": "Письма и задания по расписанию стоят с 15 ноября, 8:12."},
        obligatory=True,
        urgent=True,
        for_staff=True,
        worthless_after=dt.timedelta(days=2),
    ),
    Kind.DECISION: Rules(
        {"what": "возврат 4 000,00 ₽", "decision": "отклонено", "text": "Иванова А.: платёж уже вернул банк."},
        obligatory=True,
        urgent=True,
        for_staff=True,
    ),
    Kind.NEEDS_DECISION: Rules(
        {
            "what": "закрытие за ноябрь 2026 остановлено",
            "text": "Сумма 14 997 459,00 ₽, месяцем раньше 512 300,00 ₽. Проверьте и закройте с причиной.",
        },
        obligatory=True,
        urgent=True,
        for_staff=True,
    ),
}

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


ICONS: dict[str, str] = {
    Kind.WINDOW_OPENS: "meter",
    Kind.READINGS_REMINDER: "meter",
    Kind.READING_ACCEPTED: "check-circle",
    Kind.RECEIPT_READY: "file",
    Kind.PAYMENT: "card",
    Kind.DEBT: "warning",
    Kind.REQUEST_CHANGED: "chat",
    Kind.VERIFICATION: "calendar",
    Kind.OUTAGE: "tap",
    Kind.RECEIVED: "book",
    Kind.ANSWER: "book",
    Kind.HOLDER: "user",
    Kind.NEW_DEVICE: "shield",
    Kind.GUESSED_PASSWORD: "shield",
    Kind.GUESSED_CODE: "shield",
    Kind.PROFILE: "user",
}
SENDERS: dict[str, str] = {
    Kind.RECOVERY: "portal.accounts.services.recovery.letter_values",
    Kind.EMAIL_CONFIRM: "portal.accounts.services.email_change.letter_values",
}
STILL = {
    Kind.ACT,
    Kind.ANSWER,
    Kind.DECISION,
    Kind.JOB_FAILED,
    Kind.NEEDS_DECISION,
    Kind.READINGS_REMINDER,
    Kind.RECEIPT_READY,
    Kind.RECEIVED,
    Kind.SERVICE_STATE,
    Kind.WINDOW_OPENS,
}
_OF_CODE = {category.code: category for category in categories.CATEGORIES}


def register_all() -> None:
    """Register the kinds of this table."""
    for kind, rules in RULES.items():
        if kind not in STILL:
            continue
        register(
            NotificationKind(
                code=str(kind),
                name=Kind(kind).label,
                category=_OF_CODE.get(kind, categories.SECURITY),
                russian=DEFAULTS[kind],
                english=ENGLISH[kind],
                placeholders={
                    name: Placeholder("", sample, required=name == "link", secret=name in rules.made_at_sending)
                    for name, sample in rules.placeholders.items()
                },
                icon=ICONS.get(kind, "bell"),
                values_at_sending=SENDERS.get(kind, ""),
            )
        )

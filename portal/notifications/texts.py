"""The Russian texts that a fresh site starts with, by kind: subject and body with {placeholders}.

No account number, address or debt stands in a subject.
"""

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
    Kind.RECEIPT_READY: Text(
        "Квитанция за {month} готова", "К оплате {amount} до {due}. Квитанция ждёт в личном кабинете."
    ),
    Kind.PAYMENT: Text("Платёж: {state}", "{text}"),
    Kind.DEBT: Text("Есть неоплаченная квитанция", "{text}"),
    Kind.REQUEST_CHANGED: Text("Заявка № {number}: {state}", "{text}"),
    Kind.VERIFICATION: Text("Поверка счётчика до {until}", "{text}"),
    Kind.OUTAGE: Text("{subject}", "{text}"),
    Kind.ANSWER: Text("Ответ на обращение № {number}", "{text}"),
    Kind.NEW_DEVICE: Text(
        "Вход с нового устройства",
        "{moment} в ваш кабинет вошли с нового устройства: {device}. Если это не вы, смените пароль.",
    ),
    Kind.RECOVERY: Text("Восстановление доступа", "{text}"),
    Kind.PROFILE: Text("Изменены данные профиля", "{text}"),
}

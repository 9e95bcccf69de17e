"""What is fixed about each kind of message: may it be refused, does it wait, which words an editor may use."""

import datetime as dt
from dataclasses import dataclass, field

from portal.notifications.enums import Channel, Kind


@dataclass(frozen=True, slots=True)
class Rules:
    """How a kind behaves.

    `obligatory`: nobody can refuse it. `urgent`: it waits neither for quiet hours nor for the digest.
    `email_by_default`: whether it goes by mail to those who chose nothing. `placeholders`: name → example value.
    `made_at_sending`: placeholders that exist only while a mail is being sent and are never stored.
    `for_staff`: it leads into the admin, and its letter names no cabinet. `worthless_after`: how long after its
    time a letter is still worth sending; None: always.
    """

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

REFUSABLE: tuple[Kind, ...] = tuple(kind for kind in Kind if not RULES[kind].obligatory)
CHANNELS: tuple[Channel, ...] = (Channel.INBOX, Channel.EMAIL)


def wanted_by_default(kind: str, channel: str) -> bool:
    """Whether a kind goes by a channel to somebody who chose nothing."""
    return channel != Channel.EMAIL or RULES[kind].email_by_default

"""The demo's complaints book: answered, waiting, shown before the answer, closed privately, rejected."""

import datetime as dt
import uuid
from typing import Any

from cms_pages.complaints import services
from cms_pages.complaints.enums import ComplaintKind
from cms_pages.complaints.models import Complaint
from portal.accounts.models import User
from portal.accounts.selectors import accounts_of
from portal.operations.demo.world import World

MUDDY_ANSWER = (
    "Вы правы: мы обещали чистую воду к вечеру и не успели.\nПромыли участок повторно, взяли пробу: вода в норме.\n"
    "За слив вычтем 0,300 м³ из счёта всем квартирам дома. Заявление не нужно."
)
# Who, days ago, kind, subject, text, what became of it, the answer, days until it.
ENTRIES = (
    (
        "anna",
        16,
        "quality",
        "Мутная вода после промывки",
        "Второй день вода с осадком, хотя обещали, что к вечеру всё пройдёт. Фильтр забился за сутки.",
        "answer",
        MUDDY_ANSWER,
        3,
    ),
    (
        "boris",
        30,
        "thanks",
        "Спасибо бригаде за ночной выезд",
        "Приехали через 25 минут, всё объяснили, убрали за собой.",
        "answer",
        "Спасибо! Передали бригаде.",
        1,
    ),
    (
        "vera",
        58,
        "complaint",
        "Долго не отвечал телефон офиса",
        "Звонила три раза утром в понедельник, никто не взял трубку.",
        "answer",
        "В понедельник утром звонят больше всего. С этого месяца трубку берут двое.",
        9,
    ),
    (
        "gleb",
        90,
        "suggestion",
        "Напоминать о поверке письмом",
        "Счётчик легко забыть. Присылайте письмо заранее.",
        "answer",
        "Сделали: письмо приходит за 90, 30 и 7 дней до конца срока.",
        12,
    ),
    (
        "dina",
        44,
        "complaint",
        "Спор о начислении",
        "Прошу объяснить, почему в счёте больше воды, чем мы тратим.",
        "close",
        (
            "Счётчика в квартире нет, поэтому считаем по нормативу с повышающим коэффициентом. Расчёт отправили "
            "письмом. Счётчик, который поставите, введём бесплатно."
        ),
        6,
    ),
    (
        "boris",
        21,
        "complaint",
        "Сосед моет машину",
        "Сосед со второго этажа моет машину питьевой водой!",
        "reject",
        "Правило 3: без личных данных других людей. Напишите о самой утечке, и мы проверим.",
        2,
    ),
    (
        "anna",
        4,
        "complaint",
        "Люк гремит по ночам",
        "Крышка люка напротив дома стучит под каждой машиной.",
        "show",
        "Инженер осмотрит люк на этой неделе",
        1,
    ),
    ("gleb", 2, "suggestion", "Часы приёма вечером", "Один день в неделю работайте до 20 часов.", "wait", "", 0),
    (
        "vera",
        1,
        "quality",
        "Слабый напор вечером",
        "После семи вечера вода еле течёт. Мой телефон 8 916 000-00-00, квартира 41.",
        "wait",
        "",
        0,
    ),
)

WRITTEN = ((19, 52), (8, 14), (12, 37), (21, 5), (10, 41), (18, 26), (7, 48))
"""At what times people wrote."""


def load(world: World) -> None:
    """Write every entry as its author and end it as the reviewer does."""
    reviewer = world.staff["reviewer"]
    for number, (name, days_ago, kind, subject, text, fate, answer, days) in enumerate(ENTRIES):
        author = world.people[name].user
        if author is None:
            continue
        received = world.at(world.time(-days_ago, *WRITTEN[number % len(WRITTEN)]))
        complaint = services.write(
            form_token=uuid.UUID(int=world.random.getrandbits(128)),
            author=author,
            account=accounts_of(author)[0],
            kind=ComplaintKind(kind),
            subject=subject,
            text=text,
            may_publish=True,
            now=received,
        )
        if fate != "wait":
            ended = world.at(world.office(received.date() + dt.timedelta(days=days), of=number))
            _end(complaint, reviewer, fate, answer, ended)


def _end(complaint: Complaint, reviewer: User, fate: str, answer: str, at: dt.datetime) -> None:
    common: dict[str, Any] = {"complaint": complaint, "actor": reviewer, "version": complaint.version, "now": at}
    page = complaint.page
    wording = services.PublicWording(
        subject=complaint.subject,
        text=complaint.text,
        author_name=page.author_name if page else "",
        street=page.street if page else "",
        confirmed=True,
    )
    if fate == "answer":
        services.answer_publicly(**common, wording=wording, answer=answer, signature="Н. С. Орлова, главный технолог")
    elif fate == "close":
        services.close_privately(**common, answer=answer)
    elif fate == "reject":
        services.reject(**common, reason=answer)
    elif fate == "show":
        services.show_before_answer(**common, wording=wording, plan=answer)

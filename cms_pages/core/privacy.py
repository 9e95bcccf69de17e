"""The personal data policy that a fresh site starts with (152-ФЗ, ст. 18.1), as the body of a page.

The company reviews and edits it. Russian content.
"""

import json
from typing import Any

from django.utils.html import format_html, format_html_join

from portal.core.models import CompanySettings

SLUG = "privacy"
TITLE = "Политика обработки персональных данных"
SUMMARY = "Какие данные мы храним, зачем, сколько и кому передаём; как их посмотреть, исправить и отозвать согласие."
REVIEW = "Типовой текст: компания должна его проверить"

WHAT = (
    "лицевой счёт, фамилия, имя, отчество, дата рождения, адрес, телефон, почта: чтобы заключить и исполнять договор;",
    "показания и сведения о приборах учёта, начисления, платежи, квитанции: чтобы считать плату по Правилам № 354;",
    "документы, фотографии и обращения, которые вы присылаете: чтобы ответить на них и выполнить заявку;",
    "имя и почта из формы вопроса: только чтобы ответить;",
    "время входов, сетевой адрес и вид браузера: чтобы защитить вход.",
)
TERMS = (
    "договор, начисления и платежи хранятся, пока действует договор, и пять лет после него: так требует закон;",
    "анкета, присланная через сайт, — 30 дней;",
    "остальное — пока это нужно для цели, ради которой вы это прислали, или до отзыва согласия.",
)
RECIPIENTS = (
    "банку или платёжному сервису — сумма, номер лицевого счёта и контакт для чека, когда вы платите картой;",
    "государственным органам — когда этого требует закон.",
)
RIGHTS = (
    "посмотреть свои данные и получить их копию — в профиле личного кабинета;",
    "исправить контакты — там же, остальное — в офисе с документом;",
    "отозвать согласие — в профиле или письмом; то, что закон обязывает хранить, останется;",
    "обжаловать наши действия в Роскомнадзоре или в суде.",
)


def policy_body(company: CompanySettings) -> str:
    """The page's body as the JSON of its stream, with the company's name and contacts as they are now."""
    blocks: list[dict[str, Any]] = [
        _block("callout", {"kind": "warn", "title": REVIEW, "text": _REVIEW_TEXT}),
        _block("heading", "Кто обрабатывает данные"),
        _block("text", _operator(company)),
        _block("heading", "Что и зачем"),
        _block("text", _list(WHAT)),
        _block("heading", "Сколько храним"),
        _block("text", _list(TERMS)),
        _block("heading", "Кому передаём"),
        _block("text", _list(RECIPIENTS) + "<p>Больше никому. За границу данные не передаются.</p>"),
        _block("heading", "Как защищаем"),
        _block(
            "text",
            "<p>Данные лежат на серверах в России. Сайт открывается только по защищённому соединению. Сотрудник видит "
            "то, что нужно ему по работе; просмотр и изменение записываются в журнал. Файлы cookie нужны для входа и "
            "языка; рекламы и сторонних счётчиков на сайте нет.</p>",
        ),
        _block("heading", "Ваши права"),
        _block("text", _list(RIGHTS)),
    ]
    return json.dumps(blocks, ensure_ascii=False)


_REVIEW_TEXT = (
    "<p>Проверьте цели, сроки и получателей, утвердите политику приказом и уберите этот абзац в редакторе страниц.</p>"
)


def _block(kind: str, value: Any) -> dict[str, Any]:
    return {"type": kind, "value": value}


def _list(lines: tuple[str, ...]) -> str:
    return str(format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((line,) for line in lines))))


def _operator(company: CompanySettings) -> str:
    numbers = [(name, value) for name, value in (("ИНН", company.inn), ("ОГРН", company.ogrn)) if value]
    contacts = [value for value in (company.address, company.office_phone, company.email) if value]
    return str(
        format_html(
            "<p>Оператор: {}{}. {}</p><p>Основание: договор водоснабжения и водоотведения, закон и ваше согласие "
            "(Федеральный закон от 27.07.2006 № 152-ФЗ «О персональных данных»).</p>",
            company.legal_name,
            "".join(f", {name} {value}" for name, value in numbers),
            f"Обратиться: {', '.join(contacts)}." if contacts else "Контакты — внизу страницы.",
        )
    )

"""Letters of a support question: the copy to the asker, the answer. The subject names only the number.

A letter to an address that nobody confirmed never carries what the asker typed: it would make the company's mail
server send an unknown sender's text to anybody.
"""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from portal.accounts.staff import notify_employees
from portal.core.rate_limits.declared import Per
from portal.core.rate_limits.exceptions import RateLimited
from portal.core.sections import SUPPORT
from portal.notifications import categories
from portal.notifications.declarations import Link, NotificationKind, Placeholder, day, register
from portal.notifications.services import Recipient, notify
from portal.notifications.texts import Text
from portal.service_requests.support.models import SupportMessage, SupportQuestion

QUESTION_PAGE, GUEST_PAGE = Link("cabinet:support-question", (1,)), Link(section=SUPPORT)
NUMBER = Placeholder(_("Number of the question"), "318")
ANSWER_BY = day(_("Day by which we answer"), dt.date(2026, 12, 12))

QUESTION_RECEIVED = register(
    NotificationKind(
        code="question_received",
        name=_("Question received"),
        category=categories.RECEIVED,
        icon="book",
        link=QUESTION_PAGE,
        guest_link=GUEST_PAGE,
        placeholders={"number": NUMBER, "answer_by": ANSWER_BY},
        russian=Text(
            "Получили вопрос № {number}", "Вы задали вопрос № {number}. Ответим на этот адрес до {answer_by}."
        ),
        english=Text(
            "We received your question No. {number}",
            "You asked question No. {number}. We shall answer to this address by {answer_by}.",
        ),
    )
)
QUESTION_RECEIVED_COPY = register(
    NotificationKind(
        code="question_received_copy",
        name=_("Question received, with a copy"),
        category=categories.RECEIVED,
        icon="book",
        link=QUESTION_PAGE,
        guest_link=GUEST_PAGE,
        placeholders={
            "number": NUMBER,
            "answer_by": ANSWER_BY,
            "question": Placeholder(_("What was asked"), "Когда поменяют счётчик?"),
        },
        russian=Text(
            "Получили вопрос № {number}",
            "Вы задали вопрос № {number}. Ответим на этот адрес до {answer_by}. Вы написали:\n\n{question}",
        ),
        english=Text(
            "We received your question No. {number}",
            "You asked question No. {number}. We shall answer to this address by {answer_by}. You wrote:\n\n{question}",
        ),
    )
)
QUESTION_ANSWERED = register(
    NotificationKind(
        code="question_answered",
        name=_("Question answered"),
        category=categories.ANSWER,
        icon="book",
        link=QUESTION_PAGE,
        guest_link=GUEST_PAGE,
        placeholders={
            "number": NUMBER,
            "answer": Placeholder(_("The answer"), "Счётчик заменим 21 ноября.", required=True),
        },
        russian=Text("Ответ на вопрос № {number}", "Ответили на ваш вопрос № {number}:\n\n{answer}"),
        english=Text("The answer to your question No. {number}", "We answered your question No. {number}:\n\n{answer}"),
    )
)
SUPPORT_LETTERS_STOPPED = register(
    NotificationKind(
        code="support_letters_stopped",
        name=_("Limit of the support form's letters (staff)"),
        category=categories.JOB_FAILED,
        link=Link("cms_support_questions"),
        permission="service_requests.answer_support",
        placeholders={"allowed": Placeholder(_("How many letters an hour are allowed"), 50)},
        russian=Text(
            "Задание не удалось: письма формы поддержки",
            "За час форма поддержки отправила {allowed} писем на неподтверждённые адреса: это предел. Вопросы "
            "принимаются и дальше, но без письма с номером. Похоже на рассылку: посмотрите, кто пишет.",
        ),
        english=Text(
            "A job failed: letters of the support form",
            "The support form sent {allowed} letters within an hour to addresses that nobody confirmed: that is the "
            "limit. Questions are still taken, but without a letter with their number. It looks like a mailing: see "
            "who writes.",
        ),
    )
)


def _recipient(question: SupportQuestion) -> Recipient:
    return Recipient(user=question.user, address=question.email)


def notify_received(question: SupportQuestion, answer_by: dt.date, *, text: str = "") -> None:
    """The number and the day of the answer; `text`, the question, only for a confirmed address."""
    values = {"number": str(question.pk), "answer_by": answer_by}
    notify(
        kind=QUESTION_RECEIVED_COPY if text else QUESTION_RECEIVED,
        event=f"support:{question.pk}:received",
        recipients=[_recipient(question)],
        context=values | {"question": text} if text else values,
        link_args=(question.pk,),
    )


def notify_letters_stopped(refusal: RateLimited, *, moment: dt.datetime) -> int:
    """Tell those who answer, once an hour, that the form's letters reached the limit for everybody together.

    `moment` is when it happened; what is over for one mailbox alone is told to nobody.
    """
    if refusal.limit.per != Per.EVERYONE:
        return 0
    return notify_employees(
        SUPPORT_LETTERS_STOPPED,
        event=f"support-letters:{moment:%Y-%m-%dT%H}",
        context={"allowed": refusal.allowed},
    )


def notify_answered(question: SupportQuestion, message: SupportMessage) -> None:
    """The company's answer."""
    notify(
        kind=QUESTION_ANSWERED,
        event=f"support:{question.pk}:message:{message.pk}",
        recipients=[_recipient(question)],
        context={"number": str(question.pk), "answer": message.text},
        link_args=(question.pk,),
    )

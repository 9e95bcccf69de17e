"""Letters of a support question: the copy to the asker, the answer. The subject names only the number.

A letter to an address that nobody confirmed never carries what the asker typed: it would make the company's mail
server send a stranger's words to anybody.
"""

import datetime as dt

from portal.accounts.staff import notify_staff
from portal.core.rate_limits.declared import Per
from portal.core.rate_limits.exceptions import RateLimited
from portal.notifications.enums import Kind
from portal.notifications.services import Recipient, notify
from portal.service_requests.support.models import SupportMessage, SupportQuestion


def _recipient(question: SupportQuestion) -> Recipient:
    return Recipient(user=question.user, address=question.email)


def _link(question: SupportQuestion) -> str:
    return f"/personal/support/{question.pk}/" if question.user_id else "/support/"


def notify_received(question: SupportQuestion, answer_by: str, *, text: str = "") -> None:
    """The number and the day of the answer; `text`, the question, only for a confirmed address."""
    words = f"Вы задали вопрос № {question.pk}. Ответим на этот адрес до {answer_by}."
    notify(
        kind=Kind.RECEIVED,
        event=f"support:{question.pk}:received",
        recipients=[_recipient(question)],
        context={
            "what": "вопрос",
            "number": str(question.pk),
            "text": f"{words} Вы написали:\n\n{text}" if text else words,
        },
        link=_link(question),
    )


def notify_letters_stopped(refusal: RateLimited, *, moment: dt.datetime) -> int:
    """Tell those who answer, once an hour, that the form's letters reached the limit for everybody together.

    `moment` is when it happened; what is over for one mailbox alone is told to nobody.
    """
    if refusal.limit.per != Per.EVERYONE:
        return 0
    text = (
        f"За час форма поддержки отправила {refusal.allowed} писем на неподтверждённые адреса: это предел. "
        "Вопросы принимаются и дальше, но без письма с номером. Похоже на рассылку: посмотрите, кто пишет."
    )
    return notify_staff(
        event=f"support-letters:{moment:%Y-%m-%dT%H}",
        what="письма формы поддержки",
        text=text,
        link="/admin/support/",
        permission="service_requests.answer_support",
    )


def notify_answered(question: SupportQuestion, message: SupportMessage) -> None:
    """The company's answer."""
    notify(
        kind=Kind.ANSWER,
        event=f"support:{question.pk}:message:{message.pk}",
        recipients=[_recipient(question)],
        context={"what": "вопрос", "number": str(question.pk), "text": message.text},
        link=_link(question),
    )

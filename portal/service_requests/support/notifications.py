"""Letters of a support question: the copy to the asker, the answer. The subject names only the number."""

from portal.notifications.enums import Kind
from portal.notifications.services import Recipient, notify
from portal.service_requests.support.models import SupportMessage, SupportQuestion


def _recipient(question: SupportQuestion) -> Recipient:
    return Recipient(user=question.user, address=question.email)


def _link(question: SupportQuestion) -> str:
    return f"/personal/support/{question.pk}/" if question.user_id else "/support/"


def tell_received(question: SupportQuestion, text: str, answer_by: str) -> None:
    """A copy of the question with its number and the day of the answer."""
    notify(
        kind=Kind.ANSWER,
        event=f"support:{question.pk}:received",
        recipients=[_recipient(question)],
        context={
            "number": str(question.pk),
            "text": f"Вопрос получен, ответим до {answer_by}. Вы написали:\n\n{text}",
        },
        link=_link(question),
    )


def tell_answered(question: SupportQuestion, message: SupportMessage) -> None:
    """The company's answer."""
    notify(
        kind=Kind.ANSWER,
        event=f"support:{question.pk}:message:{message.pk}",
        recipients=[_recipient(question)],
        context={"number": str(question.pk), "text": message.text},
        link=_link(question),
    )

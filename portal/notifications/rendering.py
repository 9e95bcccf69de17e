"""Making the words of a message: editors' text, else the declaration's; what is secret only while a mail is sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.module_loading import import_string

from portal.notifications.declarations import NotificationKind, fill, find_kind
from portal.notifications.enums import Language
from portal.notifications.models import Message, NotificationText
from portal.notifications.texts import Text


class NoLongerValid(Exception):
    """Raised when the subject of a message is gone: nothing is sent."""


@dataclass(frozen=True, slots=True)
class Wording:
    """The texts of one kind as they stand now, by language."""

    kind: NotificationKind
    by_language: Mapping[str, Text]

    def render(self, language: str, context: Mapping[str, Any]) -> Text:
        """Subject on one line, and body, with the values as a reader of the language reads them.

        Raises KeyError when the context lacks a placeholder, UndeclaredValue when it has one too many.
        """
        return fill(self.by_language[language], self.kind.values(context, language))


def wording(kind: NotificationKind, changed: NotificationText | None = None) -> Wording:
    """The texts of a kind: editors' where they wrote one (one query unless given)."""
    if changed is None:
        changed = NotificationText.objects.filter(kind=kind.code).first()
    base = kind.russian
    if changed is None:
        return Wording(kind, {Language.RUSSIAN: base, Language.ENGLISH: kind.english})
    russian = Text(changed.subject_ru or base.subject, changed.body_ru or base.body)
    english = kind.english if russian == base else russian
    return Wording(
        kind,
        {
            Language.RUSSIAN: russian,
            Language.ENGLISH: Text(changed.subject_en or english.subject, changed.body_en or english.body),
        },
    )


def stored_text(texts: Wording, language: str, context: Mapping[str, Any]) -> Text:
    """Return what is written to the outbox: whole, unless the kind's text is made when the mail is sent."""
    secrets = texts.kind.secrets
    if secrets:
        return Text(texts.render(language, {**dict.fromkeys(secrets, "…"), **context}).subject, "")
    return texts.render(language, context)


def text_to_send(message: Message) -> Text:
    """Subject and body of a mail that is being sent. Raises NoLongerValid."""
    kind = find_kind(message.kind)
    if message.body or kind is None or not kind.secrets:
        return Text(message.subject, message.body)
    values: Mapping[str, Any] | None = import_string(kind.values_at_sending)(message)
    if values is None:
        raise NoLongerValid(message.kind)
    return wording(kind).render(message.language, message.context | dict(values))

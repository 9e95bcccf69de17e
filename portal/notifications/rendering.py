"""Making the words of a message: editors' text, else the portal's; what is secret only while a mail is sent."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from portal.notifications.enums import Kind, Language
from portal.notifications.kinds import RULES
from portal.notifications.models import Message, NotificationText
from portal.notifications.texts import DEFAULTS, ENGLISH, Text

SUBJECT_LENGTH = 200

AtSending = Callable[[Message], Mapping[str, str] | None]
_renderers: dict[str, AtSending] = {}


class NoLongerValid(Exception):
    """What the message was about is gone: nothing is sent."""


def register_renderer(kind: Kind, renderer: AtSending) -> None:
    """Say who makes a kind's secret placeholders when its mail is sent (once, from AppConfig.ready).

    The renderer gets the stored message and returns the values of `RULES[kind].made_at_sending`, or None when
    the message must not go any more. What it returns is neither stored nor shown in a history.
    """
    _renderers[kind] = renderer


@dataclass(frozen=True, slots=True)
class Wording:
    """The texts of one kind as they stand now, by language."""

    kind: str
    by_language: Mapping[str, Text]

    def render(self, language: str, context: Mapping[str, str]) -> Text:
        """Subject on one line, and body. Raises KeyError when the context lacks a placeholder."""
        text = self.by_language[language]
        subject = " ".join(text.subject.format_map(context).split())
        return Text(subject[:SUBJECT_LENGTH], text.body.format_map(context))


def wording(kind: str, changed: NotificationText | None = None) -> Wording:
    """The texts of a kind: editors' where they wrote one (one query unless given)."""
    if changed is None:
        changed = NotificationText.objects.filter(kind=kind).first()
    base = DEFAULTS[kind]
    if changed is None:
        return Wording(kind, {Language.RUSSIAN: base, Language.ENGLISH: ENGLISH[kind]})
    russian = Text(changed.subject_ru or base.subject, changed.body_ru or base.body)
    english = ENGLISH[kind] if russian == base else russian
    return Wording(
        kind,
        {
            Language.RUSSIAN: russian,
            Language.ENGLISH: Text(changed.subject_en or english.subject, changed.body_en or english.body),
        },
    )


def stored_text(words: Wording, language: str, context: Mapping[str, str]) -> Text:
    """What is written to the outbox: whole, unless the kind's text is made when the mail is sent."""
    if RULES[words.kind].made_at_sending:
        return Text(words.render(language, {**_dots(words.kind), **context}).subject, "")
    return words.render(language, context)


def _dots(kind: str) -> dict[str, str]:
    return dict.fromkeys(RULES[kind].made_at_sending, "…")


def text_to_send(message: Message) -> Text:
    """Subject and body of a mail that is being sent. Raises NoLongerValid."""
    if message.body or not RULES[message.kind].made_at_sending:
        return Text(message.subject, message.body)
    renderer = _renderers.get(message.kind)
    values = renderer(message) if renderer else None
    if values is None:
        raise NoLongerValid(message.kind)
    return wording(message.kind).render(message.language, message.context | dict(values))

"""Editors' texts: checked on save, tried on oneself."""

from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from portal.notifications.enums import Channel, State
from portal.notifications.kinds import RULES
from portal.notifications.models import Message, NotificationText
from portal.notifications.rendering import wording
from portal.notifications.texts import Text, check_placeholders


@dataclass(frozen=True, slots=True)
class Draft:
    """What an editor typed for a kind."""

    subject_ru: str
    body_ru: str
    subject_en: str
    body_en: str

    def check(self, kind: str) -> None:
        """Raise UnknownPlaceholder or BrokenBraces."""
        for text in (self.subject_ru, self.body_ru, self.subject_en, self.body_en):
            check_placeholders(text, RULES[kind].placeholders)

    def unsaved(self, kind: str) -> NotificationText:
        """As a row that is not stored."""
        return NotificationText(
            kind=kind,
            subject_ru=self.subject_ru,
            body_ru=self.body_ru,
            subject_en=self.subject_en,
            body_en=self.body_en,
        )


@transaction.atomic
def save_text(*, kind: str, draft: Draft, by: AbstractBaseUser) -> NotificationText:
    """Store what an editor made of a kind's text. Raises UnknownPlaceholder or BrokenBraces."""
    draft.check(kind)
    stored, _made = NotificationText.objects.update_or_create(
        kind=kind,
        defaults={
            "subject_ru": draft.subject_ru,
            "body_ru": draft.body_ru,
            "subject_en": draft.subject_en,
            "body_en": draft.body_en,
            "changed_by_id": by.pk,
        },
    )
    return stored


def preview(*, kind: str, draft: Draft, language: str) -> Text:
    """How a message with the draft's text would read, with example data: an editor sees no resident's own.

    Raises UnknownPlaceholder or BrokenBraces.
    """
    draft.check(kind)
    return wording(kind, draft.unsaved(kind)).render(language, dict(RULES[kind].placeholders))


def send_test(*, kind: str, draft: Draft, language: str, to: AbstractBaseUser, address: str) -> Message:
    """Put a letter with the draft's text to the editor's own address into the outbox."""
    text = preview(kind=kind, draft=draft, language=language)
    moment = timezone.now()
    return Message.objects.create(
        event=f"test:{to.pk}:{moment.timestamp()}",
        kind=kind,
        channel=Channel.EMAIL,
        user_id=to.pk,
        address=address,
        language=language,
        context={},
        subject=f"[Проба] {text.subject}"[:200],
        body=text.body,
        state=State.WAITING,
        due_at=moment,
    )

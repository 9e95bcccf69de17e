"""Editing the texts of notifications: checks, preview, saving, resetting, a test message to the editor."""

from dataclasses import dataclass, replace

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from portal.notifications.declarations import NotificationKind
from portal.notifications.enums import DeliveryChannel, MessageState
from portal.notifications.models import Message, NotificationText
from portal.notifications.rendering import wording
from portal.notifications.texts import Text, check_placeholders


@dataclass(frozen=True, slots=True)
class TextDraft:
    """Subject and body of a notification kind in both languages, as typed; a part left empty has the default."""

    subject_ru: str
    body_ru: str
    subject_en: str
    body_en: str

    def errors(self, kind: NotificationKind) -> dict[str, ValueError]:
        """Return what is wrong with each field, by the name of the field: UnknownPlaceholder, MissingPlaceholder or
        BrokenBraces.
        """
        errors: dict[str, ValueError] = {}
        open_names = kind.placeholders.keys() - kind.secrets
        for name in self.__dataclass_fields__:
            text, is_body = getattr(self, name), name.startswith("body")
            try:
                check_placeholders(
                    text,
                    kind.placeholders if is_body else open_names,
                    required=kind.required if is_body and text else (),
                )
            except ValueError as error:
                errors[name] = error
        return errors

    def check(self, kind: NotificationKind) -> None:
        """Raise the first of `errors`, if any."""
        for error in self.errors(kind).values():
            raise error

    def without_defaults(self, kind: NotificationKind) -> "TextDraft":
        """The draft with its default parts left empty: what is stored follows a later default.

        An English default is stored beside a changed Russian text, since an empty English one would fall back to it.
        """
        ru, en = kind.russian, kind.english
        subject, body = self.subject_ru, self.body_ru
        subject, body = "" if subject == ru.subject else subject, "" if body == ru.body else body
        if subject or body:
            return replace(self, subject_ru=subject, body_ru=body)
        return TextDraft(
            subject,
            body,
            "" if self.subject_en == en.subject else self.subject_en,
            "" if self.body_en == en.body else self.body_en,
        )

    def unsaved(self, kind: NotificationKind) -> NotificationText:
        """The draft as an unsaved NotificationText."""
        return NotificationText(
            kind=kind.code,
            subject_ru=self.subject_ru,
            body_ru=self.body_ru,
            subject_en=self.subject_en,
            body_en=self.body_en,
        )


@transaction.atomic
def save_text(*, kind: NotificationKind, draft: TextDraft, by: AbstractBaseUser) -> NotificationText:
    """Store an editor's text of a kind. Raises UnknownPlaceholder, MissingPlaceholder or BrokenBraces."""
    draft.check(kind)
    draft = draft.without_defaults(kind)
    stored, _created = NotificationText.objects.update_or_create(
        kind=kind.code,
        defaults={
            "subject_ru": draft.subject_ru,
            "body_ru": draft.body_ru,
            "subject_en": draft.subject_en,
            "body_en": draft.body_en,
            "changed_by_id": by.pk,
        },
    )
    return stored


def reset_text(*, kind: NotificationKind) -> bool:
    """Delete the edited text of a kind, so that the default is used; returns whether there was one."""
    deleted, _rows = NotificationText.objects.filter(kind=kind.code).delete()
    return bool(deleted)


def preview(*, kind: NotificationKind, draft: TextDraft, language: str) -> Text:
    """Return how a message with the draft's text would read, with sample data: an editor sees no resident's own.

    Raises UnknownPlaceholder, MissingPlaceholder or BrokenBraces.
    """
    draft.check(kind)
    return wording(kind, draft.unsaved(kind)).render(language, kind.samples(language))


def send_test(
    *, kind: NotificationKind, draft: TextDraft, language: str, to: AbstractBaseUser, address: str
) -> Message:
    """Put a letter with the draft's text to the editor's own address into the outbox."""
    text = preview(kind=kind, draft=draft, language=language)
    moment = timezone.now()
    return Message.objects.create(
        event=f"test:{to.pk}:{moment.timestamp()}",
        kind=kind.code,
        channel=DeliveryChannel.EMAIL,
        user_id=to.pk,
        address=address,
        language=language,
        context={},
        subject=f"[Проба] {text.subject}"[:200],
        body=text.body,
        state=MessageState.WAITING,
        due_at=moment,
    )

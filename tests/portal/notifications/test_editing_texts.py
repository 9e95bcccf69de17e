"""An editor changes a text: placeholders are checked, an empty English falls back, a test goes to oneself."""

import pytest
from django.core import mail

from portal.notifications import selectors, services
from portal.notifications.declarations import NotificationKind, all_kinds, find_kind
from portal.notifications.enums import Language
from portal.notifications.models import NotificationText
from portal.notifications.services import Recipient, notify
from portal.notifications.services.text_editing import TextDraft, preview
from portal.notifications.texts import BrokenBraces, MissingPlaceholder, UnknownPlaceholder, check_placeholders
from tests.people import Cast, make_login

DRAFT = TextDraft("Показания: {month}", "Ждём до {until}.", "", "")


def declared(code: str) -> NotificationKind:
    kind = find_kind(code)
    assert kind is not None
    return kind


REMINDER = declared("readings_reminder")
RECOVERY = declared("recovery")


@pytest.mark.parametrize("kind", all_kinds(), ids=str)
def test_every_default_text_uses_its_kinds_placeholders(kind: NotificationKind) -> None:
    for text in (kind.russian, kind.english):
        check_placeholders(text.subject, kind.placeholders.keys() - kind.secrets)
        check_placeholders(text.body, kind.placeholders, required=kind.required)


def test_the_changed_text_is_sent(cast: Cast) -> None:
    services.save_text(kind=REMINDER, draft=DRAFT, by=make_login("editor", staff=True))
    notify(
        kind=REMINDER,
        event="reminder:1",
        recipients=[Recipient(address="a@mail.example")],
        context={"month": "ноябрь", "until": "20 ноября"},
    )
    services.send_due()
    assert mail.outbox[0].subject == "Показания: ноябрь"


def test_an_empty_english_text_falls_back_to_the_changed_russian(cast: Cast) -> None:
    services.save_text(kind=REMINDER, draft=DRAFT, by=cast.anna.user)
    words = selectors.text_of(REMINDER).wording
    assert words.by_language[Language.ENGLISH].subject == "Показания: {month}"


@pytest.mark.parametrize("text", ["{who}", "{month.__class__}", "{month!r}", "{month:>10}", "{}", "{0}"])
def test_anything_but_a_plain_placeholder_is_refused(text: str) -> None:
    with pytest.raises(UnknownPlaceholder):
        check_placeholders(text, ["month"])


@pytest.mark.parametrize("text", ["{month", "month}"])
def test_a_lonely_brace_is_refused(text: str) -> None:
    with pytest.raises(BrokenBraces):
        check_placeholders(text, ["month"])


def test_a_preview_knows_example_data_alone(cast: Cast) -> None:
    notify(
        kind=REMINDER,
        event="reminder:1",
        recipients=[Recipient(cast.anna.user)],
        context={"month": "май", "until": "20 мая"},
    )
    assert preview(kind=REMINDER, draft=DRAFT, language="ru").subject == "Показания: ноябрь"


def test_back_to_the_default(cast: Cast) -> None:
    services.save_text(kind=REMINDER, draft=DRAFT, by=cast.anna.user)
    assert services.reset_text(kind=REMINDER)
    assert not services.reset_text(kind=REMINDER)
    assert selectors.text_of(REMINDER).wording.by_language[Language.RUSSIAN] == REMINDER.russian


def test_a_part_that_equals_the_default_is_not_stored(cast: Cast) -> None:
    text = REMINDER.russian
    draft = TextDraft(text.subject, "Ждём до {until}.", REMINDER.english.subject, REMINDER.english.body)
    stored = services.save_text(kind=REMINDER, draft=draft, by=cast.anna.user)
    assert (stored.subject_ru, stored.body_ru) == ("", "Ждём до {until}.")
    assert selectors.text_of(REMINDER).wording.by_language[Language.ENGLISH] == REMINDER.english


def test_a_letter_of_recovery_keeps_its_link(cast: Cast) -> None:
    with pytest.raises(MissingPlaceholder):
        services.save_text(kind=RECOVERY, draft=TextDraft("", "Без ссылки", "", ""), by=cast.anna.user)
    assert not NotificationText.objects.exists()


def test_a_subject_cannot_have_what_is_made_while_a_letter_is_sent(cast: Cast) -> None:
    with pytest.raises(UnknownPlaceholder):
        services.save_text(kind=RECOVERY, draft=TextDraft("{link}", "", "", ""), by=cast.anna.user)


@pytest.mark.parametrize("kind", [REMINDER, RECOVERY], ids=str)
def test_a_test_letter_goes_to_the_editor(cast: Cast, kind: NotificationKind) -> None:
    draft = TextDraft("", "", "", "")
    services.send_test(kind=kind, draft=draft, language="ru", to=cast.anna.user, address="me@mail.example")
    services.send_due()
    assert mail.outbox[0].to == ["me@mail.example"]
    assert mail.outbox[0].subject.startswith("[Проба]")

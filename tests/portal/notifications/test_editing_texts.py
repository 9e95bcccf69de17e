"""An editor changes a text: placeholders are checked, an empty English falls back, a test goes to oneself."""

import pytest
from django.core import mail

from portal.notifications import selectors, services
from portal.notifications.enums import Kind, Language
from portal.notifications.kinds import RULES
from portal.notifications.services import Recipient, notify
from portal.notifications.services.wording import Draft, preview
from portal.notifications.texts import DEFAULTS, ENGLISH, BrokenBraces, UnknownPlaceholder, check_placeholders
from tests.people import Cast, make_login

DRAFT = Draft("Показания: {month}", "Ждём до {until}.", "", "")


@pytest.mark.parametrize("kind", list(Kind))
def test_every_text_that_we_bring_uses_its_kinds_placeholders(kind: Kind) -> None:
    for text in (DEFAULTS[kind], ENGLISH[kind]):
        check_placeholders(text.subject, RULES[kind].placeholders)
        check_placeholders(text.body, RULES[kind].placeholders)


def test_the_changed_text_is_sent(cast: Cast) -> None:
    services.save_text(kind=Kind.READINGS_REMINDER, draft=DRAFT, by=make_login("editor", staff=True))
    notify(
        kind=Kind.READINGS_REMINDER,
        event="reminder:1",
        recipients=[Recipient(address="a@mail.example")],
        context={"month": "ноябрь", "until": "20 ноября"},
    )
    services.send_due()
    assert mail.outbox[0].subject == "Показания: ноябрь"


def test_an_empty_english_text_falls_back_to_the_changed_russian(cast: Cast) -> None:
    services.save_text(kind=Kind.READINGS_REMINDER, draft=DRAFT, by=cast.anna.user)
    words = selectors.text_of(Kind.READINGS_REMINDER).wording
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
        kind=Kind.READINGS_REMINDER,
        event="reminder:1",
        recipients=[Recipient(cast.anna.user)],
        context={"month": "май", "until": "20 мая"},
    )
    assert preview(kind=Kind.READINGS_REMINDER, draft=DRAFT, language="ru").subject == "Показания: ноябрь"


@pytest.mark.parametrize("kind", [Kind.READINGS_REMINDER, Kind.RECOVERY])
def test_a_test_letter_goes_to_the_editor(cast: Cast, kind: Kind) -> None:
    draft = Draft("", "", "", "")
    services.send_test(kind=kind, draft=draft, language="ru", to=cast.anna.user, address="me@mail.example")
    services.send_due()
    assert mail.outbox[0].to == ["me@mail.example"]
    assert mail.outbox[0].subject.startswith("[Проба]")

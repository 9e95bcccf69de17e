"""The staff's screens of notifications: editing texts, history with filters and exports, sending again."""

import uuid
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.accounts.models import User
from portal.notifications import services
from portal.notifications.enums import DeliveryChannel, MessageState
from portal.notifications.models import Message, NotificationText
from tests.answers import csv_rows, messages_of, text_of
from tests.people import Cast, Clerk

TEXTS, HISTORY, RETRY = "/admin/notices/", "/admin/notices/history/", "/admin/notices/retry/"
TEXT = "/admin/notices/readings_reminder/"
FORM_DATA = {"subject_ru": "Показания: {month}", "body_ru": "Ждём до {until}.", "subject_en": "", "body_en": ""}


@pytest.fixture
def editor(cast: Cast, clerk: Clerk) -> User:
    return clerk("notifications.edit_texts", "notifications.view_message", "notifications.retry_message")


def message(**changes: Any) -> Message:
    values = {
        "event": uuid.uuid4().hex,
        "kind": "debt_reminder",
        "channel": DeliveryChannel.EMAIL,
        "address": "anna@mail.example",
        "subject": "Долг",
        "body": "820 ₽",
        "state": MessageState.SENT,
        "due_at": timezone.now(),
    }
    return Message.objects.create(**values | changes)


# Texts.


@pytest.mark.parametrize(
    ("change", "field", "error"),
    [
        ({"body_ru": "{who}"}, "body_ru", "{who}"),
        ({"subject_en": "{who}"}, "subject_en", "{who}"),
        ({"body_en": "{month"}, "body_en", "пары"),
        ({"subject_ru": "x" * 161}, "subject_ru", "160"),
    ],
)
def test_an_error_in_a_text_is_shown_at_its_field(
    editor: User, client: Client, change: dict[str, str], field: str, error: str
) -> None:
    answer = client.post(TEXT, FORM_DATA | change | {"action": "save"})
    assert list(answer.context["form"].errors) == [field]
    assert error in " ".join(answer.context["form"].errors[field])
    assert answer.context["form"]["body_ru"].value() == (FORM_DATA | change)["body_ru"]
    assert not NotificationText.objects.exists()


def test_a_recovery_text_must_have_its_link(editor: User, client: Client) -> None:
    answer = client.post("/admin/notices/recovery/", {"body_ru": "Ссылки нет", "action": "save"})
    assert list(answer.context["form"].errors) == ["body_ru"]
    assert not NotificationText.objects.exists()


def test_a_preview_stores_and_sends_nothing(editor: User, client: Client) -> None:
    answer = client.post(TEXT, FORM_DATA | {"action": "preview"})
    russian, english = [text for _language, text in answer.context["shown"]]
    assert russian.subject.startswith("Показания: ")
    assert "{" not in russian.body
    assert english.subject.startswith("Показания: "), "without its English the Russian is sent"
    assert not NotificationText.objects.exists()
    assert not Message.objects.exists()


def test_a_test_message_goes_only_to_the_editor(editor: User, client: Client) -> None:
    answer = client.post(TEXT, FORM_DATA | {"action": "test"})
    assert editor.email in messages_of(answer)[0]
    services.send_due()
    (letter,) = mail.outbox
    assert letter.to == [editor.email]
    assert not NotificationText.objects.exists()


def test_no_test_message_without_an_address(editor: User, client: Client) -> None:
    User.objects.filter(pk=editor.pk).update(email="")
    answer = client.post(TEXT, FORM_DATA | {"action": "test"})
    assert answer.context["shown"], "the page stays with what was typed"
    assert "нет почты" in messages_of(answer)[0]
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("query", "is_listed"),
    [
        ({"q": "показания"}, True),
        ({"q": "{month}"}, True),
        ({"category": "debt"}, False),
        ({"q": "неслыханное"}, False),
    ],
)
def test_texts_are_filtered_by_words_and_category(
    editor: User, client: Client, query: dict[str, str], is_listed: bool
) -> None:
    client.post(TEXT, FORM_DATA | {"action": "save"})
    codes = [text.kind.code for text, _russian in client.get(TEXTS, query).context["rows"]]
    assert ("readings_reminder" in codes) is is_listed


def test_an_unknown_kind_or_category_is_refused(editor: User, client: Client) -> None:
    assert client.get("/admin/notices/unheard/").status_code == 404
    assert client.get(TEXTS, {"category": "unheard"}).status_code == 400


# History.


def test_the_history_is_exported_as_filtered(editor: User, cast: Cast, client: Client) -> None:
    message()
    failed = message(state=MessageState.FAILED, kind="readings_reminder", error="552 mailbox is full")
    message(channel=DeliveryChannel.INBOX, user=cast.anna.user, address="")
    for query in ({"state": "failed"}, {"kind": "readings_reminder"}):
        assert [row.pk for row in client.get(HISTORY, query).context["page_obj"]] == [failed.pk]
        rows = csv_rows(client.get(HISTORY, {**query, "export": "csv"}))
        assert len(rows) == 2
        assert "552 mailbox is full" in rows[1]
    assert len(client.get(HISTORY, {"channel": "inbox"}).context["page_obj"]) == 1
    assert list(client.get(HISTORY, {"q": "неслыханное"}).context["page_obj"]) == []
    for wrong in ({"state": "lost"}, {"kind": "unheard"}, {"channel": "sms"}):
        assert client.get(HISTORY, wrong).status_code == 400


def test_search_by_a_part_of_an_address_needs_permission_to_see_residents(
    editor: User, cast: Cast, clerk: Clerk, client: Client
) -> None:
    message()
    assert list(client.get(HISTORY, {"q": "anna@"}).context["page_obj"]) == []
    assert len(client.get(HISTORY, {"q": "anna@mail.example"}).context["page_obj"]) == 1
    clerk("notifications.view_message", "office.view_account_card", username="registrar")
    assert len(client.get(HISTORY, {"q": "anna@"}).context["page_obj"]) == 1


def test_opening_a_message_needs_permission_to_see_residents(
    editor: User, clerk: Clerk, client: Client, cast: Cast
) -> None:
    url = reverse("office_notice_message", args=[message(user=cast.anna.user).pk])
    assert client.get(url)["Location"] == reverse("wagtailadmin_home")
    clerk("notifications.view_message", "office.view_account_card", username="registrar")
    assert "820 ₽" in text_of(client.get(url))
    assert client.get(reverse("office_notice_message", args=[99999])).status_code == 404


# Sending again.


def test_one_or_all_failed_messages_are_sent_again(editor: User, client: Client) -> None:
    first, second, third = [message(state=MessageState.FAILED, attempts=5, error="x") for _number in range(3)]
    sent = message()
    assert messages_of(client.post(RETRY, {"message": str(first.pk)})) == ["Отправляем снова: 1."]
    first.refresh_from_db()
    assert (first.state, first.attempts, first.error) == (MessageState.WAITING, 0, "")
    assert messages_of(client.post(RETRY, {"message": str(first.pk)}))[-1] == "Отправляем снова: 0.", "a second click"
    assert messages_of(client.post(RETRY))[-1] == "Отправляем снова: 2."
    sent.refresh_from_db()
    assert sent.state == MessageState.SENT
    assert set(Message.objects.filter(pk__in=[second.pk, third.pk]).values_list("state", flat=True)) == {"waiting"}


@pytest.mark.parametrize("value", ["x", "²", "9" * 30, "0"])
def test_an_invalid_choice_sends_nothing_again(editor: User, client: Client, value: str) -> None:
    failed = message(state=MessageState.FAILED)
    assert messages_of(client.post(RETRY, {"message": value})) == ["Отправляем снова: 0."]
    failed.refresh_from_db()
    assert failed.state == MessageState.FAILED


def test_a_reader_may_neither_change_texts_nor_send_again(cast: Cast, clerk: Clerk, client: Client) -> None:
    failed = message(state=MessageState.FAILED)
    clerk("notifications.view_message", username="reader")
    for url, data in ((RETRY, {}), (TEXT, FORM_DATA | {"action": "save"})):
        assert client.post(url, data)["Location"] == reverse("wagtailadmin_home")
    failed.refresh_from_db()
    assert failed.state == MessageState.FAILED
    assert not NotificationText.objects.exists()
    assert reverse("office_notice_retry") not in text_of(client.get(HISTORY))

"""Who edits texts of notices sees example data; the history masks addresses; an opened letter stands in the audit."""

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import ModelLogEntry

from portal.accounts import audit
from portal.accounts.models import User
from portal.core.masking import masked_address, masked_addresses
from portal.notifications.models import Message
from portal.notifications.services import Recipient, notify
from portal.operations import roles
from portal.receipts.notifications import RECEIPT_READY
from tests.people import Cast, make_employee

pytestmark = pytest.mark.django_db
HISTORY = "office_notice_history"


@pytest.fixture
def notified(cast: Cast) -> Message:
    notify(
        kind=RECEIPT_READY,
        event="receipt:1",
        recipients=[Recipient(cast.anna.user, "anna@mail.example")],
        context={"month": "октябрь 2026", "amount": "1 697,92 ₽", "due": "15 декабря"},
    )
    message = Message.objects.filter(channel="email").get()
    Message.objects.filter(pk=message.pk).update(
        address="anna@mail.example", error="550 no such user <anna@mail.example>", body="К оплате 1 697,92 ₽"
    )
    return message


def employee(role: str) -> Client:
    roles.setup()
    client = Client()
    client.force_login(make_employee(role))
    return client


def test_a_preview_takes_no_login(notified: Message) -> None:
    editor = employee("editor")
    url = reverse("office_notice_text", args=["receipt_ready"])
    page = editor.post(url, {"body_ru": "К оплате {amount}", "login": "anna", "action": "preview"}).content.decode()
    assert "1\xa0240,50\xa0₽" in page
    assert "697,92" not in page


@pytest.mark.parametrize("export", ["", "csv"])
def test_an_editor_sees_masked_addresses(notified: Message, export: str) -> None:
    page = employee("editor").get(reverse(HISTORY), {"export": export} if export else {}).content.decode()
    assert "a***@mail.example" in page
    assert "anna@mail.example" not in page


def test_an_editor_spells_no_address_out_by_searching(notified: Message) -> None:
    editor = employee("editor")
    counts = [
        editor.get(reverse(HISTORY), {"q": words}).context["page_obj"].paginator.count
        for words in ("anna@mail", "anna@mail.example")
    ]
    assert counts == [0, 1]


def test_a_letter_is_opened_with_the_right_to_the_card_and_noted(notified: Message) -> None:
    url = reverse("office_notice_message", args=[notified.pk])
    assert employee("editor").get(url).status_code in (302, 403)
    manager = employee("manager")
    assert "anna@mail.example" in manager.get(url).content.decode()
    entry = ModelLogEntry.objects.get(action=audit.SAW)
    assert (entry.user.username, entry.data["what"]) == ("manager", f"Уведомление № {notified.pk}")
    assert entry.object_id == str(User.objects.get(username="anna").pk)


@pytest.mark.parametrize(("written", "masked"), [("anna@mail.example", "a***@mail.example"), ("", ""), ("x", "x***")])
def test_masking(written: str, masked: str) -> None:
    assert masked_address(written) == masked


def test_masking_inside_a_text() -> None:
    assert masked_addresses("550 <ab.c+d@m.example>: no") == "550 <a***@m.example>: no"

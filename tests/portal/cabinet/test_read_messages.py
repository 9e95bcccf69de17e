"""The inbox: what is new, opening, marking; nobody else's."""

import pytest
from django.test import Client

from portal.notifications.enums import DeliveryChannel
from portal.notifications.models import Message
from portal.notifications.services import Recipient, notify
from portal.receipts.notifications import RECEIPT_READY
from tests.people import Cast


@pytest.fixture
def message(cast: Cast) -> Message:
    notify(
        kind=RECEIPT_READY,
        event="receipt:1",
        recipients=[Recipient(user=cast.anna.user)],
        context={"month": "октябрь", "amount": "1,00 ₽", "due": "16 ноября"},
        channels=[DeliveryChannel.INBOX],
    )
    return Message.objects.get(user=cast.anna.user)


def test_it_is_counted_opened_and_led_on(cast: Cast, client: Client, message: Message) -> None:
    client.force_login(cast.anna.user)
    assert '<span class="count">1<' in client.get("/personal/ledger/").content.decode()
    assert "Квитанция за октябрь готова" in client.get("/personal/inbox/?show=unread").content.decode()
    assert client.post(f"/personal/inbox/{message.pk}/")["Location"] == "/personal/receipts/"
    message.refresh_from_db()
    assert message.read_at is not None
    assert "Сообщений нет" in client.get("/personal/inbox/?show=unread").content.decode()


def test_all_are_marked_at_once(cast: Cast, client: Client, message: Message) -> None:
    client.force_login(cast.anna.user)
    client.post("/personal/inbox/read/")
    assert not Message.objects.filter(user=cast.anna.user, read_at=None).exists()


def test_the_stranger_neither_sees_nor_opens_it(cast: Cast, client: Client, message: Message) -> None:
    client.force_login(cast.stranger.user)
    assert "Квитанция за октябрь готова" not in client.get("/personal/inbox/").content.decode()
    assert client.post(f"/personal/inbox/{message.pk}/").status_code == 404
    client.post("/personal/inbox/read/")
    message.refresh_from_db()
    assert message.read_at is None

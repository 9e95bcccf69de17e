"""A resident chooses what to be told and how; leaves a kind of letters by one click."""

import pytest
from django.core import mail
from django.test import Client

from portal.accounts.notifications import NEW_DEVICE
from portal.billing.notifications import DEBT_REMINDER
from portal.notifications import selectors, services
from portal.notifications.categories import REFUSABLE_CODES
from portal.notifications.enums import DeliveryChannel
from portal.notifications.forms import ChoicesForm
from portal.notifications.mail import unsubscribe_token
from portal.notifications.models import Choice, Message
from portal.notifications.services import Recipient, notify
from tests.people import Cast


def form(cast: Cast, **changed: str) -> ChoicesForm:
    data = (
        {f"{code}-{channel}": "on" for code in REFUSABLE_CODES for channel in DeliveryChannel}
        | {"language": "ru"}
        | changed
    )
    return ChoicesForm({name: value for name, value in data.items() if value}, user=cast.anna.user)


def test_a_refused_channel_stays_silent(cast: Cast) -> None:
    filled = form(cast, **{"debt-email": ""})
    assert filled.is_valid(), filled.errors
    filled.save()
    notify(
        kind=DEBT_REMINDER,
        event="debt:1",
        context={"account": "0010001", "address": "Речная, 4", "amount": "820,00 ₽", "due": "10 октября"},
        recipients=[Recipient(r.user, r.user.email) for r in (cast.anna, cast.boris)],
    )
    assert not Message.objects.filter(user=cast.anna.user, channel=DeliveryChannel.EMAIL).exists()
    assert Message.objects.filter(user=cast.anna.user, channel=DeliveryChannel.INBOX).exists()
    assert Message.objects.filter(user=cast.boris.user, channel=DeliveryChannel.EMAIL).exists()


def test_half_of_quiet_hours_is_an_error_at_the_field(cast: Cast) -> None:
    filled = form(cast, quiet_from="22:00")
    assert not filled.is_valid()
    assert "quiet_until" in filled.errors


def test_safety_cannot_be_refused(cast: Cast) -> None:
    Choice.objects.create(user=cast.anna.user, category="security", channel=DeliveryChannel.EMAIL, wanted=False)
    notify(
        kind=NEW_DEVICE,
        event="device:1",
        recipients=[Recipient(cast.anna.user, cast.anna.user.email)],
        context={"moment": "сейчас", "device": "Firefox", "place": "ваш кабинет"},
    )
    assert Message.objects.filter(channel=DeliveryChannel.EMAIL).exists()
    services.send_due()
    assert "List-Unsubscribe" not in mail.outbox[0].extra_headers


def link(cast: Cast, category: str = "debt") -> str:
    return f"/notifications/unsubscribe/{unsubscribe_token(user_id=cast.anna.user.pk, category=category)}/"


def wants(cast: Cast, category: str = "debt") -> bool:
    return selectors.choices_of(cast.anna.user)[category, DeliveryChannel.EMAIL]


@pytest.fixture
def strict_client() -> Client:
    return Client(enforce_csrf_checks=True)


def test_the_mail_program_leaves_by_one_click(cast: Cast, strict_client: Client) -> None:
    answer = strict_client.post(link(cast), {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert not wants(cast)
    assert wants(cast, "outage")


def test_any_other_post_needs_its_csrf_token(cast: Cast, strict_client: Client) -> None:
    assert strict_client.post(link(cast)).status_code == 403
    assert wants(cast)


def test_a_forged_link_does_not_exist(cast: Cast, client: Client) -> None:
    forged = link(cast)[:-4] + "xxx/"
    assert client.get(forged).status_code == 404
    assert client.post(forged, {"List-Unsubscribe": "One-Click"}).status_code == 404


def test_opening_the_link_changes_nothing(cast: Cast, strict_client: Client) -> None:
    assert strict_client.get(link(cast)).status_code == 200
    assert wants(cast)


def test_the_button_on_the_page_leaves(cast: Cast, client: Client) -> None:
    assert client.post(link(cast)).status_code == 200
    assert not wants(cast)

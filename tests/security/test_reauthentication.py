"""What changes how one comes in asks for the password or code once more, and loses nothing that was typed."""

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client

from portal.accounts.models import EmailChange, User
from portal.notifications.models import Message
from portal.notifications.services.sending import send_due
from tests.codes import code_of
from tests.people import PASSWORD, Cast, make_login

pytestmark = pytest.mark.django_db
EMAIL = "/personal/profile/email/"
ACTIVATE = "/accounts/2fa/totp/activate/"


def logged_in(login: str) -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": login, "password": PASSWORD})
    return client


def secret_shown(client: Client) -> str:
    match = re.search(r"<b>([A-Z2-7]{16,})</b>", client.get(ACTIVATE).content.decode())
    assert match
    return match.group(1)


def with_second_factor(login: str) -> tuple[Client, str]:
    client = logged_in(login)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    secret = secret_shown(client)
    client.post(ACTIVATE, {"code": code_of(secret)})
    return client, secret


def forget_reauthentication(client: Client) -> None:
    """As after five minutes: only the login itself stays in the session's records."""
    session = client.session
    session["account_authentication_methods"] = session["account_authentication_methods"][:1]
    session.save()


def test_a_session_alone_changes_no_address(cast: Cast) -> None:
    client = logged_in("anna")
    assert client.get(EMAIL).status_code == 200
    asked = client.post(EMAIL, {"email": "new@mail.example"})
    assert asked["Location"].startswith("/accounts/reauthenticate/")
    assert not EmailChange.objects.exists()
    assert client.post(asked["Location"], {"password": "wrong-password", "next": EMAIL}).status_code == 200
    assert not EmailChange.objects.exists()


def test_after_the_password_the_typed_address_goes_on(cast: Cast) -> None:
    client = logged_in("anna")
    asked = client.post(EMAIL, {"email": "new@mail.example"})["Location"]
    done = client.post(asked, {"password": PASSWORD, "next": EMAIL})
    assert done["Location"] == "/personal/profile/"
    assert EmailChange.objects.get(user=cast.anna.user).address == "new@mail.example"


def test_a_mistake_in_what_was_typed_comes_back_with_it(cast: Cast) -> None:
    client = logged_in("anna")
    asked = client.post(EMAIL, {"email": "no address"})["Location"]
    page = client.post(asked, {"password": PASSWORD, "next": EMAIL}).content.decode()
    assert 'value="no address"' in page
    again = client.post(EMAIL, {"email": "new@mail.example"})
    assert again["Location"] == "/personal/profile/"


def test_a_code_serves_as_well_as_the_password(cast: Cast) -> None:
    client, _secret = with_second_factor("anna")
    forget_reauthentication(client)
    asked = client.post(EMAIL, {"email": "new@mail.example"})["Location"]
    assert "2fa/reauthenticate" in client.get(asked).content.decode()
    codes = Authenticator.objects.get(user=cast.anna.user, type="recovery_codes").wrap().get_unused_codes()
    done = client.post("/accounts/2fa/reauthenticate/", {"code": codes[0], "next": EMAIL})
    assert done["Location"] == "/personal/profile/"
    assert EmailChange.objects.get().address == "new@mail.example"


def test_the_letters_link_works_without_a_session_and_the_old_address_is_told(cast: Cast) -> None:
    client = logged_in("anna")
    asked = client.post(EMAIL, {"email": "new@mail.example"})["Location"]
    client.post(asked, {"password": PASSWORD, "next": EMAIL})
    send_due()
    letter = next(letter for letter in mail.outbox if letter.to == ["new@mail.example"])
    link = re.search(r"/accounts/email/confirm/\S+/", str(letter.body))
    assert link
    elsewhere = Client()
    assert elsewhere.get(link.group()).status_code == 200
    assert elsewhere.post(link.group()).status_code == 200
    cast.anna.user.refresh_from_db()
    assert cast.anna.user.email == "new@mail.example"
    notified = Message.objects.filter(event__startswith="email:", channel="email")
    assert {message.address for message in notified} == {"new@mail.example", "anna@mail.example"}


def test_the_address_of_another_login_is_answered_alike_and_its_owner_told(cast: Cast) -> None:
    client = logged_in("anna")
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    answers = {}
    for address in ("free@mail.example", "boris@mail.example"):
        done = client.post(EMAIL, {"email": address}, follow=True)
        answers[address] = done.content.decode().replace(address, "…")
    strip = re.compile(r'csrfmiddlewaretoken" value="[^"]+"')
    assert strip.sub("", answers["free@mail.example"]) == strip.sub("", answers["boris@mail.example"])
    notified = Message.objects.filter(user=cast.boris.user, event__startswith="email-taken:")
    assert {message.channel for message in notified} == {"inbox", "email"}
    assert "anna" not in " ".join(message.body for message in notified)
    assert not Message.objects.filter(event__startswith="email-confirm:", address="boris@mail.example").exists()


def test_a_second_factor_is_switched_on_and_off_and_codes_made_only_after_the_password(cast: Cast) -> None:
    client = logged_in("anna")
    assert client.get(ACTIVATE)["Location"].startswith("/accounts/reauthenticate/")
    client, _secret = with_second_factor("anna")
    assert Authenticator.objects.filter(user=cast.anna.user).count() == 2
    forget_reauthentication(client)
    for address in ("/accounts/2fa/totp/deactivate/", "/accounts/2fa/recovery-codes/generate/"):
        assert client.post(address)["Location"].startswith("/accounts/reauthenticate/")
    assert Authenticator.objects.filter(user=cast.anna.user).count() == 2


def test_the_owner_is_told_of_each_change_of_the_second_factor(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        client, _secret = with_second_factor("anna")
        client.post("/accounts/2fa/recovery-codes/generate/")
        client.post("/accounts/2fa/totp/deactivate/")
    notified = Message.objects.filter(user=cast.anna.user, event__startswith="factor:").order_by("pk")
    for channel in ("inbox", "email"):
        words = " ".join(message.body for message in notified.filter(channel=channel))
        assert [word in words for word in ("включён", "созданы заново", "отключён")] == [True] * 3
    assert not Message.objects.filter(event__startswith="factor:").exclude(user=cast.anna.user).exists()


def employee() -> User:
    chief = make_login("chief", staff=True)
    chief.is_superuser = True
    chief.save()
    return chief


def test_a_new_employee_types_the_password_once_before_the_first_code(db: None, settings: object) -> None:
    settings.STAFF_TWO_FACTOR_REQUIRED = True  # type: ignore[attr-defined]
    chief = employee()
    client = logged_in("chief")
    assert client.get("/admin/")["Location"] == "/accounts/2fa/"
    secret = secret_shown(client)
    client.post(ACTIVATE, {"code": code_of(secret)})
    assert Authenticator.objects.filter(user=chief, type="totp").exists()
    forget_reauthentication(client)
    off = client.post("/accounts/2fa/totp/deactivate/")
    assert off["Location"].startswith("/accounts/reauthenticate/")


def test_a_forced_employee_whose_login_is_old_types_it_again(db: None, settings: object) -> None:
    settings.STAFF_TWO_FACTOR_REQUIRED = True  # type: ignore[attr-defined]
    employee()
    client = logged_in("chief")
    session = client.session
    session["account_authentication_methods"] = [
        record | {"at": record["at"] - 301} for record in session["account_authentication_methods"]
    ]
    session.save()
    assert client.get(ACTIVATE)["Location"].startswith("/accounts/reauthenticate/")

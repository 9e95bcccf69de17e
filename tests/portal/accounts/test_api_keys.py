"""API keys are made after the password, told to the owner, expire, and end with the password and all sessions."""

import datetime as dt
import re

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from wagtail.models import ModelLogEntry

from portal.accounts.exceptions import TooManyKeys
from portal.accounts.models import ApiKey, User
from portal.accounts.services import api_keys, recovery
from portal.accounts.services.sessions import end_sessions
from portal.core import clock
from portal.notifications.models import Message
from tests.people import PASSWORD, Cast

pytestmark = pytest.mark.django_db
KEYS, SESSIONS = "/personal/profile/keys/", "/personal/profile/sessions/"
LOCK = "/accounts/reauthenticate/"
FORM = {"name": "Умный дом", "scopes": ["read", "readings"], "days": "90"}
MADE = "/personal/profile/keys/made/"


@pytest.fixture
def anna(cast: Cast, client: Client) -> Client:
    client.post("/accounts/login/", {"login": "anna", "password": PASSWORD})
    return client


def secret_of(user: User, name: str = "дом", days: int = 180) -> str:
    return api_keys.make_key(user=user, name=name, days=days, moment=clock.real_now())[1]


def opens(secret: str) -> bool:
    answer = Client(headers={"authorization": f"Bearer {secret}"}).get("/api/v1/accounts/")
    return answer.status_code == 200


def test_a_session_alone_makes_no_key(anna: Client) -> None:
    answer = anna.post(KEYS, FORM)
    assert answer.status_code == 302
    assert answer["Location"].startswith(LOCK)
    assert not ApiKey.objects.exists()


def test_after_the_password_the_key_of_the_form_is_made_and_its_owner_told(anna: Client, cast: Cast) -> None:
    asked = anna.post(KEYS, FORM)["Location"]
    wrong = anna.post(asked, {"password": "not-the-password", "next": KEYS})
    assert not ApiKey.objects.exists()
    assert wrong.status_code == 200
    page = anna.post(asked, {"password": PASSWORD, "next": KEYS})
    key = ApiKey.objects.get(user=cast.anna.user)
    assert key.name == "Умный дом"
    assert (key.expires_at - key.created_at).days == 90
    assert key.scopes == ["read", "readings"]
    assert (page.status_code, page["Location"]) == (302, MADE)
    shown = re.search(r"<code[^>]*>([^<]+)</code>", anna.get(MADE).content.decode())
    assert shown is not None
    assert opens(shown[1])
    notified = Message.objects.filter(event=f"api-key:{key.pk}:made")
    assert {(m.channel, m.address) for m in notified} == {("inbox", ""), ("email", "anna@mail.example")}
    assert ModelLogEntry.objects.filter(action="portal.access", user=cast.anna.user).exists()


def test_the_secret_is_shown_once_and_reloading_makes_no_second_key(anna: Client) -> None:
    asked = anna.post(KEYS, FORM)["Location"]
    anna.post(asked, {"password": PASSWORD, "next": KEYS})
    assert not any(name in str(dict(anna.session)) for name in ApiKey.objects.values_list("digest", flat=True))
    assert "<code" in anna.get(MADE).content.decode()
    again = anna.get(MADE)
    assert "<code" not in again.content.decode()
    assert ApiKey.objects.count() == 1


def test_a_key_opens_something(anna: Client, cast: Cast) -> None:
    asked = anna.post(KEYS, FORM | {"scopes": []})["Location"]
    assert anna.post(asked, {"password": PASSWORD, "next": KEYS}).status_code == 422
    with pytest.raises(IntegrityError), transaction.atomic():
        api_keys.make_key(user=cast.anna.user, name="x", moment=clock.real_now(), scopes=())


def test_the_last_use_names_its_network(anna: Client, cast: Cast) -> None:
    secret = secret_of(cast.anna.user)
    Client(headers={"authorization": f"Bearer {secret}"}, REMOTE_ADDR="2001:db8:1:2:3:4:5:6").get("/api/v1/accounts/")
    assert ApiKey.objects.get().last_used_from == "2001:db8:1:2::/64"
    assert "2001:db8:1:2::/64" in anna.get(SESSIONS).content.decode()


def test_the_owner_is_written_to_once_before_a_key_ends(cast: Cast) -> None:
    now = clock.real_now()
    secret_of(cast.anna.user, name="скоро", days=30)
    secret_of(cast.anna.user, name="потом", days=180)
    for days in (20, 24, 25):
        api_keys.notify_of_ending_keys(moment=now + dt.timedelta(days=days))
    (letter,) = Message.objects.filter(event__endswith=":ends", channel="email")
    assert "«скоро»" in letter.body


def test_keys_stand_beside_the_sessions_and_are_revoked_there(anna: Client, cast: Cast) -> None:
    secret = secret_of(cast.anna.user)
    assert opens(secret)
    page = anna.get(SESSIONS).content.decode()
    assert "дом" in page
    assert "ещё нет" not in page  # it was used today
    anna.post(SESSIONS, {"api_key": str(ApiKey.objects.get().pk)})
    assert not opens(secret)
    assert "Ключей нет" in anna.get(SESSIONS).content.decode()


def test_the_stranger_revokes_nothing_of_hers(anna: Client, cast: Cast) -> None:
    secret = secret_of(cast.anna.user)
    stranger = Client()
    stranger.force_login(cast.stranger.user)
    assert "дом" not in stranger.get(SESSIONS).content.decode()
    stranger.post(SESSIONS, {"api_key": str(ApiKey.objects.get().pk)})
    assert opens(secret)


def test_all_sessions_ended_ends_the_keys(anna: Client, cast: Cast) -> None:
    secret = secret_of(cast.anna.user)
    anna.post(SESSIONS, {"all": "1"})
    assert not opens(secret)


def test_a_changed_password_ends_the_keys(anna: Client, cast: Cast) -> None:
    secret, new = secret_of(cast.anna.user), "a-quiet-river-flows"
    anna.post("/accounts/password/change/", {"old_password": PASSWORD, "password1": new, "password2": new})
    assert not opens(secret)


def test_a_recovered_password_ends_the_keys(cast: Cast) -> None:
    secret = secret_of(cast.anna.user)
    recovery.set_new_password(user=cast.anna.user, password="a-quiet-river-flows", moment=clock.real_now())
    assert not opens(secret)


def test_a_password_set_past_our_services_ends_the_keys(cast: Cast) -> None:
    secret = secret_of(cast.anna.user)
    cast.anna.user.set_password("another-quiet-river")
    cast.anna.user.save()
    assert not opens(secret)
    assert api_keys.working_keys(user=cast.anna.user, moment=clock.real_now()) == []


def test_an_expired_key_opens_nothing_and_leaves_room(cast: Cast) -> None:
    long_ago = clock.real_now() - dt.timedelta(days=31)
    secrets = [api_keys.make_key(user=cast.anna.user, name="n", days=30, moment=long_ago)[1] for _ in range(10)]
    assert not opens(secrets[0])
    assert opens(secret_of(cast.anna.user))


def test_the_secret_is_not_stored_and_ten_keys_are_enough(cast: Cast) -> None:
    secrets = [secret_of(cast.anna.user) for _ in range(10)]
    assert secrets[0] not in str(ApiKey.objects.values())
    with pytest.raises(TooManyKeys):
        secret_of(cast.anna.user)
    end_sessions(user=cast.anna.user)
    assert opens(secret_of(cast.anna.user))


def test_a_term_that_is_not_offered_is_refused(anna: Client) -> None:
    asked = anna.post(KEYS, FORM | {"days": "9999"})["Location"]
    assert anna.post(asked, {"password": PASSWORD, "next": KEYS}).status_code == 422
    assert not ApiKey.objects.exists()

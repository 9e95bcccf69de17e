"""FAULTS 15 and the happy path, against a provider on loopback."""

import re
import urllib.parse
from collections.abc import Iterator
from html import unescape

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import Permission
from django.test import Client

from portal.accounts.models import AccessSettings, User
from tests.people import PASSWORD, Cast
from tests.security.provider import Provider

pytestmark = pytest.mark.django_db
LINK = "/personal/profile/livejournal/"
LOGIN = "/accounts/livejournal/"


@pytest.fixture
def provider(db: None) -> Iterator[Provider]:
    running = Provider()
    settings = AccessSettings.load()
    settings.livejournal_identity = running.template
    settings.save()
    yield running
    running.close()


def target_of(response) -> str:
    assert response.status_code == 200
    match = re.search(r'<a class="button"\s+href="(http[^"]+)"', response.content.decode())
    assert match, response.content.decode()[-800:]
    return unescape(match.group(1))


def back(client: Client, address: str):
    split = urllib.parse.urlsplit(address)
    return client.get(f"{split.path}?{split.query}")


def link(client: Client, provider: Provider, name: str = "anna_lj") -> None:
    client.post("/accounts/login/", {"login": "anna", "password": PASSWORD})
    leaving = client.post(LINK, {"openid": name, "password": PASSWORD})
    assert back(client, provider.answer(target_of(leaving)))["Location"] == "/personal/profile/"
    client.post("/accounts/logout/")


def begin(client: Client, name: str = "anna_lj") -> str:
    return target_of(client.post(LOGIN, {"openid": name}))


def test_a_linked_journal_opens_its_login(cast: Cast, client: Client, provider: Provider) -> None:
    link(client, provider)
    came = back(client, provider.answer(begin(client)))
    assert came["Location"] == "/personal/"
    assert int(client.session["_auth_user_id"]) == cast.anna.user.pk


def test_a_journal_alone_opens_no_page_of_the_admin(
    cast: Cast, client: Client, provider: Provider, settings: object
) -> None:
    settings.STAFF_TWO_FACTOR_REQUIRED = True  # type: ignore[attr-defined]
    link(client, provider)
    cast.anna.user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    back(client, provider.answer(begin(client)))
    assert client.get("/admin/")["Location"] == "/accounts/2fa/"
    client.post("/accounts/logout/")
    Authenticator.objects.create(user=cast.anna.user, type="totp", data={"secret": "JBSWY3DPEHPK3PXP"})
    came = back(client, provider.answer(begin(client)))
    assert came["Location"].startswith("/accounts/2fa/authenticate/")
    assert client.get("/admin/")["Location"].startswith("/accounts/login/")


def test_the_address_of_the_journal_does_as_well(cast: Cast, client: Client, provider: Provider) -> None:
    link(client, provider)
    assert back(client, provider.answer(begin(client, f"{provider.base}/anna_lj")))["Location"] == "/personal/"


def test_linking_takes_the_password(cast: Cast, client: Client, provider: Provider) -> None:
    client.force_login(cast.anna.user)
    page = client.post(LINK, {"openid": "anna_lj", "password": "wrong"})
    assert "Пароль не подходит" in page.content.decode()


def test_an_identity_nobody_linked_opens_and_makes_nothing(cast: Cast, client: Client, provider: Provider) -> None:
    logins = User.objects.count()
    refused = back(client, provider.answer(begin(client, "somebody")))
    assert refused.status_code == 403
    assert "не привязан" in refused.content.decode()
    assert "_auth_user_id" not in client.session
    assert User.objects.count() == logins
    assert not SocialAccount.objects.exists()


def test_a_forged_assertion_is_refused(cast: Cast, client: Client, provider: Provider) -> None:
    link(client, provider)
    true = provider.answer(begin(client, "somebody"))
    forged = true.replace("somebody", "anna_lj")
    assert back(client, forged).status_code == 403
    assert "_auth_user_id" not in client.session


def test_an_assertion_for_another_site_is_refused(cast: Cast, client: Client, provider: Provider) -> None:
    link(client, provider)
    asked = begin(client)
    elsewhere = asked.replace(
        urllib.parse.quote("http://testserver", safe=""), urllib.parse.quote("http://evil.example", safe="")
    )
    assert elsewhere != asked
    assert back(client, provider.answer(elsewhere)).status_code == 403
    assert "_auth_user_id" not in client.session


def test_a_replayed_assertion_is_refused(cast: Cast, client: Client, provider: Provider) -> None:
    link(client, provider)
    answer = provider.answer(begin(client))
    assert back(client, answer).status_code == 302
    client.post("/accounts/logout/")
    begin(client)
    assert back(client, answer).status_code == 403
    assert "_auth_user_id" not in client.session


def test_a_foreign_provider_is_not_asked(cast: Cast, client: Client, provider: Provider) -> None:
    page = client.post(LOGIN, {"openid": "http://evil.example/anna"})
    assert "Это не имя журнала" in page.content.decode()


def test_a_journal_of_another_login_is_not_taken(cast: Cast, client: Client, provider: Provider) -> None:
    link(client, provider)
    client.post("/accounts/login/", {"login": "boris", "password": PASSWORD})
    leaving = client.post(LINK, {"openid": "anna_lj", "password": PASSWORD})
    page = client.get(back(client, provider.answer(target_of(leaving)))["Location"])
    assert "привязан к другому логину" in page.content.decode()
    assert SocialAccount.objects.get().user == cast.anna.user


def test_a_provider_that_is_away_is_said_in_words(cast: Cast, client: Client, provider: Provider) -> None:
    provider.http.shutdown()
    provider.http.server_close()
    page = client.post(LOGIN, {"openid": "anna_lj"})
    assert page.status_code == 200
    assert "LiveJournal не отвечает" in page.content.decode()


def test_switched_off_it_does_not_exist(cast: Cast, client: Client, provider: Provider) -> None:
    settings = AccessSettings.load()
    settings.livejournal_enabled = False
    settings.save()
    for path in (LOGIN, LOGIN + "callback/"):
        assert client.get(path).status_code == 404
    assert "LiveJournal" not in client.get("/accounts/login/").content.decode()


def test_unlinked_it_opens_nothing(cast: Cast, client: Client, provider: Provider) -> None:
    link(client, provider)
    client.post("/accounts/login/", {"login": "anna", "password": PASSWORD})
    client.post(LINK + "unlink/")
    client.post("/accounts/logout/")
    assert back(client, provider.answer(begin(client))).status_code == 403

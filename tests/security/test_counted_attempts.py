"""FAULTS 22: codes, keys and passwords guessed through every door are counted, ended, and told to the owner.

The control: without the count the right code is taken after any number of wrong ones. That no door is missing is
tested in test_where_secrets_are_asked.py.
"""

import datetime as dt
import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_q.models import OrmQ

from portal.accounts import jobs, login_flow
from portal.accounts.client_ip import counted_networks
from portal.accounts.enums import ThrottleScope
from portal.accounts.models import AccessSettings, Throttle, User
from portal.accounts.selectors.logins import login_named
from portal.accounts.services.api_keys import make_key
from portal.accounts.services.recovery import link_path
from portal.accounts.services.throttling import NOTIFY_OWNER
from portal.core import clock
from portal.notifications.enums import DeliveryChannel
from portal.notifications.models import Message
from tests.codes import code_of
from tests.people import PASSWORD, Cast, make_login

pytestmark = pytest.mark.django_db
LOGIN, CODE, CODE_AGAIN = "/accounts/login/", "/accounts/2fa/authenticate/", "/accounts/2fa/reauthenticate/"
NEW = "a-quiet-river-flows"


def post_login(client: Client, login: str = "anna", password: str = PASSWORD) -> HttpResponse:
    return client.post(LOGIN, {"login": login, "password": password})


def statuses(client: Client, path: str, data: dict[str, str], times: int = 6) -> list[int]:
    return [client.post(path, data).status_code for _ in range(times)]


def run_alerts() -> int:
    """Do what is queued for owners; returns how many messages are new."""
    notified = 0
    for task in list(OrmQ.objects.all()):
        if task.func() == NOTIFY_OWNER:
            notified += jobs.notify_owner_of_guessing(*task.task["args"])
            task.delete()
    return notified


def messages_of(user: User, kind: str) -> list[str]:
    return sorted(Message.objects.filter(user=user, kind=kind).values_list("channel", flat=True))


@pytest.fixture
def secret(cast: Cast) -> str:
    """Anna's authenticator app."""
    client = Client()
    post_login(client)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    sources = re.search(r"<b>([A-Z2-7]{16,})</b>", client.get("/accounts/2fa/totp/activate/").content.decode())
    assert sources
    assert client.post("/accounts/2fa/totp/activate/", {"code": code_of(sources.group(1))}).status_code == 302
    return sources.group(1)


def half_login() -> Client:
    client = Client()
    assert post_login(client)["Location"].startswith(CODE)
    return client


def recovery_codes(user: User) -> list[str]:
    sources: list[str] = Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()
    return sources


# One-time and recovery codes of a login under way.


def test_codes_of_a_login_are_counted_and_the_login_ends(cast: Cast, secret: str) -> None:
    client = half_login()
    assert statuses(client, CODE, {"code": "000000"}, 5) == [200] * 5
    stopped = client.post(CODE, {"code": code_of(secret, later=1)})
    assert stopped.status_code == 429
    assert 0 < int(stopped["Retry-After"]) <= 900
    assert "Подождите 15 минут" in stopped.content.decode()
    assert client.get(CODE)["Location"].startswith(LOGIN)
    assert half_login().post(CODE, {"code": code_of(secret, later=1)}).status_code == 429
    assert half_login().post(CODE, {"code": recovery_codes(cast.anna.user)[0]}).status_code == 429
    assert run_alerts() == 2
    assert messages_of(cast.anna.user, "guessed_code") == [DeliveryChannel.EMAIL, DeliveryChannel.INBOX]
    assert messages_of(cast.anna.user, "guessed_password") == []


def test_the_setting_says_how_many(cast: Cast, secret: str) -> None:
    AccessSettings.objects.update_or_create(pk=AccessSettings.load().pk, defaults={"attempts_per_code": 3})
    assert statuses(half_login(), CODE, {"code": "000000"}, 4) == [200] * 3 + [429]


def test_recovery_codes_are_counted_with_them(cast: Cast, secret: str) -> None:
    client = half_login()
    assert statuses(client, CODE, {"code": "12345678"}, 3) + statuses(client, CODE, {"code": "000000"}, 3) == (
        [200] * 5 + [429]
    )


def test_a_right_code_gives_its_attempt_back_and_no_more(cast: Cast, secret: str) -> None:
    client = half_login()
    statuses(client, CODE, {"code": "000000"}, 4)
    assert client.post(CODE, {"code": code_of(secret, later=1)}).status_code == 302
    assert Throttle.objects.get(scope=ThrottleScope.CODE, label="anna").failures == 4
    assert Throttle.objects.get(scope=ThrottleScope.ADDRESS).failures == 4


def test_codes_from_one_address_are_counted_for_the_address(cast: Cast, secret: str) -> None:
    AccessSettings.objects.update_or_create(pk=AccessSettings.load().pk, defaults={"attempts_per_address": 3})
    client = half_login()
    assert statuses(client, CODE, {"code": "000000"}, 4) == [200] * 3 + [429]
    assert client.get(CODE).status_code == 200, "a neighbour's guesses end nobody's login"


def test_the_control_without_the_count_guessing_goes_on(
    cast: Cast, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(login_flow, "count_code", lambda *args, **kwargs: None)
    client = half_login()
    assert statuses(client, CODE, {"code": "000000"}, 8) == [200] * 8
    assert client.post(CODE, {"code": code_of(secret, later=1)}).status_code == 302


def test_a_code_works_once_even_when_the_cache_has_forgotten_it(cast: Cast, secret: str) -> None:
    code = code_of(secret, later=1)
    assert half_login().post(CODE, {"code": code}).status_code == 302
    cache.clear()
    assert half_login().post(CODE, {"code": code}).status_code == 200
    assert half_login().post(CODE, {"code": f" {code[:3]} {code[3:]}"}).status_code == 200


def test_a_code_older_than_the_last_is_spent_too(cast: Cast, secret: str) -> None:
    now = code_of(secret)
    assert half_login().post(CODE, {"code": code_of(secret, later=1)}).status_code == 302
    assert half_login().post(CODE, {"code": now}).status_code == 200


def test_the_code_that_set_the_app_up_opens_no_login(cast: Cast, secret: str) -> None:
    cache.clear()
    taken = Authenticator.objects.get(type="totp").data["last_counter"]
    assert half_login().post(CODE, {"code": format_hotp_value(hotp_value(secret, taken))}).status_code == 200


# A session that is open.


def inside(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.anna.user)
    return client


def test_codes_of_an_open_session_are_counted_and_it_ends(cast: Cast, secret: str) -> None:
    client = inside(cast)
    assert statuses(client, CODE_AGAIN, {"code": "000000"}) == [200] * 5 + [429]
    assert "_auth_user_id" not in client.session
    assert run_alerts() == 2


PASSWORD_DOORS = {
    "/accounts/reauthenticate/": {"password": "wrong"},
    "/accounts/password/change/": {"old_password": "wrong", "password1": NEW, "password2": NEW},
    "/personal/profile/livejournal/": {"password": "wrong", "openid": "anna"},
}


@pytest.mark.parametrize("path", PASSWORD_DOORS)
def test_passwords_of_an_open_session_are_counted_and_it_ends(cast: Cast, path: str) -> None:
    client = inside(cast)
    assert statuses(client, path, PASSWORD_DOORS[path]) == [200] * 5 + [429]
    assert "_auth_user_id" not in client.session
    assert run_alerts() == 2
    assert messages_of(cast.anna.user, "guessed_password") == [DeliveryChannel.EMAIL, DeliveryChannel.INBOX]


def test_the_letter_names_the_login_and_the_pause_and_leads_to_recovery(cast: Cast) -> None:
    AccessSettings.objects.update_or_create(pk=AccessSettings.load().pk, defaults={"pause_minutes": 40})
    statuses(Client(), LOGIN, {"login": "anna", "password": "wrong"})
    run_alerts()
    message = Message.objects.get(user=cast.anna.user, kind="guessed_password", channel=DeliveryChannel.EMAIL)
    assert "к логину anna" in message.body
    assert "на 40 минут" in message.body
    assert message.link == "/accounts/password/reset/"


def test_the_code_of_a_new_app_is_counted(cast: Cast) -> None:
    client = inside(cast)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.get("/accounts/2fa/totp/activate/")
    assert statuses(client, "/accounts/2fa/totp/activate/", {"code": "000000"}) == [200] * 5 + [429]


def test_strangers_at_the_login_do_not_end_the_owners_session(cast: Cast) -> None:
    client = inside(cast)
    assert statuses(Client(REMOTE_ADDR="203.0.113.9"), LOGIN, {"login": "anna", "password": "wrong"})[-1] == 429
    changed = client.post("/accounts/password/change/", {"old_password": PASSWORD, "password1": NEW, "password2": NEW})
    assert changed.status_code == 302


# API keys.


def test_wrong_api_keys_are_counted_by_address(cast: Cast) -> None:
    _key, secret = make_key(user=cast.anna.user, name="script", moment=timezone.now())

    def ask(key: str, address: str = "203.0.113.5") -> HttpResponse:
        return Client(REMOTE_ADDR=address).get("/api/v1/accounts/", HTTP_AUTHORIZATION=f"Bearer {key}")

    assert [ask(f"wrong-{n}").status_code for n in range(31)] == [401] * 30 + [429]
    paused = ask(secret)
    assert paused.status_code == 429
    assert 0 < int(paused["Retry-After"]) <= 900
    assert "сети" in paused.json()["detail"]
    assert ask(secret, "203.0.113.6").status_code == 200


# Passwords: one count a login, whatever is typed and wherever from.

SPELLINGS = ("anna", " ANNA ", "anna@mail.example", "Anna@MAIL.example", "ａｎｎａ", "anna＠mail.example")


def test_every_spelling_of_a_login_shares_one_count(cast: Cast) -> None:
    for number, typed in enumerate(SPELLINGS[:5]):
        assert post_login(Client(REMOTE_ADDR=f"203.0.113.{number}"), typed, "wrong").status_code == 200
    for number, typed in enumerate(SPELLINGS):
        assert post_login(Client(REMOTE_ADDR=f"198.51.100.{number}"), typed).status_code == 429
    assert Throttle.objects.filter(scope=ThrottleScope.LOGIN).count() == 1


BOSS = ("boss", "BOSS", "boſs", "bosſ", "boſſ", "ｂｏｓｓ", "BOẞ", "boß")


@pytest.mark.parametrize("typed", BOSS)
def test_a_variant_means_the_same_login_on_every_database(db: None, typed: str) -> None:
    boss = make_login("Boss")
    assert login_named(typed) == boss
    assert login_named(f"{typed}@mail.example") == boss
    assert User.objects.get_by_natural_key(typed) == boss


@pytest.mark.parametrize("typed", ["ıvan", "İvan", "іvan", "ivаn", "iv\u200ban"])
def test_a_letter_that_only_looks_alike_means_nobody_on_every_database(db: None, typed: str) -> None:
    make_login("ivan")
    assert login_named(typed) is None
    assert login_named(f"{typed}@mail.example") is None


def test_what_is_no_login_is_counted_by_its_canonical_form(db: None) -> None:
    for number, typed in enumerate(BOSS[:5]):
        assert post_login(Client(REMOTE_ADDR=f"203.0.113.{number}"), typed, "wrong").status_code == 200
    assert post_login(Client(REMOTE_ADDR="203.0.113.9"), "boß", "wrong").status_code == 429


@pytest.mark.parametrize("field", [{"username": "анна"}, {"username": "boſs"}, {"email": "boſs@mail.example"}])
def test_the_database_stores_no_login_that_two_databases_fold_differently(db: None, field: dict[str, str]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=make_login("boss").pk).update(**field)


@pytest.mark.parametrize(
    ("address", "labels"),
    [
        ("198.51.100.7", ["198.51.100.7"]),
        ("::ffff:198.51.100.7", ["198.51.100.7"]),
        ("2001:db8:1:2:3::4", ["2001:db8:1:2::/64", "2001:db8:1::/48"]),
    ],
)
def test_what_an_address_is_counted_as(address: str, labels: list[str]) -> None:
    assert [network.label for network in counted_networks(address)] == labels


def test_a_network_of_ipv6_is_one_address(db: None) -> None:
    AccessSettings.objects.update_or_create(pk=AccessSettings.load().pk, defaults={"attempts_per_address": 3})

    def guess(network: int, host: int) -> int:
        return post_login(
            Client(REMOTE_ADDR=f"2001:db8:0:{network:x}::{host:x}"), f"n{network}-{host}", "x"
        ).status_code

    assert [guess(1, host) for host in range(1, 5)] == [200, 200, 200, 429]
    assert guess(2, 1) == 200
    # One /48 has eight times the limit of an address: 24, of which 3 + 1 are used (what is refused is not counted).
    tried = [guess(network, host) for network in range(3, 12) for host in range(1, 4)]
    assert tried == [200] * 20 + [429] * 7


# The owner.


def test_the_owner_is_told_once_a_day_and_a_stranger_costs_the_same(cast: Cast) -> None:
    queries = {}
    for typed in ("somebody", "anna", "nobody"):  # the first warms the caches
        client = Client(REMOTE_ADDR=f"203.0.113.{len(queries)}")
        statuses(client, LOGIN, {"login": typed, "password": "wrong"}, 5)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert post_login(client, typed, "wrong").status_code == 429
        queries[typed] = len(captured)
    assert queries["anna"] == queries["nobody"]
    assert run_alerts() == 2
    for _ in range(3):
        Throttle.objects.update(blocked_until=None, failures=5)
        assert post_login(Client(), "anna", "wrong").status_code == 429
        assert run_alerts() == 0
    Message.objects.update(created_at=clock.now() - dt.timedelta(hours=25))
    Throttle.objects.update(blocked_until=None, failures=5)
    post_login(Client(), "anna", "wrong")
    assert run_alerts() == 2


def test_a_recovered_password_lifts_the_pause_of_passwords_alone(cast: Cast, secret: str) -> None:
    statuses(half_login(), CODE, {"code": "000000"})
    client = Client(REMOTE_ADDR="203.0.113.1")
    assert statuses(client, LOGIN, {"login": "anna", "password": "wrong"})[-1] == 429
    link = link_path(User.objects.get(pk=cast.anna.user.pk))
    form = client.get(link)["Location"]
    client.post(form, {"password1": NEW, "password2": NEW})
    assert post_login(client, "anna", NEW)["Location"].startswith(CODE)
    assert client.post(CODE, {"code": recovery_codes(cast.anna.user)[0]}).status_code == 429


def test_recovery_says_the_wait_with_429(cast: Cast, client: Client) -> None:
    answers = [client.post("/accounts/password/reset/", {"login": f"n{n}"}) for n in range(21)]
    assert [answer.status_code for answer in answers] == [302] * 20 + [429]
    assert "восстановите" not in answers[-1].content.decode()
    assert 0 < int(answers[-1]["Retry-After"]) <= 3600

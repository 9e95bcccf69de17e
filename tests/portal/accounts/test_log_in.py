"""One door for everybody: login name or address, any case; one answer for every mistake; the cookie's life."""

import datetime as dt

import pytest
from django.conf import settings
from django.test import Client

from portal.accounts.models import AccessSettings, Throttle
from tests.people import PASSWORD, Cast, make_login

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"


def log_in(client: Client, login: str, password: str = PASSWORD, **more: str):
    return client.post(LOGIN, {"login": login, "password": password, **more})


@pytest.mark.parametrize("typed", ["anna", "  ANNA ", "anna@mail.example", " Anna@Mail.Example"])
def test_a_resident_comes_in_by_name_or_address_whatever_the_case(cast: Cast, client: Client, typed: str) -> None:
    response = log_in(client, typed)
    assert (response.status_code, response["Location"]) == (302, "/personal/")
    assert int(client.session["_auth_user_id"]) == cast.anna.user.pk


def test_the_page_says_what_the_town_is_used_to(client: Client, db: None) -> None:
    page = client.get(LOGIN).content.decode()
    for words in ("Авторизация", "Войти", "Запомнить меня на этом компьютере", "Забыли пароль"):
        assert words in page


def test_without_the_tick_the_cookie_ends_with_the_browser(cast: Cast, client: Client) -> None:
    cookie = log_in(client, "anna").cookies[settings.SESSION_COOKIE_NAME]
    assert (cookie["max-age"], cookie["expires"]) == ("", "")


def test_with_the_tick_the_cookie_lives_a_month(cast: Cast, client: Client) -> None:
    cookie = log_in(client, "anna", remember="on").cookies[settings.SESSION_COOKIE_NAME]
    assert cookie["max-age"] == dt.timedelta(days=30).total_seconds()


def test_the_first_page_asked_for_is_kept(cast: Cast, client: Client) -> None:
    assert log_in(client, "anna", next="/personal/readings/")["Location"] == "/personal/readings/"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_nobody_is_led_to_another_site(cast: Cast, client: Client, elsewhere: str) -> None:
    assert log_in(client, "anna", next=elsewhere)["Location"] == "/personal/"


def test_a_wrong_password_and_an_unknown_login_hear_the_same(cast: Cast, client: Client) -> None:
    known = log_in(client, "anna", "wrong-password")
    unknown = log_in(client, "nobody", "wrong-password")
    words = "Логин или пароль не подходят. Проверьте раскладку и Caps Lock."
    assert words in known.content.decode()
    assert words in unknown.content.decode()
    assert known.status_code == unknown.status_code == 200
    assert "wrong-password" not in known.content.decode()
    assert 'value="anna"' in known.content.decode()


def test_an_unknown_login_costs_one_hash_like_a_known_one(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.contrib.auth.hashers import MD5PasswordHasher

    hashed: list[str] = []
    encode = MD5PasswordHasher.encode

    def counting(self: MD5PasswordHasher, password: str, salt: str) -> str:
        hashed.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counting)
    counts = []
    for login in ("anna", "nobody", "anna@mail.example", "nobody@mail.example"):
        hashed.clear()
        log_in(client, login, "wrong-password")
        counts.append(len(hashed))
    assert counts == [1, 1, 1, 1]


def test_staff_come_in_by_the_same_door(cast: Cast, client: Client) -> None:
    chief = make_login("chief", staff=True)
    chief.is_superuser = True
    chief.save()
    assert client.get("/admin/")["Location"].startswith(LOGIN)
    assert log_in(client, "chief")["Location"] == "/admin/"


@pytest.mark.parametrize("door", ["/admin/login/", "/_util/login/"])
def test_wagtails_own_doors_lead_to_ours(client: Client, db: None, door: str) -> None:
    assert client.get(door)["Location"].startswith(LOGIN)
    assert client.post(door, {"username": "anna", "password": PASSWORD})["Location"].startswith(LOGIN)


@pytest.mark.parametrize(
    "door",
    [
        "/accounts/signup/",
        "/accounts/3rdparty/signup/",
        "/accounts/3rdparty/",
        "/accounts/social/signup/",
        "/accounts/openid/login/",
        "/accounts/email/",
        "/accounts/confirm-email/",
        "/accounts/password/set/",
        "/accounts/login/code/confirm/",
        "/accounts/2fa/webauthn/",
        "/accounts/2fa/signup/",
        "/accounts/sessions/",
        "/accounts/phone/change/",
        "/admin/password_reset/",
    ],
)
def test_side_doors_do_not_exist(cast: Cast, client: Client, door: str) -> None:
    client.force_login(cast.anna.user)
    refused = 403 if door.startswith("/admin/") else 404
    assert client.get(door).status_code == refused
    assert client.post(door, {"username": "new", "password1": PASSWORD}).status_code == refused


def test_leaving_takes_a_post(cast: Cast, client: Client) -> None:
    client.force_login(cast.anna.user)
    assert client.get("/accounts/logout/").status_code == 405
    assert "_auth_user_id" in client.session
    assert client.post("/accounts/logout/")["Location"] == "/"
    assert "_auth_user_id" not in client.session


def test_five_mistakes_make_a_pause_that_says_how_long(cast: Cast, client: Client) -> None:
    for _ in range(5):
        assert log_in(client, "anna", "wrong-password").status_code == 200
    paused = log_in(client, "anna")
    assert paused.status_code == 429
    assert "Подождите 15 минут" in paused.content.decode()
    assert 0 < int(paused["Retry-After"]) <= 900
    assert "_auth_user_id" not in client.session


def test_an_unknown_login_is_paused_just_so(cast: Cast, client: Client) -> None:
    for _ in range(5):
        log_in(client, "nobody", "wrong-password")
    assert log_in(client, "nobody", "wrong-password").status_code == 429


def test_a_right_password_counts_from_nothing(cast: Cast, client: Client) -> None:
    for _ in range(4):
        log_in(client, "anna", "wrong-password")
    assert log_in(client, "anna").status_code == 302
    assert not Throttle.objects.filter(scope="login").exists()


def test_her_own_browser_is_not_locked_out_by_a_strangers_guesses(cast: Cast, client: Client) -> None:
    log_in(client, "anna")
    client.post("/accounts/logout/")
    stranger = Client(REMOTE_ADDR="203.0.113.9")
    for _ in range(6):
        log_in(stranger, "anna", "wrong-password")
    assert log_in(stranger, "anna").status_code == 429
    assert log_in(client, "anna").status_code == 302


def test_an_address_that_guesses_many_logins_is_paused(cast: Cast, client: Client) -> None:
    limit = AccessSettings.load().attempts_per_address
    for number in range(limit):
        log_in(client, f"nobody{number}", "wrong-password")
    assert log_in(client, "anna").status_code == 429
    elsewhere = Client(REMOTE_ADDR="203.0.113.9")
    assert log_in(elsewhere, "anna").status_code == 302


def test_a_slip_that_nobody_used_in_its_days_opens_nothing(cast: Cast, client: Client) -> None:
    from django.utils import timezone

    cast.anna.user.one_time_password_until = timezone.now() - dt.timedelta(minutes=1)
    cast.anna.user.save()
    assert "не подходят" in log_in(client, "anna").content.decode()

"""«Забыли пароль»: one answer whoever asks; the link lives in the letter alone, works once, for a day."""

import datetime as dt
import re

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from portal.accounts.jobs import answer_recoveries
from portal.accounts.models import RecoveryRequest
from portal.core.rate_limits.declared import Action, CountWindow, Per, limits_of
from portal.notifications.models import Message
from portal.notifications.services import send_due
from tests.people import PASSWORD, Cast

pytestmark = pytest.mark.django_db
RESET = "/accounts/password/reset/"
NEW = {"password1": "a-quiet-river-flows", "password2": "a-quiet-river-flows"}


def ask(client: Client, typed: str):
    return client.post(RESET, {"login": typed})


def letter() -> str:
    answer_recoveries()
    send_due()
    return str(mail.outbox[-1].body)


def link_in(text: str) -> str:
    match = re.search(r"/accounts/password/reset/key/\S+/", text)
    assert match
    return match.group(0)


@pytest.mark.parametrize("typed", ["anna", " ANNA ", "Anna@mail.example"])
def test_the_letter_brings_login_account_and_link(cast: Cast, client: Client, typed: str) -> None:
    assert ask(client, typed).status_code == 302
    text = letter()
    assert "anna" in text
    assert "0010001" in text
    form = client.get(link_in(text), follow=True)
    assert form.status_code == 200
    done = client.post(form.request["PATH_INFO"], NEW)
    assert done.status_code == 302
    assert client.post("/accounts/login/", {"login": "anna", "password": NEW["password1"]}).status_code == 302


def test_known_and_unknown_are_answered_by_the_same_queries(
    cast: Cast, client: Client, django_assert_num_queries
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    ask(client, "warm-up")
    seen = []
    for typed in ("anna", "nobody", "anna@mail.example", "nobody@mail.example"):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            response = ask(client, typed)
        kinds = [re.sub(r"'[^']*'|\d+", "?", query["sql"]) for query in queries]
        seen.append((response.status_code, response["Location"], kinds))
    assert seen[1:] == seen[:-1]


def test_nobody_is_written_to_for_an_unknown_login(cast: Cast, client: Client) -> None:
    ask(client, "nobody")
    assert answer_recoveries() == 0
    assert not RecoveryRequest.objects.exists()


def test_the_link_is_stored_nowhere(cast: Cast, client: Client) -> None:
    ask(client, "anna")
    link = link_in(letter())
    message = Message.objects.get(kind="recovery")
    assert link.split("-")[-1] not in str(message.__dict__)
    assert "0010001" not in str(message.__dict__)


def test_the_link_works_once(cast: Cast, client: Client) -> None:
    ask(client, "anna")
    link = link_in(letter())
    path = client.get(link, follow=True).request["PATH_INFO"]
    client.post(path, NEW)
    again = Client().get(link, follow=True)
    assert "Ею уже воспользовались" in again.content.decode()


def test_the_link_dies_after_a_day(cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.contrib.auth.tokens import PasswordResetTokenGenerator

    ask(client, "anna")
    link = link_in(letter())
    later = timezone.now().replace(tzinfo=None) + dt.timedelta(hours=28)
    monkeypatch.setattr(PasswordResetTokenGenerator, "_now", lambda self: later)
    assert "Ею уже воспользовались" in client.get(link, follow=True).content.decode()


def test_all_sessions_end_when_the_password_changes(cast: Cast, client: Client) -> None:
    inside = Client()
    inside.post("/accounts/login/", {"login": "anna", "password": PASSWORD})
    ask(client, "anna")
    path = client.get(link_in(letter()), follow=True).request["PATH_INFO"]
    client.post(path, NEW)
    assert inside.get("/personal/")["Location"].startswith("/accounts/login/")


def test_a_resident_without_an_address_is_told_to_come_without_revealing_anything(cast: Cast, client: Client) -> None:
    cast.anna.user.email = ""
    cast.anna.user.save()
    ask(client, "anna")
    assert answer_recoveries() == 0
    assert "паспорт" in client.get(RESET + "done/").content.decode()


def test_asking_too_often_makes_a_pause(cast: Cast, client: Client) -> None:
    for number in range(20):
        assert ask(client, f"anna{number}").status_code == 302
    page = ask(client, "nobody")
    assert page.status_code == 429
    assert int(page["Retry-After"]) > 0
    assert "Из вашей сети за час отправлено слишком много" in page.content.decode()


@pytest.mark.parametrize("typed", ["anna", "nobody"])
def test_one_login_typed_from_many_addresses_is_limited_whether_it_exists_or_not(
    cast: Cast, client: Client, typed: str
) -> None:
    answers = [
        client.post(RESET, {"login": typed if n % 2 else typed.upper()}, REMOTE_ADDR=f"203.0.113.{n}") for n in range(8)
    ]
    assert [answer.status_code for answer in answers] == [302] * 3 + [429] * 5
    assert "уже запросили: проверьте почту" in answers[-1].content.decode()


def test_one_mailbox_gets_few_letters_however_the_login_is_typed(cast: Cast, client: Client) -> None:
    for number, typed in enumerate(
        ["anna", "ANNA", "anna@mail.example", "anna", "Anna@Mail.Example", "anna@mail.example"]
    ):
        client.post(RESET, {"login": typed}, REMOTE_ADDR=f"203.0.113.{number}")
    answer_recoveries()
    assert Message.objects.filter(kind="recovery").count() == 3


def test_the_page_names_the_window_of_the_limit(client: Client) -> None:
    (limit,) = [limit for limit in limits_of(Action.RECOVERY) if limit.per == Per.MAILBOX]
    assert limit.window == CountWindow.HOUR
    assert "попробуйте ещё раз через час" in client.get("/accounts/password/reset/done/").content.decode()

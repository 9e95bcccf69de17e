"""Nobody learns which logins exist: the same answer, the same number of queries and hashes for each kind of login.

Controls: a mistake that answers early is seen by the same measures.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.accounts.backends import PortalBackend
from portal.accounts.models import RecoveryRequest, User
from tests.people import Cast, make_login

pytestmark = pytest.mark.django_db
LOGIN, RECOVER = "/accounts/login/", "/accounts/password/reset/"
# A resident, her address, one whose slip was not printed yet, a closed one, an employee, nobody, nobody's address.
WARM = "somebody-before"  # what is fetched once in a process is fetched for this one
TYPED = ("anna", "anna@mail.example", "fresh", "closed", "chief", "nobody", "nobody@mail.example")


@dataclass
class Cost:
    """What an answer took, and what it was, without what was typed and the form's token."""

    answer: str
    queries: int
    hashes: int


@pytest.fixture
def everybody(cast: Cast) -> None:
    """A login of each kind."""
    fresh, closed, _chief = make_login("fresh"), make_login("closed"), make_login("chief", staff=True)
    fresh.set_unusable_password()
    fresh.save()
    User.objects.filter(pk=closed.pk).update(is_active=False)


@contextmanager
def counted_hashes(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every password that is hashed meanwhile."""
    hashed: list[str] = []
    encode = MD5PasswordHasher.encode

    def counting(self: MD5PasswordHasher, password: str, salt: str) -> str:
        hashed.append(password)
        return encode(self, password, salt)

    with monkeypatch.context() as patch:
        patch.setattr(MD5PasswordHasher, "encode", counting)
        yield hashed


def cost_of(monkeypatch: pytest.MonkeyPatch, path: str, typed: str, *, cookie: str = "") -> Cost:
    """Ask once, from a browser of its own; `cookie` is a device cookie that it made up."""
    client = Client(REMOTE_ADDR=f"203.0.113.{(WARM, *TYPED).index(typed) + 1}")
    client.get(path)
    if cookie:
        client.cookies["device"] = cookie
    with (
        counted_hashes(monkeypatch) as hashed,
        CaptureQueriesContext(
            connection,
        ) as queries,
    ):
        page = client.post(path, {"login": typed, "password": "wrong-password"})
    words = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page.content.decode()).replace(typed, "…")
    words = re.sub(r'nonce="[^"]+"', "", words)
    return Cost(f"{page.status_code} {page.get('Location', '')} {words}", len(queries), len(hashed))


@pytest.mark.parametrize("path", [LOGIN, RECOVER])
@pytest.mark.parametrize("cookie", ["", "made-up"])
def test_every_kind_of_login_costs_and_hears_the_same(
    everybody: None, monkeypatch: pytest.MonkeyPatch, path: str, cookie: str
) -> None:
    cost_of(monkeypatch, path, WARM, cookie=cookie)
    costs = {typed: cost_of(monkeypatch, path, typed, cookie=cookie) for typed in TYPED}
    assert {cost.answer for cost in costs.values()} == {costs["nobody"].answer}
    assert {typed: (cost.queries, cost.hashes) for typed, cost in costs.items()} == dict.fromkeys(
        TYPED, (costs["nobody"].queries, 1 if path == LOGIN else 0)
    )


def test_a_recovery_leaves_the_same_rows_for_each(everybody: None, client: Client) -> None:
    for typed in TYPED:
        client.post(RECOVER, {"login": typed})
    assert sorted(RecoveryRequest.objects.values_list("asked_for", flat=True)) == sorted(TYPED)


def test_control_an_early_answer_is_seen(everybody: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def early(self: PortalBackend, request: object, **credentials: str) -> User | None:
        user = User.objects.filter(username=credentials.get("username", "")).first()
        return user if user is not None and user.check_password(credentials["password"]) else None

    monkeypatch.setattr(PortalBackend, "_authenticate", early)
    cost_of(monkeypatch, LOGIN, WARM)
    known, unknown = (cost_of(monkeypatch, LOGIN, typed) for typed in ("anna", "nobody"))
    assert known.hashes == unknown.hashes + 1

"""The first administrator is made by a command and sets the password by a link, once."""

import io
import re

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client

from portal.accounts.models import User
from tests.people import PASSWORD, make_login

pytestmark = pytest.mark.django_db


def invited(*arguments: str) -> str:
    """What the command prints."""
    printed = io.StringIO()
    call_command("invite_administrator", *arguments, stdout=printed)
    return printed.getvalue()


def test_the_link_sets_the_password_and_works_once(client: Client) -> None:
    link = re.search(r"https?://[^/]+(/\S+)", invited("chief", "chief@portal.example"))
    assert link
    assert not User.objects.get(username="chief").has_usable_password()
    form = client.get(link[1], follow=True)
    client.post(form.request["PATH_INFO"], {"password1": "a-quiet-river-flows", "password2": "a-quiet-river-flows"})
    assert User.objects.get(username="chief").check_password("a-quiet-river-flows")
    assert "password1" not in Client().get(link[1], follow=True).content.decode()
    assert settings.PASSWORD_RESET_TIMEOUT == 24 * 60 * 60


def test_again_it_gives_a_new_link_until_the_password_is_set() -> None:
    invited("chief", "chief@portal.example")
    assert "/accounts/password/reset/" in invited("chief", "chief@portal.example")
    user = User.objects.get(username="chief")
    user.set_password(PASSWORD)
    user.save()
    with pytest.raises(CommandError, match="is taken"):
        invited("chief", "chief@portal.example")
    assert "exists already" in invited("--first", "other", "other@portal.example")
    assert User.objects.filter(is_superuser=True).count() == 1


def test_whose_login_it_is_stays_theirs() -> None:
    make_login("anna")
    with pytest.raises(CommandError, match="is taken"):
        invited("anna", "anna@mail.example")


@pytest.mark.parametrize(
    ("arguments", "words"), [((), "LOGIN EMAIL"), (("chief", "no-address"), "valid email|правильн")]
)
def test_what_is_missing_is_one_line(arguments: tuple[str, ...], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        invited(*arguments)

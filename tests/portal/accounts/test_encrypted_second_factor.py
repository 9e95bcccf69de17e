"""Secrets of second factors are encrypted in the database, and their keys can be rotated."""

import json

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from portal.core import encryption
from tests.codes import code_of
from tests.people import PASSWORD, make_login

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def stored() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM mfa_authenticator")
        return [row[0] if isinstance(row[0], str) else json.dumps(row[0]) for row in cursor.fetchall()]


def test_the_stored_rows_contain_neither_secret_nor_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RecoveryCodes, "generate_seed", classmethod(lambda _cls: "5eed" * 20))
    user = make_login("chief", staff=True)
    TOTP.activate(user, SECRET)
    RecoveryCodes.activate(user)
    rows = stored()
    assert len(rows) == 2
    assert not any(SECRET in row or "5eed" in row for row in rows)


def test_the_encrypted_secret_opens_the_login(client: Client) -> None:
    TOTP.activate(make_login("chief", staff=True), SECRET)
    client.post("/accounts/login/", {"login": "chief", "password": PASSWORD})
    assert client.post("/accounts/2fa/authenticate/", {"code": code_of(SECRET)}).status_code == 302
    assert "_auth_user_id" in client.session


def test_a_key_is_rotated_and_the_old_one_dropped(settings: object) -> None:
    settings.FIELD_ENCRYPTION_KEYS = ["old key"]  # type: ignore[attr-defined]
    user = make_login("chief", staff=True)
    TOTP.activate(user, SECRET)
    codes = RecoveryCodes.activate(user).get_unused_codes()
    settings.FIELD_ENCRYPTION_KEYS = ["new key", "old key"]  # type: ignore[attr-defined]
    before = stored()
    call_command("reencrypt_fields", verbosity=0)
    assert all(row not in before for row in stored())
    settings.FIELD_ENCRYPTION_KEYS = ["new key"]  # type: ignore[attr-defined]
    factor = Authenticator.objects.get(type=Authenticator.Type.TOTP).wrap()
    assert factor.validate_code(code_of(SECRET))
    assert Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES).wrap().get_unused_codes() == codes


def test_rotation_without_the_old_key_changes_nothing(settings: object) -> None:
    settings.FIELD_ENCRYPTION_KEYS = ["old key"]  # type: ignore[attr-defined]
    TOTP.activate(make_login("chief", staff=True), SECRET)
    before = stored()
    settings.FIELD_ENCRYPTION_KEYS = ["new key"]  # type: ignore[attr-defined]
    with pytest.raises(CommandError, match="not in FIELD_ENCRYPTION_KEYS"):
        call_command("reencrypt_fields")
    assert stored() == before


def test_without_keys_of_its_own_the_secret_key_and_its_fallbacks_serve(settings: object) -> None:
    value = encryption.encrypt("text")
    assert value != encryption.encrypt("text")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]  # type: ignore[attr-defined]
    settings.SECRET_KEY = "another"  # type: ignore[attr-defined]
    assert encryption.decrypt(value) == "text"
    settings.SECRET_KEY_FALLBACKS = []  # type: ignore[attr-defined]
    with pytest.raises(encryption.CannotDecrypt):
        encryption.decrypt(value)

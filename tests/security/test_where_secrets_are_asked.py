"""FAULTS 22: every address and form that takes a password or a code is answered for; a new one fails until it is."""

import ast
from pathlib import Path

import pytest
from django.conf import settings as django_settings

from tests.people import Cast
from tests.security.addresses import every_address

pytestmark = pytest.mark.django_db
COUNTED = "counted: tested in test_counted_attempts.py or test_guessing.py"
NO_SECRET = "takes no secret"
CHOOSES = "takes a new password of who came in already"
SIGNED = "takes a signed token, which is not to be guessed"
RESTRICTED_ROUTES = {
    "accounts/login/": COUNTED,
    "accounts/reauthenticate/": COUNTED,
    "accounts/password/change/": COUNTED,
    "accounts/2fa/authenticate/": COUNTED,
    "accounts/2fa/reauthenticate/": COUNTED,
    "accounts/2fa/totp/activate/": COUNTED,
    "accounts/password/reset/": "counted by address and typed login: portal.core.rate_limits",
    "accounts/password/new/": CHOOSES,
    "accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": SIGNED,
    "accounts/email/confirm/<str:token>/": SIGNED,
    **dict.fromkeys(
        (
            "accounts/logout/",
            "accounts/inactive/",
            "accounts/password/reset/done/",
            "accounts/password/reset/key/done/",
            "accounts/2fa/",
            "accounts/2fa/totp/deactivate/",
            "accounts/2fa/recovery-codes/",
            "accounts/2fa/recovery-codes/generate/",
            "accounts/2fa/recovery-codes/download/",
            "accounts/livejournal/",
            "accounts/livejournal/callback/",
            "accounts/application/",
            "accounts/application/form.pdf",
            "accounts/application/sent/",
        ),
        NO_SECRET,
    ),
}
# Code that asks for a secret or looks at one, and why that is no door without a count.
SOURCES = {
    "portal/accounts/forms.py": "the forms of the doors above",
    "portal/accounts/adapters.py": "counts",
    "portal/accounts/middleware.py": "names a path",
    "portal/cabinet/profile/forms.py": "by require_password, which counts",
    "portal/accounts/urls.py": "the doors above",
    "portal/api/auth.py": "the key's header, counted",
}
ASKS = {
    "PasswordInput",
    "check_password",
    "authenticate",
    "reauthenticate",
    "validate_code",
    "HttpBearer",
    "APIKeyHeader",
    "HttpBasicAuth",
    "require_password",
}


def test_every_address_of_coming_in_is_answered_for() -> None:
    routes = {address.route for address in every_address() if address.route.startswith("accounts/")}
    assert routes == set(RESTRICTED_ROUTES), "does it take a password or a code? then count it, and say so here"


def test_no_other_code_asks_for_a_secret() -> None:
    root = Path(django_settings.ROOT)
    sources = {
        str(path.relative_to(root))
        for folder in ("portal", "cms_pages", "site/config")
        for path in (root / folder).rglob("*.py")
        if _asks_for_a_secret(path.read_text(encoding="utf-8"))
    }
    assert sources <= set(SOURCES), "does it take a password or a code? then count it, and say so here"


def _asks_for_a_secret(source: str) -> bool:
    names = {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}
    names |= {node.attr for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Attribute)}
    return bool(names & ASKS)


def test_pages_and_collections_have_no_shared_password(cast: Cast) -> None:
    from wagtail.admin.forms.collections import CollectionViewRestrictionForm
    from wagtail.admin.forms.pages import PageViewRestrictionForm

    every = {"private_page_options": ["password", "login", "groups"]}
    for form in (PageViewRestrictionForm(instance=None, **every), CollectionViewRestrictionForm(instance=None)):
        choices = [value for value, _label in form.fields["restriction_type"].choices]
        assert choices == ["none", "login", "groups"]

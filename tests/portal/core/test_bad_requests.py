"""Values that neither a form nor the database takes are answered 400 with words, never 500."""

import pytest
from django.test import Client

from portal.accounts.models import User
from tests.people import Cast, make_login

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "path", ["/personal/support/?q=%00", "/personal/receipts/%00/", "/search/?q=a%00b", "/news/?year=%00"]
)
def test_nul_in_an_address_is_refused(client: Client, cast: Cast, path: str) -> None:
    client.force_login(cast.anna.user)
    response = client.get(path)
    assert response.status_code == 400
    assert "Запрос не разобрать" in response.content.decode()


@pytest.mark.parametrize("path", ["/accounts/login/", "/support/", "/i18n/"])
def test_a_form_in_another_encoding_is_refused(path: str) -> None:
    """With the CSRF check on, which reads the form before any view."""
    browser = Client(enforce_csrf_checks=True, raise_request_exception=False)
    browser.get("/accounts/login/")
    form = "application/x-www-form-urlencoded; charset="
    assert browser.post(path, b"a=b", content_type=form + "utf-16").status_code == 400
    assert browser.post(path, b"a=b", content_type=form + "UTF-8").status_code == 403  # no token


@pytest.fixture
def superuser(client: Client) -> Client:
    User.objects.filter(pk=make_login("root").pk).update(is_superuser=True)
    client.force_login(User.objects.get(username="root"))
    return client


def test_a_key_out_of_the_database_range_is_refused(superuser: Client) -> None:
    assert superuser.post(f"/admin/tariffs/publish/{2**63}/{2**63}/").status_code in {400, 404}


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/admin/office/payments/duplicates/", {"duplicate": "x", "decision": "refund"}),
        ("/admin/redirects/import/process/", {}),
        ("/admin/choose-external-link/", {"from": "x"}),
    ],
)
def test_an_incomplete_form_of_the_admin_is_refused(superuser: Client, path: str, data: dict[str, str]) -> None:
    assert superuser.post(path, data).status_code in {400, 404}


def test_an_error_of_our_own_code_stays_an_error(superuser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: only third-party code on malformed input is answered 400."""

    def fail(*args: object, **kwargs: object) -> None:
        raise KeyError("ours")

    monkeypatch.setattr("portal.office.automation.views.page", fail)
    with pytest.raises(KeyError, match="ours"):
        superuser.get("/admin/office/month/")


SITE_HEADER = 'class="menu__link"'


def test_a_refused_request_has_the_sites_header(client: Client, cast: Cast) -> None:
    client.force_login(cast.anna.user)
    response = client.post("/i18n/", {f"field-{number}": "" for number in range(5001)})
    assert response.status_code == 400
    assert SITE_HEADER in response.content.decode()
    before_login = client.get("/search/?q=a%00b")
    assert SITE_HEADER not in before_login.content.decode(), "nothing is known of the visitor there"

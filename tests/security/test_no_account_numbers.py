"""No address of the cabinet and of the admin holds an account number, and no log line holds what was searched.

Addresses are kept by browsers, proxies and logs; an account number there says whose page it was.
"""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from cms_pages.bootstrap import ensure_pages
from portal.accounts.models import User
from tests import hostile
from tests.conftest import SetDate
from tests.october import close_october
from tests.people import Cast, make_login

pytestmark = pytest.mark.django_db
ADDRESS = re.compile(r"""\b(?:href|action|src|formaction|hx-\w+|data-\w*url)=["']([^"']*)["']""")
GET_FORM = re.compile(r"<form[^>]*method=[\"']?get.*?</form>", re.DOTALL | re.IGNORECASE)
TICKED = re.compile(r"<input[^>]*type=[\"'](?:hidden|checkbox|radio)[\"'][^>]*>")
NUMBERS = ("0010001", "0010002", "0010003", "0019999")


@pytest.fixture
def october(cast: Cast, business_date: SetDate) -> Cast:
    """A closed month with its receipts."""
    close_october(cast, business_date)
    return cast


class Recording(Client):
    """A browser that remembers where it was sent."""

    def __init__(self) -> None:
        super().__init__()
        self.sent_to: list[str] = []

    def get(self, *args: Any, **kwargs: Any) -> Any:  # type: ignore[override]  # what the test client returns
        answer = super().get(*args, **kwargs)
        self.sent_to.append(answer.headers.get("Location", ""))
        if answer.streaming:
            for close in answer._resource_closers:  # `close` of the answer would end the test's transaction
                close()
        return answer


def addresses_below(user: User, start: str) -> tuple[int, set[str]]:
    """How many pages links lead to from a beginning, and the addresses there that hold an account number."""
    browser, addresses, pages = Recording(), set(), 0
    browser.force_login(user)
    for page, html in hostile.pages_below(browser, start):
        pages += 1
        ticked = [field for form in GET_FORM.findall(html) for field in TICKED.findall(form)]
        addresses |= {
            f"{page} → {address}" for address in [*ADDRESS.findall(html), *ticked] if any(n in address for n in NUMBERS)
        }
    return pages, addresses | {address for address in browser.sent_to if any(number in address for number in NUMBERS)}


def test_the_cabinet(october: Cast) -> None:
    pages, addresses = addresses_below(october.anna.user, "/personal/")
    assert addresses == set()
    assert pages > 20


def test_the_admin(october: Cast) -> None:
    ensure_pages()
    hostile.facts(october)
    chief = make_login("chief", staff=True)
    User.objects.filter(pk=chief.pk).update(is_superuser=True)
    pages, addresses = addresses_below(chief, "/admin/")
    assert addresses == set()
    assert pages > 60


def test_an_account_found_by_its_number_opens_by_its_key(october: Cast, client: Client) -> None:
    chief = make_login("chief", staff=True)
    User.objects.filter(pk=chief.pk).update(is_superuser=True)
    client.force_login(chief)
    for url in ("office_find_account", "office_readings"):
        answer = client.get(reverse(url) + "?q=0010001")
        assert answer.status_code == 302
        assert "0010001" not in answer["Location"]
        assert client.get(answer["Location"]).status_code == 200


def test_the_ledger_of_one_account_opens_from_its_card(october: Cast, client: Client) -> None:
    chief = make_login("chief", staff=True)
    User.objects.filter(pk=chief.pk).update(is_superuser=True)
    client.force_login(chief)
    page = client.get(reverse("ledger_entry_modeladmin_index") + f"?account={october.anna.account.pk}")
    assert page.status_code == 200
    assert {entry.account_id for entry in page.context["object_list"]} == {october.anna.account.pk}


def test_the_access_log_of_the_proxy_has_neither_query_nor_referrer() -> None:
    text = (Path(settings.ROOT) / "deploy" / "nginx" / "portal.conf").read_text(encoding="utf-8")
    form = re.search(r"log_format portal (.*?);", text, re.DOTALL)
    assert form is not None
    assert not re.search(r"\$(request|request_uri|args|query_string|http_referer|uri)\b", form[1])
    assert "access_log /var/log/nginx/portal.log portal;" in text

"""Anna pays by card on the demo bank's page: a decline leaves the debt, then it is paid once."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import Visitor

pytestmark = pytest.mark.browser
GOOD_MIR = "2200000000000004"
NO_MONEY = "4000000000000010"


@pytest.fixture
def anna(site: str, browser: Browser) -> Iterator[Visitor]:
    context = browser.new_context(locale="ru-RU", viewport={"width": 360, "height": 800})
    visitor = Visitor(site, context)
    visitor.log_in("anna")
    yield visitor
    context.close()


def to_the_bank(anna: Visitor, card: str) -> Page:
    page = anna.page
    anna.go("/personal/pay/")
    page.get_by_role("button", name=re.compile("^Оплатить")).click()
    page.locator("input[name=number]").fill(card)
    page.locator("input[name=expiry]").fill("12/30")
    page.locator("input[name=csc]").fill("123")
    page.locator("form.bank-card button[type=submit]").click()
    page.locator("input[name=code]").fill("1234")  # 3-D Secure
    page.locator("form.bank-card button[type=submit]").click()
    page.wait_for_url(re.compile(r"/personal/pay/"))
    return page


def debt(anna: Visitor) -> str:
    anna.go("/personal/ledger/")
    return anna.page.locator("main").inner_text().replace("\u00a0", " ")


def test_a_decline_is_told_in_words_and_a_payment_counts_once(anna: Visitor) -> None:
    page = to_the_bank(anna, NO_MONEY)
    expect(page.locator("main")).to_contain_text(re.compile("средств|денег", re.IGNORECASE))
    assert "1 000,00 ₽" in debt(anna)

    page = to_the_bank(anna, GOOD_MIR)
    expect(page.locator("main")).to_contain_text(re.compile(r"1\s000,00"))
    for _again in range(3):
        page.reload()
    shown = debt(anna)
    assert shown.count("−1 000,00 ₽") == 1
    assert anna.said == []

"""A buyer who was never in the register: the registrar hands the account over on one screen, and the seller is out."""

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.conftest import Visitor
from tests.people import PASSWORD

pytestmark = pytest.mark.browser
BUYER = {
    "last_name": "НИКИТИНА",
    "first_name": "Ольга",
    "born_on": "1985-05-01",
    "phone": "8 916 555-12-12",
    "since": "2026-11-10",
    "document": "50:11-2026/77",
    "document_on": "2026-11-09",
    "username": "olga",
}


def test_from_the_card_to_what_comes_next(site: str, browser: Browser) -> None:
    context = browser.new_context(locale="ru-RU", viewport={"width": 1280, "height": 900})
    registrar = Visitor(site, context)
    page = registrar.page
    registrar.go("/accounts/login/")
    page.fill("main input[name=login]", "registrar")
    page.fill("main input[name=password]", PASSWORD)
    page.click("main form button[type=submit]")
    page.wait_for_url("**/admin/")
    registrar.go("/admin/office/account/?q=0019999")
    page.get_by_role("link", name="Новый владелец или наниматель").click()
    page.get_by_role("button", name="Показать, что изменится").click()
    expect(page.locator("[name=last_name] ~ .office-error, .office-error").first).to_be_visible()
    for name, value in BUYER.items():
        page.fill(f"[name={name}]", value)
    page.select_option("[name=ground]", "sale")
    page.check("[name=passport_checked]")
    page.get_by_role("button", name="Показать, что изменится").click()
    expect(page.locator("main")).to_contain_text("последний день 9 ноября 2026")
    page.get_by_role("button", name="Оформить").click()
    expect(page.get_by_role("heading", name="Никитина Ольга")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Напечатать листок с одноразовым паролем")
    assert registrar.said == []
    context.close()

    seller = browser.new_context(locale="ru-RU", viewport={"width": 360, "height": 740})
    stranger = Visitor(site, seller)
    stranger.go("/accounts/login/")
    stranger.page.fill("main input[name=login]", "stranger")
    stranger.page.fill("main input[name=password]", PASSWORD)
    stranger.page.click("main form button[type=submit]")
    stranger.page.wait_for_url("**/personal/")
    expect(
        stranger.page.get_by_role("heading", name="Вы были абонентом счёта 0019999 по 9 ноября 2026")
    ).to_be_visible()
    expect(stranger.page.locator("main")).not_to_contain_text("Никитина")
    for closed in ("readings", "bills/2026-11", "pay"):
        stranger.page.goto(f"{site}/personal/{closed}/")
        expect(stranger.page.locator("main")).to_contain_text("Сейчас за вами нет лицевого счёта")
    seller.close()

"""Anna in her cabinet by a browser: log in, send wrong, then right readings, look at the ledger; without JavaScript."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.conftest import Visitor

pytestmark = pytest.mark.browser

PAGES = (
    "",
    "readings/",
    "readings/history/",
    "ledger/",
    "receipts/",
    "meters/",
    "consumption/",
    "inbox/",
    "pay/",
    "pay/history/",
    "requests/",
    "requests/new/",
    "requests/meters/new/",
    "requests/replacement/",
    "complaints/",
    "complaints/new/",
    "support/",
    "profile/",
    "profile/contacts/",
    "profile/email/",
    "profile/delivery/",
    "profile/notifications/",
    "profile/sessions/",
    "profile/consents/",
    "profile/name/",
    "profile/close/",
    "profile/history/",
)


@pytest.fixture
def anna(site: str, browser: Browser) -> Iterator[Visitor]:
    context = browser.new_context(locale="ru-RU", viewport={"width": 1280, "height": 800})
    visitor = Visitor(site, context)
    visitor.log_in("anna")
    yield visitor
    context.close()


def test_every_page_is_accessible_quiet_and_fits(anna: Visitor) -> None:
    for path in PAGES:
        anna.go(f"/personal/{path}")
        for width in (1280, 1024, 768, 360, 320):
            anna.page.set_viewport_size({"width": width, "height": 800})
            assert anna.overflow() <= 0, (path, width)
            if width in (320, 1280):
                assert anna.violations() == [], (path, width)
        anna.page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        assert anna.violations("color-contrast") == [], (path, "dark")
        anna.page.emulate_media(color_scheme="light")
    assert anna.said == []


def test_a_wrong_reading_is_named_and_the_right_one_is_kept(anna: Visitor) -> None:
    page = anna.page
    anna.go("/personal/readings/")
    cold, hot = page.locator("input[inputmode=decimal]").all()
    hot.fill("1,5")
    cold.fill("160,250")
    page.get_by_role("button", name="Передать показания").click()
    summary = page.locator("[data-error-summary]")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("Меньше прошлого показания")
    assert anna.violations() == []
    summary.get_by_role("link").click()
    cold, hot = page.locator("input[inputmode=decimal]").all()
    expect(hot).to_be_focused()
    expect(cold).to_have_value("160,250")
    hot.fill("102.125")
    page.get_by_role("button", name="Передать показания").click()
    expect(page.get_by_role("heading", name="Показания приняты")).to_be_visible()
    expect(page.locator("main")).to_contain_text("160,250")
    expect(page.locator("main")).to_contain_text("102,125")
    assert anna.violations() == []


def test_the_phones_bar_opens_the_rest_by_keyboard(anna: Visitor) -> None:
    anna.page.set_viewport_size({"width": 360, "height": 740})
    anna.go("/personal/")
    more = anna.page.locator(".more > summary")
    more.press("Enter")
    expect(anna.page.locator(".more__panel")).to_be_visible()
    assert anna.violations() == []
    anna.page.keyboard.press("Escape")
    expect(anna.page.locator(".more__panel")).to_be_hidden()


def test_everything_works_without_a_script(site: str, browser: Browser) -> None:
    context = browser.new_context(locale="ru-RU", java_script_enabled=False, viewport={"width": 360, "height": 740})
    boris = Visitor(site, context)
    boris.log_in("boris")
    page = boris.page
    boris.go("/personal/ledger/")
    page.locator(".accounts > summary").click()
    page.locator(".accounts__item", has_text="0010003").click()
    expect(page.locator(".accounts > summary")).to_contain_text("0010003")
    boris.go("/personal/ledger/")
    page.get_by_role("button", name="Показать").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Начисления")
    page.locator(".more > summary").click()
    page.locator(".more__panel").get_by_role("button", name="Выйти").click()
    page.wait_for_url(f"{site}/**")
    page.goto(f"{site}/personal/")
    assert "/accounts/login/" in page.url
    context.close()

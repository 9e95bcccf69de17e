"""The registrar registers a resident from a paper form, mistakes and all; the resident comes in by the slip."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from tests.journeys.conftest import Visitor
from tests.people import PASSWORD

pytestmark = pytest.mark.browser
CHOSEN = "a-quiet-river-flows"
SLIP_PASSWORD = re.compile(r"\b(?:\w{4}-){3}\w{4}\b")


@pytest.fixture
def registrar(site: str, browser: Browser) -> Iterator[Visitor]:
    context = browser.new_context(locale="ru-RU", viewport={"width": 1280, "height": 900}, accept_downloads=True)
    visitor = Visitor(site, context)
    visitor.go("/accounts/login/")
    _come_in(visitor.page, "registrar", PASSWORD)
    visitor.page.wait_for_url("**/admin/")
    yield visitor
    context.close()


def _come_in(page: Page, login: str, password: str) -> None:
    page.fill("main input[name=login]", login)
    page.fill("main input[name=password]", password)
    page.click("main form button[type=submit]")


def _step(page: Page, **typed: str) -> None:
    """Fill fields of a step in and go on."""
    for name, value in typed.items():
        page.fill(f"[name='{name.replace('__', '-')}']", value)
    page.get_by_role("button", name="Проверить и дальше").click()


def _expect_step(page: Page, title: str) -> None:
    expect(page.locator("[aria-current=step]")).to_have_text(title)


def _register(page: Page) -> None:
    page.get_by_role("button", name="Начать").click()
    _step(page, last_name="СОКОЛОВА", first_name="Нина", born_on="1975-02-03", phone="8916 55")
    expect(page.locator(".office-error").first).to_have_text("В телефоне 10 цифр после +7, у вас 6.")
    expect(page.locator("[name=last_name]")).to_have_value("СОКОЛОВА")
    page.check("[name=passport_checked]")
    _step(page, phone="8 916 555-77-66")
    _expect_step(page, "Помещение")
    _step(page, street="Ричная", house="4", flat="170")
    expect(page.locator(".office-error")).to_contain_text("Речная")
    _step(page, street="Речная")
    _expect_step(page, "Счёт и услуги")
    _step(page, registered="2")
    _expect_step(page, "Счётчики")
    _step(page, form__0__serial_number="Н-5001", form__0__start_value="1,250", form__0__verified_until="2031-05-01")
    _expect_step(page, "Договор")
    _step(page)
    _expect_step(page, "Логин")
    _step(page, username="nina")
    _expect_step(page, "Проверка")
    expect(page.locator("main")).to_contain_text("1,250 м³")
    page.get_by_role("button", name="Зарегистрировать").click()
    expect(page.get_by_role("heading", name="Соколова Нина")).to_be_visible()


def _slip_password(page: Page) -> str:
    page.check("[name=passport_checked]")
    with page.expect_download() as download:
        page.get_by_role("button", name="Напечатать листок").click()
    pdf = PdfReader(io.BytesIO(Path(str(download.value.path())).read_bytes()))
    match = SLIP_PASSWORD.search(pdf.pages[0].extract_text())
    assert match is not None
    return match.group(0)


def test_from_the_paper_form_to_the_cabinet(registrar: Visitor, site: str, browser: Browser) -> None:
    registrar.go("/admin/registration/")
    _register(registrar.page)
    password = _slip_password(registrar.page)
    assert registrar.said == []

    context = browser.new_context(locale="ru-RU", viewport={"width": 360, "height": 740})
    nina = Visitor(site, context)
    nina.go("/accounts/login/")
    _come_in(nina.page, "nina", password)
    expect(nina.page.get_by_role("heading", name="Придумайте пароль")).to_be_visible()
    assert nina.violations() == []
    nina.page.fill("[name=password1]", CHOSEN)
    nina.page.fill("[name=password2]", CHOSEN)
    nina.page.get_by_role("button", name="Задать пароль").click()
    nina.page.wait_for_url("**/personal/")
    expect(nina.page.locator("body")).to_contain_text("кв. 170")
    assert nina.overflow() <= 0
    assert nina.said == []
    context.close()

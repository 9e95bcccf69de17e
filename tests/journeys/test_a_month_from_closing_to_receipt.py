"""The accountant closes November, the worker makes receipts, Anna reads hers; a new tariff counts from December on."""

import datetime as dt
import re
import time
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from django.core.management import call_command
from playwright.sync_api import Browser, BrowserContext, expect
from wagtail.models import Page

from cms_pages.bootstrap import ensure_pages
from portal.billing.models import ClosingSettings, WorkdayYear
from portal.core.clock import MOSCOW
from portal.core.periods import Period
from portal.metering.enums import ReadingSource
from portal.metering.models import Meter
from portal.metering.services import submit_reading
from tests import people
from tests.company import put_numbers
from tests.journeys.conftest import Portal, Visitor, lived_in, running
from tests.pdf import codes_of, words_of
from tests.portal.billing.month import close

pytestmark = pytest.mark.browser

NOVEMBER, CLOSING_DAY = "2026-11", "2026-11-21"
SEND = "from django_q.tasks import async_task; async_task('portal.notifications.jobs.send_due')"
Opens = Callable[..., Visitor]


def closing_day_has_come() -> dict[str, int]:
    """October is closed, Anna has read both meters in November; an accountant, an editor, the sections by address."""
    put_numbers()
    WorkdayYear.objects.get_or_create(year=2026)
    WorkdayYear.objects.get_or_create(year=2027)
    ensure_pages()
    call_command("setup_roles", verbosity=0)
    for name in ("accountant", "editor"):
        people.make_employee(name)
    lived_in()
    close(Period(2026, 10))
    ClosingSettings.objects.create(largest_bill=1000)
    for meter in Meter.objects.filter(account__number="0010001"):
        submit_reading(
            meter=meter,
            value=meter.start_value + 25,
            source=ReadingSource.PHONE,
            moment=dt.datetime(2026, 11, 15, 12, tzinfo=MOSCOW),
        )
    return dict(Page.objects.filter(slug__in=["news", "tariffs"]).values_list("slug", "pk"))


@pytest.fixture(scope="module")
def portal(
    django_db_setup: None, django_db_blocker: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Portal]:
    folder = tmp_path_factory.mktemp("month")
    with running(folder, django_db_blocker, prepare=closing_day_has_come, today=CLOSING_DAY, worker=True) as started:
        yield started


@pytest.fixture
def opens(portal: Portal, browser: Browser) -> Iterator[Opens]:
    """Logs somebody in before a page of the portal, in a browser of their own."""
    contexts: list[BrowserContext] = []

    def visitor(name: str, to: str = "/personal/") -> Visitor:
        contexts.append(browser.new_context(locale="ru-RU", viewport={"width": 1280, "height": 900}))
        logged_in = Visitor(portal.url, contexts[-1])
        logged_in.log_in(name, to)
        return logged_in

    yield visitor
    for context in contexts:
        context.close()


def mails(folder: Path) -> list[str]:
    """Whom the letters in the mail's folder went to, and their subjects."""
    letters = [message_from_bytes(part, policy=policy.default) for file in folder.glob("*") for part in parts(file)]
    return [f"{letter['To']} {letter['Subject']}" for letter in letters]


def parts(file: Path) -> list[bytes]:
    """The letters of one file, as Django writes them."""
    return [part.lstrip() for part in file.read_bytes().split(b"-" * 79) if part.strip()]


def test_a_month_from_closing_to_receipt(portal: Portal, opens: Opens) -> None:
    accountant_closes_november_and_issues_receipts(opens)
    resident_is_notified_and_the_receipt_has_the_payment_code(portal, opens)
    each_ledger_line_unfolds_into_its_reason(opens)
    published_tariff_counts_from_the_next_closing(portal, opens)


def accountant_closes_november_and_issues_receipts(opens: Opens) -> None:
    page = opens("accountant", f"/admin/office/closing/{NOVEMBER}/").page
    main = page.locator("main")
    expect(main).to_contain_text("По показаниям")
    assert "4" in page.locator(".office-card", has_text="Счета").first.inner_text()
    assert "1" in page.locator(".office-card", has_text="По показаниям").first.inner_text()
    assert "3" in page.locator(".office-card", has_text="Без показаний").first.inner_text()
    expect(main).to_contain_text("Крупнейший счёт 0010002")
    page.get_by_role("button", name="Закрыть ноябрь").click()
    expect(main).to_contain_text("Напишите, почему суммы верны")
    page.get_by_label("Почему суммы верны").fill("Проверено по показаниям")
    page.get_by_role("button", name="Закрыть ноябрь").click()
    closing = page.locator("#closing")
    expect(closing).to_contain_text("Проверено по показаниям")
    expect(closing).to_contain_text(re.compile(r"\d из 4"))
    expect(closing).to_contain_text("4 из 4", timeout=60_000)
    again = closing.get_by_role("button", name=re.compile("ещё раз|снова|повтор", re.IGNORECASE)).first
    booked = closing.locator("strong").first.inner_text()
    again.click()
    expect(closing).to_contain_text("4 из 4", timeout=30_000)
    assert closing.locator("strong").first.inner_text() == booked
    closing.get_by_role("button", name="Выпустить квитанции").click()
    expect(page.locator("section", has=page.locator("#receipts"))).to_contain_text("4 из 4", timeout=60_000)


def resident_is_notified_and_the_receipt_has_the_payment_code(portal: Portal, opens: Opens) -> None:
    anna = opens("anna", "/personal/inbox/")
    expect(anna.page.locator("main")).to_contain_text("Квитанция за ноябрь 2026 готова")
    portal.manage(
        "shell", "-c", "from django_q.tasks import async_task; async_task('portal.notifications.jobs.send_due')"
    )
    anna.go("/personal/receipts/")
    link = anna.page.get_by_role("link", name="Скачать квитанцию за ноябрь")
    asked = re.search(r"([\d\u00a0]+,\d\d)", anna.page.locator("li", has=link).inner_text())
    assert asked is not None
    pdf = anna.context.request.get(portal.url + str(link.get_attribute("href"))).body()
    sum_asked = asked[1].replace("\u00a0", "").replace(",", "")
    [code] = codes_of(pdf, dpi=150)
    said = dict(field.split("=", 1) for field in code.decode("utf-8").split("|")[1:])
    assert said["Sum"] == sum_asked
    assert said["PersAcc"] == "0010001"
    assert said["PersonalAcc"] == "40702810138000017425"
    assert "Иванова Анна" in words_of(pdf)
    expect_mail(portal, "anna@mail.example", "Квитанция за ноябрь 2026 готова")


def expect_mail(portal: Portal, address: str, subject: str) -> None:
    """The letter lies in the mail's folder; the worker has a minute for it."""
    until = time.monotonic() + 60
    while not any(address in letter and subject in letter for letter in mails(portal.mail)):
        assert time.monotonic() < until, mails(portal.mail)
        time.sleep(0.2)


def each_ledger_line_unfolds_into_its_reason(opens: Opens) -> None:
    anna = opens("anna", "/personal/ledger/")
    page = anna.page
    line = page.locator("details.fold", has=page.locator("summary", has_text="Холодное водоснабжение")).first
    expect(line.locator(".why")).to_be_hidden()
    line.locator("summary").click()
    expect(line.locator(".why")).to_contain_text("48,67")
    expect(line.locator(".why")).to_contain_text(re.compile(r"Распоряжение №\s12"))
    page.get_by_label("Год").select_option("2026")
    page.wait_for_url("**year=2026**")
    expect(page.locator("details.fold").first).to_be_visible()
    anna.go("/personal/ledger/?year=2025")
    expect(page.locator("main")).to_contain_text("Здесь ничего нет")
    assert anna.violations() == []


def published_tariff_counts_from_the_next_closing(portal: Portal, opens: Opens) -> None:
    editor = opens("editor", "/admin/")
    page = editor.page
    page.goto(f"{portal.url}/admin/pages/add/cms_news/newspage/{portal.prepared['news']}/")
    page.locator("#id_title").fill("Ночью 25 ноября промоем сеть")
    page.locator("#id_summary").fill("С 1:00 до 4:00 вода может быть мутной.")
    publish(editor)
    page.goto(f"{portal.url}/admin/pages/add/cms_tariffs/tariffpage/{portal.prepared['tariffs']}/")
    page.locator("#id_title").fill("Тарифы с 1 декабря 2026")
    page.locator("#id_regulator").fill("Комитет по ценам")
    page.locator("#id_order_number").fill("77-Р")
    page.locator("#id_order_date").fill("2026-11-10")
    page.locator("#id_rates-0-service").select_option("cold_water")
    page.locator("#id_rates-0-price").fill("70,00")
    page.locator("#id_rates-0-valid_from").fill("2026-12-01")
    press(editor, "action-submit")
    expect(page.locator(".messages .success").first).to_be_visible()
    editor.go("/tariffs/")
    expect(page.locator("main")).not_to_contain_text("77-Р")
    accountant_approves(opens("accountant", "/admin/"))
    editor.go("/news/")
    expect(page.locator("main")).to_contain_text("Ночью 25 ноября промоем сеть")
    editor.go("/tariffs/")
    expect(page.locator("main")).to_contain_text("77-Р")
    portal.manage("close_period", "2026-12", today="2026-12-21")
    anna = opens("anna", "/personal/bills/2026-12/")
    expect(anna.page.locator("main")).to_contain_text("× 70,00")
    anna.go("/personal/bills/2026-11/")
    expect(anna.page.locator("main")).to_contain_text("× 48,67")
    expect(anna.page.locator("main")).not_to_contain_text("70,00")


def publish(editor: Visitor) -> None:
    """By the menu beside «save draft»."""
    press(editor, "action-publish")
    expect(editor.page.locator(".messages .success").first).to_be_visible()


def press(editor: Visitor, action: str) -> None:
    """A button of the menu beside «save draft», or the one that stands there by itself."""
    button = editor.page.locator(f"button[name={action}]")
    if not button.is_visible():
        editor.page.locator("footer [data-w-dropdown-target=toggle]").click()
    button.click()


def accountant_approves(accountant: Visitor) -> None:
    """The second person sees on the dashboard what waits, and in a window what it changes, then approves."""
    page = accountant.page
    page.get_by_role("link", name="Тарифы с 1 декабря 2026").first.click()
    page.locator("footer [data-w-dropdown-target=toggle]").click()
    page.locator("[data-workflow-action-name=approve]").click()
    window = page.locator("#workflow-action-modal, .modal.in, .modal-content").last
    expect(window).to_contain_text("70,00")
    window.get_by_role("button", name="Одобрить").click()
    expect(page.locator(".messages .success").first).to_be_visible()

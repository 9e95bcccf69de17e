"""Every kind of public page before a real browser: accessible, fit for a phone, whole without JavaScript."""

import datetime as dt
import random
import re
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urldefrag, urljoin

import pytest
from django.core import mail
from playwright.sync_api import Browser

from cms_pages.complaints import services
from cms_pages.complaints.enums import ComplaintKind
from cms_pages.complaints.models import ComplaintsBookPage
from cms_pages.standard.models import StandardPage
from portal.accounts.models import User
from portal.core.clock import MOSCOW
from portal.notifications.services import send_due
from portal.operations.demo import content
from portal.operations.demo.world import World
from portal.service_requests.dispatch.models import DispatchRequest
from portal.service_requests.support.models import SupportQuestion
from tests import hostile, people
from tests.journeys import word
from tests.journeys.conftest import Portal, Visitor, lived_in, running

KINDS = (
    "/",
    "/news/",
    "/news/news-1/",
    "/tariffs/",
    "/tariffs/order-2026-09-15/",
    "/services/",
    "/documents/",
    "/documents/rules-354/",
    "/documents/norms/",
    "/documents/commissioning/",
    "/complaints/",
    "/complaints/1/",
    "/outages/",
    "/contacts/",
    "/support/",
    "/how-to-register/",
    "/privacy/",
    "/search/?q=тарифам",
)
HOSTILE = (
    "<script>alert(1)</script> <img src=x onerror=alert(2)> javascript:alert(3) \"'><svg onload=alert(4)>"
    " <a href=javascript:alert(5)>тут</a>"
)
LINK = re.compile(r'(?:href|src)="([^"]+)"')
SCREENS = (
    "/admin/",
    "/admin/complaints/{entry}/",
    "/admin/support/{question}/",
    "/admin/dispatch/{request}/",
    "/admin/pages/{section}/",
    "/admin/pages/{page}/edit/",
)


PASTE = """(field, html) => {
  const data = new DataTransfer();
  data.setData("text/html", html);
  field.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
}"""


@dataclass(frozen=True)
class Prepared:
    """Where the admin shows hostile words, the letters that hold them, and a plain page to edit."""

    screens: list[str]
    letters: list[str]
    plain_page: int


def prepare_site() -> Prepared:
    """The cast, the demo's pages, and an entry of the book full of hostile marks, published as reviewers do.

    More such words in what residents write to the company, and the letters about it.
    """
    cast = lived_in()
    world = World(today=dt.date(2026, 11, 15), size=0, random=random.Random(1), progress=lambda _words: None)
    content.load(world)
    anna, reviewer = User.objects.get(username="anna"), people.make_login("reviewer", staff=True)
    now = dt.datetime(2026, 11, 12, 9, tzinfo=MOSCOW)
    entry = services.write(
        form_token=uuid.uuid4(),
        author=anna,
        account=None,
        kind=ComplaintKind.COMPLAINT,
        subject=f"Люк {HOSTILE}"[:120],
        text=HOSTILE,
        may_publish=True,
        now=now,
    )
    wording = services.PublicWording(
        subject=f"Люк {HOSTILE}"[:120], text=HOSTILE, author_name="Анна И.", confirmed=True
    )
    services.answer_publicly(
        complaint=entry,
        actor=reviewer,
        version=entry.version,
        wording=wording,
        answer=HOSTILE,
        signature=HOSTILE[:60],
        now=now,
    )
    hostile.facts(cast)
    User.objects.filter(pk=reviewer.pk).update(is_superuser=True, password=anna.password)
    mail.outbox = []
    send_due()
    numbers = {
        "entry": entry.pk,
        "question": SupportQuestion.objects.get().pk,
        "request": DispatchRequest.objects.get().pk,
        "page": entry.page_id,
        "section": ComplaintsBookPage.objects.get().pk,
    }
    letters = [str(letter.alternatives[0][0]) for letter in mail.outbox]
    plain = StandardPage.objects.get(slug="disclosure").pk
    return Prepared([screen.format(**numbers) for screen in SCREENS], letters, plain)


@pytest.fixture(scope="module")
def portal(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A portal with the pages of the demo."""
    with running(tmp_path_factory.mktemp("pages"), django_db_blocker, prepare=prepare_site) as started:
        yield started


@pytest.fixture(scope="module")
def site(portal: Portal) -> str:
    """Its address."""
    return portal.url


@pytest.fixture(scope="module")
def phone(site: str, browser: Browser) -> Visitor:
    """A visitor with a narrow window."""
    return Visitor(site, browser.new_context(viewport={"width": 360, "height": 800}, locale="ru-RU", bypass_csp=True))


@pytest.mark.parametrize("path", KINDS)
def test_a_page_is_accessible_and_fits_a_phone(phone: Visitor, path: str) -> None:
    phone.said.clear()
    phone.go(path)
    assert phone.violations() == []
    phone.page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    assert phone.violations("color-contrast") == []
    phone.page.emulate_media(color_scheme="light")
    phone.page.set_viewport_size({"width": 320, "height": 800})
    assert phone.overflow() <= 0
    phone.page.set_viewport_size({"width": 360, "height": 800})
    assert phone.overflow() <= 0
    phone.page.add_style_tag(content="html { font-size: 130% }")
    assert phone.overflow() <= 0, "with the letters that a phone's owner enlarged"
    assert phone.said == []


def test_home_is_short_on_a_phone(phone: Visitor) -> None:
    phone.go("/")
    height = phone.page.evaluate("document.querySelector('footer').getBoundingClientRect().top + scrollY")
    assert height <= 2200, "three screens of a cheap phone, and the login form is on them"
    assert phone.page.locator(".home-login input[name=login]").is_visible()


def _listener(site: str, browser: Browser) -> tuple[Visitor, list[str]]:
    """A visitor whose browser obeys no policy of ours, and what it was told by dialogs."""
    visitor, dialogs = Visitor(site, browser.new_context(bypass_csp=True)), []
    visitor.page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    return visitor, dialogs


def _let_the_control_speak(visitor: Visitor) -> None:
    with visitor.page.expect_event("dialog"):
        visitor.page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=alert(9)>')")


def test_hostile_words_stay_words_before_staff(portal: Portal, site: str, browser: Browser) -> None:
    visitor, dialogs = _listener(site, browser)
    visitor.log_in("reviewer", to="/admin/")
    shown = []
    for path in portal.prepared.screens:
        visitor.go(path)
        visitor.page.wait_for_load_state("networkidle")
        shown += ["screen"] if "onerror=alert" in visitor.page.content() else []
    for letter in portal.prepared.letters:
        visitor.page.set_content(letter)
        shown += ["letter"] if "onerror=alert" in visitor.page.inner_text("body") else []
    assert shown.count("screen") >= len(SCREENS) - 1
    assert shown.count("letter") >= 1
    _let_the_control_speak(visitor)
    assert dialogs == ["9"], "only the control, which is not escaped, may speak"


def test_hostile_words_of_an_entry_stay_words(site: str, browser: Browser) -> None:
    visitor, dialogs = _listener(site, browser)
    for path in ("/complaints/", "/complaints/1/", "/search/?q=люк"):
        visitor.go(path)
        assert "onerror=alert" in visitor.page.inner_text("main")
    visitor.log_in("anna")
    visitor.go("/personal/complaints/1/")
    visitor.go("/personal/inbox/")
    _let_the_control_speak(visitor)
    assert dialogs == ["9"], "only the control, which is not escaped, may speak"


def test_every_page_is_whole_without_javascript(site: str, browser: Browser) -> None:
    page = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 800}).new_page()
    for path in KINDS:
        page.goto(site + path)
        assert page.locator("main h1").count() == 1, path
        assert page.locator("main").inner_text().strip(), path
    page.goto(f"{site}/services/?q=замену счётчиков")
    assert "3 200,00" in page.inner_text("main").replace("\u00a0", " ")
    page.goto(f"{site}/contacts/")
    assert "Отдел учёта воды" in page.inner_text("main")
    page.goto(f"{site}/documents/commissioning/")
    assert "Подайте заявку" in page.inner_text("main")
    page.goto(f"{site}/tariffs/")
    page.fill("input[name=cold]", "6,335")
    page.locator("form:has(input[name=cold]) button").click()
    assert "410,76" in page.inner_text("main")
    page.goto(site)
    page.locator("summary").first.click()
    assert page.locator(".burger__panel a").first.is_visible()


def test_a_text_pasted_from_word_comes_out_clean(portal: Portal, site: str, browser: Browser) -> None:
    visitor = Visitor(site, browser.new_context(locale="ru-RU"))
    visitor.log_in("reviewer", to="/admin/")
    visitor.go(f"/admin/pages/{portal.prepared.plain_page}/edit/")
    field = visitor.page.locator(".public-DraftEditor-content").first
    field.click()
    visitor.page.keyboard.press("Control+a")
    field.evaluate(PASTE, word.HTML)
    visitor.page.wait_for_function("[...document.querySelectorAll('input')].some(i => i.value.includes('краны'))")
    with visitor.page.expect_navigation():
        visitor.page.locator("button[name=action-publish]").evaluate("button => button.form.requestSubmit(button)")
    visitor.go("/disclosure/")
    html = visitor.page.locator(".prose").first.inner_html().replace("\u00a0", " ")
    assert re.sub(r' data-block-key="\w+"', "", html) == word.CLEAN


def _answers(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_no_link_of_a_public_page_is_dead(site: str) -> None:
    waiting, seen, dead = [f"{site}{path}" for path in KINDS if "?" not in path], set(), {}
    while waiting:
        address = waiting.pop()
        if address in seen or "/personal/" in address or "/admin/" in address:
            continue
        seen.add(address)
        with urllib.request.urlopen(address, timeout=30) as answer:
            html = answer.read().decode() if answer.headers.get_content_type() == "text/html" else ""
        for link in LINK.findall(html):
            target = urldefrag(urljoin(address, link.replace("&amp;", "&")))[0]
            if not target.startswith(site) or target in seen:
                continue
            status = _answers(target)
            if status >= 400:
                dead[target] = (status, address)
            elif "?" not in target and "/static/" not in target and "/media/" not in target:
                waiting.append(target)
            else:
                seen.add(target)
    assert dead == {}
    assert len(seen) > 40

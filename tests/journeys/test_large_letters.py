"""Every kind of page on the narrowest phone, and with letters of double size: no sideways scroll, no broken words."""

import datetime as dt
import random
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from portal.billing.services import Executor
from portal.core.clock import MOSCOW
from portal.core.models import CompanySettings
from portal.core.periods import Period
from portal.operations.demo import content
from portal.operations.demo.world import World
from portal.receipts.issuing import issue_receipts
from portal.service_requests.support.services import ask
from tests.company import put_numbers
from tests.journeys.conftest import Portal, Visitor, lived_in, running
from tests.journeys.test_public_pages import KINDS as PUBLIC
from tests.portal.billing.month import close
from tests.receipts import COMPANY

pytestmark = pytest.mark.browser

CABINET = (
    "",
    "readings/",
    "readings/history/",
    "meters/",
    "consumption/",
    "ledger/",
    "receipts/",
    "bills/2026-10/",
    "pay/",
    "pay/history/",
    "requests/",
    "requests/new/",
    "requests/meters/new/",
    "requests/replacement/",
    "complaints/",
    "complaints/new/",
    "support/",
    "inbox/",
    "profile/",
    "profile/notifications/",
    "profile/sessions/",
    "profile/consents/",
    "profile/history/",
    "profile/keys/",
    "profile/close/",
)
LOGIN = ("/accounts/login/", "/accounts/password/reset/", "/accounts/application/")
DOUBLE = "addEventListener('DOMContentLoaded', () => document.documentElement.style.setProperty('font-size', '200%'))"
MEASURE = """() => {
  const broken = [], range = document.createRange(), letters = /[\\p{L}\\p{N}]{2,}/gu;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode, parent = node.parentElement;
    if (parent.closest('.visually-hidden, .skip, script, style, svg, option') || !parent.checkVisibility()) continue;
    for (const joined of node.data.matchAll(/[^ \\n\\t\\r]+/g)) {
      range.setStart(node, joined.index);
      range.setEnd(node, joined.index + joined[0].length);
      const wide = [...range.getClientRects()].reduce((sum, one) => sum + one.width, 0);
      if (wide > window.innerWidth * 0.65) continue;
      for (const word of joined[0].matchAll(letters)) {
        range.setStart(node, joined.index + word.index);
        range.setEnd(node, joined.index + word.index + word[0].length);
        const lines = [...range.getClientRects()].filter(one => one.width > 0);
        if (lines.length > 1 && Math.abs(lines[0].top - lines.at(-1).top) > 4) broken.push(word[0]);
      }
    }
  }
  return [document.documentElement.scrollWidth - window.innerWidth, broken];
}"""
"""Pixels of sideways scroll, and words divided between two lines though they (with what no space divides from them)
take less than two thirds of the screen.
"""


def prepare_site() -> None:
    """The cast with three closed months, their receipts, a long question, and the demo's pages."""
    cast = lived_in()
    content.load(World(today=dt.date(2026, 11, 15), size=0, random=random.Random(1), progress=lambda _words: None))
    put_numbers()
    for month in (8, 9, 10):
        close(Period(2026, month))
    company = CompanySettings.load()
    for name in ("legal_name", "inn", "kpp", "bank_name", "bank_account", "bic", "correspondent_account"):
        setattr(company, name, getattr(COMPANY, name))
    company.save()
    issue_receipts(
        period=Period(2026, 10),
        issued_on=dt.date(2026, 10, 26),
        executor=Executor.INLINE,
        notify=False,
        with_files=False,
    )
    asked = "Как посчитали последнюю квитанцию за октябрь, если счётчик опломбирован в сентябре?"
    ask(
        form_token=uuid.uuid4(),
        name="Анна",
        email=cast.anna.user.email,
        account_number="0010001",
        text=asked,
        user=cast.anna.user,
        now=dt.datetime(2026, 11, 10, 12, tzinfo=MOSCOW),
    )


@pytest.fixture(scope="module")
def portal(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A portal with all kinds of pages."""
    with running(tmp_path_factory.mktemp("large"), django_db_blocker, prepare=prepare_site) as started:
        yield started


@pytest.mark.parametrize(("width", "duplicate"), [(320, False), (360, True)])
def test_no_page_scrolls_sideways_and_no_word_is_broken(
    portal: Portal, browser: Browser, width: int, duplicate: bool
) -> None:
    context = browser.new_context(locale="ru-RU", viewport={"width": width, "height": 780})
    visitor = Visitor(portal.url, context)
    if duplicate:
        visitor.page.add_init_script(DOUBLE)
    measured = {}
    for path in (*(kind for kind in PUBLIC if kind != "/complaints/1/"), *LOGIN):
        visitor.go(path)
        measured[path] = visitor.page.evaluate(MEASURE)
    visitor.log_in("anna")
    for path in CABINET:
        visitor.go(f"/personal/{path}")
        measured[path] = visitor.page.evaluate(MEASURE)
    context.close()
    assert {path: seen for path, seen in measured.items() if seen[0] > 0 or seen[1]} == {}

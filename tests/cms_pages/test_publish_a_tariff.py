"""Publishing a tariff adopts its rates; search finds words in other cases."""

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client

from cms_pages.core.bootstrap import ensure_pages
from cms_pages.tariffs.models import TariffIndexPage, TariffPage, TariffRate
from portal.billing.models import Rate

pytestmark = pytest.mark.django_db


def _decision(price: str, since: dt.date) -> TariffPage:
    page = TariffPage(
        title="Тарифы с октября", slug="order", regulator="Комитет", order_number="1-Р", order_date=since, live=False
    )
    page.rates = [TariffRate(service="cold_water", price=Decimal(price), valid_from=since)]
    TariffIndexPage.objects.get().add_child(instance=page)
    return page


def test_publishing_adopts_and_the_page_shows_and_counts(client: Client, business_date: object) -> None:
    ensure_pages()
    business_date("2026-11-15")  # type: ignore[operator]
    page = _decision("64.84", dt.date(2026, 10, 1))
    assert not Rate.objects.exists()
    page.save_revision().publish()
    assert Rate.objects.get().page_id == page.pk
    html = client.get("/tariffs/?cold=6,335&hot=").content.decode()
    assert "410,76" in html
    assert "№ 1-Р" in html


@pytest.mark.parametrize("words", ["тарифы", "тарифам", "о тарифах"])
def test_search_finds_a_word_in_any_case(client: Client, words: str) -> None:
    ensure_pages()
    assert "/tariffs/" in client.get("/search/", {"q": words}).content.decode().split("<main")[1].split("</main")[0]

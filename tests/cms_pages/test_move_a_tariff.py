"""A published tariff is put right: it moves to another day, is taken down, and what stays in force is said first."""

import datetime as dt
import json
import re
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.test import Client
from django.utils import timezone
from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.test.utils.form_data import inline_formset

from cms_pages.tariffs.models import TariffIndexPage, TariffPage, TariffRate
from portal.accounts.models import User
from portal.approvals.models import ApprovalSettings, NumberRequest
from portal.billing.models import Rate
from portal.billing.services import Executor, close_period
from portal.core.periods import Period
from tests.cms_pages.editing import staff, tariff
from tests.people import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site_pages")]
DECEMBER, FEBRUARY = dt.date(2026, 12, 1), dt.date(2027, 2, 1)


@pytest.fixture
def closed(cast: Cast, numbers: None, business_date: Any) -> Cast:
    """October is closed by 48.67; the site stands."""
    business_date("2026-11-15")
    close_period(period=Period(2026, 10), executor=Executor.INLINE)
    return cast


@pytest.fixture
def chief(closed: Cast, client: Client) -> User:
    """A superuser who works alone."""
    rules = ApprovalSettings.load()
    rules.two_people_tariffs = False
    rules.save()
    user = User.objects.create_superuser("chief", "chief@mail.example", "x")
    client.force_login(user)
    return user


def _published(price: str, since: dt.date, slug: str = "order") -> TariffPage:
    page = TariffPage(
        title=f"Тарифы {slug}", slug=slug, regulator="Комитет", order_number="1-Р", order_date=since, live=False
    )
    page.rates = [TariffRate(service="cold_water", price=Decimal(price), valid_from=since)]
    TariffIndexPage.objects.get().add_child(instance=page)
    page.save_revision().publish()
    return TariffPage.objects.get(pk=page.pk)


def _edit(client: Client, page: TariffPage, price: str, since: str, action: str = "action-publish") -> str:
    rate = page.rates.get()
    row = {"id": rate.pk, "service": "cold_water", "price": price, "valid_from": since}
    form = tariff(action, slug=page.slug, rates=inline_formset([row], initial=1))
    return client.post(f"/admin/pages/{page.pk}/edit/", form, follow=True).content.decode().replace("\xa0", " ")


def _active_rates() -> list[tuple[dt.date, Decimal]]:
    rows = Rate.objects.active().filter(service="cold_water", valid_from__gte=dt.date(2026, 11, 1))
    return [(row.valid_from, row.price) for row in rows.order_by("valid_from")]


def test_a_wrong_date_is_put_right_by_publishing_again(chief: User, client: Client) -> None:
    """It moves: the first row is withdrawn, the preview says so, the site and the calculator forget it."""
    page = _published("55.15", DECEMBER)
    assert _active_rates() == [(DECEMBER, Decimal("55.15"))]
    shown = _edit(client, page, "55,15", "2027-02-01")
    assert "отзывается" in shown
    assert "48,67" in shown
    assert _active_rates() == [(DECEMBER, Decimal("55.15"))], "not before the button"
    second = re.search(r'action="(/admin/tariffs/publish/[^"]+)"', shown)
    assert second
    client.post(second[1])
    assert _active_rates() == [(FEBRUARY, Decimal("55.15"))]
    gone = Rate.objects.exclude(withdrawn_at=None).get()
    assert (gone.withdrawn_by, gone.valid_from) == (chief, DECEMBER)
    listed = client.get("/admin/billing/rate/").content.decode()
    assert "office-withdrawn" in listed
    public = client.get("/tariffs/").content.decode()
    assert "1 февраля 2027" in public.replace("\xa0", " ")
    assert "1 декабря 2026" not in public.replace("\xa0", " ")


def test_a_slip_in_a_price_is_asked_about_and_an_absurd_one_refused(chief: User, client: Client) -> None:
    page = _published("55.15", DECEMBER)
    shown = _edit(client, page, "551,50", "2026-12-01")
    assert "551,5 — в 11,3 раза больше действующего 48,67. Это верно?" in shown
    second = re.search(r'action="(/admin/tariffs/publish/[^"]+)"', shown)
    assert second
    client.post(second[1])
    assert _active_rates() == [(DECEMBER, Decimal("55.15"))]
    client.post(second[1], {"confirmed": "1"})
    assert _active_rates() == [(DECEMBER, Decimal("551.50"))]
    assert "так не бывает" in _edit(client, TariffPage.objects.get(), "5515", "2026-12-01")


def test_a_price_that_a_closing_has_used_stays_in_its_decision(chief: User, client: Client, business_date: Any) -> None:
    page = _published("55.15", dt.date(2026, 11, 1))
    business_date("2026-12-01")
    close_period(period=Period(2026, 11), executor=Executor.INLINE)
    assert "уже использовало эту цену" in _edit(client, page, "55,15", "2027-02-01")
    assert _active_rates() == [(dt.date(2026, 11, 1), Decimal("55.15"))]


def test_taking_down_says_what_stays_and_asks(chief: User, client: Client) -> None:
    page = _published("55.15", DECEMBER)
    address = f"/admin/pages/{page.pk}/unpublish/"
    shown = client.post(address).content.decode().replace("\xa0", " ")
    assert "48,67" in shown
    assert "1 января 2024" in shown
    assert "Напишите почему" in client.post(address, {"taken_down": "1", "reason": " "}).content.decode()
    assert TariffPage.objects.get().live
    client.post(address, {"taken_down": "1", "reason": "Решение отменили"})
    assert not TariffPage.objects.get().live
    assert _active_rates() == []
    assert Rate.objects.exclude(withdrawn_at=None).get().withdrawal_reason == "Решение отменили"


def test_deleting_asks_as_well_and_another_decision_of_the_day_comes_back(chief: User, client: Client) -> None:
    _published("52.00", DECEMBER, slug="first")
    page = _published("55.15", DECEMBER, slug="second")
    assert _active_rates() == [(DECEMBER, Decimal("55.15"))]
    address = f"/admin/pages/{page.pk}/delete/"
    assert "52" in client.get(address).content.decode()
    assert TariffPage.objects.filter(slug="second").exists()
    client.post(address, {"taken_down": "1", "reason": "Внесено дважды"})
    assert not TariffPage.objects.filter(slug="second").exists()
    assert _active_rates() == [(DECEMBER, Decimal("52.00"))]


def test_no_other_way_takes_a_page_with_coming_prices_down(chief: User, client: Client) -> None:
    page = _published("55.15", DECEMBER)
    with pytest.raises(PermissionDenied):
        UnpublishPageAction(page, user=chief).execute()
    with pytest.raises(PermissionDenied), transaction.atomic():
        page.delete()
    answer = client.post(f"/admin/bulk/wagtailcore/page/unpublish/?id={page.pk}", follow=True).content.decode()
    assert "снимайте его с его собственной страницы" in answer
    client.post(f"/admin/bulk/wagtailcore/page/delete/?id={page.pk}", {"type_to_confirm": "1"})
    assert TariffPage.objects.get().live
    row = page.rates.get()
    rows = inline_formset(
        [{"id": row.pk, "service": "cold_water", "price": "55,15", "valid_from": "2026-12-01"}], initial=1
    )
    form = tariff("action-publish", slug=page.slug, rates=rows)
    form["expire_at"] = (timezone.now() + dt.timedelta(days=9)).strftime("%d.%m.%Y %H:%M")
    client.post(f"/admin/pages/{page.pk}/edit/", form)
    assert TariffPage.objects.get().expire_at is None


def test_by_two_people_taking_down_waits(closed: Cast, client: Client) -> None:
    page = _published("55.15", DECEMBER)
    client.force_login(staff("editor"))
    answer = client.post(
        f"/admin/pages/{page.pk}/unpublish/", {"taken_down": "1", "reason": "Решение отменили"}, follow=True
    ).content.decode()
    assert "остаётся, пока не утвердит другой сотрудник" in answer
    assert TariffPage.objects.get().live
    assert _active_rates() == [(DECEMBER, Decimal("55.15"))]
    waiting = NumberRequest.objects.get()
    assert "48,67" in json.dumps(waiting.details, ensure_ascii=False)
    client.force_login(staff("accountant"))
    assert "48,67" in client.get(f"/admin/office/number-requests/{waiting.pk}/").content.decode()
    client.post(f"/admin/office/number-requests/{waiting.pk}/", {"approve": "1"})
    assert not TariffPage.objects.get().live
    assert _active_rates() == []


def test_approved_after_a_closing_used_the_price_it_says_that_it_stays(closed: Cast, client: Client) -> None:
    page = _published("55.15", DECEMBER)
    client.force_login(staff("editor"))
    client.post(f"/admin/pages/{page.pk}/unpublish/", {"taken_down": "1", "reason": "Решение отменили"})
    for month in (Period(2026, 11), Period(2026, 12)):
        close_period(period=month, executor=Executor.INLINE)
    waiting = NumberRequest.objects.get()
    client.force_login(staff("accountant"))
    words = "уже использованы закрытиями: они остаются в силе"
    url = f"/admin/office/number-requests/{waiting.pk}/"
    assert words in client.get(url).content.decode()
    answered = client.post(url, {"approve": "1"}, follow=True).content.decode()
    assert words in answered
    assert "теперь число действует" not in answered
    assert (DECEMBER, Decimal("55.15")) in _active_rates()

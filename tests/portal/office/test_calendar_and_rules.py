"""The month's calendar and the rules of calculation: shown what they change, asked, corrected, withdrawn."""

import datetime as dt
import re
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from portal.approvals.models import ApprovalSettings, NumberRequest
from portal.billing.enums import NumberAction, NumberKind
from portal.billing.exceptions import MonthsClosed, NumberUsed
from portal.billing.loading.rate_book import load_rate_book
from portal.billing.models import BillingSettings
from portal.billing.number_types import NumberChange
from portal.billing.services import Executor, apply_change, close_period
from portal.core.calendars import month_calendar
from portal.core.models import MonthCalendar
from portal.core.periods import Period
from tests.answers import text_of
from tests.conftest import SetDate
from tests.people import Cast, Clerk

pytestmark = pytest.mark.django_db
CALENDAR, RULES = "/admin/office/number/month-calendar/", "/admin/office/number/rules/"
JANUARY = Period(2027, 1)
DAYS = {"window_opens": 10, "reminder": 18, "window_closes": 20, "closing_day": 21, "receipts_day": 25, "due_day": 15}
LEGAL = {"estimate_limit": 3, "average_months": 6, "average_minimum": 3, "raising_where_feasible": True}
LEGAL |= {"penalties": True}
FROM_JANUARY = {"valid_from": "01.01.2027"}
TOKEN = re.compile(r'name="preview_token" value="([^"]+)"')


def _posted(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not False}


def _save(client: Client, url: str, written: dict[str, Any], *, confirmed: bool = True) -> str:
    """Look at the effect, then save what was shown; returns the page with the effect."""
    html = text_of(client.post(url, _posted(written)))
    match = TOKEN.search(html)
    assert match, html
    client.post(url, {**_posted(written), "preview_token": match.group(1)} | ({"confirmed": "1"} if confirmed else {}))
    return html


@pytest.fixture
def closed(cast: Cast, numbers: None, business_date: SetDate, clerk: Clerk) -> Cast:
    """October is closed; one person enters numbers."""
    business_date("2026-11-15")
    MonthCalendar.objects.create(valid_from=dt.date(2026, 2, 1))
    BillingSettings.objects.create(valid_from=dt.date(2020, 1, 1))
    close_period(period=Period(2026, 10), executor=Executor.INLINE)
    ApprovalSettings.objects.update_or_create(pk=1, defaults={"two_people_rules": False})
    actions, models = ("add", "change", "view"), ("core.{}_monthcalendar", "billing.{}_billingsettings")
    clerk(*(model.format(action) for action in actions for model in models))
    return cast


def test_a_due_day_of_5_is_asked_then_corrected_and_withdrawn(client: Client, closed: Cast) -> None:
    written = {**FROM_JANUARY, **DAYS, "due_day": 5}
    html = _save(client, CALENDAR, written, confirmed=False)
    assert "15 февраля 2027" in html
    assert "5 февраля 2027" in html
    assert "по закону 15" in html
    assert month_calendar(JANUARY).due_day == 15
    _save(client, CALENDAR, written)
    row = MonthCalendar.objects.active().get(due_day=5)
    assert month_calendar(JANUARY).due_day == 5

    _save(client, f"{CALENDAR}{row.pk}/", {**written, "due_day": 16, "reason": "Опечатка"})
    row.refresh_from_db()
    assert row.withdrawal_reason == "Опечатка"
    assert month_calendar(JANUARY).due_day == 16
    assert load_rate_book().due_days[-1].value == 16

    row = MonthCalendar.objects.active().get(due_day=16)
    html = _save(client, f"{CALENDAR}{row.pk}/withdraw/", {"reason": "Не нужно"})
    assert "15 февраля 2027" in html
    assert month_calendar(JANUARY).due_day == 15
    assert "Не нужно" in text_of(client.get(reverse("core_monthcalendar_modeladmin_index")))


def test_rules_are_bounded_shown_and_withdrawn(client: Client, closed: Cast) -> None:
    for wrong in ({"estimate_limit": 0}, {"average_minimum": 7}, {"average_minimum": 0}, {"valid_from": "15.01.2027"}):
        html = text_of(client.post(RULES, _posted({**FROM_JANUARY, **LEGAL, **wrong})))
        assert not TOKEN.search(html), wrong
    written = {**FROM_JANUARY, **LEGAL, "estimate_limit": 1, "penalties": False}
    html = _save(client, RULES, written, confirmed=False)
    assert "по закону 3" in html
    assert "«Начислять пени» выключается" in html
    assert BillingSettings.objects.count() == 1
    _save(client, RULES, written)
    row = BillingSettings.objects.active().get(estimate_limit=1)
    assert not load_rate_book().settings[-1][1].penalties
    _save(client, f"{RULES}{row.pk}/withdraw/", {"reason": "Ошибка"})
    assert load_rate_book().settings[-1][1].estimate_limit == 3


def test_a_far_day_is_asked_and_a_closed_month_refused(client: Client, closed: Cast) -> None:
    far = {**DAYS, "valid_from": "01.01.2060"}
    _save(client, CALENDAR, far, confirmed=False)
    assert not MonthCalendar.objects.filter(valid_from=dt.date(2060, 1, 1)).exists()
    html = text_of(client.post(CALENDAR, {**DAYS, "valid_from": "01.10.2026"}))
    assert "1 ноября 2026" in html
    assert not TOKEN.search(html)


@pytest.mark.parametrize("kind", [NumberKind.MONTH_CALENDAR, NumberKind.RULES])
def test_what_a_closing_has_used_stays(closed: Cast, kind: NumberKind) -> None:
    used: Any = (MonthCalendar if kind == NumberKind.MONTH_CALENDAR else BillingSettings).objects.get()
    change = NumberChange(kind=kind, action=NumberAction.WITHDRAW, number_id=used.pk, reason="Ошибка")
    with pytest.raises(NumberUsed):
        apply_change(change, by=None, today=dt.date(2026, 11, 15))
    values = {**(DAYS if kind == NumberKind.MONTH_CALENDAR else LEGAL), "valid_from": dt.date(2026, 10, 1)}
    with pytest.raises(MonthsClosed):
        apply_change(NumberChange(kind=kind, action=NumberAction.ADD, values=values), by=None, today=used.valid_from)


def test_two_of_one_month_never_count(closed: Cast) -> None:
    with pytest.raises(IntegrityError):
        MonthCalendar.objects.create(valid_from=dt.date(2026, 2, 1))


def test_by_two_people_it_waits(client: Client, closed: Cast) -> None:
    ApprovalSettings.objects.update(two_people_rules=True)
    _save(client, CALENDAR, {**FROM_JANUARY, **DAYS, "due_day": 5})
    request = NumberRequest.objects.get()
    assert "Срок оплаты" in request.title
    assert month_calendar(JANUARY).due_day == 15


def test_the_preview_of_a_closing_names_what_waits_for_a_second_person(
    client: Client, clerk: Clerk, closed: Cast
) -> None:
    ApprovalSettings.objects.update(two_people_rules=True)
    _save(client, CALENDAR, {**DAYS, "valid_from": "01.11.2026", "due_day": 5})
    _save(client, RULES, {**FROM_JANUARY, **LEGAL, "estimate_limit": 2})
    now, later = NumberRequest.objects.order_by("pk")
    chief = clerk(username="chief")
    chief.is_superuser = True
    chief.save()
    html = text_of(client.get(reverse("office_closing_month", args=["2026-11"])))
    assert reverse("office_number_request", args=[now.pk]) in html
    assert reverse("office_number_request", args=[later.pk]) not in html

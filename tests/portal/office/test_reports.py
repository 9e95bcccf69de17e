"""Reports of the staff: their numbers by worked examples, filters, files, and who may open them."""

import datetime as dt
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from wagtail.admin.menu import reports_menu

from portal.accounts.models import Account, Person
from portal.billing.models import OpeningDebt
from portal.billing.selectors.debt_ages import debts_by_age
from portal.core.clock import MOSCOW
from portal.core.models import MonthCalendar
from portal.core.periods import Period
from portal.ledger.enums import EntryKind
from portal.ledger.services import NewEntry, post_entry
from portal.metering.enums import ReadingSource, Status
from portal.metering.models import Meter, Reading
from portal.metering.selectors import readings_by_day
from portal.office.reports.base import Report
from portal.office.reports.hooks import REPORTS
from tests.people import Cast, Clerk

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 10, 20)


@pytest.fixture(autouse=True)
def today(business_date: Any) -> None:
    business_date(TODAY.isoformat())


def owe(account: Account, **sums: str) -> None:
    """Unpaid months from before the portal: `days_31="10"` has been overdue for 31 days and is 10 ₽."""
    for number, (days, amount) in enumerate(sums.items()):
        OpeningDebt.objects.create(
            account=account,
            period=Period(2024, 1).shift(number).first_day,
            due_on=TODAY - dt.timedelta(days=int(days.removeprefix("days_"))),
            amount=Decimal(amount),
        )
    post_entry(
        NewEntry(
            account_id=account.pk,
            kind=EntryKind.OPENING,
            amount=sum(map(Decimal, sums.values())),
            effective_on=dt.date(2024, 1, 1),
            key=f"opening:{account.pk}",
            source="opening",
        )
    )


def text(response: Any) -> str:
    return str(response.content.decode()).replace("\u00a0", " ").replace("\u202f", " ")


def sheet(response: Any) -> list[tuple[Any, ...]]:
    return list(load_workbook(BytesIO(response.content)).worksheets[0].iter_rows(values_only=True))


def test_each_debt_counts_at_its_age(cast: Cast) -> None:
    owe(cast.anna.account, days_366="1", days_365="2", days_91="4", days_90="8", days_61="16", days_60="32")
    owe(cast.boris.account, days_31="64", days_30="128", days_1="256", days_0="512")
    first, second = debts_by_age(today=TODAY)
    assert (first.account_id, first.overdue) == (cast.boris.account.pk, (384, 64, 0, 0, 0))
    assert (first.not_due, first.oldest_due_on) == (512, TODAY - dt.timedelta(days=31))
    assert (second.overdue, second.overdue_from(61), second.overdue_from(366)) == ((0, 32, 24, 6, 1), 31, 1)
    for debt in (first, second):
        parts = [*debt.overdue, debt.not_due, debt.penalties, debt.undated]
        assert sum(parts) == debt.balance


def test_a_payment_lessens_the_oldest_debt_at_once(cast: Cast) -> None:
    owe(cast.anna.account, days_400="100", days_10="50")
    assert debts_by_age(today=TODAY)[0].overdue == (50, 0, 0, 0, 100)
    post_entry(
        NewEntry(
            account_id=cast.anna.account.pk,
            kind=EntryKind.PAYMENT,
            amount=Decimal(-120),
            effective_on=TODAY,
            key="payment:1",
            source="payment",
        )
    )
    assert debts_by_age(today=TODAY)[0].overdue == (30, 0, 0, 0, 0)


def test_debtors_are_narrowed_by_age_sum_and_words_and_have_phones(cast: Cast, clerk: Clerk, client: Client) -> None:
    owe(cast.anna.account, days_100="700.50")
    owe(cast.boris.account, days_20="900")
    Person.objects.filter(pk=cast.anna.person.pk).update(phone="+79031234567")
    clerk("office.report_debts")
    url = reverse("office_report_debts")
    page = text(client.get(url))
    assert "1 600,50 ₽" in page
    assert page.index(cast.boris.account.number) < page.index(cast.anna.account.number)
    assert "+7 903 123-45-67" in page
    assert reverse("office_account", args=[cast.anna.account.pk]) in page
    for query, shown in (
        ({"days": "91"}, {cast.anna}),
        ({"least": "800,00"}, {cast.boris}),
        ({"days": "91", "least": "700,51"}, set()),
        ({"q": "петров 18"}, {cast.boris}),
        ({"q": cast.anna.account.number}, {cast.anna}),
    ):
        page = text(client.get(url, query))
        assert {
            resident for resident in (cast.anna, cast.boris) if f">{resident.account.number}</a>" in page
        } == shown, query
    assert "Столько и так долго не должен никто" in text(client.get(url, {"least": "5000"}))


def test_a_slip_in_a_filter_is_said_at_its_field(cast: Cast, clerk: Clerk, client: Client) -> None:
    clerk("office.report_debts")
    page = text(client.get(reverse("office_report_debts"), {"least": "мнго", "days": "91"}))
    assert 'role="alert"' in page
    assert 'value="мнго"' in page
    assert client.get(reverse("office_report_debts"), {"premises__house": "1"}).status_code == 400


def test_debts_as_a_file_hold_numbers_and_days(cast: Cast, clerk: Clerk, client: Client) -> None:
    owe(cast.anna.account, days_100="700.50")
    owe(cast.boris.account, days_20="900")
    clerk("office.report_debts")
    response = client.get(reverse("office_report_debts"), {"days": "91", "export": "xlsx"})
    assert response["Content-Disposition"] == f'attachment; filename="debts-{TODAY}.xlsx"'
    heading, row = sheet(response)
    assert row[heading.index("Лицевой счёт")] == cast.anna.account.number
    assert row[heading.index("91–365 дней, ₽")] == pytest.approx(700.5)
    assert row[heading.index("Просрочено с")].date() == TODAY - dt.timedelta(days=100)


def test_the_queries_of_debts_do_not_grow_with_them(
    cast: Cast, clerk: Clerk, client: Client, django_assert_max_num_queries: Any
) -> None:
    for resident in (cast.anna, cast.boris, cast.stranger):
        owe(resident.account, days_100="10")
    clerk("office.report_debts")
    with django_assert_max_num_queries(30):
        client.get(reverse("office_report_debts"))


def read(meter: Meter, moment: dt.datetime, value: str, **fields: Any) -> None:
    Reading.objects.create(
        meter=meter, value=Decimal(value), taken_on=moment.date(), accepted_at=moment, **{"source": "cabinet", **fields}
    )


def at(month: int, day: int, hour: int = 12, minute: int = 0) -> dt.datetime:
    return dt.datetime(2026, month, day, hour, minute, tzinfo=MOSCOW)


@pytest.fixture
def window(db: None) -> None:
    """From the 15th to the 25th, both inclusive: today is its sixth day."""
    MonthCalendar.objects.create(
        valid_from=dt.date(2026, 1, 1), window_opens=15, reminder=20, window_closes=25, closing_day=26, receipts_day=28
    )


@pytest.mark.usefixtures("window")
def test_readings_are_counted_by_the_day_of_their_window(cast: Cast) -> None:
    cold, hot = Meter.objects.filter(account=cast.anna.account).order_by("pk")
    read(cold, at(10, 14, 23, 59), "136")  # before the window
    read(hot, at(10, 15, 0, 0), "81")
    read(cold, at(10, 17, 23, 59), "137")  # 20:59 UTC
    read(hot, at(10, 17), "82", status=Status.REPLACED)
    read(cold, at(9, 25, 23, 59), "135.5", source=ReadingSource.PHONE)
    read(hot, at(9, 26, 0, 0), "80.9")  # after it
    rows = readings_by_day(Period(2026, 10), today=TODAY)
    assert [row.counts[0] for row in rows] == [1, 0, 1, 0, 0, 0, None, None, None, None, None]
    assert [row.totals[0] for row in rows][:6] == [1, 1, 2, 2, 2, 2]
    assert [row.counts[1] for row in rows] == [0] * 10 + [1]
    assert rows[0].day == dt.date(2026, 10, 15)
    by_phone = readings_by_day(Period(2026, 10), today=TODAY, source=ReadingSource.PHONE)
    assert (by_phone[-1].totals[1], by_phone[0].counts[0]) == (1, 0)


@pytest.mark.usefixtures("window")
def test_readings_by_day_compare_the_same_day_of_the_windows(cast: Cast, clerk: Clerk, client: Client) -> None:
    cold, hot = Meter.objects.filter(account=cast.anna.account).order_by("pk")
    read(cold, at(10, 16), "137")
    read(cold, at(9, 15), "136")
    read(hot, at(9, 20), "80.9")
    read(hot, at(9, 24), "80.95")  # the tenth day of the window, not come yet in October
    clerk("office.report_readings")
    response: Any = client.get(reverse("office_report_readings"))
    totals = [(total.label.replace("\u00a0", " "), total.value) for total in response.context_data["totals"]]
    assert totals == [
        ("Октябрь 2026, к 6-му дню окна", "1"),
        ("Сентябрь 2026, к 6-му дню окна", "2"),
        ("Август 2026, к 6-му дню окна", "0"),
    ]
    september = sheet(client.get(reverse("office_report_readings"), {"month": "2026-09", "export": "xlsx"}))
    assert [row[3] for row in september[1:]] == [1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3]


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.slug)
def test_every_report_opens_exports_and_is_refused(
    cast: Cast, clerk: Clerk, client: Client, report: type[Report]
) -> None:
    url = reverse(report.url_name())
    clerk("office.view_account_card", username="other")
    assert client.get(url).status_code == 302
    clerk(report.permission())
    request = client.get(url).wsgi_request
    assert str(report.page_title) in {str(item.label) for item in reports_menu.menu_items_for_request(request)}
    assert str(report.description) in text(client.get(url))
    for kind in ("csv", "xlsx"):
        response = client.get(url, {"export": kind})
        assert response.status_code == 200
        assert response["Content-Disposition"].endswith(f'.{kind}"')
    for name in report.filters_class.base_fields:
        assert client.get(url, {name: ""}).status_code == 200
        assert client.get(url, {name: " "}).status_code == 200
    assert client.get(url, {"export": "pdf"}).status_code == 400
    assert client.get(url, {"page": "zz"}).status_code == 400

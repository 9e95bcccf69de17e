"""An accountant closes a month: sees what will happen, confirms, sees what happened, runs it again."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from portal.billing.enums import ClosingStatus
from portal.billing.models import Charge, Norm, PeriodRun, Rate
from portal.billing.services import Executor, close_period
from portal.core.periods import Period
from portal.metering.models import Reading
from portal.metering.services import submit_reading
from tests.people import Cast, Clerk

OCTOBER = Period(2026, 10)
CLOSING = ("office.close_month", "office.view_account_card", "billing.view_charge")


@pytest.fixture
def october(cast: Cast, numbers: None, business_date: object) -> Cast:
    """Anna has read her meters in October; the closing day has come."""
    business_date("2026-10-21")  # type: ignore[operator]
    for meter in cast.anna.account.meters.all():
        moment = dt.datetime(2026, 10, 12, 9, tzinfo=dt.UTC)
        submit_reading(meter=meter, value=meter.start_value + 6, moment=moment)
    return cast


def test_she_sees_what_would_happen_before_anything_does(october: Cast, clerk: Clerk, client: Client) -> None:
    clerk(*CLOSING)
    page = client.get(reverse("office_closing_month", args=["2026-10"]))
    assert page.status_code == 200
    preview = page.context["preview"]
    assert (preview.computed.accounts, preview.with_reading, preview.without_reading) == (4, 1, 3)
    assert preview.total > 0
    assert not PeriodRun.objects.exists()
    assert not Charge.objects.exists()


def test_she_closes_it_and_sees_the_result(october: Cast, clerk: Clerk, client: Client) -> None:
    user = clerk(*CLOSING)
    response = client.post(reverse("office_closing_start", args=["2026-10"]), follow=True)
    assert response.status_code == 200
    assert PeriodRun.objects.get().requested_by == user
    running = client.get(reverse("office_closing_month", args=["2026-10"])).content.decode()
    assert 'http-equiv="refresh"' in running
    close_period(period=OCTOBER, executor=Executor.INLINE)
    done = client.get(reverse("office_closing_month", args=["2026-10"]))
    assert done.context["state"]["total"] > 0
    assert 'http-equiv="refresh"' not in done.content.decode()


def test_run_again_it_adds_nothing(october: Cast, clerk: Clerk, client: Client) -> None:
    clerk(*CLOSING)
    close_period(period=OCTOBER, executor=Executor.INLINE)
    before = Charge.objects.count()
    client.post(reverse("office_closing_start", args=["2026-10"]))
    close_period(period=OCTOBER, executor=Executor.INLINE)
    assert Charge.objects.count() == before
    assert PeriodRun.objects.count() == 1


def test_what_could_not_be_computed_is_listed_with_a_way_to_mend_it(
    october: Cast, clerk: Clerk, client: Client
) -> None:
    clerk(*CLOSING)
    Norm.objects.filter(service="cold_water").delete()
    close_period(period=OCTOBER, executor=Executor.INLINE)
    page = client.get(reverse("office_closing_month", args=["2026-10"])).content.decode()
    assert PeriodRun.objects.get().status == ClosingStatus.INCOMPLETE
    assert october.boris.account.number in page
    assert reverse("office_number", args=["norm"]) in page


def test_a_month_that_is_not_over_cannot_be_closed(october: Cast, clerk: Clerk, client: Client) -> None:
    clerk(*CLOSING)
    page = client.get(reverse("office_closing_month", args=["2026-11"])).content.decode()
    assert reverse("office_closing_start", args=["2026-11"]) not in page
    client.post(reverse("office_closing_start", args=["2026-11"]))
    assert not PeriodRun.objects.exists()


@pytest.mark.parametrize("name", ["office_closing", "office_closing_month", "office_closing_progress"])
def test_staff_of_another_role_are_turned_away(october: Cast, clerk: Clerk, client: Client, name: str) -> None:
    clerk("metering.view_meter")
    arguments = [] if name == "office_closing" else ["2026-10"]
    assert client.get(reverse(name, args=arguments)).status_code == 302
    client.post(reverse("office_closing_start", args=["2026-10"]))
    assert not PeriodRun.objects.exists()


def test_a_resident_is_turned_away(october: Cast, client: Client) -> None:
    client.force_login(october.anna.user)
    client.post(reverse("office_closing_start", args=["2026-10"]))
    assert not PeriodRun.objects.exists()
    assert Reading.objects.count() == 2
    assert Rate.objects.count() == 2

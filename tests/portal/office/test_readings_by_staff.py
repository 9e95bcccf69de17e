"""Staff bring readings by telephone and control, look through flagged ones, and see who has not sent."""

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from portal.metering.enums import Flag, ReadingSource, Status
from portal.metering.models import Meter, Reading
from portal.metering.services import submit_reading
from portal.notifications.models import Message
from tests.people import Cast, Clerk

ENTER = ("office.enter_readings", "office.view_account_card")
TODAY = "2026-11-25"


@pytest.fixture
def meters(cast: Cast, business_date: object) -> list[Meter]:
    """Anna's cold and hot meter, after the window."""
    business_date(TODAY)  # type: ignore[operator]
    return list(cast.anna.account.meters.order_by("service"))


def form(meters: list[Meter], *values: str, **changes: str) -> dict[str, str]:
    """The form of a telephone call."""
    data = {"source": "phone", "taken_on": TODAY, "report": ""}
    data |= {f"meter-{meter.pk}-value": value for meter, value in zip(meters, values, strict=True)}
    return data | changes


def url(cast: Cast) -> str:
    """The screen of Anna's account."""
    return reverse("office_readings") + f"?account={cast.anna.account.pk}"


def test_readings_by_telephone_come_in_outside_the_window(
    cast: Cast, meters: list[Meter], clerk: Clerk, client: Client
) -> None:
    user = clerk(*ENTER)
    assert f'value="{TODAY}"' in client.get(url(cast)).content.decode()  # as the browser's own calendar reads it
    response = client.post(url(cast), form(meters, "141,455", "83.21"))
    assert response["Location"] == reverse("office_account", args=[cast.anna.account.pk])
    reading = Reading.objects.get(meter=meters[0])
    assert (reading.value, reading.source, reading.entered_by) == (Decimal("141.455"), ReadingSource.PHONE, user)


def test_an_error_in_one_keeps_the_other(cast: Cast, meters: list[Meter], clerk: Clerk, client: Client) -> None:
    clerk(*ENTER)
    response = client.post(url(cast), form(meters, "1", "83.210"))
    assert response.status_code == 200
    assert response.context["meters"][0].form.errors["value"]
    assert Reading.objects.get().meter == meters[1]


@pytest.mark.parametrize("changes", [{"source": "control"}, {"taken_on": "2026-11-26"}, {"taken_on": ""}])
def test_a_control_reading_needs_its_act_and_no_day_is_ahead(
    cast: Cast, meters: list[Meter], clerk: Clerk, client: Client, changes: dict[str, str]
) -> None:
    clerk(*ENTER)
    assert client.post(url(cast), form(meters, "141.455", "", **changes)).context["head"].errors
    assert not Reading.objects.exists()


def test_a_control_reading_with_its_act_is_taken(cast: Cast, meters: list[Meter], clerk: Clerk, client: Client) -> None:
    clerk(*ENTER)
    client.post(url(cast), form(meters, "141.455", "", source="control", report="№ 7 от 25.11.2026"))
    assert Reading.objects.get().report == "№ 7 от 25.11.2026"


@pytest.fixture
def high(cast: Cast, meters: list[Meter]) -> Reading:
    """A flagged reading of the current month."""
    moment = dt.datetime(2026, 11, 15, 9, tzinfo=dt.UTC)
    reading = submit_reading(meter=meters[0], value=Decimal(900), moment=moment, source=ReadingSource.PHONE)
    Reading.objects.filter(pk=reading.pk).update(flags=[Flag.HIGH])
    return reading


def test_the_engineer_lets_a_flagged_reading_stand(high: Reading, clerk: Clerk, client: Client) -> None:
    user = clerk("office.review_readings")
    assert [row.reading for row in client.get(reverse("office_flagged")).context["rows"]] == [high]
    client.post(reverse("office_review", args=[high.pk]), {"what": "accept"})
    high.refresh_from_db()
    assert (high.status, high.reviewed_by) == (Status.ACCEPTED, user)
    assert not client.get(reverse("office_flagged")).context["rows"]


def test_flagged_readings_are_searched_filtered_and_saved(high: Reading, clerk: Clerk, client: Client) -> None:
    clerk("office.review_readings")
    page = reverse("office_flagged")
    for asked, count in (
        ({"q": "0010001"}, 1),
        ({"q": "0019999"}, 0),
        ({"flag": "high"}, 1),
        ({"flag": "zero"}, 0),
    ):
        assert len(client.get(page, asked).context["rows"]) == count
    volume = high.value - high.meter.start_value
    assert f"{volume:.3f}".replace(".", ",") in client.get(page, {"export": "csv"}).content.decode("utf-8-sig")


def test_the_resident_is_asked_once(cast: Cast, high: Reading, clerk: Clerk, client: Client) -> None:
    clerk("office.review_readings")
    for _ in range(2):
        client.post(reverse("office_review", args=[high.pk]), {"what": "ask"})
    assert Message.objects.filter(user=cast.anna.user, channel="inbox").count() == 1
    assert client.get(reverse("office_flagged")).context["rows"][0].asked


def test_a_wrong_reading_is_set_aside_while_its_month_lasts(
    high: Reading, clerk: Clerk, client: Client, business_date: object
) -> None:
    clerk("office.review_readings")
    business_date("2026-12-01")  # type: ignore[operator]
    client.post(reverse("office_review", args=[high.pk]), {"what": "set_aside"})
    high.refresh_from_db()
    assert high.status == Status.ACCEPTED
    business_date(TODAY)  # type: ignore[operator]
    client.post(reverse("office_review", args=[high.pk]), {"what": "set_aside"})
    high.refresh_from_db()
    assert (high.status, high.value) == (Status.REJECTED, Decimal(900))


def test_the_heat_map_counts_who_has_sent_everything(
    cast: Cast, meters: list[Meter], clerk: Clerk, client: Client
) -> None:
    clerk("office.see_missing_readings")
    (row,) = client.get(reverse("office_heat_map")).context["rows"]
    assert (row.accounts, row.sent) == (1, 0)
    house = reverse("office_house", args=[row.house.pk])
    assert [item.account for item in client.get(house).context["accounts"]] == [cast.anna.account]
    for meter in meters:
        moment = dt.datetime(2026, 11, 15, 9, tzinfo=dt.UTC)
        submit_reading(meter=meter, value=meter.start_value + 3, moment=moment, source=ReadingSource.PAPER)
    assert client.get(reverse("office_heat_map")).context["rows"][0].sent == 1
    assert not client.get(house).context["accounts"]


def test_others_are_turned_away(cast: Cast, high: Reading, clerk: Clerk, client: Client) -> None:
    clerk("ledger.view_entry")
    for name in ("office_readings", "office_flagged", "office_heat_map"):
        assert client.get(reverse(name)).status_code == 302
    client.post(reverse("office_review", args=[high.pk]), {"what": "set_aside"})
    client.force_login(cast.stranger.user)
    client.post(reverse("office_review", args=[high.pk]), {"what": "set_aside"})
    high.refresh_from_db()
    assert high.status == Status.ACCEPTED

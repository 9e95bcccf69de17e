"""The first screen is for everybody: one house without water stands in a line, a large outage takes the card."""

import datetime as dt

import pytest
from django.test import Client

from cms_pages.home.models import HomePage
from portal.accounts.enums import Service
from portal.accounts.models import House
from portal.core.clock import MOSCOW
from portal.service_requests.outages import services
from portal.service_requests.outages.models import OutageKind
from portal.service_requests.outages.selectors import Scope
from tests.people import Cast, make_street

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site_pages")]
MIDNIGHT = dt.datetime(2026, 11, 15, tzinfo=MOSCOW)


def emergency(houses: int) -> None:
    """An emergency all day long that hits so many houses of a street."""
    street = make_street("Садовая")
    House.objects.bulk_create([House(street=street, number=str(n), sort_number=n) for n in range(1, houses + 1)])
    outage = services.draft(
        kind=OutageKind.EMERGENCY,
        services=[Service.COLD_WATER],
        starts_at=MIDNIGHT,
        ends_at=MIDNIGHT + dt.timedelta(days=1),
        reason="Прорыв",
        scopes=[Scope(street.pk)],
        by=None,
    )
    services.publish(outage=outage, moment=MIDNIGHT)


def first_screen(client: Client) -> str:
    return client.get("/").content.decode().split("home-tiles")[0].split("<main")[1]


@pytest.mark.parametrize("houses", [1, 9])
def test_a_small_emergency_is_a_line_and_readings_keep_the_card(
    client: Client, cast: Cast, business_date: object, houses: int
) -> None:
    business_date("2026-11-15")  # type: ignore[operator]
    emergency(houses)
    html = first_screen(client)
    line = html.split("outage-line")[1].split("</p>")[0]
    assert f"{houses}\u00a0дом" in line.replace("&nbsp;", "\u00a0").replace(" дом", "\u00a0дом")
    assert "Садовая" in line
    assert "/personal/readings/" in html.split("<h1")[1].split("</section>")[0]
    assert "Садовая" not in html.split("<h1")[1].split("</h1>")[0]


def test_a_large_emergency_takes_the_card_from_the_number_that_editors_set(
    client: Client, cast: Cast, business_date: object
) -> None:
    business_date("2026-11-15")  # type: ignore[operator]
    emergency(12)
    assert "Садовая" in first_screen(client).split("<h1")[1].split("</h1>")[0]
    assert "outage-line" not in first_screen(client)
    page = HomePage.objects.get()
    page.large_outage_houses = 13
    page.save_revision().publish()
    assert "outage-line" in first_screen(client)

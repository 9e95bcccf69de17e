"""An accountant decides on a break, sees its hours, and may turn the decision round."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from portal.accounts.enums import Service
from portal.billing.models import Interruption
from portal.billing.services import propose_interruption
from portal.core.clock import MOSCOW
from tests.people import Cast
from tests.portal.office.conftest import Clerk

pytestmark = pytest.mark.django_db


@pytest.fixture
def proposed(cast: Cast) -> Interruption:
    """Ten hours of 12 November: six above four at once."""
    start = dt.datetime(2026, 11, 12, 8, tzinfo=MOSCOW)
    return propose_interruption(
        houses=[cast.anna.account.premises.house],
        services=[Service.COLD_WATER],
        started_at=start,
        ended_at=start + dt.timedelta(hours=10),
        source="outage:3",
    )[0]


def _decide(client: Client, one: Interruption, what: str) -> str:
    client.post(reverse("office_decide_interruption", args=[one.pk]), {"what": what})
    one.refresh_from_db()
    return one.status


def test_a_decision_is_made_once_and_may_be_turned_round(proposed: Interruption, clerk: Clerk, client: Client) -> None:
    by = clerk("office.close_month")
    page = client.get(reverse("office_interruptions"))
    (_source, origin, (row,)) = page.context["outages"][0]
    assert (origin, row.hours, row.accounts, row.overlaps) == ("Отключение № 3", 6, 4, False)
    assert _decide(client, proposed, "approve") == "approved"
    assert _decide(client, proposed, "reject") == "approved"
    assert _decide(client, proposed, "turn") == "rejected"
    assert proposed.decided_by == by
    assert "Всё же снизить" in client.get(reverse("office_interruptions")).content.decode()


def test_an_outage_of_many_houses_is_decided_at_once(proposed: Interruption, clerk: Clerk, client: Client) -> None:
    """What overlaps another break of the house says so; what belongs to another outage waits on."""
    clerk("office.close_month")
    for hours, service, source in ((0, Service.HOT_WATER, "outage:3"), (2, Service.COLD_WATER, "outage:4")):
        propose_interruption(
            houses=[proposed.house],
            services=[service],
            started_at=proposed.started_at + dt.timedelta(hours=hours),
            ended_at=proposed.ended_at,
            source=source,
        )
    page = client.get(reverse("office_interruptions"))
    third, fourth = page.context["outages"]
    assert [row.overlaps for row in (*third[2], *fourth[2])] == [True, False, True]
    assert "Снизить плату по всем 2 перерывам" in page.content.decode()
    client.post(reverse("office_decide_outage"), {"source": "outage:3", "what": "approve"})
    assert [(one.source, one.status) for one in Interruption.objects.order_by("pk")] == [
        ("outage:3", "approved"),
        ("outage:3", "approved"),
        ("outage:4", "proposed"),
    ]


def test_others_decide_nothing(proposed: Interruption, clerk: Clerk, client: Client) -> None:
    clerk("office.enter_readings")
    assert _decide(client, proposed, "approve") == "proposed"

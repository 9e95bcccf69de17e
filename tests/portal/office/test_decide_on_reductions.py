"""An accountant decides on a break, sees its hours, and may turn the decision round."""

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from portal.accounts.enums import Service
from portal.approvals.exceptions import ApprovalRefused
from portal.approvals.models import ApprovalSettings, NumberRequest
from portal.approvals.services import approve
from portal.billing.enums import ClosingStatus
from portal.billing.models import Charge, Interruption, PeriodRun
from portal.billing.services import propose_interruption
from portal.core import clock
from portal.core.clock import MOSCOW
from tests.people import Cast, Clerk

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


def _decide(client: Client, interruption: Interruption, what: str) -> str:
    client.post(reverse("office_decide_interruption", args=[interruption.pk]), {"what": what, "confirmed": "1"})
    interruption.refresh_from_db()
    return interruption.status


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
    client.post(reverse("office_decide_outage"), {"source": "outage:3", "what": "approve", "confirmed": "1"})
    assert [(interruption.source, interruption.status) for interruption in Interruption.objects.order_by("pk")] == [
        ("outage:3", "approved"),
        ("outage:3", "approved"),
        ("outage:4", "proposed"),
    ]


def test_others_decide_nothing(proposed: Interruption, clerk: Clerk, client: Client) -> None:
    clerk("office.enter_readings")
    assert _decide(client, proposed, "approve") == "proposed"


@pytest.fixture
def charged(proposed: Interruption, cast: Cast) -> Interruption:
    """October is closed: 10,000.00 of cold water, of which six hours take off 0.9 %."""
    PeriodRun.objects.create(
        period=dt.date(2026, 10, 1),
        closing_day=dt.date(2026, 10, 21),
        started_at=clock.now(),
        status=ClosingStatus.DONE,
    )
    Charge.objects.create(
        account=cast.anna.account,
        period=dt.date(2026, 10, 1),
        for_period=dt.date(2026, 10, 1),
        kind="charge",
        service="cold_water",
        basis="reading",
        volume=Decimal("200.000"),
        price=Decimal("50.00"),
        amount=Decimal("10000.00"),
        key="t",
    )
    return proposed


def test_the_sum_is_shown_and_asked_about_first(charged: Interruption, clerk: Clerk, client: Client) -> None:
    clerk("office.close_month")
    where = reverse("office_decide_interruption", args=[charged.pk])
    asked = client.post(where, {"what": "approve"})
    assert dict(asked.context["facts"])["Сумма"] == "90,00\u00a0₽"
    charged.refresh_from_db()
    assert charged.status == "proposed"
    client.post(where, {"what": "approve", "confirmed": "1"})
    charged.refresh_from_db()
    assert charged.status == "approved"


def test_above_the_limit_of_one_person_a_second_approves(
    charged: Interruption, clerk: Clerk, client: Client, cast: Cast
) -> None:
    ApprovalSettings.objects.update_or_create(defaults={"second_person_above": Decimal("89.99")})
    first = clerk("office.close_month")
    where = reverse("office_decide_interruption", args=[charged.pk])
    for _click in range(2):
        client.post(where, {"what": "approve", "confirmed": "1"})
    charged.refresh_from_db()
    assert charged.status == "proposed"
    waiting = NumberRequest.objects.get()
    assert "90,00" in waiting.title
    assert (
        reverse("office_number_request", args=[waiting.pk])
        in client.get(reverse("office_interruptions")).content.decode()
    )
    with pytest.raises(ApprovalRefused):
        approve(NumberRequest, pk=waiting.pk, by=first, now=clock.now())
    approve(NumberRequest, pk=waiting.pk, by=cast.boris.user, now=clock.now())
    charged.refresh_from_db()
    assert charged.status == "approved"

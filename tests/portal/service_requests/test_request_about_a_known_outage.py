"""A resident asks about an outage that was announced: told before sending, joined to it, seen by the dispatcher."""

import datetime as dt

import pytest
from django.test import Client

from portal.accounts.enums import Service
from portal.service_requests.dispatch.models import DispatchRequest
from portal.service_requests.outages import services as outages
from portal.service_requests.outages.models import Outage, OutageKind
from portal.service_requests.outages.selectors import Scope
from tests.answers import text_of
from tests.people import Cast, make_street
from tests.portal.office.test_dispatch_and_field import dispatcher
from tests.portal.service_requests.samples import later
from tests.portal.service_requests.test_in_the_cabinet import logged_in, sent

pytestmark = pytest.mark.django_db
__all__ = ["dispatcher"]


@pytest.fixture
def known(dispatcher: Client) -> Outage:
    now = later(0, 0)
    outage = outages.draft(
        kind=OutageKind.EMERGENCY,
        services=[Service.COLD_WATER],
        starts_at=now - dt.timedelta(hours=1),
        ends_at=now + dt.timedelta(hours=5),
        reason="Порыв у дома",
        scopes=[Scope(make_street().pk, "4")],
        by=None,
    )
    outages.publish(outage=outage, moment=now)
    return outage


def test_told_before_sending_and_joined(cast: Cast, known: Outage, dispatcher: Client) -> None:
    client = logged_in(cast.anna)
    form = text_of(client.get("/personal/requests/new/"))
    assert "Отключено: холодное водоснабжение, с " in form
    assert "мы присоединим её к этому отключению" in form
    answer = text_of(client.post("/personal/requests/new/", sent(cast), follow=True))
    request = DispatchRequest.objects.get()
    assert request.outage == known
    assert "присоединена к известному отключению" in answer
    assert "отключение известно, до " in text_of(dispatcher.get("/admin/dispatch/"))
    assert f'href="/admin/outages/{known.pk}/"' in text_of(dispatcher.get(f"/admin/dispatch/{request.pk}/"))
    assert f"№ {request.number}" in text_of(dispatcher.get(f"/admin/outages/{known.pk}/"))


@pytest.mark.parametrize("kind", ["leak_house", "sewer", "other"])
def test_what_the_outage_does_not_explain_stays_apart(cast: Cast, known: Outage, kind: str) -> None:
    logged_in(cast.anna).post("/personal/requests/new/", sent(cast, kind=kind))
    assert DispatchRequest.objects.get().outage is None


def test_an_outage_that_ended_is_not_joined(cast: Cast, known: Outage) -> None:
    outages.end(outage=known, ended_at=later(0, 0), now=later(0, 0))
    logged_in(cast.anna).post("/personal/requests/new/", sent(cast))
    assert DispatchRequest.objects.get().outage is None

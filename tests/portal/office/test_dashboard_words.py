"""Tiles of the dashboard agree with their numbers, and open what they count."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import translation

from portal.accounts.models import User
from portal.metering.models import Meter
from portal.office.dashboard.panel import WAITING
from tests.people import Cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("number", "words"),
    [(1, "платёж без счёта"), (2, "платежа без счёта"), (5, "платежей без счёта"), (21, "платёж без счёта")],
)
def test_words_agree_with_the_number(number: int, words: str) -> None:
    (tile,) = [item for item in WAITING if item.url_name == "office_unknown"]
    with translation.override("ru"):
        assert tile.label % number == words


def test_the_tile_of_verification_opens_what_it_counts(cast: Cast, business_date) -> None:
    business_date("2026-11-15")
    today = dt.date(2026, 11, 15)
    near, far = Meter.objects.order_by("pk")[:2]
    for meter, days in ((near, 10), (far, 60)):
        Meter.objects.filter(pk=meter.pk).update(verified_until=today + dt.timedelta(days))
    (tile,) = [item for item in WAITING if item.url_name == "metering_meter_modeladmin_index"]
    client = Client()
    client.force_login(User.objects.create_superuser(username="chief", email="c@mail.example", password="x"))
    shown = client.get(f"/admin/metering/meter/{tile.query}").context["result_count"]
    assert shown == tile.count(today) == 1

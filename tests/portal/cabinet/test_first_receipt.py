"""By which day a new holder has their first receipt: one day on every page."""

import pytest
from django.test import Client

from tests.conftest import SetDate
from tests.people import Cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("today", "day"), [("2026-11-15", "25 ноября"), ("2026-11-25", "25 ноября"), ("2026-11-26", "25 декабря")]
)
def test_the_overview_and_the_receipts_name_one_day(
    cast: Cast, client: Client, business_date: SetDate, today: str, day: str
) -> None:
    business_date(today)
    client.force_login(cast.anna.user)
    for path in ("", "receipts/"):
        page = client.get(f"/personal/{path}").content.decode().replace("\u00a0", " ")
        assert f"до {day}" in page, path
    for wrong in {"25 ноября", "25 декабря"} - {day}:
        assert wrong not in page

"""Staff with single rights, and a supplied settlement with its numbers."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from portal.accounts.enums import Service
from portal.accounts.models import User
from portal.billing.models import KeyRate, Norm, WorkdayYear
from portal.billing.services import NewRate, adopt_rates
from tests.people import make_login

Clerk = Callable[..., User]


@pytest.fixture
def clerk(client: Client) -> Clerk:
    """Makes a login of staff with such rights («app.codename») and logs it in."""

    def make(*rights: str, username: str = "clerk") -> User:
        user = make_login(username, staff=True)
        for right in ("wagtailadmin.access_admin", *rights):
            app, codename = right.split(".")
            user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
        client.force_login(user)
        return user

    return make


@pytest.fixture
def numbers(db: None) -> None:
    """Rates, norms, a key rate and working-day calendars that a closing needs."""
    since = dt.date(2024, 1, 1)
    for service, price, norm in (("cold_water", "48.67", "4.331"), ("wastewater", "41.05", "7.418")):
        adopt_rates(
            rates=[NewRate(service=Service(service), valid_from=since, price=Decimal(price))], source="decision"
        )
        Norm.objects.create(service=service, valid_from=since, value=Decimal(norm))
    Norm.objects.create(service="hot_water", valid_from=since, value=Decimal("3.087"))
    KeyRate.objects.create(valid_from=since, percent=Decimal(16))
    for year in range(2024, 2028):
        WorkdayYear.objects.get_or_create(year=year)

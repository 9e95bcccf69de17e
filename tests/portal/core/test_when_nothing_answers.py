"""A page that may not ask the database still says whom to call."""

import pytest
from django.core.cache import cache
from django.test import Client

from portal.core.middleware import unavailable
from portal.core.models import CompanySettings

pytestmark = pytest.mark.django_db


def test_the_emergency_number_is_named_as_it_was_known_last(client: Client, django_assert_num_queries: object) -> None:
    company = CompanySettings.load()
    company.emergency_phone = "+7 495 555-01-04"
    company.save()
    client.get("/accounts/login/")
    with django_assert_num_queries(0):  # type: ignore[operator]
        known = unavailable().content.decode()
    cache.clear()
    assert 'href="tel:+74955550104"' in known
    assert "номер есть на квитанции" not in known
    assert "номер есть на квитанции" in unavailable().content.decode()

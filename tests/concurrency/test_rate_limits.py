"""Parallel requests never pass a limit: 250 calls of the API, one token claimed by twenty.

The control counts as the cache did (read, add one, write), and passes more than it may.
"""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from portal.accounts.services.api_keys import make_key
from portal.core.rate_limits import services
from portal.core.rate_limits.models import RateCounter
from portal.core.rate_limits.services import claim_once
from tests.concurrency.test_pay_twenty_times import at_once
from tests.people import make_cast

CALLS, ALLOWED, THREADS = 250, 120, 16


def _call(header: str) -> int:
    try:
        return Client().get("/api/v1/accounts/", HTTP_AUTHORIZATION=header).status_code
    finally:
        connection.close()


def test_of_250_parallel_calls_exactly_120_pass(own_database: object, monkeypatch: pytest.MonkeyPatch) -> None:
    now = timezone.now()
    monkeypatch.setattr(services, "timezone", SimpleNamespace(now=lambda: now))
    _key, secret = make_key(user=make_cast().anna.user, name="home", moment=timezone.now())
    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(pool.map(_call, [f"Bearer {secret}"] * CALLS))
    assert sorted(answers) == [200] * ALLOWED + [429] * (CALLS - ALLOWED)


def test_a_token_is_claimed_by_one_of_twenty(own_database: object) -> None:
    results = at_once(lambda _n: claim_once("code", "token", lasts=dt.timedelta(minutes=5)), 20)
    assert sorted(results) == [False] * 19 + [True]


def test_control_reading_before_writing_lets_more_through(own_database: object) -> None:
    """Two that read the same number both pass; the conditional UPDATE of the service lets one pass."""
    now = timezone.now()
    row = RateCounter.objects.create(limit="x", subject="s", used=0, ends_at=now + dt.timedelta(hours=1))
    first, second = RateCounter.objects.get(pk=row.pk), RateCounter.objects.get(pk=row.pk)
    passed = 0
    for seen in (first, second):
        if seen.used < 1:
            RateCounter.objects.filter(pk=row.pk).update(used=seen.used + 1)
            passed += 1
    assert passed == 2
    results = at_once(lambda _n: services._take("y", "s", 1, 1, dt.timedelta(hours=1), now), 2)
    assert results.count(None) == 1

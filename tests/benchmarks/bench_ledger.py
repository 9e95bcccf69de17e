"""Opening the ledger of an account of ten years against one of a year: by its page, as its resident opens it."""

import time

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.accounts.models import Account
from portal.core.periods import Period
from portal.operations.generation import generate_accounts
from tests.benchmarks.bench_closing import own_database
from tests.benchmarks.figure import Figure
from tests.people import make_resident

LAST = Period(2026, 10)
OPENED = 30


def opened(months: int) -> tuple[float, int]:
    """Seconds of the fastest of OPENED openings, and queries."""
    with own_database():
        generate_accounts(count=1, months=months, last=LAST)
        user = make_resident("anna", Account.objects.get(), last_name="Иванова", first_name="Анна").user
        client = Client()
        client.force_login(user)
        client.get("/personal/ledger/")
        times = []
        for _ in range(OPENED):
            began = time.perf_counter()
            answer = client.get("/personal/ledger/")
            times.append(time.perf_counter() - began)
            assert answer.status_code == 200
        with CaptureQueriesContext(connection) as queries:
            client.get("/personal/ledger/")
        return min(times), len(queries)


def run() -> list[Figure]:
    """Measure."""
    settings.ALLOWED_HOSTS = ["*"]
    year, few = opened(12)
    decade, many = opened(120)
    return [
        Figure("opening a ledger of ten years ÷ of one", decade / year, at_most=1.2),
        Figure("queries of it, ten years ÷ one", many / few, at_most=1),
    ]

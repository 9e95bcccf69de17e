"""The database server goes away while Anna pays: an honest 503, then one payment and one credit, nothing restarted.

FAULTS 3. Every connection to the test's database is cut by the server, as a restart does. The control is a payment
whose answer came back undisturbed.
"""

from decimal import Decimal

import psycopg
import pytest
from django.db import connection
from django.test import Client

from portal.ledger.models import Entry
from portal.ledger.selectors import balance
from portal.payments.gateways.base import PaymentAnswer
from portal.payments.gateways.demo.gateway import DemoGateway
from portal.payments.models import Payment
from tests.conftest import OwnDatabase
from tests.people import make_cast
from tests.portal.payments.bank import begin, pay_at_bank

pytestmark = pytest.mark.postgres


def cut_connections(database: OwnDatabase) -> None:
    """What a restart does to everybody who is connected."""
    with psycopg.connect(database.url, autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()",
            [database.name],
        )


@pytest.mark.parametrize("cut", [False, True], ids=["control", "restarted"])
def test_the_database_restarts_while_the_bank_answers(
    own_database: OwnDatabase, monkeypatch: pytest.MonkeyPatch, cut: bool
) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no server")
    anna = make_cast().anna
    payment = begin(anna)
    pay_at_bank(payment)
    client = Client(raise_request_exception=False)
    client.force_login(anna.user)
    page = f"/personal/pay/{payment.reference}/"
    fetch = DemoGateway.fetch

    def fetch_then_cut(self: DemoGateway, *, gateway_id: str) -> PaymentAnswer:
        answer = fetch(self, gateway_id=gateway_id)
        cut_connections(own_database)
        return answer

    if cut:
        monkeypatch.setattr(DemoGateway, "fetch", fetch_then_cut)
    assert client.get(page).status_code == (503 if cut else 200)
    monkeypatch.setattr(DemoGateway, "fetch", fetch)
    connection.close()
    Payment.objects.filter(pk=payment.pk).update(claimed_at=None)
    assert client.get(page).status_code == 200
    assert balance(anna.account) == Decimal("-700.14")
    assert Entry.objects.count() == 1

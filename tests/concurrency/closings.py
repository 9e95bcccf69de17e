"""A month to be closed by processes of their own, and the hash of what a closing made of it."""

import hashlib

from portal.billing.models import AccountClosing, Charge
from portal.core.periods import Period
from portal.ledger.models import Checkpoint, Entry

ACCOUNTS = 60
LAST = Period(2026, 10)
MONTH = "2026-11"


def content() -> str:
    """A hash of everything that the closing booked."""
    digest = hashlib.sha256()
    tables = [
        Charge.objects.order_by("key").values_list("key", "kind", "service", "volume", "amount", "explanation"),
        Entry.objects.filter(period="2026-11-01").order_by("key").values_list("key", "account_id", "kind", "amount"),
        AccountClosing.objects.order_by("account_id", "period").values_list("account_id", "period", "total", "state"),
        Checkpoint.objects.order_by("account_id", "period").values_list("account_id", "period", "balance"),
    ]
    for table in tables:
        for row in table:
            digest.update(repr(row).encode())
    return digest.hexdigest()

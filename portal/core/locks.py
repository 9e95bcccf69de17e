"""Named locks that the database holds until the transaction ends."""

from django.db import connection


def lock_until_commit(name: str) -> None:
    """Wait for other transactions that hold the lock of this name, and hold it until the end of this one.

    SQLite has one writer at a time (transactions are IMMEDIATE) and needs no lock. Raises RuntimeError outside a
    transaction, where the lock would be gone at once.
    """
    if not connection.in_atomic_block:
        raise RuntimeError(f"the lock {name} needs a transaction")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [name])

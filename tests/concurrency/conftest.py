"""A database of sixty accounts with a month waiting to be closed."""

from collections.abc import Iterator

import pytest
from django.db import connection

from portal.operations.generation import generate_accounts
from tests.concurrency.closings import ACCOUNTS, LAST
from tests.conftest import OwnDatabase


@pytest.fixture
def month(own_database: OwnDatabase) -> Iterator[OwnDatabase]:
    """Sixty accounts with a closed month, readings waiting for the next."""
    generate_accounts(count=ACCOUNTS, months=1, last=LAST)
    yield own_database
    connection.close()

"""A database of sixty accounts with a month waiting to be closed, made once and copied for each test."""

from collections.abc import Iterator
from typing import Any

import pytest

from portal.operations.generation import generate_accounts
from tests import database
from tests.concurrency.closing_worker import close
from tests.concurrency.closings import ACCOUNTS, LAST, MONTH, content
from tests.conftest import OwnDatabase
from tests.processes import TestProcess


@pytest.fixture(scope="session")
def generated_month(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """The name of a database of sixty accounts with a closed month, readings waiting for the next."""
    keeper = database.backend()
    with django_db_blocker.unblock():
        name = keeper.create()
        with database.switched_to(name):
            generate_accounts(count=ACCOUNTS, months=1, last=LAST)
        yield name
        keeper.drop(name)


@pytest.fixture
def month(generated_month: str, django_db_blocker: Any) -> Iterator[OwnDatabase]:
    """A copy of the generated month for this test alone."""
    keeper = database.backend()
    with django_db_blocker.unblock():
        name = keeper.copy(generated_month)
        with database.switched_to(name):
            yield OwnDatabase(name, keeper.url(name))
        keeper.drop(name)


@pytest.fixture(scope="session")
def quiet_content(generated_month: str, django_db_blocker: Any) -> str:
    """The hash of what an undisturbed closing makes of the generated month."""
    keeper = database.backend()
    with django_db_blocker.unblock():
        name = keeper.copy(generated_month)
        with database.switched_to(name):
            assert TestProcess(close, MONTH, database=name).finished() == 0
            made = content()
        keeper.drop(name)
    return made

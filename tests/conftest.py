"""Fixtures for every test: the copied database, the cast, the business date, a place for files."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.core.cache import cache

from tests import database, people


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """A copy of the migrated template instead of a run of all migrations."""
    keeper = database.backend()
    with django_db_blocker.unblock():
        keeper.prepare()
        name = keeper.create()
        with database.switched_to(name):
            yield
        keeper.drop(name)


@dataclass(frozen=True)
class OwnDatabase:
    """A database of this test alone, with real commits; `url` is for other processes."""

    name: str
    url: str


@pytest.fixture
def own_database(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[OwnDatabase]:
    """For tests that need real commits, threads or processes. The ledger's triggers make a flush impossible."""
    keeper = database.backend()
    with django_db_blocker.unblock():
        name = keeper.create()
        with database.switched_to(name):
            yield OwnDatabase(name, keeper.url(name))
        keeper.drop(name)


@pytest.fixture(autouse=True)
def _own_media(settings: object, tmp_path: Path) -> None:
    """Files of a test lie in its own folder."""
    settings.MEDIA_ROOT = tmp_path / "media"  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


@pytest.fixture
def business_date(settings: object) -> "SetDate":
    """Call it with a date to move the business there."""
    return SetDate(settings)


class SetDate:
    """Moves PORTAL_TODAY."""

    def __init__(self, settings: object) -> None:
        self._settings = settings

    def __call__(self, date: dt.date | str) -> None:
        self._settings.PORTAL_TODAY = str(date)  # type: ignore[attr-defined]


@pytest.fixture
def cast(db: None) -> people.Cast:
    """Anna with two meters, Boris with two accounts, a stranger, and an accountant."""
    return people.make_cast()

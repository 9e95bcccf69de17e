"""Fixtures for every test: the copied database, the cast, the business date, a place for files."""

import datetime as dt
import gc
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client

from cms_pages.bootstrap import ensure_pages
from portal.accounts.models import User
from portal.billing.models import WorkdayYear
from portal.operations import roles
from portal.operations.catalogues import uncompiled
from tests import database, people
from tests.company import put_numbers
from tests.ordering import DurationsWriter, LongestFirst
from tests.shared_rows import shared_rows

# Django, Wagtail and the collected tests are a million objects that stay to the end.
COLLECT_AFTER = (50_000, 20, 50)
ROOT = Path(__file__).resolve().parents[1]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--store-durations", action="store_true", help="write tests/durations.json (see tests/ordering.py)"
    )


def pytest_configure(config: pytest.Config) -> None:
    gc.disable()  # until all tests are collected
    if stale := uncompiled(ROOT):
        pytest.exit(f"{stale[0].relative_to(ROOT)} is not compiled: run `make messages` first.", returncode=4)
    config.pluginmanager.register(LongestFirst(), "longest-first")
    if config.getoption("--store-durations") and not hasattr(config, "workerinput"):
        config.pluginmanager.register(DurationsWriter(), "durations-writer")


def pytest_collection_finish() -> None:
    """Keep the garbage collector from looking through what is loaded, again and again."""
    gc.freeze()
    gc.enable()
    gc.set_threshold(*COLLECT_AFTER)


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


@pytest.fixture(scope="module")
def site_pages(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """The pages of a fresh site for all tests of a module: `pytest.mark.usefixtures("site_pages")`."""
    with shared_rows(django_db_blocker, ensure_pages):
        yield


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
    """Anna with two meters, Boris with two accounts, and a stranger."""
    return people.make_cast()


@pytest.fixture
def clerk(client: Client) -> people.Clerk:
    """Makes a login of staff with such permissions ("app.codename") and logs it in."""

    def make(*permissions: str, username: str = "clerk") -> User:
        user = people.make_clerk(username, *permissions)
        client.force_login(user)
        return user

    return make


@pytest.fixture
def staff(db: None) -> dict[str, User]:
    """The roles as `setup_roles` makes them, and a login of each by its name."""
    roles.setup()
    return {role.name: people.make_employee(role.name) for role in roles.ROLES}


@pytest.fixture
def numbers(db: None) -> None:
    """Rates, norms, a key rate and working-day calendars that a closing needs."""
    put_numbers(coefficients=False, source="decision")
    for year in range(2024, 2028):
        WorkdayYear.objects.get_or_create(year=year)

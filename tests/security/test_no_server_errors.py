"""No request of anybody ends in a server error: lists, forms and addresses with hostile values, as every role.

`FUZZ_SECONDS=120` goes on for that long (`make fuzz`, CI); `FUZZ_SEED` draws other requests.
"""

import datetime as dt
import os
import time

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from hypothesis import HealthCheck, Phase, given, seed, settings

from portal.accounts.models import User
from portal.operations.demo import loading
from tests.conftest import SetDate
from tests.security.addresses import every_address
from tests.security.fuzzing import SKIPPED, Request, Role, explore, requests, send

# Views and uploads leave temporary files to the garbage collector; here only server errors count.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")

TODAY = dt.date(2026, 11, 15)
RESIDENTS = ("anna", "boris")
STAFF = ("registrar", "editor", "reviewer", "dispatcher", "engineer", "accountant", "manager", "admin")
SECONDS = float(os.environ.get("FUZZ_SECONDS", "0"))
SEED = int(os.environ.get("FUZZ_SEED", "1"))
BATCH = 150
PAGES = {"admin": 200, "anna": 60}
"""How many pages are looked at for forms; a short run looks at a few."""


def most_pages(name: str) -> int:
    """How many pages of a role are opened before the fuzzing."""
    return PAGES.get(name, 40) if SECONDS else 8


def paths() -> list[str]:
    """Every URL of the configuration with example arguments."""
    return [address.path for address in every_address() if not SKIPPED.search(address.path)]


@pytest.fixture
def roles(db: None, business_date: SetDate) -> list[Role]:
    """Everybody of the demo, with the pages and forms that they reach."""
    business_date(TODAY)
    loading.load(today=TODAY, size=40 if SECONDS else 10, months=3 if SECONDS else 2, progress=lambda line: None)
    roles = [Role("nobody", {})]
    explore(
        roles[0], ["/", "/search/?q=вода", "/support/", "/complaints/", "/accounts/login/"], most=most_pages("nobody")
    )
    admin = ["/admin/", *(path for path in paths() if path.startswith("/admin/"))]
    for name in (*RESIDENTS, *STAFF):
        client = Client()
        client.force_login(User.objects.get(username=name))
        role = Role(name, {key: morsel.value for key, morsel in client.cookies.items()})
        explore(role, ["/personal/"] if name in RESIDENTS else admin, most=most_pages(name))
        assert role.pages, name
        roles.append(role)
    return roles


def test_no_request_ends_in_a_server_error(roles: list[Role]) -> None:
    by_name = {role.name: role for role in roles}
    addresses = paths()
    until = time.monotonic() + SECONDS
    batch = SEED
    while batch == SEED or time.monotonic() < until:
        _fuzz(by_name, addresses, batch)
        batch += 1


def _fuzz(roles: dict[str, Role], addresses: list[str], number: int) -> None:
    """A batch of requests, the same for the same number."""

    @seed(number)
    @settings(
        max_examples=BATCH,
        deadline=None,
        database=None,
        report_multiple_bugs=False,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(request=requests(list(roles.values()), addresses))
    def no_error(request: Request) -> None:
        cache.clear()
        mail.outbox.clear()
        answer = send(roles[request.role], request)
        assert answer.status < 500 or answer.status == 501, f"{request}\n{answer.error}"

    no_error()

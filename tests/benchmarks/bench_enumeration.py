"""How much longer a known login takes to be refused than an unknown one, and a recovery likewise: 200 tries of each.

Known and unknown take turns, so a slow moment of the machine meets both. The hash is made cheap here: what differs
besides it would be drowned by a real one and shows in the ratio instead.
"""

import itertools
import statistics
import time
from collections.abc import Iterator

from django.contrib.auth import hashers
from django.test import Client, override_settings

from portal.accounts.models import AccessSettings, User
from tests.benchmarks.bench_closing import own_database
from tests.benchmarks.figure import Figure
from tests.people import make_cast

TRIES = 200
LOGIN, RECOVER = "/accounts/login/", "/accounts/password/reset/"
CHEAP = "tests.benchmarks.bench_enumeration.CheapHasher"


class CheapHasher(hashers.PBKDF2PasswordHasher):
    """The real hasher with a hundredth of its work."""

    iterations = 10_000


def _addresses() -> Iterator[str]:
    """Every try from an address of its own: nobody is paused."""
    return (f"10.{a}.{b}.{c}" for a, b, c in itertools.product(range(1, 255), repeat=3))


def _seconds(path: str, typed: str, address: str) -> float:
    client = Client(REMOTE_ADDR=address)
    started = time.perf_counter()
    client.post(path, {"login": typed, "password": "wrong-password"})
    return time.perf_counter() - started


def _ratio(path: str, known: str, unknown: str, addresses: Iterator[str]) -> float:
    """The larger of the two medians over the smaller one."""
    for typed in (known, unknown) * 5:
        _seconds(path, typed, next(addresses))
    taken: dict[str, list[float]] = {known: [], unknown: []}
    for number in range(TRIES):
        for typed in (known, unknown) if number % 2 else (unknown, known):
            taken[typed].append(_seconds(path, typed, next(addresses)))
    medians = sorted(statistics.median(times) for times in taken.values())
    return medians[1] / medians[0]


def run() -> list[Figure]:
    """Four ratios: login and recovery, by name and by address."""
    addresses = _addresses()
    with own_database(), override_settings(PASSWORD_HASHERS=[CHEAP], ALLOWED_HOSTS=["*"]):
        cast = make_cast()
        User.objects.update(password=hashers.make_password("right-password"))
        settings = AccessSettings.load()
        settings.attempts_per_login = 30_000
        settings.save()
        pairs = ((cast.anna.user.username, "nobod"), (cast.anna.user.email, "nobod@mail.example"))
        return [
            Figure(f"{name}, {kind}: known against unknown", _ratio(path, *pair, addresses), at_most=1.1)
            for path, name in ((LOGIN, "wrong password"), (RECOVER, "recovery"))
            for kind, pair in zip(("login name", "e-mail"), pairs, strict=True)
        ]

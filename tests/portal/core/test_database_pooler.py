"""DATABASE_POOLED: what differs behind pgbouncer in transaction mode, and what an installation may get wrong."""

from typing import Any

import pytest

from config.settings.environment import pooled
from portal.core import checks

POSTGRESQL = {"ENGINE": "django.db.backends.postgresql", "PORT": 6432, "OPTIONS": {"connect_timeout": 5}}
SQLITE = {"ENGINE": "django.db.backends.sqlite3", "NAME": "portal.sqlite3"}


def test_nothing_lives_longer_than_a_transaction() -> None:
    settings = pooled(POSTGRESQL)
    assert settings["DISABLE_SERVER_SIDE_CURSORS"]
    assert settings["OPTIONS"] == {"connect_timeout": 5, "prepare_threshold": None}
    assert "DISABLE_SERVER_SIDE_CURSORS" not in POSTGRESQL


@pytest.mark.parametrize(
    ("database", "is_pooled", "problem"),
    [
        (POSTGRESQL, True, ""),
        (POSTGRESQL | {"PORT": 5432}, True, ""),
        (POSTGRESQL | {"PORT": 5432}, False, ""),
        (SQLITE, False, ""),
        (POSTGRESQL, False, "DATABASE_POOLED=true"),
        (SQLITE, True, "SQLite"),
        (POSTGRESQL | {"OPTIONS": {"options": "-c statement_timeout=5s"}}, True, "ALTER ROLE"),
    ],
)
def test_a_pooler_is_said_to_be_one(database: dict[str, Any], is_pooled: bool, problem: str) -> None:
    found = list(checks.pooler_problems(database, is_pooled=is_pooled))
    assert bool(found) == bool(problem)
    assert all(problem in text for text in found)


def test_the_tests_own_settings_pass() -> None:
    assert checks.check_database_pooler() == []

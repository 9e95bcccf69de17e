"""What runs: versions of the portal and of what it stands on, and migrations that wait."""

import platform
import subprocess
from dataclasses import dataclass
from functools import cache as once_a_process

import django
import wagtail
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

UNAPPLIED = "versions:unapplied"
UNAPPLIED_CACHE_SECONDS = 60
"""Seconds: looking for migrations reads all their files."""


@dataclass(frozen=True, slots=True)
class Versions:
    """Each as its maker writes it; `portal` is the revision of the code, empty where it is no checkout."""

    portal: str
    python: str
    django: str
    wagtail: str
    database: str


def versions() -> Versions:
    """Return what this process runs. The database must be available (one query a process)."""
    return Versions(
        portal=revision(),
        python=platform.python_version(),
        django=django.__version__,
        wagtail=wagtail.__version__,
        database=database_version(),
    )


@once_a_process
def revision() -> str:
    """The revision of the code: PORTAL_REVISION, else the commit of the checkout; at the start of the process."""
    if settings.PORTAL_REVISION:
        return settings.PORTAL_REVISION
    command = ["git", "-c", "safe.directory=*", "-C", str(settings.ROOT), "rev-parse", "--short=12", "HEAD"]
    try:
        completed = subprocess.run(command, capture_output=True, text=True, check=False, timeout=5)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return completed.stdout.strip()


@once_a_process
def database_version() -> str:
    """Engine and version: `PostgreSQL 15.8`, `SQLite 3.40.1`."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT sqlite_version()")
            return f"SQLite {cursor.fetchone()[0]}"
    number = connection.pg_version  # type: ignore[attr-defined]  # of PostgreSQL's backend
    return f"PostgreSQL {number // 10000}.{number % 10000}"


def unapplied_migrations() -> list[str]:
    """Names of migrations that the code has and the database has not (cached for UNAPPLIED_CACHE_SECONDS)."""
    unapplied: list[str] = cache.get_or_set(UNAPPLIED, _unapplied, UNAPPLIED_CACHE_SECONDS)  # type: ignore[assignment]
    return unapplied


def _unapplied() -> list[str]:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]

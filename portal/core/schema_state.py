"""Whether the database has every migration of the running code."""

from django.db import connection
from django.db.migrations.loader import MigrationLoader

_is_complete = False


def missing_migrations() -> list[str]:
    """Migrations of this code that the database lacks, such as `core.0002_people`, in order; empty when it has all.

    Migrations that the database has and this code does not know are those of newer code beside it: they are no fault.
    Once nothing is missing the process asks no more.
    """
    global _is_complete  # noqa: PLW0603  # a process's own memory
    if _is_complete:
        return []
    loader = MigrationLoader(connection)
    missing = sorted(
        f"{app}.{name}" for app, name in loader.graph.nodes if (app, name) not in loader.applied_migrations
    )
    _is_complete = not missing
    return missing

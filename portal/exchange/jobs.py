"""django-q2 entry points and timed jobs of imports."""

import datetime as dt

from portal.core import clock
from portal.exchange.imports import services
from portal.exchange.imports.retention import forget_rows

DAYS_KEPT = 180
"""For how long an import keeps its file and the cells of its rows; the journal and what it made stay."""


def work_on_import(chunk_id: int) -> int:
    """Read a file, or work on some rows of it."""
    return services.work_on_chunk(chunk_id)


def sweep_imports() -> int:
    """Put back parts of imports that got lost; returns how many."""
    return services.sweep_imports()


def forget_imports() -> int:
    """Delete files and cells of imports that are old: they hold personal data; returns how many imports."""
    return forget_rows(before=clock.now() - dt.timedelta(DAYS_KEPT))

"""django-q2 entry points and timed jobs of imports and exports."""

import datetime as dt

from portal.core import clock
from portal.exchange.exports import retention as exports_retention
from portal.exchange.exports.runs import RUNS as EXPORTS
from portal.exchange.imports import services
from portal.exchange.imports.retention import forget_rows

DAYS_KEPT = 180
"""For how long an import keeps its file and the cells of its rows; the journal and what it made stay."""


def work_on_import(chunk_id: int) -> int:
    """Read a file, or work on some rows of it."""
    return services.work_on_chunk(chunk_id)


def sweep_imports() -> int:
    """Put back parts of imports and exports that got lost; returns how many."""
    return services.sweep_imports() + EXPORTS.sweep()


def work_on_export(chunk_id: int) -> int:
    """Write the rows of some accounts and, after the last ones, join the file; returns how many rows."""
    return EXPORTS.do(chunk_id=chunk_id) or 0


def forget_imports() -> int:
    """Delete files and cells of old imports, files of old exports: they hold personal data; returns how many."""
    exports = exports_retention.forget_exports(before=clock.real_now() - dt.timedelta(exports_retention.DAYS_KEPT))
    return exports + forget_rows(before=clock.now() - dt.timedelta(DAYS_KEPT))

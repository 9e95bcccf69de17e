"""django-q2 entry points."""

from portal.core import clock
from portal.core.files.holding import sweep_files as sweep


def sweep_files() -> str:
    """Delete files that no record holds after a day, and old files on disk without a row."""
    swept = sweep(moment=clock.real_now())
    return f"unattached {swept.unattached}, without a row {swept.orphans}"

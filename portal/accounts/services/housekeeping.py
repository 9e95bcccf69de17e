"""Deletion of what is past its term: pauses, rate counters, applications sent ahead, downloads of all data, dead
sessions.
"""

import datetime as dt

from django.db import transaction

from portal.accounts.models import DataExport, RegistrationApplication
from portal.accounts.services import refusals, sessions, throttling
from portal.core.rate_limits import services as rate_limits

EXPORT_RETENTION = dt.timedelta(days=7)


def sweep(*, moment: dt.datetime, today: dt.date) -> str:
    """Delete what is over; returns a line that says how much."""
    pauses = throttling.sweep(moment=moment)
    refusals.sweep(moment=moment)
    counters = rate_limits.sweep(moment=moment)
    applications = RegistrationApplication.objects.filter(expires_on__lt=today).delete()[0]
    exports = _sweep_exports(moment - EXPORT_RETENTION)
    dead = sessions.sweep()
    return (
        f"pauses {pauses}, rate counters {counters}, applications {applications}, downloads {exports}, sessions {dead}"
    )


def _sweep_exports(before: dt.datetime) -> int:
    count = 0
    for export in DataExport.objects.filter(asked_at__lt=before).select_related("file"):
        with transaction.atomic():
            stored = export.file
            export.delete()
            if stored is not None:
                stored.file.storage.delete(stored.file.name or "")
                stored.delete()
        count += 1
    return count

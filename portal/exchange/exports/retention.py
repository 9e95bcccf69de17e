"""Files of old exports are deleted: they hold numbers and addresses of accounts; that they were made stays known."""

import datetime as dt

from portal.core.runs.enums import RunStatus
from portal.exchange.exports.runs import drop_file
from portal.exchange.models import Export

DAYS_KEPT = 30
"""For how long the file of an export is kept; its line in the list stays."""


def forget_exports(*, before: dt.datetime) -> int:
    """Delete the files of exports finished before a moment (real time); returns how many."""
    old = Export.objects.filter(finished_at__lt=before).exclude(status=RunStatus.RUNNING).exclude(file=None)
    count = 0
    for export in old.select_related("file"):
        stored = export.file
        if Export.objects.filter(pk=export.pk).exclude(file=None).update(file=None):
            drop_file(stored)
            count += 1
    return count

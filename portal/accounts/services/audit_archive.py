"""Archive old months of the audit log into files, then delete their entries.

Triggers of the database refuse to delete entries that are not archived or not a year old. The archive's row has the
file's SHA-256 and never changes; archiving a month is itself an entry of the log.
"""

import datetime as dt
import gzip
import hashlib
import io
import json

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import QuerySet
from wagtail.models import BaseLogEntry, ModelLogEntry, PageLogEntry

from portal.accounts import audit
from portal.accounts.models import AuditArchive
from portal.core import clock
from portal.core.clock import MOSCOW
from portal.core.files.services import store_file
from portal.core.periods import Period

KIND = "audit-archive"
LOGS: tuple[type[BaseLogEntry], ...] = (ModelLogEntry, PageLogEntry)
CHUNK = 1000


def old_entries(log: type[BaseLogEntry], before: dt.date) -> "QuerySet[BaseLogEntry]":
    """Entries of whole months that ended before a day."""
    return log.objects.filter(timestamp__lt=_start(Period.of(before))).order_by("timestamp", "pk")


def archive_month(*, before: dt.date, moment: dt.datetime) -> int:
    """Archive and delete the oldest month of the log that ended before a day; returns how many entries were deleted.

    A worker that stops after writing the archive leaves entries in the log; the next call deletes them.
    """
    for log in LOGS:
        first = old_entries(log, before).first()
        if first is not None:
            return _archive_and_delete(log, Period.of(clock.date_of(first.timestamp)), moment)
    return 0


def _archive_and_delete(log: type[BaseLogEntry], month: Period, moment: dt.datetime) -> int:
    since, until = _start(month), _start(month.next)
    entries = log.objects.filter(timestamp__gte=since, timestamp__lt=until)
    archive = AuditArchive.objects.filter(log=log._meta.db_table, since=since).first()
    if archive is None:
        archive = _write_archive(log, since=since, until=until, moment=moment)
    deleted = 0
    while keys := list(entries.values_list("pk", flat=True)[:CHUNK]):
        deleted += log.objects.filter(pk__in=keys).delete()[0]
    return deleted


@transaction.atomic
def _write_archive(
    log: type[BaseLogEntry], *, since: dt.datetime, until: dt.datetime, moment: dt.datetime
) -> AuditArchive:
    buffer, count = io.BytesIO(), 0
    entries = log.objects.filter(timestamp__gte=since, timestamp__lt=until)
    with gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0) as out:
        for row in entries.order_by("pk").values().iterator(CHUNK):
            out.write(json.dumps(row, cls=DjangoJSONEncoder, ensure_ascii=False).encode() + b"\n")
            count += 1
    content = buffer.getvalue()
    name = f"{log._meta.db_table}-{since.astimezone(MOSCOW):%Y-%m}.jsonl.gz"
    stored = store_file(
        kind=KIND, owner=f"audit:{since:%Y-%m}", name=name, content=content, content_type="application/gzip"
    )
    archive = AuditArchive.objects.create(
        log=log._meta.db_table,
        since=since,
        until=until,
        entries=count,
        file=stored,
        made_at=moment,
        sha256=hashlib.sha256(content).hexdigest(),
    )
    description = f"Журнал перенесён в архив: {name}"
    audit.write(archive, audit.RETENTION, by=None, what=description, section="audit", rows=count)
    return archive


def _start(month: Period) -> dt.datetime:
    return dt.datetime.combine(month.first_day, dt.time(), tzinfo=MOSCOW)

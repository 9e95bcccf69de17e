"""Quotas and clean-up of private files: those that a record holds, and those that wait for one."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Exists, ForeignObjectRel, OuterRef, ProtectedError, QuerySet, Sum

from portal.core.bulk import batches
from portal.core.files.exceptions import FileRefused
from portal.core.files.services import waiting_kinds
from portal.core.files.storage import private_storage
from portal.core.models import PrivateFile
from portal.core.rate_limits.models import RateLimits

MEGABYTE = 1024 * 1024
BATCH = 500
MARKER = "key-check"
"""A file without a row; opening it checks that the installation has the key of its files."""
ORPHAN_AGE = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True)
class SweepResult:
    """Counts of deleted files: those that nothing holds, and those in the storage without a row."""

    unattached: int
    orphans: int


def unattached() -> QuerySet[PrivateFile]:
    """Files that no row of any model holds."""
    files = PrivateFile.objects.all()
    for relation in PrivateFile._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel) and not relation.many_to_many:
            holders = relation.related_model._base_manager.filter(**{relation.field.name: OuterRef("pk")})
            files = files.filter(~Exists(holders))
    return files


def check_quota(*, owner: str, size: int) -> None:
    """Check that an owner may store `size` bytes more. Raises FileRefused: quota_waiting or quota."""
    limits = RateLimits.load()
    owned = PrivateFile.objects.filter(owner=owner)
    if _total_size(owned) + size > limits.stored_megabytes * MEGABYTE:
        raise FileRefused("quota")
    if _total_size(unattached().filter(owner=owner)) + size > limits.unattached_megabytes * MEGABYTE:
        raise FileRefused("quota_waiting")


def _total_size(files: QuerySet[PrivateFile]) -> int:
    return int(files.aggregate(total=Sum("size"))["total"] or 0)


def sweep_files(*, moment: dt.datetime) -> SweepResult:
    """Delete files not attached to a record within a day, and stored files without a row that are a week old.

    `moment` is real time.
    """
    day_ago = moment - dt.timedelta(days=1)
    old = unattached().filter(kind__in=waiting_kinds(), created_at__lt=day_ago)
    deleted = sum(_delete(pk) for pk in list(old.values_list("pk", flat=True)))
    return SweepResult(unattached=deleted, orphans=_sweep_orphans(moment - ORPHAN_AGE))


def _delete(pk: UUID) -> bool:
    """Delete a row, then its file; False when a record took the file meanwhile."""
    try:
        with transaction.atomic():
            stored = PrivateFile.objects.select_for_update().filter(pk=pk).first()
            if stored is None or not unattached().filter(pk=pk).exists():
                return False
            name = str(stored.file.name)
            stored.delete()
    except (ProtectedError, IntegrityError):
        return False
    private_storage().delete(name)
    return True


def _sweep_orphans(before: dt.datetime) -> int:
    storage: Any = private_storage()
    count = 0
    for names in batches(storage.names_before(before), BATCH):
        registered = set(PrivateFile.objects.filter(file__in=names).values_list("file", flat=True))
        for name in names:
            if name not in registered and name != MARKER:
                storage.delete(name)
                count += 1
    return count

"""Files and cells of old imports are deleted: they hold personal data that now stand in the records themselves."""

import datetime as dt

from django.db import transaction

from portal.exchange.enums import BUSY
from portal.exchange.models import Import, ImportRow


def forget_rows(*, before: dt.datetime) -> int:
    """Delete the stored files and empty the rows of imports uploaded before a moment; returns how many imports."""
    old = Import.objects.filter(uploaded_at__lt=before).exclude(state__in=BUSY).exclude(stored=None)
    count = 0
    for imported in old.select_related("stored"):
        with transaction.atomic():
            ImportRow.objects.filter(imported=imported).update(cells=[], subject="", change="", key="", reason="")
            stored = imported.stored
            Import.objects.filter(pk=imported.pk).update(stored=None)
        if stored is not None:
            name, storage = str(stored.file.name), stored.file.storage
            stored.delete()
            storage.delete(name)
        count += 1
    return count

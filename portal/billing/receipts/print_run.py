"""One PDF of a period's receipts for residents who want paper: parts by jobs, joined as they lie on disk.

Order: street, house, flat. Accounts without a full address (a flat without its number) stand last and are listed.
"""

import datetime as dt
import io
from collections.abc import Iterator, Sequence
from tempfile import TemporaryFile
from typing import IO

from django.db import transaction
from django.utils import timezone
from django_q.tasks import async_task

from portal.accounts.enums import Delivery, PremisesKind
from portal.accounts.models import User
from portal.billing.receipts import printing
from portal.billing.receipts.enums import IssueStatus, PartStatus
from portal.billing.receipts.exceptions import NothingToPrint
from portal.billing.receipts.models import PrintPart, PrintRun, Receipt
from portal.billing.receipts.selectors import data_of, standing_receipts
from portal.billing.receipts.snapshot import ReceiptData
from portal.billing.services.closing import Executor
from portal.core.files.services import open_file, store_file, store_stream
from portal.core.formatting import period_text
from portal.core.pdf.joining import join
from portal.core.periods import Period

PART = 1000
"""Receipts in one job: under half a minute of work."""
FILE_KIND = "print_run"
STALE_AFTER = dt.timedelta(minutes=10)

"""A bank's file arrives: its row, before anything of it is read."""

import datetime as dt
from typing import TYPE_CHECKING

from portal.core.models import PrivateFile
from portal.payments.enums import FileState
from portal.payments.models import BankFile, BankFileTemplate

if TYPE_CHECKING:
    from portal.accounts.models import User

LONGEST_NAME = 200


def imported_twin(sha256: str) -> BankFile | None:
    """The file of the same content that is imported, or being imported."""
    imported = (FileState.IMPORTING, FileState.IMPORTED)
    return BankFile.objects.filter(sha256=sha256, state__in=imported).first()


def receive_file(
    *,
    template: BankFileTemplate,
    name: str,
    sha256: str,
    stored: PrivateFile,
    paid_on: dt.date | None,
    by: "User | None",
    now: dt.datetime,
) -> BankFile:
    """Create the row of a file; one of the same content that was never imported gives way to it."""
    BankFile.objects.filter(sha256=sha256).delete()
    return BankFile.objects.create(
        template=template,
        name=name[:LONGEST_NAME],
        sha256=sha256,
        stored=stored,
        paid_on=paid_on,
        uploaded_by=by,
        uploaded_at=now,
    )

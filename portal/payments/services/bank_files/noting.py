"""Files of banks in the audit."""

from typing import TYPE_CHECKING

from portal.accounts import audit
from portal.payments.models import BankFile

if TYPE_CHECKING:
    from portal.accounts.models import User


def note_file(file: BankFile, what: str, *, by: "User | None", dry_run: bool) -> None:
    """A file of a bank in the audit, with its numbers of lines."""
    audit.imported(
        by=by,
        subject=file,
        what=f"{what}: {file.name}",
        section="payments",
        dry_run=dry_run,
        rows=file.total_lines,
        ready=file.ready,
        unknown=file.unknown,
        bad=file.bad,
        asked=file.asked,
        sum=file.total_amount,
        result=file.get_state_display(),
    )

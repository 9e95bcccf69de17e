"""Lines of bank files that wait for a decision, and their files."""

from django.db.models import QuerySet

from portal.payments.enums import FileState, LineState
from portal.payments.models import BankFile, BankFileLine

DECIDED_IN = (FileState.CHECKED, FileState.IMPORTED)
"""States of a file in which somebody may decide about its lines."""


def lines_to_decide() -> QuerySet[BankFileLine]:
    """Lines that look mistyped or already credited: credited only after an employee confirms them."""
    return BankFileLine.objects.filter(state=LineState.ASKED, file__state__in=DECIDED_IN)


def files_to_decide() -> QuerySet[BankFile]:
    """Files with such lines."""
    return BankFile.objects.filter(pk__in=lines_to_decide().values("file_id"))

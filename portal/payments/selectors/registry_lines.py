"""Lines of registries that wait for a decision, and their files."""

from django.db.models import QuerySet

from portal.payments.enums import FileState, LineState
from portal.payments.models import RegistryFile, RegistryLine

DECIDED_IN = (FileState.CHECKED, FileState.IMPORTED)
"""States of a file in which somebody may decide about its lines."""


def lines_to_decide() -> QuerySet[RegistryLine]:
    """Lines that look like a slip or like a payment credited already: credited only when somebody says so."""
    return RegistryLine.objects.filter(state=LineState.ASKED, file__state__in=DECIDED_IN)


def files_to_decide() -> QuerySet[RegistryFile]:
    """Files with such lines."""
    return RegistryFile.objects.filter(pk__in=lines_to_decide().values("file_id"))

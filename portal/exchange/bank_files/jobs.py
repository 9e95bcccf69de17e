"""django-q2 entry points: imports of bank files, and the sweeper that brings back what fell out of the queue."""

from django.db.models import Q
from django_q.tasks import async_task

from portal.core import clock
from portal.exchange.bank_files.reported_readings import submit_reported_readings
from portal.payments.enums import FileState, LineState, ReportedReadingState
from portal.payments.models import BankFile
from portal.payments.services.bank_files import import_chunk

NAME = "portal.exchange.bank_files.jobs.import_registry"


def import_registry(file_id: int) -> bool:
    """Import the next lines of a file, then submit the readings in them, and leave the rest to the next job."""
    more = import_chunk(file_id=file_id, now=clock.now()) or submit_reported_readings(file_id=file_id)
    if more:
        async_task(NAME, file_id)
    return more


def resume_bank_files() -> int:
    """Go on with imports that stand still, and with readings of payments that were settled later.

    A chunk done twice adds nothing.
    """
    has_readings = Q(lines__reading_state=ReportedReadingState.WAITING, lines__state=LineState.CREDITED)
    waiting = BankFile.objects.filter(Q(state=FileState.IMPORTING) | Q(state=FileState.IMPORTED) & has_readings)
    numbers = sorted(set(waiting.values_list("pk", flat=True)))
    for file_id in numbers:
        if not import_chunk(file_id=file_id, now=clock.now()):
            submit_reported_readings(file_id=file_id)
    return len(numbers)

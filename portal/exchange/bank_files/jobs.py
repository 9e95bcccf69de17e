"""django-q2 entry points: readings that came with bank files, and the sweeper that brings back what got lost."""

from django_q.tasks import async_task

from portal.exchange.bank_files.reported_readings import submit_reported_readings
from portal.payments.enums import FileState, LineState, ReportedReadingState
from portal.payments.models import BankFile
from portal.payments.services.bank_file_imports import READINGS_JOB
from portal.payments.services.bank_files import sweep_imports


def submit_readings(file_id: int) -> bool:
    """Submit some of the readings in a file that is imported, and leave the rest to the next job."""
    more = submit_reported_readings(file_id=file_id)
    if more:
        async_task(READINGS_JOB, file_id)
    return more


def resume_bank_files() -> int:
    """Put back chunks of imports that got lost, and go on with readings of payments that were settled later.

    What is done twice adds nothing. Returns how many chunks and files.
    """
    put_back = sweep_imports()
    waiting = BankFile.objects.filter(
        state=FileState.IMPORTED, lines__reading_state=ReportedReadingState.WAITING, lines__state=LineState.CREDITED
    )
    numbers = sorted(set(waiting.values_list("pk", flat=True)))
    for file_id in numbers:
        submit_reported_readings(file_id=file_id)
    return put_back + len(numbers)

"""django-q2 entry points: imports of registries, and the sweeper that brings back what fell out of the queue."""

from django_q.tasks import async_task

from portal.core import clock
from portal.payments.enums import FileState
from portal.payments.models import RegistryFile
from portal.payments.services.registries import import_chunk

NAME = "portal.exchange.registries.jobs.import_registry"


def import_registry(file_id: int) -> bool:
    """Import the next lines of a file, and leave the rest to the next job."""
    more = import_chunk(file_id=file_id, now=clock.now())
    if more:
        async_task(NAME, file_id)
    return more


def resume_registries() -> int:
    """Go on with imports that stand still; a chunk done twice adds nothing."""
    waiting = list(RegistryFile.objects.filter(state=FileState.IMPORTING).values_list("pk", flat=True))
    for file_id in waiting:
        import_chunk(file_id=file_id, now=clock.now())
    return len(waiting)

"""Whether the portal lives and can work: database, queue, storage."""

from dataclasses import dataclass

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import DatabaseError, connection
from django.utils import timezone
from django_q.models import OrmQ


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that the portal rests on."""

    name: str
    ok: bool
    detail: str = ""


def _database() -> Check:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return Check("database", ok=False, detail=type(error).__name__)
    return Check("database", ok=True)


def _queue() -> Check:
    try:
        waiting = OrmQ.objects.filter(lock__lte=timezone.now()).count()
    except DatabaseError as error:
        return Check("queue", ok=False, detail=type(error).__name__)
    return Check("queue", ok=waiting < 10_000, detail=f"{waiting} waiting")


def _storage() -> Check:
    try:
        storage = storages["private"]
        name = storage.save("health/probe", ContentFile(b"ok"))
        storage.delete(name)
    except OSError as error:
        return Check("storage", ok=False, detail=type(error).__name__)
    return Check("storage", ok=True)


def readiness() -> list[Check]:
    """Every check, whether it passed or not."""
    return [_database(), _queue(), _storage()]

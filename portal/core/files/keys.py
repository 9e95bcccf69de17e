"""The keys of private files: their rotation, and a marker file that shows whether a key was lost."""

import contextlib
from dataclasses import dataclass, field
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from portal.core.enums import HealthStatus
from portal.core.files.encrypted import current_key_id, sealed
from portal.core.files.exceptions import CannotDecryptFile, StorageUnavailable
from portal.core.files.holding import MARKER
from portal.core.files.storage import private_storage
from portal.core.health import LONGEST_DETAIL, HealthCheck
from portal.core.models import MonitoringSettings

PART = "file_keys"


@dataclass(slots=True)
class Rotation:
    """What a rotation did; `unreadable` are names of files that no key opens."""

    encrypted: int = 0
    current: int = 0
    unreadable: list[str] = field(default_factory=list)


def rotate_file_keys() -> Rotation:
    """Encrypt every private file that the first key did not encrypt, also those that are not encrypted at all.

    A file is replaced whole, so it can be broken off and repeated. Raises StorageUnavailable.
    """
    storage: Any = private_storage()
    result = Rotation()
    current = current_key_id()
    for name in list(storage.names_before(timezone.now())):
        with contextlib.suppress(FileNotFoundError):  # deleted meanwhile
            if storage.stored_key(name) == current:
                result.current += 1
                continue
            try:
                with storage.open(name) as plain:
                    storage.replace(name, sealed(plain, name))
            except CannotDecryptFile:
                result.unreadable.append(name)
            else:
                result.encrypted += 1
    return result


def check_file_keys(terms: MonitoringSettings, now: object) -> HealthCheck:
    """Whether the installation has the key that its files were encrypted with."""
    storage: Any = private_storage()
    try:
        with storage.open(MARKER) as marker:
            marker.read()
    except FileNotFoundError:
        with contextlib.suppress(OSError):  # a storage that takes nothing is another part's state
            storage.replace(MARKER, sealed(ContentFile(b"ok"), MARKER))
    except CannotDecryptFile as error:
        return HealthCheck(PART, HealthStatus.DEGRADED, str(error)[:LONGEST_DETAIL])
    except StorageUnavailable:
        return HealthCheck(PART)
    return HealthCheck(PART)

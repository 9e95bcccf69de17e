"""In a process of its own: give a large file in a bucket its new key, and say what memory that took."""

import resource
import tempfile
from typing import Any


def rotate(environment: dict[str, str], old: str, new: str, size: int, answers: Any) -> None:
    """Put «files encrypted anew, megabytes added» for a file of so many bytes."""
    from django.conf import settings
    from django.core.files.base import ContentFile, File
    from django.core.files.storage import storages
    from django.test.utils import override_settings

    from config.settings.environment import file_storages
    from portal.core.files.keys import rotate_file_keys

    kinds = file_storages(in_bucket=True) | {"staticfiles": settings.STORAGES["staticfiles"]}
    override_settings(**environment, STORAGES=kinds, FILE_ENCRYPTION_KEYS=[old]).enable()
    storage: Any = storages["private"]
    with tempfile.TemporaryFile() as file:
        for _megabyte in range(size // 2**20):
            file.write(b"x" * 2**20)
        file.seek(0)
        storage.save("test/large", File(file))
    small = storage.save("test/small", ContentFile(b"x"))
    storage.delete(small)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    override_settings(FILE_ENCRYPTION_KEYS=[new, old]).enable()
    result = rotate_file_keys()
    answers.put((result.encrypted, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024))

"""Why a file is not taken, or not given."""


class FileRefused(Exception):
    """The upload is not taken; `code` says why.

    One of: too_big, empty, type, heic, broken, too_many_pixels, too_many, busy, quota, quota_waiting, active_content,
    encrypted, too_complex, wrong_suffix, no_space, storage_unavailable.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class PrivateFileMissing(Exception):
    """The row stands but the storage does not have the file."""


class UnknownFileKind(Exception):
    """No app has registered a check for this kind of file."""


class StorageUnavailable(OSError):
    """The storage of files does not answer, or refuses what it was asked for any reason but a full disk."""


class CannotDecryptFile(StorageUnavailable):
    """The installation does not have the key of a private file, or the file was changed or cut."""

"""Exceptions of the ledger."""


class EntryConflict(Exception):
    """An entry with this key stands already, with another sum or account."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key

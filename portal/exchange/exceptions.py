"""Refusals of imports and exports."""


class ImportRefused(Exception):
    """An action on an import is refused; `code` is state, nothing or built_upon (`detail` names what depends on it)."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


class ExportRefused(Exception):
    """An export is refused before it begins; `code` is one of: order, nothing, too_many."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

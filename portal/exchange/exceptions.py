"""Refusals of imports and exports."""


class ImportRefused(Exception):
    """An act on an import is refused; `code` is one of: state, nothing, built_upon (`detail` names what)."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


class ExportRefused(Exception):
    """An export is not begun; `code` is one of: order, nothing, too_many."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

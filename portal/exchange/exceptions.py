"""Refusals of imports."""


class ImportRefused(Exception):
    """An act on an import is refused; `code` is one of: state, nothing, built_upon (`detail` names what)."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail

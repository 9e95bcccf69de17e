"""Why an account cannot be computed. The closing lists it with this reason and goes on with the others."""


class NotComputable(Exception):
    """Something that the calculation needs is missing: `code` says what, `detail` for which service or day."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail

"""Exceptions of approvals."""


class ApprovalRefused(Exception):
    """Nothing was decided and nothing booked; `code` is one of:

    state (somebody decided already), same_person (who made it), own_account (who decides holds the account),
    reason (a rejection without words), not_own (taken back by somebody else), changed (what would be booked is not
    what was shown), gone (what it was about is no more).
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

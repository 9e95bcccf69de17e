"""Why a tariff is not published."""

from django.core.exceptions import PermissionDenied


class TariffRefused(PermissionDenied):
    """Billing refuses the rates; `message` says why and what to do, for the editor."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class ApprovalMissing(PermissionDenied):
    """The rules want an accountant to publish tariffs."""

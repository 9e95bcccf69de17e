"""Messages of refusals about operations that a second employee approves."""

from django.utils.translation import gettext_lazy

from portal.approvals.exceptions import ApprovalRefused
from portal.core.refusals import ByCode, RefusalMessage, declare

declare(
    {
        ApprovalRefused: RefusalMessage(
            ByCode(
                {
                    "state": gettext_lazy("Somebody has already decided on this operation."),
                    "same_person": gettext_lazy("Somebody else has to approve this operation: you made it."),
                    "own_account": gettext_lazy("Somebody else has to approve this operation: the account is yours."),
                    "reason": gettext_lazy("Enter the reason for the rejection."),
                    "not_own": gettext_lazy("Only the person who made the operation can take it back."),
                    "gone": gettext_lazy("Its subject no longer exists: reject it."),
                    "changed": gettext_lazy(
                        "The recalculation no longer gives the sum that was shown. Reject it and have it made again."
                    ),
                }
            )
        )
    }
)

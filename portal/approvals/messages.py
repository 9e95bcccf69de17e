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
                    "reason": gettext_lazy("Write the reason of the rejection."),
                    "not_own": gettext_lazy("Only who made the operation takes it back."),
                    "gone": gettext_lazy("What it was about is no more: reject it."),
                    "changed": gettext_lazy(
                        "The recalculation no longer comes to what was shown. Reject it and let it be made anew."
                    ),
                }
            )
        )
    }
)

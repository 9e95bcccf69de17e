"""Why a receipt was not made, in words by the reason's code."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REASONS: dict[str, "str | Promise"] = {
    "not_closed": _("The account was not closed for this month"),
    "no_payer": _("Nobody holds the account: there is no payer"),
    "bank_details": _("The company's bank details make no valid payment code"),
    "layout": _("The receipt could not be laid out"),
    "no_space": _("There is no space left for the file."),
    "storage_unavailable": _("The storage of files did not answer."),
}

"""Texts of problems with a payment, for the employee who investigates."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PROBLEMS: dict[str, Promise] = {
    "other_order": _("The gateway answered about another order."),
    "other_currency": _("The gateway shows another currency."),
    "other_sum": _("The gateway shows another sum."),
    "other_state": _("The gateway shows a state that the portal does not know."),
    "canceled_after_paid": _("The gateway shows a paid payment as canceled."),
    "test_payment": _("The gateway shows a test payment: no money came, nothing is credited."),
    "not_paid": _("The gateway reports the payment as both done and not paid: nothing is credited."),
    "future": _("The gateway shows that the money was taken in the future: nothing is credited."),
    "not_at_gateway": _("The gateway does not know this payment."),
    "gateway_removed": _("The settings no longer name the gateway of this payment: it cannot be asked."),
    "no_answer": _("The gateway did not answer in time."),
    "other_refund": _("The gateway has a refund that does not agree with ours."),
}


def problem_text(code: str) -> "Promise | str":
    """Words for a problem's code; an unknown code is shown as it is."""
    return PROBLEMS.get(code, code)

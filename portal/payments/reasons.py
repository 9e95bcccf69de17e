"""Why a bank refused, in plain words for the resident: what is wrong and what to do. A new reason is tolerated.

That nothing was taken is said beside the reason, wherever it is shown.
"""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_UNKNOWN = _("The bank gave no reason: try another card or call your bank.")
_WORDS: "dict[str, StrOrPromise]" = {
    "3d_secure_failed": _("The code from the text message did not match. Try again and enter the latest code."),
    "call_issuer": _("Your bank refused without an explanation. Call the number on the back of the card."),
    "canceled_by_merchant": _("We cancelled the payment."),
    "canceled_by_payer": _("You left the bank's page without paying."),
    "card_expired": _("The card has expired. Pay with another card."),
    "country_forbidden": _("The bank does not accept cards of this country. A card of a Russian bank is needed."),
    "deal_expired": _("The payment was not finished in time. Start it again."),
    "expired_on_capture": _(
        "The bank did not confirm the payment in time; the held sum is back on the card. Start again."
    ),
    "expired_on_confirmation": _("The card was not entered in time. Start the payment again."),
    "fraud_suspected": _("The payment looked suspicious to the bank. Call the bank or take another card."),
    "general_decline": _("Your bank refused without an explanation. Try another card or call your bank."),
    "identification_required": _("The bank asks for proof of who owns the wallet. Paying by card is simpler."),
    "insufficient_funds": _("There was not enough money on the card. Top it up or take another one."),
    "internal_timeout": _("The bank did not answer in time. Try again."),
    "invalid_card_number": _("The card number has a mistake. Check the digits and try again."),
    "invalid_csc": _("The code on the back of the card has a mistake. Check the three digits."),
    "issuer_unavailable": _("The bank that issued the card does not answer. Try later or with another card."),
    "payment_method_limit_exceeded": _("The payment limit of the card is used up. Change it in your bank's app."),
    "payment_method_restricted": _("Operations with this card are not allowed. Call your bank."),
    "permission_revoked": _("The permission to charge the card was withdrawn. Start the payment again."),
    "unsupported_mobile_operator": _("This mobile operator is not supported. Pay by card."),
    "gateway_refused": _("The bank did not accept the payment. Try again now or later."),
    "no_answer": _("The bank never answered. Start the payment again."),
}
GIVEN_UP = "canceled_by_payer"
"""The payer went back from the bank's page without paying."""
EXPIRED = frozenset({"expired_on_confirmation", "deal_expired", "no_answer", "expired_on_capture"})


def reason_text(code: str) -> str:
    """The words for a reason's code in the active language; an unknown code gets words too."""
    return str(lazy_reason_text(code))


def lazy_reason_text(code: str) -> "StrOrPromise":
    """The same, translated when it is written."""
    return _WORDS.get(code, _UNKNOWN)


def known_reasons() -> frozenset[str]:
    """Codes that have words of their own."""
    return frozenset(_WORDS)

"""The test cards of the demo bank, and what each does. No other number is taken: a real card has no business here."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.payments.calculation import network_of

SMS_CODE = "1234"
WRONG_CODES = 3


@dataclass(frozen=True, slots=True)
class TestCard:
    """A number, what happens to it, whether the code of 3-D Secure is asked, and the words on the page."""

    number: str
    outcome: str
    label: Promise
    secure: bool = True
    reason: str = ""

    @property
    def shown(self) -> str:
        return " ".join(self.number[place : place + 4] for place in range(0, len(self.number), 4))

    @property
    def network(self) -> str:
        return str(network_of(self.number) or "")


CARDS = (
    TestCard("2200000000000004", "paid", _("Payment goes through")),
    TestCard("4111111111111111", "paid", _("Payment goes through")),
    TestCard("5555555555554444", "paid", _("Payment goes through")),
    TestCard("2223000048410010", "paid", _("Goes through without a code"), secure=False),
    TestCard("4000000000000010", "declined", _("Not enough money"), reason="insufficient_funds"),
    TestCard("2201000000000011", "declined", _("The bank refuses"), reason="general_decline"),
    TestCard("5100000000000016", "declined", _("The card has expired"), secure=False, reason="card_expired"),
    TestCard("4276000000000033", "declined", _("Looks like fraud"), reason="fraud_suspected"),
    TestCard("2204000000000026", "slow", _("The bank answers after half a minute")),
    TestCard("2720000000000013", "silent", _("The bank never answers")),
    TestCard("5400000000000039", "twice", _("Notices come twice")),
    TestCard("2200000000000103", "reordered", _("Notices come in the wrong order")),
    TestCard("4000000000000127", "lost", _("Notices are lost")),
)
SUMS = (
    (Decimal("4001.00"), "general_decline", _("The bank refuses")),
    (Decimal("4002.00"), "insufficient_funds", _("Not enough money")),
)
NO_ANSWER_SUM = Decimal("4003.00")


def test_card(number: str) -> TestCard | None:
    """The test card of a number, or None for any other."""
    return next((card for card in CARDS if card.number == number), None)


def decline_by_sum(amount: Decimal) -> str:
    """The reason by which a sum is declined whatever the card; empty for other sums."""
    return next((reason for wrong, reason, _description in SUMS if wrong == amount), "")

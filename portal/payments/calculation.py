"""Pure rules of payments: cards, delays of asking, what a sum may be, what is kept of a gateway's answer."""

import datetime as dt
import math
import re
from decimal import Decimal, InvalidOperation
from typing import Any

from portal.payments.enums import Network
from portal.payments.exceptions import AmountRefused

FIRST_DELAYS = (5, 10, 20, 40, 60, 120, 300, 600, 1200, 1800)
LONGEST_DELAY = 3600
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009']")
_SUM = re.compile(r"[+-]?\d+(?:[.,]\d*)?|[.,]\d+")
_CARD = re.compile(r"(?<!\d)(?:\d[ -]?){13,19}(?!\d)")
_SECRETS = frozenset(
    {
        "authorization",
        "secret",
        "secret_key",
        "password",
        "token",
        "payment_token",
        "confirmation_token",
        "csc",
        "cvc",
        "cvv",
        "number",
        "pan",
        "first6",
        "rrn",
        "auth_code",
        "expiry_month",
        "expiry_year",
        "cardholder",
    }
)


def luhn_is_right(number: str) -> bool:
    """Whether a card number of digits carries the right last digit (ISO/IEC 7812-1)."""
    if not number.isascii() or not number.isdigit() or not 12 <= len(number) <= 19:
        return False
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def network_of(number: str) -> Network | None:
    """The network by the first digits: МИР 2200–2204, Visa 4, Mastercard 51–55 and 2221–2720."""
    if not number[:4].isdigit() or len(number) < 4:
        return None
    first4 = int(number[:4])
    if 2200 <= first4 <= 2204:
        return Network.MIR
    if number[0] == "4":
        return Network.VISA
    if 51 <= int(number[:2]) <= 55 or 2221 <= first4 <= 2720:
        return Network.MASTERCARD
    return None


def poll_delay(poll_count: int) -> dt.timedelta:
    """Return how long to wait before the gateway is asked again: ever more slowly, at last once an hour."""
    return dt.timedelta(seconds=FIRST_DELAYS[poll_count] if poll_count < len(FIRST_DELAYS) else LONGEST_DELAY)


def parse_amount(text: str) -> Decimal:
    """A sum as people write it («1 240,50», «1240.5 ₽») in ₽.

    Raises AmountRefused: not_a_number, zero, negative, kopecks (more than two decimals).
    """
    bare = _SPACES.sub("", text).replace("−", "-").removesuffix("₽").removesuffix("руб.").removesuffix("р.")
    if not _SUM.fullmatch(bare):
        raise AmountRefused("not_a_number")
    try:
        amount = Decimal(bare.replace(",", "."))
    except InvalidOperation as error:
        raise AmountRefused("not_a_number") from error
    if amount < 0:
        raise AmountRefused("negative")
    if amount == 0:
        raise AmountRefused("zero")
    if amount >= 10**10:
        raise AmountRefused("too_big")
    if amount != amount.quantize(Decimal("0.01")):
        raise AmountRefused("kopecks")
    return amount.quantize(Decimal("0.01"))


def check_limits(amount: Decimal, *, smallest: Decimal, largest: Decimal) -> None:
    """Hold a sum against the company's limits, ₽, both inclusive. Raises AmountRefused: too_small, too_big."""
    if amount < smallest:
        raise AmountRefused("too_small", limit=smallest)
    if amount > largest:
        raise AmountRefused("too_big", limit=largest)


def without_secrets(value: Any) -> Any:
    """A gateway's answer as it may be kept: keys that name secrets are gone, card numbers are masked."""
    if isinstance(value, dict):
        return {
            _storable(key)[:80]: without_secrets(inner)
            for key, inner in value.items()
            if str(key).lower() not in _SECRETS
        }
    if isinstance(value, list):
        return [without_secrets(inner) for inner in value[:200]]
    if isinstance(value, str):
        return _CARD.sub(_masked, _storable(value))[:4000]
    if value is None or isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    return _storable(value)[:4000]


def _storable(value: Any) -> str:
    """A text that every database takes: without NUL, without halves of surrogate pairs."""
    return str(value).replace("\x00", "").encode("utf-8", "replace").decode()


def _masked(match: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", match[0])
    return f"•••• {digits[-4:]}" if luhn_is_right(digits) else match[0]

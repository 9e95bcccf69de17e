"""Sums as people write them, networks by their first digits, Luhn, delays: tables and properties."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.payments import calculation, reasons
from portal.payments.exceptions import AmountRefused

NBSP = "\u00a0"


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("1240,50", "1240.50"),
        ("1 240.5", "1240.50"),
        (f"1{NBSP}240,50{NBSP}₽", "1240.50"),
        ("1", "1.00"),
        ("  700,14 руб.", "700.14"),
        ("+5", "5.00"),
        (",50", "0.50"),
    ],
)
def test_sums_as_people_write_them(written: str, amount: str) -> None:
    assert calculation.parse_amount(written) == Decimal(amount)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("", "not_a_number"),
        ("сто", "not_a_number"),
        ("1,2,3", "not_a_number"),
        ("1e5", "not_a_number"),
        ("NaN", "not_a_number"),
        ("-5", "negative"),
        ("−5", "negative"),
        ("0", "zero"),
        ("0,00", "zero"),
        ("1,005", "kopecks"),
        ("99999999999", "too_big"),
    ],
)
def test_wrong_sums_have_their_words(written: str, code: str) -> None:
    with pytest.raises(AmountRefused) as refused:
        calculation.parse_amount(written)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("first", "network"),
    [
        ("2199", None),
        ("2200", "mir"),
        ("2204", "mir"),
        ("2205", None),
        ("2220", None),
        ("2221", "mastercard"),
        ("2720", "mastercard"),
        ("2721", None),
        ("5099", None),
        ("5100", "mastercard"),
        ("5599", "mastercard"),
        ("5600", None),
        ("4000", "visa"),
        ("3700", None),
        ("22", None),
        ("", None),
    ],
)
def test_networks_by_their_first_digits(first: str, network: str | None) -> None:
    assert calculation.network_of(first) == network


@given(st.text(alphabet="0123456789", min_size=15, max_size=15), st.integers(1, 9))
def test_luhn_sees_every_wrong_digit(body: str, change: int) -> None:
    right = next(body + str(digit) for digit in range(10) if calculation.luhn_is_right(body + str(digit)))
    wrong = str((int(right[0]) + change) % 10) + right[1:]
    assert not calculation.luhn_is_right(wrong)


def test_the_gateway_is_asked_ever_more_slowly() -> None:
    delays = [calculation.poll_delay(asked) for asked in range(30)]
    assert delays == sorted(delays)
    assert delays[0].total_seconds() < 10
    assert delays[-1].total_seconds() == 3600


def test_every_reason_of_the_gateway_has_plain_words() -> None:
    named = (
        "3d_secure_failed call_issuer canceled_by_merchant card_expired country_forbidden deal_expired "
        "expired_on_capture expired_on_confirmation fraud_suspected general_decline identification_required "
        "insufficient_funds internal_timeout invalid_card_number invalid_csc issuer_unavailable "
        "payment_method_limit_exceeded payment_method_restricted permission_revoked unsupported_mobile_operator"
    )
    assert set(named.split()) <= reasons.known_reasons()
    assert "попробуйте" in reasons.reason_text("something_of_next_year")

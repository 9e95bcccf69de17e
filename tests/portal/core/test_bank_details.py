"""Control keys of INN and accounts: worked examples of real layouts, and the warning to staff."""

import pytest
from django.core.exceptions import ValidationError

from portal.core.bank_details import account_key_is_right, inn_key_is_right
from portal.core.models import CompanySettings


@pytest.mark.parametrize("inn", ["7707083893", "7736050003", "500100732259"])
def test_right_inn(inn: str) -> None:
    assert inn_key_is_right(inn)


@pytest.mark.parametrize("inn", ["7707083894", "770708389", "500100732258", "77070838931", "abcdefghij", "٧٧٠٧٠٨٣٨٩٣"])
def test_wrong_inn(inn: str) -> None:
    assert not inn_key_is_right(inn)


@pytest.mark.parametrize(
    ("account", "bic"), [("²0702810900000000001", "044525225"), ("40702810900000000001", "04452522²")]
)
def test_digits_of_other_scripts_are_no_digits_of_an_account(account: str, bic: str) -> None:
    assert not account_key_is_right(account, bic)


def test_one_changed_digit_of_an_account_breaks_its_key() -> None:
    bic = "044525225"
    right = next(a for d in range(10) if account_key_is_right(a := f"40702810{d}38000012345", bic))
    for position in (0, 7, 19):
        wrong = right[:position] + str((int(right[position]) + 1) % 10) + right[position + 1 :]
        assert not account_key_is_right(wrong, bic)


def test_the_correspondent_account_of_a_known_bank() -> None:
    assert account_key_is_right("30101810400000000225", "044525225", correspondent=True)
    assert not account_key_is_right("30101810400000000226", "044525225", correspondent=True)


def test_a_wrong_key_is_a_warning_that_staff_may_confirm() -> None:
    company = CompanySettings(inn="7707083894")
    with pytest.raises(ValidationError) as refused:
        company.clean()
    assert "inn" in refused.value.message_dict
    company.bank_details_confirmed = True
    company.clean()

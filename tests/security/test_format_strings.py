"""What staff write into the contract's template is replaced by name: no attributes, indexes, formats or conversions."""

import pytest

from portal.accounts.calculation import unknown_fields


@pytest.mark.parametrize(
    "template",
    [
        "{area:>9999999999}",
        "{area!r}",
        "{area.__class__}",
        "{area[0]}",
        "{}",
        "{0}",
        "{secret}",
        "{",
        "{area:{area}}",
    ],
)
def test_anything_but_a_field_is_refused(template: str) -> None:
    assert unknown_fields(f"Договор {template}")


def test_fields_are_taken() -> None:
    assert unknown_fields("Договор {account_number}: {area} м², {{не поле}}") == []

"""When money needs a second person: up to a limit inclusive one decides, above any of them two do."""

from decimal import Decimal

import pytest

from portal.approvals.calculation import ApprovalLimits, DoneAlone, needs_second_person, total

LIMITS = ApprovalLimits(single=Decimal(3000), day=Decimal(5000))


@pytest.mark.parametrize(
    ("amount", "done", "two"),
    [
        ("3000", DoneAlone(), False),
        ("3000.01", DoneAlone(), True),
        ("-3000.01", DoneAlone(), True),
        ("0.01", DoneAlone(subject=Decimal(3000)), True),
        ("1", DoneAlone(account=Decimal(2999)), False),
        ("1.01", DoneAlone(account=Decimal(2999)), True),
        ("3000", DoneAlone(day=Decimal(2000)), False),
        ("3000", DoneAlone(day=Decimal("2000.01")), True),
    ],
)
def test_needs_second_person(amount: str, done: DoneAlone, two: bool) -> None:
    assert needs_second_person(Decimal(amount), done, LIMITS) is two


def test_an_addition_does_not_make_up_for_a_write_off() -> None:
    assert total([Decimal(100), Decimal(-100)]) == Decimal(200)

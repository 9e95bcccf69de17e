"""VAT within a receipt: each sum by the rate of the month that it is for (Tax Code, art. 168 and 164)."""

import datetime as dt
from decimal import Decimal

import pytest

from portal.billing.models import VatRate
from portal.billing.services import Executor, close_period
from portal.core.periods import Period
from portal.receipts.assembling import assemble_receipts
from portal.receipts.presentation import _vat
from portal.receipts.snapshot import VatPart
from tests.company import put_company
from tests.people import Cast
from tests.portal.receipts.conftest import put_receipt_numbers, read_meter
from tests.receipts import usual

pytestmark = pytest.mark.django_db


def test_a_recalculation_of_2025_on_a_receipt_of_2026_has_the_vat_of_2025(cast: Cast) -> None:
    """December 2025 by the norm, corrected by a reading: the difference is under 20 %, January under 22 %."""
    put_company()
    put_receipt_numbers()
    VatRate.objects.create(valid_from=dt.date(2019, 1, 1), percent=Decimal(20))
    account = cast.anna.account
    for month in (10, 11, 12):
        close_period(period=Period(2025, month), executor=Executor.INLINE)
    read_meter("A-1001", "141.455", dt.date(2026, 1, 15))
    close_period(period=Period(2026, 1), executor=Executor.INLINE)
    [(_pk, data)] = assemble_receipts([account.pk], period=Period(2026, 1), issued_on=dt.date(2026, 1, 24))[0]
    own, earlier = data.vat_parts
    assert (own.rate, earlier.rate) == (Decimal(22), Decimal(20))
    assert own.total + earlier.total == sum(line.total for line in data.lines)
    assert earlier.total != 0
    for part in (own, earlier):
        expected = (part.total * part.rate / (100 + part.rate)).quantize(Decimal("0.01"))
        assert abs(part.vat - expected) <= Decimal("0.01")
    assert data.vat == own.vat + earlier.vat
    words = _vat(data).replace("\xa0", " ")
    assert "22 %" in words
    assert "20 %" in words


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ([("22", "122", "22")], "в т. ч. НДС 22 %: 22,00 ₽"),
        ([("22", "0", "0"), ("20", "-120", "-20")], "в т. ч. НДС 20 %: −20,00 ₽"),
        (
            [("22", "122", "22"), ("20", "-12", "-2")],
            "в т. ч. НДС: 22 % с 122,00 ₽ — 22,00 ₽; 20 % с −12,00 ₽ — −2,00 ₽; всего 20,00 ₽",
        ),
        ([("5", "105", "5")], "в т. ч. НДС 5 %: 5,00 ₽"),
    ],
)
def test_words_name_each_rate_with_its_sum(parts: list[tuple[str, str, str]], words: str) -> None:
    rows = tuple(VatPart(rate=Decimal(rate), total=Decimal(total), vat=Decimal(vat)) for rate, total, vat in parts)
    vat = sum((part.vat for part in rows), Decimal(0))
    data = usual(vat_rate=Decimal(22), vat=vat, vat_parts=rows)
    assert _vat(data).replace("\xa0", " ") == words

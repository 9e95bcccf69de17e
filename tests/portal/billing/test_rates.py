"""Rates come from pages; one that was billed never changes; what a new number changes is said before."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from portal.accounts.enums import Service
from portal.billing import selectors, services
from portal.billing.exceptions import RateAlreadyBilled, RateNotPositive
from portal.billing.models import Norm, Rate
from tests.company import put_numbers
from tests.people import SINCE, Cast
from tests.portal.billing.month import JANUARY, close

pytestmark = pytest.mark.django_db


def _adopt(price: str, valid_from: dt.date) -> services.AdoptedRates:
    new = services.NewRate(service=Service.COLD_WATER, valid_from=valid_from, price=Decimal(price))
    return services.adopt_rates(rates=[new], source="Распоряжение № 13", page_id=5, revision_id=7)


def test_publishing_the_same_again_changes_nothing() -> None:
    put_numbers()
    assert len(_adopt("50.00", dt.date(2026, 7, 1)).added) == 1
    again = _adopt("50.00", dt.date(2026, 7, 1))
    assert (again.added, len(again.unchanged)) == ((), 1)


def test_a_rate_not_yet_billed_gives_way() -> None:
    put_numbers()
    _adopt("50.00", dt.date(2026, 7, 1))
    changed = _adopt("51.00", dt.date(2026, 7, 1))
    assert (changed.withdrawn[0].price, changed.added[0].price) == (Decimal("50.00"), Decimal("51.00"))
    assert Rate.objects.filter(withdrawn_at=None, valid_from=dt.date(2026, 7, 1)).count() == 1


def test_a_billed_rate_is_never_changed(cast: Cast) -> None:
    put_numbers()
    close(JANUARY)
    with pytest.raises(RateAlreadyBilled) as refused:
        _adopt("50.00", SINCE)
    assert refused.value.billed_until == dt.date(2026, 1, 31)
    assert len(_adopt("50.00", dt.date(2026, 2, 1)).added) == 1


def test_a_rate_of_zero_is_refused() -> None:
    with pytest.raises(RateNotPositive):
        _adopt("0", dt.date(2026, 7, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        Rate.objects.create(service="cold_water", valid_from=SINCE, price=0, source="")


def test_what_a_new_number_changes(cast: Cast) -> None:
    put_numbers()
    close(JANUARY)
    rate = selectors.preview_rate(service=Service.COLD_WATER, valid_from=dt.date(2026, 2, 11), price=Decimal(50))
    assert (rate.old, rate.accounts, str(rate.first_period)) == (Decimal("48.67"), 4, "2026-02")
    norm = selectors.preview_number(
        model=Norm, service=Service.COLD_WATER, valid_from=dt.date(2026, 2, 11), value=Decimal(5)
    )
    assert (str(norm.first_period), norm.touched) == ("2026-03", 4)
    # January: Anna by the norm 421.58, three without a meter by the raised one 632.37 each: 2318.69 in all.
    assert rate.extra == Decimal("63.36")
    assert norm.extra == Decimal("358.16")

"""A number that no closing has used is changed or withdrawn; one that was used stays. One rule says which."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from portal.accounts.enums import Service
from portal.accounts.models import User
from portal.billing import selectors
from portal.billing.enums import NumberAction, NumberKind
from portal.billing.exceptions import (
    BillingRefused,
    DueDayCounted,
    MonthsClosed,
    NumberGone,
    NumberOutOfBounds,
    NumberStands,
    NumberUsed,
    RateAlreadyBilled,
    RateOutOfBounds,
)
from portal.billing.loading.rate_book import load_rate_book
from portal.billing.models import (
    Charge,
    KeyRate,
    KeyRateCap,
    Norm,
    RaisingCoefficient,
    Rate,
    VatRate,
    WorkdayException,
    WorkdayYear,
)
from portal.billing.number_types import TYPES, NumberChange
from portal.billing.services import NewRate, adopt_rates, apply_change, reverse_closing, withdraw_page_rates
from portal.billing.usage import used_by
from portal.core.periods import Period
from tests.company import put_numbers
from tests.people import SINCE, Cast, make_login
from tests.portal.billing.month import FEBRUARY, JANUARY, close

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 2, 20)
FIRST_OF_MARCH = dt.date(2026, 3, 1)


def _clerk() -> User:
    return User.objects.filter(username="clerk").first() or make_login("clerk", staff=True)


def _add(kind: NumberKind, **values: Any) -> Any:
    change = NumberChange(kind=kind, action=NumberAction.ADD, values=values)
    return apply_change(change, by=None, today=TODAY)


def _change(kind: NumberKind, number: Any, **values: Any) -> Any:
    fields = {name: getattr(number, name) for name in TYPES[kind].fields} | values
    change = NumberChange(kind=kind, action=NumberAction.CHANGE, number_id=number.pk, values=fields, reason="Опечатка")
    return apply_change(change, by=_clerk(), today=TODAY)


def _withdraw(kind: NumberKind, number: Any) -> Any:
    change = NumberChange(kind=kind, action=NumberAction.WITHDRAW, number_id=number.pk, reason="Ошибка")
    return apply_change(change, by=None, today=TODAY)


def _norm(value: str, since: dt.date = FIRST_OF_MARCH) -> Norm:
    norm: Norm = _add(NumberKind.NORM, service="cold_water", valid_from=since, value=Decimal(value), source="№ 7")
    return norm


def test_a_slip_in_a_norm_to_come_is_put_right_and_the_slip_stays_struck_out(cast: Cast) -> None:
    put_numbers()
    close(JANUARY)
    slip = _norm("23.31")
    right = _change(NumberKind.NORM, slip, value=Decimal("4.331"))
    slip.refresh_from_db()
    assert (slip.withdrawn_by.username, slip.withdrawal_reason) == ("clerk", "Опечатка")
    assert slip.withdrawn_at is not None
    assert (right.valid_from, right.value) == (FIRST_OF_MARCH, Decimal("4.331"))
    assert (
        load_rate_book().terms(2026 * 12 + 2).norms["cold_water"]
        == load_rate_book().terms(2026 * 12).norms["cold_water"]
    )


def test_a_norm_moves_to_another_day(cast: Cast) -> None:
    put_numbers()
    close(JANUARY)
    moved = _change(NumberKind.NORM, _norm("5"), valid_from=dt.date(2026, 4, 1))
    assert Norm.objects.active().filter(service="cold_water", valid_from=FIRST_OF_MARCH).count() == 0
    assert moved.valid_from == dt.date(2026, 4, 1)
    with pytest.raises(MonthsClosed):
        _change(NumberKind.NORM, moved, valid_from=dt.date(2026, 1, 31))
    moved.refresh_from_db()
    assert moved.withdrawn_at is None, "nothing changes when the change is refused"


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (NumberKind.NORM, {"service": "cold_water", "valid_from": FIRST_OF_MARCH, "value": Decimal(6), "source": ""}),
        (
            NumberKind.RAISING,
            {"service": "cold_water", "valid_from": FIRST_OF_MARCH, "value": Decimal(2), "source": ""},
        ),
        (NumberKind.KEY_RATE, {"valid_from": dt.date(2026, 2, 1), "percent": Decimal(15)}),
        (
            NumberKind.KEY_RATE_CAP,
            {"valid_from": dt.date(2026, 2, 1), "valid_until": None, "percent": Decimal(5), "source": ""},
        ),
        (NumberKind.VAT, {"valid_from": FIRST_OF_MARCH, "percent": Decimal(25)}),
        (NumberKind.WORKDAY, {"day": dt.date(2026, 4, 10), "working": False}),
        (NumberKind.WORKDAY_YEAR, {"year": 2029, "by_decree": False, "source": ""}),
    ],
)
def test_every_kind_is_used_by_the_closing_of_its_month_alone(
    cast: Cast, kind: NumberKind, values: dict[str, Any]
) -> None:
    """Entered after January was closed: free; after the months that count by it are closed: used."""
    put_numbers()
    VatRate.objects.create(valid_from=SINCE, percent=Decimal(22))
    close(JANUARY)
    number = _add(kind, **values)
    assert used_by(number) is None
    if kind == NumberKind.WORKDAY_YEAR:
        assert _withdraw(kind, number).withdrawn_at
        assert used_by(WorkdayYear.objects.get(year=2026)) == JANUARY
        return
    for month in (FEBRUARY, Period(2026, 3)):
        close(month)
    if kind == NumberKind.WORKDAY:
        # The tenth of April is a Friday and March falls due on the 15th: nothing moved, so nothing used it.
        assert used_by(number) is None
        return
    assert used_by(number) in (FEBRUARY, Period(2026, 3))
    with pytest.raises(NumberUsed) as refused:
        _withdraw(kind, number)
    assert refused.value.earliest > dt.date(2026, 3, 20)
    reverse_closing(period=Period(2026, 3), reason="Проба", on=TODAY, by=None)
    reverse_closing(period=FEBRUARY, reason="Проба", on=TODAY, by=None)
    assert _withdraw(kind, number).withdrawn_at, "a reversed closing has used nothing"


def test_a_norm_from_the_middle_of_a_month_is_used_by_the_next_one(cast: Cast) -> None:
    put_numbers()
    close(JANUARY)
    norm = _norm("5", dt.date(2026, 2, 11))
    close(FEBRUARY)
    assert used_by(norm) is None, "February began without it"
    close(Period(2026, 3))
    assert used_by(norm) == Period(2026, 3)


def test_a_number_entered_for_accounts_that_wait_is_free_until_the_closing_goes_on(cast: Cast) -> None:
    """Nobody was closed without a norm: a slip in the one that they wait for can be put right."""
    put_numbers()
    Norm.objects.filter(service="cold_water").delete()
    close(JANUARY)
    slip = _norm("23.31", dt.date(2026, 1, 1))
    assert used_by(slip) is None
    right = _change(NumberKind.NORM, slip, value=Decimal("4.331"))
    close(JANUARY)
    assert used_by(right) == JANUARY


def test_remarks_of_a_used_number_can_be_corrected(cast: Cast) -> None:
    put_numbers()
    norm = Norm.objects.get(service="cold_water")
    close(JANUARY)
    assert _change(NumberKind.NORM, norm, source="Распоряжение № 8-Р").pk == norm.pk
    with pytest.raises(NumberUsed):
        _change(NumberKind.NORM, norm, value=Decimal(5))


def test_a_limit_without_an_end_is_given_one_after_the_last_closing(cast: Cast) -> None:
    put_numbers()
    run = close(JANUARY)
    cap = KeyRateCap.objects.get()
    ended = _change(NumberKind.KEY_RATE_CAP, cap, valid_until=dt.date(2026, 12, 31))
    assert (ended.pk, ended.valid_until) == (cap.pk, dt.date(2026, 12, 31))
    with pytest.raises(NumberUsed):
        _change(NumberKind.KEY_RATE_CAP, cap, valid_until=run.closing_day - dt.timedelta(days=1))


def test_what_cannot_be_is_refused(cast: Cast) -> None:
    put_numbers()
    for wrong in ("43.31", "0.0001"):
        with pytest.raises(NumberOutOfBounds):
            _norm(wrong)
    _norm("5")
    with pytest.raises(NumberStands):
        _norm("6")
    with pytest.raises(IntegrityError), transaction.atomic():
        Norm.objects.create(service="cold_water", valid_from=FIRST_OF_MARCH, value=1)
    gone = _norm("7", dt.date(2026, 5, 1))
    _withdraw(NumberKind.NORM, gone)
    with pytest.raises(NumberGone):
        _withdraw(NumberKind.NORM, gone)
    Norm.objects.create(service="cold_water", valid_from=dt.date(2026, 5, 1), value=7)


def test_a_day_that_moves_the_due_day_of_a_closed_month_is_refused(cast: Cast) -> None:
    """January falls due on the 10th of February 2026, a Tuesday; it moves when the tenth is off."""
    put_numbers()
    close(JANUARY)
    with pytest.raises(DueDayCounted) as refused:
        _add(NumberKind.WORKDAY, day=dt.date(2026, 2, 10), working=False)
    assert (refused.value.period, refused.value.due_on) == (JANUARY, dt.date(2026, 2, 10))
    free = _add(NumberKind.WORKDAY, day=dt.date(2026, 2, 11), working=False)
    assert _withdraw(NumberKind.WORKDAY, free).withdrawn_at


def _adopt(*rates: tuple[str, dt.date], page: int | None = 5) -> Any:
    new = [NewRate(service=Service.COLD_WATER, valid_from=since, price=Decimal(price)) for price, since in rates]
    return adopt_rates(rates=new, source="Распоряжение № 13", page_id=page)


def test_a_tariff_published_again_with_another_day_moves(cast: Cast) -> None:
    put_numbers()
    close(JANUARY)
    _adopt(("70.15", FIRST_OF_MARCH))
    _adopt(("70.15", dt.date(2026, 4, 1)))
    existing = Rate.objects.active().filter(page_id=5)
    assert [(row.valid_from, row.price) for row in existing] == [(dt.date(2026, 4, 1), Decimal("70.15"))]
    assert Rate.objects.filter(page_id=5).exclude(withdrawn_at=None).count() == 1
    assert selectors.rates_in_force(FIRST_OF_MARCH)["cold_water"].price == Decimal("48.67")


def test_a_price_that_was_used_neither_moves_nor_changes(cast: Cast) -> None:
    put_numbers()
    close(JANUARY)
    _adopt(("70.15", dt.date(2026, 2, 10)))
    close(FEBRUARY)
    with pytest.raises(NumberUsed):
        _adopt(("70.15", dt.date(2026, 4, 1)))
    with pytest.raises(RateAlreadyBilled):
        _adopt(("71.00", dt.date(2026, 2, 10)))
    assert _adopt(("70.15", dt.date(2026, 2, 10)), ("75.00", dt.date(2026, 4, 1))).added
    assert [row.price for row in withdraw_page_rates(page_id=5, by=None, reason="Снято")] == [Decimal("75.00")]
    with pytest.raises(RateOutOfBounds):
        _adopt(("70.15", dt.date(2026, 2, 10)), ("7015.00", dt.date(2026, 4, 1)))


def test_withdrawn_numbers_are_nowhere(cast: Cast) -> None:
    """The same bills, lists and books as if the rows had never been entered."""
    put_numbers()
    VatRate.objects.create(valid_from=SINCE, percent=Decimal(22))
    before = (
        load_rate_book(),
        selectors.norms_in_force(TODAY),
        selectors.rates_in_force(TODAY),
        selectors.vat_percent(TODAY),
    )
    gone = {"withdrawn_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)}
    since = dt.date(2025, 12, 1)
    Rate.objects.create(service="cold_water", valid_from=since, price=999, source="", **gone)
    Norm.objects.create(service="cold_water", valid_from=since, value=99, **gone)
    RaisingCoefficient.objects.create(service="cold_water", valid_from=since, value=9, **gone)
    KeyRate.objects.create(valid_from=since, percent=99, **gone)
    KeyRateCap.objects.create(valid_from=since, percent=1, **gone)
    VatRate.objects.create(valid_from=since, percent=99, **gone)
    WorkdayException.objects.create(day=dt.date(2026, 2, 10), working=False, **gone)
    WorkdayYear.objects.create(year=2040, **gone)
    after = (
        load_rate_book(),
        selectors.norms_in_force(TODAY),
        selectors.rates_in_force(TODAY),
        selectors.vat_percent(TODAY),
    )
    assert before == after
    close(JANUARY)
    assert not Charge.objects.filter(price=999).exists()
    with pytest.raises(BillingRefused):
        close(Period(2039, 12))

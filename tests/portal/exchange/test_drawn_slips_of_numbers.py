"""Random typing mistakes in the forms of dated numbers and tariffs: no large change is saved without a question."""

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from cms_pages.bootstrap import ensure_pages
from cms_pages.tariffs.models import TariffIndexPage, TariffPage
from portal.accounts.models import User
from portal.approvals.models import ApprovalSettings
from portal.billing.enums import NumberKind
from portal.billing.models import (
    KeyRateCap,
    RaisingCoefficient,
    Rate,
    VatRate,
)
from portal.billing.number_types import TYPES
from portal.billing.services import Executor, close_period
from portal.core.periods import Period
from tests.cms_pages import editing
from tests.people import Cast, Clerk
from tests.portal.exchange.drawn_slips import share, slipped, undone

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 15)
CLOSED_UNTIL = dt.date(2026, 10, 31)
A_YEAR = dt.timedelta(days=366)
SINCE = dt.date(2024, 1, 1)


@dataclass(frozen=True)
class Form:
    """A form as it should have been filled in; `value` is in force, up to `times` of it is saved without a question."""

    good: dict[str, str]
    value: Decimal | None = None
    times: Decimal = Decimal("1.5")


FORMS = {
    NumberKind.NORM: Form(
        {"service": "cold_water", "valid_from": "01.12.2026", "value": "4,431", "source": "Приказ № 7"},
        Decimal("4.331"),
        Decimal(2),
    ),
    NumberKind.RAISING: Form(
        {"service": "cold_water", "valid_from": "01.12.2026", "value": "1,6", "source": "Приказ № 7"}, Decimal("1.5")
    ),
    NumberKind.KEY_RATE: Form({"valid_from": "12.11.2026", "percent": "15,5"}, Decimal(16)),
    NumberKind.KEY_RATE_CAP: Form(
        {"valid_from": "01.12.2026", "valid_until": "31.12.2026", "percent": "9,5", "source": "№ 474"}, Decimal("9.5")
    ),
    NumberKind.VAT: Form({"valid_from": "01.12.2026", "percent": "22"}, Decimal(20)),
    NumberKind.WORKDAY_YEAR: Form({"year": "2028", "source": "Приказ"}),
    NumberKind.WORKDAY: Form({"day": "10.12.2026"}),
}


@pytest.fixture
def closed(cast: Cast, numbers: None, business_date: Callable[[object], None], client: Client) -> None:
    """October is closed, numbers need no second person, and every kind has one in force."""
    business_date(TODAY)
    ApprovalSettings.objects.update_or_create(pk=1, defaults={"two_people_norms": False, "two_people_tariffs": False})
    RaisingCoefficient.objects.create(service="cold_water", valid_from=SINCE, value=Decimal("1.5"))
    KeyRateCap.objects.create(valid_from=SINCE, percent=Decimal("9.5"))
    VatRate.objects.create(valid_from=SINCE, percent=Decimal(20))
    close_period(period=Period(2026, 10), executor=Executor.INLINE)


def save_without_confirmation(client: Client, kind: NumberKind, data: dict[str, str]) -> bool:
    """Post a form, then save from its preview without confirming any question; False when the form has errors."""
    address = f"/admin/office/number/{kind.value}/"
    preview = client.post(address, data)
    if "preview_token" not in preview.context:
        return False
    client.post(address, {**data, "preview_token": preview.context["preview_token"]})
    return True


def first_day(kind: NumberKind, row: Any) -> dt.date:
    """The first day of a number."""
    value = getattr(row, TYPES[kind].day)
    return dt.date(value, 1, 1) if kind == NumberKind.WORKDAY_YEAR else value


def check_thresholds(kind: NumberKind, row: Any) -> None:
    """Check that a saved value is near the one in force and begins within a year, in no closed month."""
    day, form = first_day(kind, row), FORMS[kind]
    assert TODAY - A_YEAR <= day <= TODAY + A_YEAR, (kind, day)
    if kind != NumberKind.WORKDAY_YEAR:
        assert kind in (NumberKind.KEY_RATE, NumberKind.KEY_RATE_CAP) or day > CLOSED_UNTIL, (kind, day)
    until = getattr(row, "valid_until", None)
    assert until is None or day <= until <= TODAY + A_YEAR, (kind, until)
    if form.value is not None:
        value = getattr(row, TYPES[kind].value)
        assert value, kind
        assert max(value / form.value, form.value / value) <= form.times, (kind, value)


@pytest.mark.parametrize("kind", FORMS)
def test_mistakes_in_dated_numbers(
    closed: None, client: Client, clerk: Clerk, dice: random.Random, kind: NumberKind
) -> None:
    model: Any = TYPES[kind].model
    clerk(f"billing.add_{model._meta.model_name}", f"billing.view_{model._meta.model_name}")
    known, good = set(model.objects.values_list("pk", flat=True)), FORMS[kind].good
    names = [name for name in good if name not in ("service", "source")]
    with undone():
        assert save_without_confirmation(client, kind, good), "the form as it should be"
    for _ in range(max(1, share("numbers") // len(FORMS))):
        name = dice.choice(names)
        slip = {**good, name: slipped(dice, good[name])}
        with undone():
            save_without_confirmation(client, kind, slip)
            for row in model.objects.exclude(pk__in=known):
                check_thresholds(kind, row)


@pytest.mark.parametrize(
    ("kind", "slip"),
    [
        (NumberKind.VAT, {"percent": ""}),
        (NumberKind.WORKDAY, {"day": "31.12.2062"}),
        (NumberKind.WORKDAY, {"day": "10.02.2026"}),
        (NumberKind.WORKDAY_YEAR, {"year": "2062"}),
        (NumberKind.WORKDAY_YEAR, {"year": "2018"}),
        (NumberKind.KEY_RATE_CAP, {"valid_until": "31.12.2062"}),
        (NumberKind.NORM, {"valid_from": "01.12.2016"}),
        (NumberKind.KEY_RATE, {"valid_from": "12.11.2016"}),
    ],
)
def test_large_changes_need_confirmation(
    closed: None, client: Client, clerk: Clerk, kind: NumberKind, slip: dict[str, str]
) -> None:
    """Each is saved only after its question was confirmed."""
    model: Any = TYPES[kind].model
    clerk(f"billing.add_{model._meta.model_name}", f"billing.view_{model._meta.model_name}")
    data, before = FORMS[kind].good | slip, model.objects.count()
    address = f"/admin/office/number/{kind.value}/"
    preview = client.post(address, data)
    assert preview.context["questions"]
    client.post(address, {**data, "preview_token": preview.context["preview_token"]})
    assert model.objects.count() == before
    client.post(address, {**data, "preview_token": preview.context["preview_token"], "confirmed": "1"})
    assert model.objects.count() == before + 1


def test_mistakes_in_a_tariff(closed: None, client: Client, dice: random.Random) -> None:
    ensure_pages()
    client.force_login(User.objects.create_superuser("chief", "chief@mail.example", "x"))
    index = TariffIndexPage.objects.get()
    known = set(Rate.objects.values_list("pk", flat=True))
    good = ["51,20", "01.12.2026", "20.10.2026"]

    def publish(price: str, since: str, order_date: str) -> None:
        data = editing.tariff("action-publish", ("cold_water", price, since), order_date=order_date)
        editing.publish_seen(client, editing.add(client, index, "cms_tariffs/tariffpage", data))

    with undone():
        publish(*good)
        assert Rate.objects.exclude(pk__in=known).get().price == Decimal("51.20")
    for _ in range(share("tariff")):
        place = dice.randrange(len(good))
        with undone():
            publish(*[slipped(dice, text) if number == place else text for number, text in enumerate(good)])
            for row in Rate.objects.exclude(pk__in=known):
                assert max(row.price / Decimal("48.67"), Decimal("48.67") / row.price) <= Decimal("1.5"), row.price
                assert CLOSED_UNTIL < row.valid_from <= TODAY + A_YEAR, row.valid_from
            for page in TariffPage.objects.filter(live=True):
                assert dt.date(2000, 1, 1) < page.order_date <= TODAY, page.order_date

"""Reads about rates and services: what is in force, how it changed, what a volume costs."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

from cms_pages.core.russian import normal_words
from cms_pages.tariffs.models import ServicesPage, TariffIndexPage, TariffPage
from portal.accounts.enums import Service
from portal.approvals.enums import NumberRule
from portal.approvals.models import ApprovalSettings
from portal.billing.questions import A_YEAR, questions
from portal.billing.reasons import question_text
from portal.billing.selectors import NumberPreview, Withdrawal, preview_rate, preview_rate_withdrawal
from portal.billing.selectors.published import rate_history
from portal.core import clock
from portal.core.formatting import date_text, money_text
from portal.core.money import roubles
from portal.core.service_catalogue import SEWERED, WASTEWATER
from portal.core.step_charts import PriceStep, StepChart, StepSeries


@dataclass(frozen=True, slots=True)
class RateNow:
    """A rate in force on a day, with the one before."""

    service: Service
    price: Decimal
    valid_from: dt.date
    before: Decimal | None
    growth: Decimal | None

    @property
    def name(self) -> str:
        return str(self.service.label)


@dataclass(frozen=True, slots=True)
class PriceHistoryRow:
    """Prices since a day: one cell per service, with its growth, and the decision."""

    since: dt.date
    cells: list[tuple[str, Decimal | None, Decimal | None]]
    page: TariffPage | None
    ahead: bool


@dataclass(frozen=True, slots=True)
class Tariffs:
    """Everything that the tariffs page shows of rates."""

    now: list[RateNow]
    next: list[RateNow]
    services: list[str]
    history: list[PriceHistoryRow]
    chart: StepChart | None

    @property
    def since(self) -> dt.date | None:
        """The last change that is in force."""
        return max((rate.valid_from for rate in self.now), default=None)


def growth(before: Decimal | None, after: Decimal) -> Decimal | None:
    """By how many per cent a price grew, one place, half up; None without an earlier price."""
    if not before:
        return None
    return ((after - before) * 100 / before).quantize(Decimal("0.1"), ROUND_HALF_UP)


def _by_service() -> dict[Service, list[tuple[dt.date, Decimal, int | None]]]:
    prices: dict[Service, list[tuple[dt.date, Decimal, int | None]]] = {}
    for rate in rate_history():
        prices.setdefault(Service(rate.service), []).append((rate.valid_from, rate.price, rate.page_id))
    return {service: prices[service] for service in Service if service in prices}


def _rate(service: Service, steps: list[tuple[dt.date, Decimal, int | None]], index: int) -> RateNow:
    since, price, _page = steps[index]
    before = steps[index - 1][1] if index else None
    return RateNow(service, price, since, before, growth(before, price))


def rates_now(on: dt.date) -> list[RateNow]:
    """The rates in force on a day (one query)."""
    return _now(_by_service(), on)


def _now(history: dict[Service, list[tuple[dt.date, Decimal, int | None]]], on: dt.date) -> list[RateNow]:
    rates = []
    for service, steps in history.items():
        begun = [index for index, step in enumerate(steps) if step[0] <= on]
        if begun:
            rates.append(_rate(service, steps, begun[-1]))
    return rates


def _ahead(history: dict[Service, list[tuple[dt.date, Decimal, int | None]]], on: dt.date) -> list[RateNow]:
    rates = []
    for service, steps in history.items():
        coming = [index for index, step in enumerate(steps) if step[0] > on]
        if coming:
            rates.append(_rate(service, steps, coming[0]))
    return rates


def _rows(history: dict[Service, list[tuple[dt.date, Decimal, int | None]]], on: dt.date) -> list[PriceHistoryRow]:
    days = sorted({step[0] for steps in history.values() for step in steps}, reverse=True)
    ids = {step[2] for steps in history.values() for step in steps if step[2]}
    pages = {page.pk: page for page in TariffPage.objects.live().filter(pk__in=ids)}
    rows = []
    for day in days:
        cells: list[tuple[str, Decimal | None, Decimal | None]] = []
        page = None
        for service, steps in history.items():
            at = next((index for index, step in enumerate(steps) if step[0] == day), None)
            if at is None:
                cells.append((str(service.label), None, None))
                continue
            rate = _rate(service, steps, at)
            page = page or pages.get(steps[at][2] or 0)
            cells.append((rate.name, rate.price, rate.growth))
        rows.append(PriceHistoryRow(day, cells, page, ahead=day > on))
    return rows


def _chart(history: dict[Service, list[tuple[dt.date, Decimal, int | None]]], on: dt.date) -> StepChart | None:
    series = [
        StepSeries(str(service.label), [PriceStep(day, price) for day, price, _page in steps if day <= on])
        for service, steps in history.items()
    ]
    series = [drawn for drawn in series if drawn.steps]
    if not series:
        return None
    parts = [
        _("%(service)s: from %(first)s since %(since)s to %(last)s now")
        % {
            "service": drawn.label,
            "first": money_text(drawn.steps[0].value),
            "since": date_text(drawn.steps[0].since, year=True),
            "last": money_text(drawn.steps[-1].value),
        }
        for drawn in series
    ]
    return StepChart(series=series, until=on, summary="; ".join(parts))


def tariffs(on: dt.date) -> Tariffs:
    """Rates in force and ahead, their history and its chart (two queries)."""
    history = _by_service()
    return Tariffs(
        now=_now(history, on),
        next=_ahead(history, on),
        services=[str(service.label) for service in history],
        history=_rows(history, on),
        chart=_chart(history, on),
    )


@dataclass(frozen=True, slots=True)
class CostLine:
    """Cost of a volume of one service."""

    name: str
    volume: Decimal
    price: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Cost:
    """The answer of the calculator."""

    lines: list[CostLine]
    total: Decimal


def cost(used: Mapping[str, Decimal], *, on: dt.date) -> Cost:
    """Return what m³ of metered services, by key, cost by the rates in force on a day; wastewater is the sewered
    together.

    Each line is rounded to kopecks, half up, and the sum is the sum of the lines, as on the bill.
    """
    sewered = sum((volume for key, volume in used.items() if key in SEWERED), Decimal(0))
    volumes = {**used, WASTEWATER.key: sewered}
    lines = [
        CostLine(rate.name, volumes[rate.service], rate.price, roubles(volumes[rate.service] * rate.price))
        for rate in rates_now(on)
        if volumes.get(rate.service)
    ]
    return Cost(lines, sum((line.amount for line in lines), Decimal("0.00")))


@dataclass(frozen=True, slots=True)
class ServiceGroup:
    """A category of services as it is shown."""

    title: str
    offers: list[object]


def _matches(offer: object, wanted: set[str]) -> bool:
    text = f"{offer['name']} {offer['note']} {offer['unit']} {offer['term']}"  # type: ignore[index]  # a struct value
    return wanted <= set(normal_words(text))


def service_groups(page: ServicesPage, *, query: str = "", category: str = "") -> list[ServiceGroup]:
    """Services by category; with a query, those that hold all its words in any form."""
    wanted = set(normal_words(query))
    groups: list[ServiceGroup] = []
    blocks: Iterable[object] = page.services
    for block in blocks:
        value = block.value  # type: ignore[attr-defined]  # a stream child
        if category and value["title"] != category:
            continue
        in_title = wanted <= set(normal_words(value["title"]))
        offers = [offer for offer in value["offers"] if in_title or _matches(offer, wanted)]
        if offers:
            groups.append(ServiceGroup(value["title"], offers))
    return groups


@dataclass(frozen=True, slots=True)
class TariffEffect:
    """Effect of publishing a version: prices that begin, prices that it moves or leaves out, and what to ask."""

    changes: list[NumberPreview]
    withdrawn: list[Withdrawal]
    questions: list[str]

    def __bool__(self) -> bool:
        return bool(self.changes or self.withdrawn)


def tariff_effect(page: TariffPage) -> TariffEffect:
    """Return what publishing a page changes; false when all its prices stand and none goes."""
    rates = list(page.rates.all())
    named = {(rate.service, rate.valid_from) for rate in rates}
    prices = {(rate.service, rate.valid_from): rate.price for rate in rates}
    history = rate_history()
    own = [row for row in history if page.pk and row.page_id == page.pk]
    left_out = [row for row in own if (row.service, row.valid_from) not in named]
    replaced = {row.pk for row in history if prices.get((row.service, row.valid_from), row.price) != row.price} | {
        row.pk for row in left_out
    }
    published = {(row.service, row.valid_from, row.price) for row in history}
    changes = [
        preview_rate(
            service=Service(rate.service), valid_from=rate.valid_from, price=rate.price, without=tuple(replaced)
        )
        for rate in rates
        if (rate.service, rate.valid_from, rate.price) not in published
    ]
    return TariffEffect(changes, [preview_rate_withdrawal(row) for row in left_out], _questions(changes))


def _questions(changes: list[NumberPreview]) -> list[str]:
    factor, today = ApprovalSettings.load().factor(NumberRule.TARIFF), clock.today()
    texts = []
    for change in changes:
        open_questions = questions(
            old=change.old,
            new=change.new,
            valid_from=change.valid_from,
            expected_from=None if change.until is None else today - A_YEAR,
            today=today,
            factor=factor,
        )
        for question in open_questions:
            text = f"{Service(change.service).label}: {question_text(question)}"
            if question.code == "times" and change.extra is not None:
                text += f" {'+' if change.extra > 0 else ''}{money_text(change.extra)}."
            texts.append(text)
    return texts


def rates_token(page: TariffPage) -> str:
    """The prices of a version in one line, in any order: versions with the same prices have the same token."""
    return preview_token((rate.service, rate.valid_from, rate.price) for rate in page.rates.all())


def preview_token(rates: Iterable[tuple[str, dt.date, Decimal]]) -> str:
    """The token of prices: «cold_water 2026-10-01 64.84»."""
    return "; ".join(sorted(f"{service} {since} {price:.2f}" for service, since, price in rates))


def tariff_page(pk: int) -> TariffPage | None:
    """A page of tariffs."""
    return TariffPage.objects.filter(pk=pk).first()


def tariffs_page_id() -> int | None:
    """The page under which decisions on tariffs stand; None where there is none (one query)."""
    return TariffIndexPage.objects.values_list("pk", flat=True).first()

"""Taking a tariff decision down: unpublished or deleted, after its prices that no closing has used were withdrawn.

A price in whose place another decision, still on the site, names one for the same day gives way to that one.
"""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from wagtail.actions.delete_page import DeletePageAction
from wagtail.actions.unpublish_page import UnpublishPageAction

from cms_pages.tariffs.exceptions import TariffRefused
from cms_pages.tariffs.models import TariffPage, TariffRate
from cms_pages.tariffs.services import source_label
from portal.accounts.enums import Service
from portal.accounts.models import User
from portal.approvals.enums import NumberRule
from portal.approvals.exceptions import ApprovalRefused
from portal.approvals.models import NumberRequest
from portal.approvals.services import NewNumberRequest, needs_two, request_number
from portal.billing.models import Rate
from portal.billing.selectors import Withdrawal, preview_rate, preview_rate_withdrawal
from portal.billing.services import NewRate, adopt_rates, unused_rates, withdraw_page_rates
from portal.core.formatting import date_text, money_text

OWNER = "cms_tariffs.taking_down"
UNPUBLISH, DELETE = "unpublish", "delete"
VERBS = {UNPUBLISH: "снять с публикации", DELETE: "удалить"}


USED = "Цены уже использованы закрытиями: они остаются в силе"


@dataclass(frozen=True, slots=True)
class TakingDown:
    """Effect of taking a page down: prices withdrawn with what stays, and prices that were used and stay."""

    withdrawn: list[Withdrawal]
    used: list[Rate]


def effect_of_taking_down(page: TariffPage) -> TakingDown:
    """Return what stays in force when a page comes down (a dozen queries for each price)."""
    unused = unused_rates(page_id=page.pk)
    active = Rate.objects.active().filter(page_id=page.pk).order_by("valid_from", "service")
    return TakingDown(
        withdrawn=[_withdrawal(row, page) for row in unused],
        used=[row for row in active if row not in unused],
    )


def _withdrawal(row: Rate, page: TariffPage) -> Withdrawal:
    preview, other = preview_rate_withdrawal(row), _elsewhere(row, page)
    if other is None:
        return preview
    service = Service(row.service)
    before = preview_rate(service=service, valid_from=row.valid_from, price=row.price, without=(row.pk,)).extra
    after = preview_rate(service=service, valid_from=row.valid_from, price=other.price, without=(row.pk,)).extra
    extra = None if before is None or after is None else after - before
    return replace(preview, stays=other.price, stays_since=row.valid_from, extra=extra)


def _elsewhere(row: Rate, page: TariffPage) -> TariffRate | None:
    """The price of the same service and day in another decision on the site, the one published last."""
    same = TariffRate.objects.filter(service=row.service, valid_from=row.valid_from, page__live=True)
    return same.exclude(page=page).select_related("page").order_by("-page__last_published_at", "-pk").first()


def require_withdrawn(page: TariffPage) -> None:
    """Raise TariffRefused while a page still has prices that no closing has used: coming down asks about them."""
    if unused_rates(page_id=page.pk):
        raise TariffRefused(
            _(
                "“%(title)s” has prices that are not used yet: unpublish it from its own page, which shows what "
                "stays in force."
            )
            % {"title": page.title}
        )


def before_delete(sender: Any, instance: TariffPage, **kwargs: Any) -> None:
    """However a page is deleted (its screen, the API, with its section), its unused prices are withdrawn first."""
    require_withdrawn(instance)


@transaction.atomic
def take_down(*, page: TariffPage, action: str, by: User | None, reason: str) -> list[Rate]:
    """Withdraw the unused prices of a page and unpublish or delete it; returns what was withdrawn."""
    withdrawn = withdraw_page_rates(page_id=page.pk, by=by, reason=reason)
    for row in withdrawn:
        other = _elsewhere(row, page)
        if other is not None:
            adopt_rates(
                rates=[NewRate(service=Service(row.service), valid_from=row.valid_from, price=other.price)],
                source=source_label(other.page),
                page_id=other.page_id,
                revision_id=other.page.live_revision_id,
                by=by,
                keep_rest=True,
            )
    if action == DELETE:
        DeletePageAction(page, user=by).execute(skip_permission_checks=True)
    elif page.live:
        UnpublishPageAction(page, user=by).execute(skip_permission_checks=True)
    return withdrawn


@transaction.atomic
def submit_taking_down(
    *, page: TariffPage, action: str, by: User, reason: str, now: dt.datetime
) -> NumberRequest | None:
    """Take a page down, or let that wait for a second person where the rules want one and prices are withdrawn by it.

    Returns the request that waits; None when it is done.
    """
    effect = effect_of_taking_down(page)
    if not effect.withdrawn or not needs_two(NumberRule.TARIFF, by=by):
        take_down(page=page, action=action, by=by, reason=reason)
        return None
    with translation.override("ru"):
        facts = [list(_fact(withdrawal)) for withdrawal in effect.withdrawn]
    request, _created = request_number(
        NewNumberRequest(
            rule=NumberRule.TARIFF,
            owner=OWNER,
            title=f"Тариф «{page.title}»: {VERBS[action]}",
            details={"page": page.pk, "action": action, "facts": facts},
            reason=reason,
        ),
        by=by,
        now=now,
    )
    return request


def _fact(withdrawal: Withdrawal) -> tuple[str, str]:
    """«Холодная вода с 1 декабря 2026: 70,15 ₽ отзывается» and what stays, for whoever approves."""
    row: Any = withdrawal.number
    description = (
        f"{row.get_service_display()} с {date_text(row.valid_from, year=True)}: {money_text(row.price)} отзывается"
    )
    if withdrawal.stays is None or withdrawal.stays_since is None:
        return description, "другой цены нет: счета с этой услугой не закроются"
    stays = f"в силе {money_text(withdrawal.stays)} с {date_text(withdrawal.stays_since, year=True)}"
    if withdrawal.extra is None:
        return description, stays
    extra = f"{'+' if withdrawal.extra > 0 else ''}{money_text(withdrawal.extra)}"
    return description, f"{stays}; в месяц {extra} против того, что было бы"


def book_request(request: NumberRequest, now: dt.datetime) -> None:
    """Take down what a second person has just approved. Raises ApprovalRefused: gone, when the page is no more."""
    page = TariffPage.objects.filter(pk=request.details["page"]).first()
    if page is None:
        raise ApprovalRefused("gone")
    used = effect_of_taking_down(page).used
    take_down(page=page, action=request.details["action"], by=request.made_by, reason=request.reason)
    if used:
        rates = ", ".join(str(rate) for rate in used)
        request.answer = f"{USED}: {rates}. Чтобы изменить цену, опубликуйте новое решение."[:250]
        request.save(update_fields=["answer"])


def current_facts(request: NumberRequest) -> list[tuple[str, str]]:
    """Return what taking a page down would do now: a closing may have used its prices since it was asked for."""
    page = TariffPage.objects.filter(pk=request.details["page"]).first()
    if page is None:
        return [(name, value) for name, value in request.details["facts"]]
    effect = effect_of_taking_down(page)
    with translation.override("ru"):
        return [*(_fact(withdrawal) for withdrawal in effect.withdrawn), *((str(row), USED) for row in effect.used)]

"""Publishing a tariff passes its rates to billing; a refusal is shown and nothing is published."""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser, PermissionsMixin
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Page, Revision, TaskState

from cms_pages.tariffs.exceptions import ApprovalMissing, TariffRefused
from cms_pages.tariffs.models import TariffPage
from cms_pages.tariffs.permissions import MAY_ADOPT
from cms_pages.tariffs.selectors import rates_token
from portal.accounts.enums import Service
from portal.accounts.models import User
from portal.approvals.enums import NumberRule
from portal.approvals.services import needs_two
from portal.billing.exceptions import NumberUsed, RateAlreadyBilled, RateNotPositive, RateOutOfBounds
from portal.billing.models import Rate
from portal.billing.services.rates import AdoptedRates, NewRate, adopt_rates
from portal.core.formatting import date_text, money_text, period_text
from portal.core.refusals import error_message


def source_label(page: TariffPage) -> str:
    """Return how a rate names its decision: «Комитет по тарифам, № 298-Р от 17 декабря 2025»."""
    return f"{page.regulator}, № {page.order_number} от {date_text(page.order_date, year=True)}"[:250]


def may_adopt(user: AbstractBaseUser | AnonymousUser | None, page: Page) -> bool:
    """Whether a person may publish a page's prices (nobody: a scheduled publication, approved before).

    Under the rule of two people: an accountant who did not write them. A page that is not stored yet is their own.
    """
    if user is None or not needs_two(NumberRule.TARIFF, by=user if isinstance(user, User) else None):
        return True
    if not isinstance(user, PermissionsMixin) or not user.has_perm(MAY_ADOPT):
        return False
    return isinstance(page, TariffPage) and bool(page.pk) and brought_by_another(page, user)


def brought_by_another(page: TariffPage, user: Any, *, version: Revision | None = None) -> bool:
    """Whether somebody else wrote the prices of a version, by default the latest (or the portal itself did)."""
    return prices_written_by(page, version=version) != user.pk


def prices_written_by(page: TariffPage, *, version: Revision | None = None) -> int | None:
    """Return who brought the prices of a version: the author of the oldest version in a row before it with the same
    prices.
    """
    author, token = None, None
    revisions = page.revisions.order_by("-created_at", "-pk")
    if version is not None:
        revisions = revisions.filter(created_at__lte=version.created_at)
    for revision in revisions:
        current_token = rates_token(revision.as_object())
        if token is not None and current_token != token:
            break
        author, token = revision.user_id, current_token
    return author


def require_approval(user: AbstractBaseUser | None, page: TariffPage) -> None:
    """Raise ApprovalMissing when the rules want an accountant to publish."""
    if not may_adopt(user, page):
        raise ApprovalMissing


Refused = RateAlreadyBilled | RateNotPositive | RateOutOfBounds | NumberUsed
REFUSED = (RateAlreadyBilled, RateNotPositive, RateOutOfBounds, NumberUsed)


def _refusal(error: Refused) -> TariffRefused:
    if isinstance(error, NumberUsed):
        message = _(
            "The closing of %(month)s has used this price: %(what)s. It can no longer change: leave it in this "
            "decision as it was, and publish a new decision from %(earliest)s or later."
        )
        named = {"month": period_text(error.period), "what": error.what}
        return TariffRefused(message % (named | {"earliest": date_text(error.earliest, year=True)}))
    return TariffRefused(error_message(error, for_staff=True))


def check_rates(rates: Sequence[NewRate], *, page_id: int | None) -> None:
    """Raise TariffRefused when billing would refuse these rates of a page (None: a new one); changes nothing."""
    with transaction.atomic():
        try:
            adopt_rates(rates=rates, source="check", page_id=page_id or 0)
        except REFUSED as error:
            raise _refusal(error) from error
        finally:
            transaction.set_rollback(True)


def check_page(page: TariffPage) -> None:
    """Raise TariffRefused when billing would refuse the rates of a page's version; changes nothing."""
    check_rates(rates_of(page), page_id=page.pk)


def rates_of(page: TariffPage) -> list[NewRate]:
    """The rates of a page as billing takes them."""
    return [
        NewRate(service=Service(rate.service), valid_from=rate.valid_from, price=rate.price)
        for rate in page.rates.all()
    ]


def adopt_page(*, page: TariffPage, revision: Revision) -> AdoptedRates:
    """Adopt the rates of a tariff page. Raises TariffRefused with words for the editor."""
    try:
        return adopt_rates(
            rates=rates_of(page),
            source=source_label(page),
            page_id=page.pk,
            revision_id=revision.pk,
            by=_writer(page, revision),
            approved_by=_approver(revision),
        )
    except REFUSED as error:
        raise _refusal(error) from error


def _writer(page: TariffPage, version: Revision) -> User | None:
    pk = prices_written_by(page, version=version)
    return None if pk is None else User.objects.filter(pk=pk).first()


def _approver(revision: Revision) -> User | None:
    """Return who approved a version as the second person, if anybody did."""
    approved = TaskState.objects.filter(revision_id=revision.pk, status=TaskState.STATUS_APPROVED)
    approval = approved.exclude(finished_by=None).select_related("finished_by").first()
    user = approval.finished_by if approval else None
    return user if isinstance(user, User) else None


def adopted_text(page: TariffPage) -> str:
    """Return what billing holds by this decision, for the editor who has just published it."""
    rates = Rate.objects.active().filter(page_id=page.pk).order_by("valid_from", "service")
    lines = [
        _("%(service)s %(price)s from %(since)s")
        % {
            "service": rate.get_service_display(),
            "price": money_text(rate.price),
            "since": date_text(rate.valid_from, year=True),
        }
        for rate in rates
    ]
    if not lines:
        return _("These rates are in force already by another decision: nothing changed for billing.")
    return _("Billing uses this decision: %(rates)s.") % {"rates": "; ".join(lines)}


def keep_as_draft(page: TariffPage) -> None:
    """Take back the `live` that Wagtail gives a new page before its first publication."""
    TariffPage.objects.filter(pk=page.pk, first_published_at=None).update(live=False)
